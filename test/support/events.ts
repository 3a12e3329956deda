import { Book } from "../../sdk/book/book.js";
import { auditEvent, auditEventSchema, type EventDraft, type Operation } from "../../sdk/audit/event.js";
import type { EventSource, FollowedRecord } from "../../sdk/audit/questions/source.js";
import type { ProvingSource } from "../../sdk/audit/questions/prove.js";
import type { Hex } from "../../sdk/common/bytes.js";
import { SteleError } from "../../sdk/common/errors.js";
import { decodeHeader } from "../../sdk/records/header.js";

/** What a test writes: an event, or any other record. */
export type Written =
  | (Pick<EventDraft, "time" | "auditor"> &
      Partial<EventDraft> & { readonly source: string; readonly eventTime?: bigint | undefined })
  | { readonly source: string; readonly time: bigint; readonly schema: string; readonly payload: object };

/** 32 bytes or an account, from a number. */
export const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;
export const account = (n: number): Hex => `0x${n.toString(16).padStart(40, "a")}`;

/** A book of events in a folder; its log's id follows from `n`. */
export async function eventBook(
  folder: string,
  n = 1,
  recipients: Book["config"]["recipients"] = [],
): Promise<EventBook> {
  await Book.prepare(folder, {
    format: 1,
    kind: "audit.events",
    name: `agency ${n}`,
    chainId: 31_337n,
    registry: `0x${"11".repeat(20)}`,
    logId: hash(0x1000 + n),
    keyEpoch: 0,
    source: "urn:example:agency",
    schema: auditEventSchema,
    retentionClass: 0,
    recipients,
  });
  return new EventBook(await Book.open(folder));
}

export class EventBook implements EventSource, ProvingSource {
  readonly book: Book;
  #id = 0;

  constructor(book: Book) {
    this.book = book;
  }

  get config() {
    return this.book.config;
  }

  get log() {
    return this.book.log;
  }

  /** Appends records, durable together. */
  async write(records: readonly Written[]): Promise<void> {
    await this.book.append(
      records.map((written) => {
        if ("payload" in written) return written;
        return { source: written.source, time: written.time, payload: (place) => this.#event(written, place) };
      }),
    );
  }

  /** Destroys the key of a record. @returns its leaf hash */
  async erase(index: bigint): Promise<Uint8Array> {
    const { leafHash } = await this.book.openRecord(index);
    this.book.keys.erase(leafHash, "asked for by a test");
    return leafHash;
  }

  async *records(from: bigint, to: bigint): AsyncGenerator<FollowedRecord> {
    for (let index = from; index < to; index++) yield await this.openRecord(index);
  }

  async openRecord(index: bigint) {
    const entry = await this.log.entry(index);
    const base = { index, entry, header: decodeHeader(entry) };
    try {
      return { ...base, record: await this.book.openRecord(index) };
    } catch (error) {
      if (error instanceof SteleError && error.code === "missing") return { ...base, missing: "erased" as const };
      throw error;
    }
  }

  close(): Promise<void> {
    return this.book.close();
  }

  #event(written: Extract<Written, { auditor: string }>, place: { source: string; sequence: bigint }): object {
    const { operation = "read" as Operation, data = { outcome: "done" }, engagement, subject, auditor } = written;
    const id = (this.#id++).toString(16).padStart(32, "0");
    const time = written.eventTime ?? written.time;
    return auditEvent({ id, operation, data, engagement, subject, auditor, time }, place);
  }
}
