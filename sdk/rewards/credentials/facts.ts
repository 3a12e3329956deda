import { getAddress } from "ethers";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";

/** Which award a credential speaks of. */
export type AwardRef =
  | { readonly kind: "token"; readonly chainId: bigint; readonly contract: Hex; readonly tokenId: bigint }
  | {
      readonly kind: "leaf";
      readonly chainId: bigint;
      readonly contract: Hex;
      readonly campaignId: Hex;
      readonly index: bigint;
    };

/** The member that awards, and where it is enrolled. */
export interface IssuingMember {
  readonly chainId: bigint;
  /** The Members contract. */
  readonly members: Hex;
  readonly member: bigint;
}

export type AwardCategory = "training" | "career" | "mission" | "service";

/** All that a credential says of an award; filled from the chain and, for a leaf, from what its holder opens. */
export interface AwardFacts {
  readonly award: AwardRef;
  readonly issuer: IssuingMember;
  readonly type: {
    readonly id: bigint;
    readonly title: string;
    /** In whose name it is awarded. */
    readonly authority: string;
    readonly category: AwardCategory;
    readonly criteriaUri: string;
    /** SHA-256 of the criteria document. */
    readonly criteriaHash: Hex;
    /** The contract that keeps the types. */
    readonly registry: Hex;
  };
  /** Pairwise pseudonym at the issuer, 32 bytes. */
  readonly subject: Hex;
  /** Account that holds the award now; undefined for a leaf. */
  readonly account?: Hex | undefined;
  /** Seconds. */
  readonly issuedAt: bigint;
  /** First second in which it does not count any more; 0 for never. */
  readonly expires: bigint;
  /** The record that it rests on. */
  readonly evidence?: { readonly logId: Hex; readonly index: bigint } | undefined;
}

/** An award as a URN: `urn:stele:award:CHAIN:CONTRACT:TOKEN`, or `…:CAMPAIGN:INDEX` for a leaf. */
export function awardUrn(award: AwardRef): string {
  const own = award.kind === "token" ? `${award.tokenId}` : `${award.campaignId.toLowerCase()}:${award.index}`;
  return `urn:stele:award:${award.chainId}:${award.contract.toLowerCase()}:${own}`;
}

const awardForm = /^urn:stele:award:(\d{1,20}):(0x[0-9a-f]{40}):(?:(\d{1,78})|(0x[0-9a-f]{64}):(\d{1,20}))$/;

/** @throws SteleError `input` where the text is no award's URN */
export function parseAwardUrn(text: string): AwardRef {
  const [, chain, contract, token, campaign, index] = awardForm.exec(text) ?? [];
  if (chain === undefined) throw new SteleError("input", `"${text.slice(0, 100)}" names no award of this suite`);
  const at = { chainId: BigInt(chain), contract: contract as Hex };
  if (token !== undefined) return { kind: "token", ...at, tokenId: BigInt(token) };
  return { kind: "leaf", ...at, campaignId: campaign as Hex, index: BigInt(index ?? "0") };
}

/** A member as a URN: `urn:stele:member:CHAIN:MEMBERS:NUMBER`. */
export function memberUrn({ chainId, members, member }: IssuingMember): string {
  return `urn:stele:member:${chainId}:${members.toLowerCase()}:${member}`;
}

const memberForm = /^urn:stele:member:(\d{1,20}):(0x[0-9a-f]{40}):(\d{1,10})$/;

/** @throws SteleError `input` where the text is no member's URN */
export function parseMemberUrn(text: string): IssuingMember {
  const [, chain, members, member] = memberForm.exec(text) ?? [];
  if (chain === undefined) throw new SteleError("input", `"${text.slice(0, 100)}" names no member of this suite`);
  return { chainId: BigInt(chain), members: members as Hex, member: BigInt(member ?? "0") };
}

/** An award type as a URN. */
export function typeUrn({ award, type }: Pick<AwardFacts, "award" | "type">): string {
  return `urn:stele:award-type:${award.chainId}:${type.registry.toLowerCase()}:${type.id}`;
}

/** How the person is named in a credential: `subject` is the pseudonym at the issuer, `account` the account on chain. */
export type SubjectForm = "subject" | "account";

/** @throws SteleError `refused` where an account is wanted and the award has none */
export function subjectId({ subject, account, award }: AwardFacts, form: SubjectForm): string {
  if (form === "subject") return `urn:stele:subject:${subject.toLowerCase()}`;
  if (account !== undefined) return `did:pkh:eip155:${award.chainId}:${getAddress(account)}`;
  throw new SteleError("refused", "an award that is no token has no account; name the person by their pseudonym");
}
