import { z } from "zod";

import { equal } from "../../common/bytes.js";
import { hash32 } from "../../common/schema.js";
import { uriHash } from "../../records/commitments.js";
import type { RecordHeader } from "../../records/header.js";

/** Fewest and most that a unit and period are revised: a revision may follow once all records before it have ended. */
export const maxRevision = 99;

/** A unit's own name: letters and digits of any script, blanks, full stops, hyphens. */
export const unitName = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u, "is not 1 to 64 letters, digits, blanks, full stops or hyphens")
  .transform((name) => name.normalize("NFC"));

const periodName = z.string().regex(/^\d{4}(-(0[1-9]|1[0-2]|Q[1-4]|H[12]))?$/, "is not a period like 2026-Q1");
const revision = z.int().min(1, "is below 1").max(maxRevision, `is above ${maxRevision}`);

/** One edition of a unit's feedback for a period. */
export interface Edition {
  readonly unit: string;
  readonly period: string;
  /** 1, and one more after each withdrawal of the whole. */
  readonly revision: number;
}

/** What a record of feedback says; whom it is about is its subject. Every member can be shown alone. */
export const feedbackPayload = z.strictObject({
  unit: unitName,
  period: periodName,
  revision,
  /** SHA-256 of the published criteria. */
  criteria: hash32,
  /** A whole number for every criterion, by its id. */
  scores: z
    .record(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/), z.int())
    .refine((scores) => Object.keys(scores).length > 0, "are missing"),
  /** Records of this edition in all: a further one is none of it. */
  records: z.int().min(1),
  /** The person's feedback in this log before this; null where it is the first. So one left out leaves a hole. */
  previous: z.strictObject({ period: periodName, revision }).nullable(),
  comment: z.string().min(1).max(4_000).optional(),
});

export type FeedbackPayload = z.output<typeof feedbackPayload>;

/** The source whose records are one edition. Who else writes to it leaves two leaves with one number, or one too many. */
export function feedbackSource({ unit, period, revision }: Edition): string {
  const base = `urn:stele:feedback:${encodeURIComponent(unit)}:${period}`;
  return revision === 1 ? base : `${base}:r${revision}`;
}

/** Whether a header stands in an edition's source. */
export function isOfEdition({ source }: Pick<RecordHeader, "source">, edition: Edition): boolean {
  return equal(source, uriHash(feedbackSource(edition)));
}

/** URI of the schema of {@link feedbackPayload}. */
export const feedbackSchema = "urn:stele:schema:personnel-feedback:1";

/** 2026-Q1, or 2026-Q1 (revision 2). */
export function editionText({ period, revision }: Pick<Edition, "period" | "revision">): string {
  return revision === 1 ? period : `${period} (revision ${revision})`;
}

/** What identifies an edition in maps. */
export function editionKey({ period, revision }: Pick<Edition, "period" | "revision">): string {
  return `${period}:r${revision}`;
}
