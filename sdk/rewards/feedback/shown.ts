import { equal, toHex, type Hex } from "../../common/bytes.js";
import { SteleError, type Place } from "../../common/errors.js";
import { parseWith } from "../../common/schema.js";
import { noSubject, uriHash } from "../../records/commitments.js";
import type { ShownField } from "../../records/disclosure.js";
import type { RecordHeader } from "../../records/header.js";
import { openedOf, type Presentation } from "../../records/presentation.js";
import { feedbackPayload, feedbackSchema, isOfEdition, type FeedbackPayload } from "./payload.js";

/** A record of feedback that its person shows, held against its header. */
export interface ShownFeedback extends FeedbackPayload {
  readonly logId: Hex;
  readonly index: bigint;
  readonly subject: Hex;
  readonly sequence: bigint;
  readonly header: RecordHeader;
  /** Whether it stands in the source of its unit and period; one that does not counts as a correction only. */
  readonly inEdition: boolean;
}

/** What a person shows of a record of feedback: everything but the comment. */
export const shownPointers: readonly string[] = [
  "/unit",
  "/period",
  "/revision",
  "/criteria",
  "/scores",
  "/records",
  "/previous",
];

/**
 * Reads a shown record of feedback. That its header is in a log is for the caller to have verified.
 * @param entry the header's bytes, as verified
 * @throws SteleError `unproven` or `input`, naming what does not fit
 */
export function readShown(presentation: Presentation, entry: Uint8Array, place: Place = {}): ShownFeedback {
  const { header, fields, subject } = openedOf(presentation, entry, place);
  const at = (field: string): { place: Place } => ({ place: { ...place, field } });
  if (!equal(header.schema, uriHash(feedbackSchema)))
    throw new SteleError("input", "is no record of feedback", { place });
  if (subject === undefined || equal(header.subjectCommitment, noSubject)) {
    throw new SteleError("unproven", "does not show whom it is about", at("opening"));
  }
  const payload = parseWith(feedbackPayload, objectOf(fields), place);
  return {
    ...payload,
    header,
    inEdition: isOfEdition(header, payload),
    logId: toHex(header.logId),
    index: presentation.proof.index,
    sequence: header.sequence,
    subject: toHex(subject),
  };
}

/** Shown fields as the object that they are part of; feedback holds texts and numbers in objects, no lists. */
function objectOf(fields: readonly ShownField[]): object {
  const whole: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const { path, value } of fields) {
    let inner = whole;
    for (const part of path.slice(0, -1)) {
      inner = (inner[part] ??= Object.create(null) as Record<string, unknown>) as Record<string, unknown>;
    }
    inner[path.at(-1)!] = value;
  }
  return plain(whole) as object;
}

/** The same with ordinary objects, which schemas ask for; own members only, whatever they are called. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
