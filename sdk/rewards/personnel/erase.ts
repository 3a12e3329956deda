import type { Book } from "../../book/book.js";
import type { AppendedRecord } from "../../book/writer.js";
import { fromHex, type Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { machineClock } from "../../common/time.js";
import { erasurePayload, erasureSchema } from "../../records/erasure.js";
import { headerHash } from "../../records/header.js";

/** What is erased, and why. */
export interface EraseOptions {
  /** In plain words; it stays in the journal of erasures, so it says nothing about the person. */
  readonly reason: string;
  /** Whom the record was about: needed only to complete an erasure that was killed half-way. */
  readonly subject?: Hex | undefined;
}

/**
 * Erases the key of a record about a person, for good, and records the erasure about the same person, so that they are
 * told. The entry stays in the log: its hashes are salted, and nobody can say any more what they were of.
 * @returns where the erasure is recorded
 * @throws SteleError `missing` for no such entry; `usage` where the record does not open any more and nobody is named
 */
export async function eraseRecord(book: Book, index: bigint, options: EraseOptions): Promise<AppendedRecord> {
  const size = book.log.size();
  if (index >= size) throw new SteleError("missing", `there is no entry ${index}; the log has ${size}`);
  const leafHash = headerHash(await book.log.entry(index));
  const subject = book.keys.isErased(leafHash) === undefined ? await subjectOf(book, index) : named(index, options);
  const tombstone = book.keys.erase(leafHash, options.reason);
  const payload = { ...erasurePayload(tombstone, book.keys.journalHead), index: index.toString() };
  const about = subject === undefined ? {} : { subject };
  const [appended] = await book.append([{ time: machineClock(), schema: erasureSchema, payload, ...about }]);
  return appended!;
}

/** What a record of an erasure tells. */
export interface ToldErasure {
  readonly index: bigint;
  readonly leafHash: Hex;
  readonly time: string;
  readonly reason: string;
}

/** Reads the payload of the record of an erasure; undefined where it does not tell an entry of this log. */
export function toldErasure(payload: Readonly<Record<string, unknown>>): ToldErasure | undefined {
  const { index, record, time, reason } = payload;
  if (typeof index !== "string" || !/^\d{1,19}$/.test(index)) return undefined;
  if (typeof record !== "string" || typeof time !== "string" || typeof reason !== "string") return undefined;
  return { index: BigInt(index), leafHash: record as Hex, time, reason };
}

async function subjectOf(book: Book, index: bigint): Promise<Uint8Array | undefined> {
  return (await book.openRecord(index)).subject?.subjectId;
}

function named(index: bigint, { subject }: EraseOptions): Uint8Array {
  if (subject !== undefined) return fromHex(subject, 32);
  throw new SteleError("usage", `entry ${index} was erased already; name its subject if that was not recorded`);
}
