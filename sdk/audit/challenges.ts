import { AbiCoder, keccak256 } from "ethers";

import type { Hex } from "../common/bytes.js";
import { leafHash, verifyInclusion } from "../proof/merkle.js";
import { chunksOf, lengthOf } from "./datasets/description.js";

/** States of a challenge, in the order of `IDatasets.ChallengeState`. */
export const challengeStates = ["none", "pending", "drawn", "answered", "missed"] as const;
export type ChallengeState = (typeof challengeStates)[number];

/** How often an office may challenge a respondent in a UTC day, in all its engagements together. */
export const dailyChallenges = 16n;

/** Open seconds in which a challenge can be drawn. */
export const drawPeriod = 86_400n;

/** Open seconds in which the holder can still be challenged after its notice. */
export const retirementNotice = 30n * 86_400n;

/** How many blocks back the chain still knows hashes. */
const hashesKept = 256n;

const day = 86_400n;

/** Id of a dataset, registered or not yet; the twin of `Datasets.datasetFor`. @param size bytes of the ciphertext */
export function datasetIdFor(suiteId: Hex, holder: bigint, root: Hex, size: bigint): Hex {
  const types = ["string", "bytes32", "uint32", "bytes32", "uint64"];
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, ["stele.dataset", suiteId, holder, root, size])) as Hex;
}

/**
 * Index of the chunk that a block's hash draws for a challenge.
 * @param size bytes of the ciphertext
 * @example
 * drawnChunk("0x…", 7n, 1n << 30n); // below 2^20
 */
export function drawnChunk(blockHash: Hex, challengeId: bigint, size: bigint): bigint {
  const seed = keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint64"], [blockHash, challengeId]));
  return BigInt(seed) % chunksOf(size);
}

/**
 * Whether bytes answer a challenge: they are the chunk, by length, place and proof.
 * @param index below the number of chunks
 */
export function isChunkAt(
  bytes: Uint8Array,
  index: bigint,
  dataset: { readonly root: Uint8Array; readonly size: bigint },
  proof: readonly Uint8Array[],
): boolean {
  const { root, size } = dataset;
  return bytes.length === lengthOf(index, size) && verifyInclusion(leafHash(bytes), index, chunksOf(size), root, proof);
}

/** What the rules read of a challenge. */
export interface ChallengeFacts {
  readonly state: ChallengeState;
  /** Whose hash draws the chunk. */
  readonly drawBlock: bigint;
}

/** When somebody looks at a challenge, or acts on it. */
export interface ChallengeMoment {
  /** Number of the block in which the act would stand. */
  readonly block: bigint;
  /** Open seconds since it was opened. */
  readonly sinceOpened: bigint;
  /** Open seconds since its chunk was drawn; 0 before. */
  readonly sinceDrawn: bigint;
}

/**
 * How a challenge stands: `waiting` for its block; `drawable` by anyone; `unarmed`, where the hash is forgotten and only
 * the office can name another block; `lapsed`, where nobody drew it in time; `running` while there is time to answer;
 * `overdue`, where anyone may mark the miss; `answered` and `missed` for good.
 */
export type ChallengeReading =
  "waiting" | "drawable" | "unarmed" | "lapsed" | "running" | "overdue" | "answered" | "missed";

/**
 * Reads a challenge at a moment.
 * @param answerPeriod open seconds, of the contract
 */
export function readChallenge(
  facts: ChallengeFacts,
  moment: ChallengeMoment,
  answerPeriod: bigint,
): ChallengeReading | undefined {
  switch (facts.state) {
    case "none":
      return undefined;
    case "pending":
      if (moment.sinceOpened > drawPeriod) return "lapsed";
      if (moment.block <= facts.drawBlock) return "waiting";
      return moment.block - facts.drawBlock <= hashesKept ? "drawable" : "unarmed";
    case "drawn":
      return moment.sinceDrawn > answerPeriod ? "overdue" : "running";
    default:
      return facts.state;
  }
}

/** How often an office may still challenge a respondent on the day of `now`. @param opened seconds, of its challenges */
export function challengesLeft(opened: Iterable<bigint>, now: bigint): bigint {
  let left = dailyChallenges;
  for (const time of opened) if (time / day === now / day) left--;
  return left > 0n ? left : 0n;
}

/** Whether a holder can be challenged. @param sinceRetired open seconds since its notice; undefined where it gave none */
export function isKept(sinceRetired: bigint | undefined): boolean {
  return sinceRetired === undefined || sinceRetired <= retirementNotice;
}

/**
 * How likely it is that whoever lost a share of the chunks passes every one of some challenges. Proposers of blocks that
 * side with it choose the chunk.
 * @param lost share of the chunks, 0 to 1
 * @param proposers share of the blocks that such proposers make, 0 to 1
 * @example
 * passChance(0.05, 90); // 0.0099
 */
export function passChance(lost: number, challenges: number, proposers = 0): number {
  const kept = lost < 1 ? proposers + (1 - proposers) * (1 - lost) : 0;
  return kept ** challenges;
}
