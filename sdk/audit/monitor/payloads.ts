import { equal } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import type { Work } from "../../log/audit.js";
import { tileWidth } from "../../log/tiles.js";
import type { Payload } from "./records.js";

/** What a reader gives of an entry. */
export interface ReadPayload {
  readonly index: bigint;
  readonly entry: Uint8Array;
  readonly record?: { readonly payload: unknown } | undefined;
  readonly missing?: "erased" | "not granted" | undefined;
}

/** Who opens payloads: `RecordSource` of sdk/book is one. */
export interface PayloadReader {
  records(from: bigint, to: bigint, work?: Work): AsyncIterable<ReadPayload>;
  openRecord(index: bigint): Promise<ReadPayload>;
}

/** Refusals that say something of a record and nothing of the source. */
const ofTheRecord: ReadonlySet<string> = new Set(["unproven", "input", "missing"]);

/**
 * The payloads of consecutive entries. A record that cannot be opened costs no other: what shares a bundle with it is
 * read one by one.
 * @param entries proven ones, the first of which has the index `from`
 * @throws SteleError where the source fails
 */
export async function readPayloads(
  reader: PayloadReader,
  from: bigint,
  entries: readonly Uint8Array[],
  signal?: AbortSignal,
): Promise<readonly Payload[]> {
  const payloads: Payload[] = [];
  const to = from + BigInt(entries.length);
  const at = (): bigint => from + BigInt(payloads.length);
  const next = (read: ReadPayload): void => void payloads.push(payloadOf(read, entries[payloads.length]!));
  while (at() < to) {
    const begin = at();
    try {
      for await (const read of reader.records(begin, to, { signal })) next(read);
      if (at() < to) throw new SteleError("network", `the source gives no record ${at()}`);
    } catch (error) {
      signal?.throwIfAborted();
      requireOfRecord(error);
      const width = BigInt(tileWidth);
      const bundleEnd = (at() / width + 1n) * width;
      while (at() < bundleEnd && at() < to) payloads.push(await alone(reader, at(), entries[payloads.length]!, signal));
    }
  }
  return payloads;
}

async function alone(
  reader: PayloadReader,
  index: bigint,
  entry: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<Payload> {
  try {
    return payloadOf(await reader.openRecord(index), entry);
  } catch (error) {
    signal?.throwIfAborted();
    return { kind: requireOfRecord(error) === "missing" ? "closed" : "spoiled" };
  }
}

function requireOfRecord(error: unknown): string {
  if (error instanceof SteleError && ofTheRecord.has(error.code)) return error.code;
  throw error;
}

function payloadOf({ entry, record, missing }: ReadPayload, proven: Uint8Array): Payload {
  if (!equal(entry, proven)) return { kind: "spoiled" };
  if (record !== undefined) return { kind: "open", payload: record.payload };
  return { kind: missing === "erased" ? "erased" : "closed" };
}
