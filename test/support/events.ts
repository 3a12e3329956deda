import { Book } from "../../sdk/book/book.js";
import { auditEvent, type EventDraft, type Operation } from "../../sdk/audit/event.js";
import { auditEventSchema } from "../../sdk/audit/event.js";
import type { EventSource, FollowedRecord } from "../../sdk/audit/questions/source.js";
import type { ProvingSource } from "../../sdk/audit/questions/prove.js";
import type { Hex } from "../../sdk/common/bytes.js";
import { fromHex } from "../../sdk/common/bytes.js";
import { SteleError } from "../../sdk/common/errors.js";
import { decodeHeader } from "../../sdk/records/header.js";
import type { RecordInput } from "../../sdk/records/record.js";
import { createRecords } from "../../sdk/records/sealed.js";

/** What a test writes: an event, or any other record. */
export type Written =
  | (Pick<EventDraft, "time" | "auditor"> &
      Partial<EventDraft> & { readonly source: string; readonly eventTime?: bigint | undefined })
  | { readonly source: string; readonly time: bigint; readonly schema: string; readonly payload: object };

/** 32 bytes or an account, from a number. */
export const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;
export const account = (n: number): Hex => `0x${n.toString(16).padStart(40, "a")}`;

/** A book of events in a folder; its log's id follows from `n`. */
export async function eventBook(folder: string, n = 1): Promise<EventBook> {
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
    recipients: [],
  });
  return new EventBook(await Book.open(folder));
}

export class EventBook implements EventSource, ProvingSource {
  readonly book: Book;
  readonly #next = new Map<string, bigint>();
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

  /** Appends records, each with the next number of its source. */
  async write(records: readonly Written[]): Promise<void> {
    const shared = { logId: fromHex(this.config.logId), retentionClass: 0n, recipients: [] };
    const recipients = [{ id: "owner", publicKey: await ownerKey(this.book.folder) }];
    const inputs = records.map((written): RecordInput => {
      const place = { source: written.source, sequence: this.#next.get(written.source) ?? 0n };
      this.#next.set(written.source, place.sequence + 1n);
      const schema = "schema" in written ? written.schema : auditEventSchema;
      const payload = "payload" in written ? written.payload : this.#event(written, place);
      return { ...shared, recipients, ...place, time: written.time, schema, payload };
    });
    const sealed = await Array.fromAsync(createRecords(this.book.keys, inputs));
    await this.log.append(
      sealed.map(({ entry }) => entry),
      sealed.map(({ attachment }) => attachment),
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
