import { equal, toHex, type Hex } from "../../common/bytes.js";
import type { Work } from "../../log/audit.js";
import type { LogView } from "../../log/view.js";
import { uriHash } from "../../records/commitments.js";
import { decodeHeader, headerLength, type RecordHeader } from "../../records/header.js";
import type { OpeningSource } from "../personnel/deliver.js";
import { parsePersonnel } from "../personnel/kinds.js";
import { SteleError } from "../../common/errors.js";
import type { EditionCount } from "./gaps.js";
import { feedbackSchema, feedbackSource, isOfEdition, maxRevision, type FeedbackPayload } from "./payload.js";
import { periodsBetween, type Period } from "./periods.js";

/** The log, as far as headers go: `book.log`, or a view of it, here or remote. */
export type LogReader = Pick<LogView, "entries" | "storedHead">;

/** A record of feedback in a log. */
export interface FeedbackRecord {
  readonly index: bigint;
  readonly header: RecordHeader;
  /** Undefined where it does not open any more, or is not as its kind has it. */
  readonly content: { readonly subject: Hex; readonly payload: FeedbackPayload } | undefined;
  /** Whether it stands in the source of its edition. One that does not may be a correction. */
  readonly inEdition: boolean;
}

/** Records of feedback in a log, in its order; others are passed over by their headers. Memory stays flat. */
export async function* feedbackRecords(source: OpeningSource, work: Work = {}): AsyncGenerator<FeedbackRecord> {
  for await (const { index, header } of feedbackHeaders(source.log, work)) {
    const content = await contentOf(source, index);
    yield { index, header, content, inEdition: content !== undefined && isOfEdition(header, content.payload) };
  }
}

/** What anybody sees of feedback in a log that they can read: headers. */
export async function* feedbackHeaders(
  log: LogReader,
  { signal, progress }: Work = {},
): AsyncGenerator<{ readonly index: bigint; readonly header: RecordHeader }> {
  const { size } = await log.storedHead();
  const schema = uriHash(feedbackSchema);
  let index = 0n;
  for await (const entry of log.entries(0n, size)) {
    signal?.throwIfAborted();
    if (entry.length === headerLength && entry[0] === 1) {
      const header = decodeHeader(entry);
      if (equal(header.schema, schema)) yield { index, header };
    }
    if (++index % 1_024n === 0n) progress?.(index, size);
  }
  progress?.(size, size);
}

/**
 * How many records of each edition of a unit a log holds: for a verifier, who opens none of them.
 * @param periods that are looked for
 */
export async function editionsIn(
  log: LogReader,
  unit: string,
  { first, last }: { readonly first: Period; readonly last: Period },
  work: Work = {},
): Promise<EditionCount[]> {
  const known = new Map<Hex, { period: string; revision: number; records: bigint }>();
  for (const { name: period } of periodsBetween(first, last)) {
    for (let revision = 1; revision <= maxRevision; revision++) {
      known.set(toHex(uriHash(feedbackSource({ unit, period, revision }))), { period, revision, records: 0n });
    }
  }
  for await (const { header } of feedbackHeaders(log, work)) {
    const edition = known.get(toHex(header.source));
    if (edition !== undefined) edition.records++;
  }
  return [...known.values()].filter(({ records }) => records > 0n);
}

async function contentOf(source: OpeningSource, index: bigint): Promise<FeedbackRecord["content"]> {
  try {
    const read = await source.openRecord(index);
    const record = "complete" in read ? read : read.record;
    if (record?.subject === undefined) return undefined;
    return { subject: toHex(record.subject.subjectId), payload: parsePersonnel("feedback", record.payload) };
  } catch (error) {
    // Erased, or appended by hand with other content: it is counted, and says nothing.
    if (error instanceof SteleError && (error.code === "missing" || error.code === "input")) return undefined;
    throw error;
  }
}
