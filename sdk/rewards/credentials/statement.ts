import { verifyTypedData, type TypedDataDomain, type TypedDataField } from "ethers";
import { z } from "zod";

import type { Hex } from "../../common/bytes.js";
import { SteleError, type Place } from "../../common/errors.js";
import { addressText, hexText, parseWith, wholeNumber } from "../../common/schema.js";
import { formatInstant } from "../../common/time.js";
import type { TypedDataSigner } from "../../proof/eip712.js";
import { parseJson } from "../../records/json.js";
import { ed25519Did } from "./contexts.js";
import type { IssuingMember } from "./facts.js";

/** A key of an issuer, and what its credentials are worth. */
export interface StatedKey {
  readonly did: string;
  /** First second in which it signed for the member. */
  readonly from: bigint;
  /** First second in which it does not sign new credentials any more; 0 for none. Its status lists go on. */
  readonly until: bigint;
  /** Somebody else may have it: nothing that it signed counts, whenever it says that it was signed. */
  readonly compromised: boolean;
}

/** What a member says of its keys: all of them, those that are not used any more included. */
export interface IssuerStatement extends IssuingMember {
  /** Counted by the issuer; a later one replaces all earlier ones. */
  readonly revision: bigint;
  /** Seconds: when it was made. */
  readonly time: bigint;
  /** First second in which it does not count any more, so that a compromise is not hidden by an old statement. */
  readonly until: bigint;
  readonly keys: readonly StatedKey[];
}

/** A statement with the signature of an account that acts for the member. */
export interface SignedStatement extends IssuerStatement {
  readonly account: Hex;
  readonly signature: Hex;
}

const field = (type: string, name: string): TypedDataField => ({ type, name });

/** EIP-712 types of a statement. */
export const statementTypes: Record<string, TypedDataField[]> = {
  IssuerKeys: [
    field("uint32", "member"),
    field("uint64", "revision"),
    field("uint40", "time"),
    field("uint40", "until"),
    field("Key[]", "keys"),
  ],
  Key: [field("string", "did"), field("uint40", "from"), field("uint40", "until"), field("bool", "compromised")],
};

/** EIP-712 domain: the contract that knows the member. */
export function statementDomain({ chainId, members }: IssuingMember): TypedDataDomain {
  return { name: "Stele Credentials", version: "1", chainId, verifyingContract: members };
}

/** What is signed. */
export function statementMessage({ member, revision, time, until, keys }: IssuerStatement): Record<string, unknown> {
  return { member, revision, time, until, keys: keys.map((key) => ({ ...key })) };
}

/** Signs as an account of the member. */
export async function signStatement(signer: TypedDataSigner, statement: IssuerStatement): Promise<SignedStatement> {
  const message = statementMessage(statement);
  const signature = (await signer.signTypedData(statementDomain(statement), statementTypes, message)) as Hex;
  return { ...statement, account: (await signer.getAddress()) as Hex, signature };
}

const schema = z.strictObject({
  format: z.literal("stele.issuer.v1", { error: 'is not "stele.issuer.v1"' }),
  chainId: wholeNumber,
  members: addressText,
  member: wholeNumber,
  revision: wholeNumber,
  time: wholeNumber,
  until: wholeNumber,
  keys: z
    .array(
      z.strictObject({
        did: z.string().regex(ed25519Did, "is no did:key of an Ed25519 key"),
        from: wholeNumber,
        until: wholeNumber,
        compromised: z.boolean(),
      }),
    )
    .min(1)
    .max(1000),
  account: addressText,
  signature: hexText,
});

/** A statement is small: a thousand keys at most. */
const largest = 512 * 1024;

/** @throws SteleError `input`, naming the field */
export function parseStatement(text: string, place: Place = {}): SignedStatement {
  if (text.length > largest) throw new SteleError("input", "is too long to be an issuer's statement", { place });
  const { format: _, ...statement } = parseWith(schema, parseJson(text, place), place);
  const twice = statement.keys.find(({ did }, i) => statement.keys.findIndex((key) => key.did === did) !== i);
  if (twice !== undefined) throw new SteleError("input", `names the key ${twice.did} twice`, { place });
  return statement;
}

export function formatStatement(statement: SignedStatement): string {
  const plain = (_: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);
  return `${JSON.stringify({ format: "stele.issuer.v1", ...statement }, plain, 2)}\n`;
}

/** Account whose key signed; undefined where the bytes are no signature of a key (a contract's are not). */
export function signerOf(statement: SignedStatement): string | undefined {
  try {
    const message = statementMessage(statement);
    return verifyTypedData(statementDomain(statement), statementTypes, message, statement.signature);
  } catch {
    return undefined;
  }
}

/**
 * Finds a key in a statement and holds it against the time at which it signed.
 * @param made seconds: when the credential says that it was made; undefined for a status list, which an old key may
 * still sign
 * @throws SteleError `unproven`
 */
export function requireKey(statement: IssuerStatement, did: string, made: bigint | undefined, now: bigint): StatedKey {
  const fail = (sentence: string) => new SteleError("unproven", sentence);
  if (statement.time > now + 300n)
    throw fail(`the issuer's statement is of ${formatInstant(statement.time)}, in the future`);
  if (statement.until <= now) {
    throw fail(`the issuer's statement ended at ${formatInstant(statement.until)}; ask the issuer for the present one`);
  }
  const key = statement.keys.find((key) => key.did === did);
  if (key === undefined) throw fail(`member ${statement.member} does not name the key ${did} among its own`);
  if (key.compromised)
    throw fail(`the key ${did} was compromised; ask the issuer for the credential under its new key`);
  if (made !== undefined && (made < key.from || (key.until !== 0n && made >= key.until))) {
    throw fail(`the key ${did} did not sign for its member at ${formatInstant(made)}`);
  }
  return key;
}
