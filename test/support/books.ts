import { Book } from "../../sdk/book/book.js";
import type { BookConfig } from "../../sdk/book/config.js";
import { decodeHeader, type RecordHeader } from "../../sdk/records/header.js";
import type { Draft } from "../../sdk/records/intake/draft.js";
import { readNdjson } from "../../sdk/records/intake/ndjson.js";
import { sequenceFaults } from "../../sdk/records/sequence.js";

/** A book that is registered nowhere. */
export const bookConfig: BookConfig = {
  format: 1,
  kind: "test.records",
  name: "ledger",
  chainId: 31_337n,
  registry: `0x${"11".repeat(20)}`,
  logId: `0x${"22".repeat(32)}`,
  keyEpoch: 0,
  source: "urn:stele:test",
  schema: "urn:stele:schema:json:1",
  retentionClass: 0,
  recipients: [],
};

/** Opens the book in a folder, made where there is none, for as long as the work takes. */
export async function withBook<T>(
  folder: string,
  work: (book: Book) => Promise<T>,
  config: BookConfig = bookConfig,
): Promise<T> {
  await Book.prepare(folder, config);
  const book = await Book.open(folder);
  try {
    return await work(book);
  } finally {
    await book.close();
  }
}

/** Headers of all entries, in order. */
export async function* headersOf(book: Book): AsyncGenerator<RecordHeader> {
  for await (const entry of book.log.entries(0n, book.log.size())) yield decodeHeader(entry);
}

/** What is wrong with the numbering of any source, in words. */
export async function faultsOf(book: Book): Promise<string[]> {
  const faults: string[] = [];
  for await (const { kind, sequence, expected } of sequenceFaults(headersOf(book))) {
    faults.push(`${kind}: ${sequence} instead of ${expected}`);
  }
  return faults;
}

/** Drafts of NDJSON text. */
export function ndjson(text: string): AsyncIterable<Draft> {
  return readNdjson(
    (async function* () {
      yield Buffer.from(text);
    })(),
    "in.ndjson",
  );
}
