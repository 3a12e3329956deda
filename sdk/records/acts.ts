import { AbiCoder, keccak256, type TypedDataDomain, type TypedDataField, ZeroHash } from "ethers";

import type { Hex } from "../common/bytes.js";

/** What a subject can sign, with the contract's numbers. */
export const actNumbers = { acknowledge: 1n, dispute: 2n, appeal: 3n } as const;
export type Act = keyof typeof actNumbers;

/** EIP-712 types of an act; see `IRecordDesk.Standing`. */
export const actTypes = {
  Act: [
    { name: "recordId", type: "bytes32" },
    { name: "subject", type: "bytes32" },
    { name: "act", type: "uint8" },
    { name: "round", type: "uint32" },
    { name: "content", type: "bytes32" },
    { name: "deadline", type: "uint40" },
  ],
} satisfies Record<string, TypedDataField[]>;

/** One act, as it is signed. */
export interface SignedAct {
  readonly recordId: Hex;
  /** The subject that opens the commitment; zero for the one-time address. */
  readonly subject: Hex;
  readonly act: bigint;
  readonly round: bigint;
  readonly content: Hex;
  /** Block seconds; the last one in which the signature counts. */
  readonly deadline: bigint;
}

/** How many disputes a record has seen by each standing, from `entryOf`. */
export interface Rounds {
  readonly addressRounds: bigint;
  readonly openingRounds: bigint;
}

/** What an act says, before it is tied to a record. */
export type ActContent =
  | { readonly act: "acknowledge" }
  | { readonly act: "dispute"; readonly reason: Hex; readonly evidence: Hex }
  | { readonly act: "appeal"; readonly content: Hex };

/** EIP-712 domain of the desk. */
export function deskDomain(chainId: bigint, desk: string): TypedDataDomain {
  return { name: "Stele RecordDesk", version: "1", chainId, verifyingContract: desk };
}

/** Id of a record: keccak256(abi.encode(logId, index)). */
export function recordIdOf(logId: Hex, index: bigint): Hex {
  return keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint64"], [logId, index])) as Hex;
}

/** The content of a dispute as it is signed: keccak256(abi.encode(reason, evidence)). */
export function disputeContent(reason: Hex, evidence: Hex): Hex {
  return keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "bytes32"], [reason, evidence])) as Hex;
}

/**
 * The act to sign. A dispute counts the disputes of the same standing, so that nobody else's makes the signature void;
 * an appeal names the dispute it belongs to.
 * @param subject undefined for the one-time address
 */
export function actToSign(
  recordId: Hex,
  subject: Hex | undefined,
  content: ActContent,
  rounds: Rounds,
  deadline: bigint,
): SignedAct {
  const signed = {
    recordId,
    subject: subject ?? (ZeroHash as Hex),
    act: actNumbers[content.act],
    deadline,
  };
  switch (content.act) {
    case "acknowledge":
      return { ...signed, round: 0n, content: ZeroHash as Hex };
    case "dispute": {
      const before = subject === undefined ? rounds.addressRounds : rounds.openingRounds;
      return { ...signed, round: before + 1n, content: disputeContent(content.reason, content.evidence) };
    }
    case "appeal":
      return { ...signed, round: rounds.addressRounds + rounds.openingRounds, content: content.content };
  }
}
