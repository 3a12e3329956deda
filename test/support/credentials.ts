import { Wallet } from "ethers";

import type { Hex } from "../../sdk/common/bytes.js";
import { badgeOf } from "../../sdk/rewards/credentials/badge.js";
import type { AwardFacts } from "../../sdk/rewards/credentials/facts.js";
import { issuerKey, signCredential, type IssuerKey } from "../../sdk/rewards/credentials/keys.js";
import { statusList } from "../../sdk/rewards/credentials/list.js";
import { signStatement, type IssuerStatement, type StatedKey } from "../../sdk/rewards/credentials/statement.js";

export const day = 86_400n;
/** The machine's clock: the library's own verifier looks at it. */
export const now = BigInt(Math.floor(Date.now() / 1000));
const bytes = (length: number, byte: string): Hex => `0x${byte.repeat(length)}`;

export const member = { chainId: 31337n, members: bytes(20, "bb"), member: 3n };

/** An award with everything that one can have. */
export const facts: AwardFacts = {
  award: { kind: "token", chainId: 31337n, contract: bytes(20, "aa"), tokenId: (7n << 32n) | 2n },
  issuer: member,
  type: {
    id: 1n,
    title: "First aid, 急救",
    authority: "City of Example",
    category: "training",
    criteriaUri: "https://example.org/criteria/first-aid.pdf",
    criteriaHash: bytes(32, "11"),
    registry: bytes(20, "cc"),
  },
  subject: bytes(32, "22"),
  account: bytes(20, "dd"),
  issuedAt: now - 10n * day,
  expires: now + 100n * day,
  evidence: { logId: bytes(32, "33"), index: 5n },
};

/** The same award as a leaf of a campaign. */
export const leafFacts: AwardFacts = {
  ...facts,
  award: { kind: "leaf", chainId: 31337n, contract: bytes(20, "cc"), campaignId: bytes(32, "44"), index: 9n },
  account: undefined,
  evidence: undefined,
  expires: 0n,
};

export const listId = "urn:stele:status:test:0";
/** An account that acts for the member. */
export const delegate = new Wallet(bytes(32, "51"));

export const key = await issuerKey(new Uint8Array(32).fill(7));
export const otherKey = await issuerKey(new Uint8Array(32).fill(8));

export interface Issued {
  readonly by?: IssuerKey;
  readonly of?: AwardFacts;
  readonly made?: bigint;
  readonly index?: number;
  /** Address of its status list. */
  readonly listed?: string;
}

/** A signed credential. */
export function issued(options: Issued = {}): Promise<Record<string, unknown>> {
  const by = options.by ?? key;
  const status = { list: options.listed ?? listId, index: options.index ?? 4711 };
  return signCredential(badgeOf(options.of ?? facts, { issuer: by.did, status }), by, options.made ?? now - 5n * day);
}

/** A signed status list; nothing in it is revoked unless said. */
export function listed(
  options: { by?: IssuerKey; revoked?: number[]; time?: bigint; validity?: bigint; id?: string } = {},
): Promise<Record<string, unknown>> {
  const terms = { id: options.id ?? listId, time: options.time ?? now - day, validity: options.validity ?? 7n * day };
  return statusList(options.revoked ?? [], options.by ?? key, terms);
}

/** What the member says of its keys, signed by its delegate. */
export async function stated(
  changes: Partial<IssuerStatement> & { key?: Partial<StatedKey> } = {},
  signer: Wallet = delegate,
): ReturnType<typeof signStatement> {
  const { key: changed, ...rest } = changes;
  const keys = [{ did: key.did, from: now - 30n * day, until: 0n, compromised: false, ...changed }];
  return signStatement(signer, { ...member, revision: 1n, time: now - day, until: now + 30n * day, keys, ...rest });
}
