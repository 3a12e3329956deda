import { AbiCoder, keccak256, type TypedDataDomain } from "ethers";
import { z } from "zod";

import type { Hex } from "../../common/bytes.js";
import { addressText, hash32, hexText } from "../../common/schema.js";

/** An account's consent to be bound to a subject, as ISubjects asks for it. */
export const consentSchema = z.strictObject({
  subject: hash32,
  account: addressText,
  /** Seconds; until then it can be used. */
  deadline: z.int().min(0),
  signature: hexText,
  /** Whether the member keeps the account's key for the person. */
  held: z.boolean(),
});

export type Consent = z.infer<typeof consentSchema>;

const fields = [
  { name: "subject", type: "bytes32" },
  { name: "account", type: "address" },
  { name: "deadline", type: "uint40" },
];

/** EIP-712 types of a consent; `held` is another statement: that the member keeps the account's key. */
export function consentTypes(held: boolean): Record<string, typeof fields> {
  return held ? { Hold: fields } : { Bind: fields };
}

/** What a consent is signed for. */
export function subjectsDomain(chainId: bigint, subjects: string): TypedDataDomain {
  return { name: "Stele Subjects", version: "1", chainId, verifyingContract: subjects };
}

/** The twin of `Subjects.subjectId`. */
export function subjectIdOf(suiteId: Hex, member: number, domain: Hex, commitment: Hex): Hex {
  const types = ["bytes32", "uint32", "bytes32", "bytes32"];
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, [suiteId, member, domain, commitment])) as Hex;
}
