import { equal, fromHex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { uriHash } from "../../records/commitments.js";
import { decodeHeader } from "../../records/header.js";
import { present, type RecordOpening } from "../personnel/opening.js";
import type { Criteria } from "./criteria.js";
import type { RecordStatus } from "./judge.js";
import { feedbackSchema } from "./payload.js";
import { shownPointers } from "./shown.js";
import type { StandingProof } from "./standing-proof.js";

/** A person's openings that are of feedback; others in a person's file are passed over. */
export function feedbackAmong(openings: readonly RecordOpening[]): RecordOpening[] {
  const schema = uriHash(feedbackSchema);
  return openings.filter(({ proof }) => equal(decodeHeader(fromHex(proof.entry)).schema, schema));
}

/**
 * What a person shows of their feedback: every field but the comment, and that all records are about them. Which records
 * they show is theirs to choose; what is left out between them is seen.
 * @param statuses what the desk says, by index; undefined where it was not asked
 * @throws SteleError `missing` where there is no feedback among the openings
 */
export function makeStandingProof(
  openings: readonly RecordOpening[],
  {
    criteria,
    at,
    statuses,
  }: {
    readonly criteria: Criteria;
    readonly at: bigint;
    readonly statuses?: ReadonlyMap<bigint, RecordStatus> | undefined;
  },
): StandingProof {
  const records = feedbackAmong(openings).map((opening) => ({
    presentation: present(opening, shownPointers, true),
    status: statuses?.get(opening.proof.index),
  }));
  if (records.length === 0) throw new SteleError("missing", "there is no feedback among these records");
  return { format: "stele-standing/1", at, criteria, records };
}
