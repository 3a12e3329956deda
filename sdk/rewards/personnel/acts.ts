import { Wallet, ZeroHash } from "ethers";

import { toHex, type Hex } from "../../common/bytes.js";
import { actToSign, actTypes, deskDomain, recordIdOf, type ActContent, type Rounds } from "../../records/acts.js";
import { SteleError } from "../../common/errors.js";
import { oneTimeKey, type PersonKeys } from "./keys.js";
import type { RecordOpening } from "./opening.js";

/** How the subject shows that a record is about it, as `IRecordDesk.Standing`. */
export interface ActStanding {
  readonly subject: Hex;
  readonly salt: Hex;
  /** Block seconds; the last one in which the signature counts. */
  readonly deadline: bigint;
  /** Empty where the caller acts itself. */
  readonly signature: Hex;
}

/** The standing of whoever calls by the one-time address. */
export const addressStanding: ActStanding = {
  subject: ZeroHash as Hex,
  salt: ZeroHash as Hex,
  deadline: 0n,
  signature: "0x",
};

/** What a signature of an act depends on, besides the act. */
export interface ActSetting {
  readonly chainId: bigint;
  /** The RecordDesk. */
  readonly desk: string;
  /** Disputes of the record so far, from `entryOf`. */
  readonly rounds: Rounds;
  /** Block seconds. */
  readonly deadline: bigint;
}

/**
 * Signs an act with the key of the record's one-time address. Anybody may send it: neither the signature nor the address
 * says who the person is. It is for the sender not to be somebody who does.
 * @param others openings of the person, where the record is a correction of one of them
 * @throws SteleError `refused` where the record has no address of these keys
 */
export async function signOneTime(
  opening: RecordOpening,
  keys: PersonKeys,
  content: ActContent,
  { chainId, desk, rounds, deadline }: ActSetting,
  others: readonly RecordOpening[] = [],
): Promise<ActStanding> {
  const key = oneTimeKey(opening, keys, others);
  const { suite } = opening.proof.log;
  if (suite === undefined) throw new SteleError("input", "is of a log outside the suite; no desk knows it");
  const act = actToSign(recordIdOf(suite.logId, opening.proof.index), undefined, content, rounds, deadline);
  const signature = await new Wallet(toHex(key)).signTypedData(deskDomain(chainId, desk), actTypes, act);
  key.fill(0);
  return { ...addressStanding, deadline, signature: signature as Hex };
}
