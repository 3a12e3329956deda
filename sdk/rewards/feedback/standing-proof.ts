import { z } from "zod";

import { SteleError, type Place } from "../../common/errors.js";
import { readJson } from "../../common/json.js";
import { parseWith, wholeNumber } from "../../common/schema.js";
import { recordStates } from "../../records/desk.js";
import { formatPresentation, parsePresentation, type Presentation } from "../../records/presentation.js";
import { parseCriteria, type Criteria } from "./criteria.js";
import type { RecordStatus } from "./judge.js";

/** A record that a standing rests on or leaves out, with what the desk said of it when the proof was made. */
export interface ProvenRecord {
  readonly presentation: Presentation;
  readonly status: RecordStatus | undefined;
}

/** A person's standing with all that it follows from, for a third person. It holds nobody else's data, and no comment. */
export interface StandingProof {
  readonly format: "stele-standing/1";
  /** Seconds; the moment of which the standing is. */
  readonly at: bigint;
  /** The published document, as it is: its hash is in every record. */
  readonly criteria: Criteria;
  readonly records: readonly ProvenRecord[];
}

const schema = z.strictObject({
  format: z.literal("stele-standing/1", { error: 'is not "stele-standing/1"' }),
  at: wholeNumber.refine((at) => at < 1n << 40n, "is no time in seconds"),
  criteria: z.string(),
  records: z
    .array(
      z.strictObject({
        presentation: z.unknown(),
        status: z
          .strictObject({
            state: z.enum(recordStates),
            valid: z.boolean(),
            expires: wholeNumber,
            correctedBy: wholeNumber.optional(),
          })
          .optional(),
      }),
    )
    .min(1, "are missing")
    .max(10_000, "are more than 10,000"),
});

/**
 * Reads a proof of standing: JSON text, or what such text says. Nothing is verified yet.
 * @throws SteleError `input`, naming the field
 */
export function parseStandingProof(document: unknown, place: Place = {}): StandingProof {
  const value = typeof document === "string" ? readJson(document, place) : document;
  const { format, at, criteria, records } = parseWith(schema, value, place);
  return {
    format,
    at,
    criteria: inside("criteria", place, () => parseCriteria(criteria)),
    records: records.map(({ presentation, status }, i) => ({
      presentation: inside(`records.${i}`, place, () => parsePresentation(presentation)),
      status,
    })),
  };
}

/** Writes a proof as JSON text that {@link parseStandingProof} reads. */
export function formatStandingProof({ format, at, criteria, records }: StandingProof): string {
  const written = records.map(({ presentation, status }) => ({
    presentation: JSON.parse(formatPresentation(presentation)) as unknown,
    status,
  }));
  const json = { format, at, criteria: criteria.text, records: written };
  return `${JSON.stringify(json, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value), 2)}\n`;
}

/** Runs what reads a part of a document, so that what it refuses names the part. */
export function inside<T>(field: string, place: Place, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw said(error, field, place);
  }
}

/** An error about a part of a document, said of the whole. */
export function said(error: unknown, field: string, place: Place): unknown {
  if (!(error instanceof SteleError)) return error;
  const inner = error.place.field === undefined ? field : `${field}.${error.place.field}`;
  return new SteleError(error.code, error.sentence, { place: { ...place, field: inner }, cause: error });
}
