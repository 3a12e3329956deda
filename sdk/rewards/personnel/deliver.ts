import type { BookConfig } from "../../book/config.js";
import { proveEntry } from "../../book/prove.js";
import type { ReadRecord } from "../../book/source.js";
import { equal, toHex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import type { Work } from "../../log/audit.js";
import type { LogView } from "../../log/view.js";
import { readUnverified } from "../../proof/checkpoint.js";
import { decodeAttachment } from "../../records/attachment.js";
import { uriHash } from "../../records/commitments.js";
import type { OpenedRecord } from "../../records/record.js";
import type { RecordOpening } from "./opening.js";

/** Where records are opened for their people: a `Book`, or a `RecordSource` beside or apart from it. */
export interface OpeningSource {
  readonly config: BookConfig;
  readonly log: LogView;
  openRecord(index: bigint): Promise<ReadRecord | (OpenedRecord & { readonly entry: Uint8Array })>;
}

/**
 * What the person whom a record is about gets, under the latest published checkpoint.
 * @param sources URIs that the record may come from, beside the log's own
 * @throws SteleError `missing` where it was erased, is not granted, or no checkpoint covers it yet
 */
export async function openingOf(
  book: OpeningSource,
  index: bigint,
  sources: readonly string[] = [],
): Promise<RecordOpening> {
  const read = await book.openRecord(index);
  const record = "complete" in read ? read : read.record;
  if (record === undefined) {
    const why = "missing" in read && read.missing === "erased" ? "was erased" : "may not be opened by this key";
    throw new SteleError("missing", `entry ${index} ${why}`);
  }
  const source = [book.config.source, ...sources].find((uri) => equal(uriHash(uri), record.header.source));
  const announcement = await announcementOf(book.log, index);
  return {
    format: "stele-opening/1",
    proof: await proveEntry(book.log, book.config, index),
    ...(source === undefined ? {} : { source }),
    payload: record.complete,
    secret: toHex(record.secret),
    salt: toHex(record.subject?.salt ?? new Uint8Array(32)),
    ...(announcement === undefined ? {} : { announcement }),
  };
}

/** Where all records of a log are read, in order: a `RecordSource`. */
export interface RecordReader extends OpeningSource {
  records(from: bigint, to: bigint, work?: Work): AsyncIterable<ReadRecord>;
}

/**
 * Openings of all records about a person in a log, in its order; memory stays flat. A record that was erased is nobody's
 * any more; what tells its person is the record of the erasure, which is among these.
 * @param sources URIs that records may come from, beside the log's own
 */
export async function* openingsAbout(
  reader: RecordReader,
  subject: Uint8Array,
  { sources = [], ...work }: { sources?: readonly string[] } & Work = {},
): AsyncGenerator<RecordOpening> {
  const size = await publishedSize(reader.log);
  for await (const { index, record } of reader.records(0n, size, work)) {
    if (record?.subject === undefined || !equal(record.subject.subjectId, subject)) continue;
    yield await openingOf(reader, index, sources);
  }
}

/** Entries that the latest published checkpoint covers. */
async function publishedSize(log: LogView): Promise<bigint> {
  const note = await log.published();
  return note === undefined ? 0n : readUnverified(note).size;
}

async function announcementOf(log: LogView, index: bigint): Promise<RecordOpening["announcement"]> {
  for await (const { data } of log.reader.attachments(index, index + 1n)) {
    const { announcement } = decodeAttachment(data);
    if (announcement === undefined) return undefined;
    return { ephemeralKey: toHex(announcement.ephemeralKey), viewTag: announcement.viewTag };
  }
  return undefined;
}
