import { z } from "zod";

import { fromHex, toHex, type Hex } from "../../common/bytes.js";
import { hash32, wholeNumber } from "../../common/schema.js";
import type { SequenceTrack } from "../../records/sequence.js";
import type { AuditEvent } from "../event.js";
import { tallySchema, type Tally } from "./tally.js";

/** An event that was too recent to judge: the chain might still show that it was in order. */
export interface Deferred {
  readonly index: bigint;
  readonly event: AuditEvent;
}

/** How far the checks of a log's records have come. */
export interface RecordsState {
  readonly sequences: readonly Omit<SequenceTrack, "logId">[];
  readonly tallies: readonly Tally[];
  /** The latest time of each source. */
  readonly latest: readonly (readonly [source: string, time: bigint])[];
  /** Datasets that were collected and not seen on chain yet, by their root. */
  readonly collected: readonly (readonly [root: Hex, first: { readonly index: bigint; readonly time: bigint }])[];
  /** Ids of events that bear their auditor's signature. */
  readonly signed: readonly string[];
  readonly deferred: readonly Deferred[];
}

export const firstState: RecordsState = {
  sequences: [],
  tallies: [],
  latest: [],
  collected: [],
  signed: [],
  deferred: [],
};

const range = z.strictObject({ from: wholeNumber, to: wholeNumber });

/** The state as it is kept in a file; events are checked where they are read. */
export const recordsStateSchema = z.strictObject({
  sequences: z.array(
    z.strictObject({
      source: hash32.transform((text) => fromHex(text)),
      next: wholeNumber,
      gaps: z.array(range),
    }),
  ),
  tallies: z.array(tallySchema),
  latest: z.array(z.tuple([z.string(), wholeNumber])),
  collected: z.array(z.tuple([hash32, z.strictObject({ index: wholeNumber, time: wholeNumber })])),
  signed: z.array(z.string()),
  deferred: z.array(
    z.strictObject({ index: wholeNumber, event: z.custom<AuditEvent>((value) => typeof value === "object") }),
  ),
});

/** The state as JSON can say it: numbers as decimal digits. */
export function writeRecordsState(state: RecordsState): object {
  return { ...state, sequences: state.sequences.map((track) => ({ ...track, source: toHex(track.source) })) };
}
