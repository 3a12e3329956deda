import { setImmediate } from "node:timers/promises";

import { SteleError } from "../common/errors.js";
import type { Log } from "../log/log.js";
import type { KeyStore, OpenEpoch } from "../records/keys.js";
import { draftRecord, type DraftRecord, type RecordInput } from "../records/record.js";
import { sealAll } from "../records/sealed.js";
import type { MetaAddress } from "../records/stealth.js";
import type { BookConfig } from "./config.js";
import type { Sequences } from "./sequences.js";

/** Where a record will stand: what a payload may depend on. */
export interface RecordPlace {
  readonly source: string;
  readonly sequence: bigint;
  /** Of the entry in the log. */
  readonly index: bigint;
}

/** A record to be appended. */
export interface NewRecord {
  /** URI of the source; the book's own unless given. */
  readonly source?: string | undefined;
  /** Seconds since 1970. */
  readonly time: bigint;
  /** URI of the payload's schema; the book's own unless given. */
  readonly schema?: string | undefined;
  readonly retentionClass?: bigint | undefined;
  /** Whom the record is about: the pairwise pseudonym, 32 bytes. */
  readonly subject?: Uint8Array | undefined;
  /** The subject's meta-address, from which a one-time dispute address is derived. */
  readonly metaAddress?: MetaAddress | undefined;
  /** A dispute address, 20 bytes, that was made elsewhere; instead of `metaAddress`. */
  readonly disputeAddress?: Uint8Array | undefined;
  /** The content, or what makes it once the record has its place; that may run again for another place. */
  readonly payload: object | ((place: RecordPlace) => object);
}

/** A record that is durable, and where. */
export interface AppendedRecord extends RecordPlace {
  readonly leafHash: Uint8Array;
}

interface Call {
  readonly records: readonly NewRecord[];
  readonly resolve: (appended: readonly AppendedRecord[]) => void;
  readonly reject: (error: unknown) => void;
}

/** What the records of one book have in common. */
export type SharedInput = Pick<RecordInput, "logId" | "recipients"> &
  Pick<BookConfig, "source" | "schema" | "retentionClass">;

/** Records that become durable together, at most, unless one call brings more. */
const groupLimit = 4_096;

/**
 * Seals and appends records for all callers, one group after the other: what waits at the same time becomes durable
 * together, keys first and then entries, so that a crash in between leaves keys without records and no gap.
 */
export class BookWriter {
  readonly #log: Log;
  readonly #keys: KeyStore;
  readonly #sequences: Sequences;
  readonly #shared: SharedInput;
  readonly #waiting: Call[] = [];
  #working: Promise<void> | undefined;
  #closed = false;

  constructor(log: Log, keys: KeyStore, sequences: Sequences, shared: SharedInput) {
    this.#log = log;
    this.#keys = keys;
    this.#sequences = sequences;
    this.#shared = shared;
  }

  append(records: readonly NewRecord[]): Promise<readonly AppendedRecord[]> {
    if (this.#closed) return Promise.reject(new SteleError("usage", "the book is closed"));
    const { promise, resolve, reject } = Promise.withResolvers<readonly AppendedRecord[]>();
    this.#waiting.push({ records, resolve, reject });
    this.#working ??= this.#work();
    return promise;
  }

  /** Resolves once nothing waits any more. */
  async idle(): Promise<void> {
    await this.#working;
  }

  /** Takes no more, and resolves once what waits is done. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#working;
    // A snapshot that cannot be written is missed by nobody: the next opening reads the log instead.
    await this.#sequences.keep(true).catch(() => undefined);
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Whatever the event loop has at hand joins the group: its callers were woken together by the last one.
      await setImmediate();
      let count = 0;
      const until = this.#waiting.findIndex(({ records }) => (count += records.length) > groupLimit);
      await this.#append(this.#waiting.splice(0, until < 0 ? this.#waiting.length : Math.max(until, 1)));
      await this.#sequences.keep(false).catch(() => undefined);
    }
    this.#working = undefined;
  }

  async #append(calls: readonly Call[]): Promise<void> {
    try {
      const epoch = await this.#keys.epochFor(this.#shared.recipients);
      // After a failure the log alone knows whether it has the records of that group.
      if (this.#log.size() !== this.#sequences.size) await this.#sequences.catchUp();
      const group = new Group(this.#sequences, this.#shared);
      const accepted = calls.filter((call) => group.take(call));
      if (group.drafts.length > 0) await this.#store(group, epoch);
      for (const call of accepted) call.resolve(group.placesOf(call));
    } catch (error) {
      // Calls that were refused for their own sake stay refused so.
      for (const call of calls) call.reject(error);
    }
  }

  async #store(group: Group, epoch: OpenEpoch): Promise<void> {
    const sealed = sealAll(this.#keys, group.drafts, epoch);
    await this.#log.append(
      sealed.map(({ entry }) => entry),
      sealed.map(({ attachment }) => attachment),
    );
    this.#sequences.advance(group.next, group.size);
  }
}

/** Calls that become durable together: gives each record its place, and takes a call in whole or not at all. */
class Group {
  readonly drafts: DraftRecord[] = [];
  /** What comes next in each source once the group is in the log. */
  readonly next = new Map<string, bigint>();
  readonly #sequences: Sequences;
  readonly #shared: SharedInput;
  readonly #appended = new Map<Call, readonly AppendedRecord[]>();

  constructor(sequences: Sequences, shared: SharedInput) {
    this.#sequences = sequences;
    this.#shared = shared;
  }

  /** Size of the log with the group. */
  get size(): bigint {
    return this.#sequences.size + BigInt(this.drafts.length);
  }

  /** Drafts the records of a call; where one is refused, so is the call, and no number is used up. */
  take(call: Call): boolean {
    const [drafts, next]: [DraftRecord[], Map<string, bigint>] = [[], new Map()];
    const draft = (record: NewRecord): AppendedRecord => {
      const source = record.source ?? this.#shared.source;
      const sequence = next.get(source) ?? this.next.get(source) ?? this.#sequences.next(source);
      const place = { source, sequence, index: this.size + BigInt(drafts.length) };
      const made = draftRecord(this.#inputOf(record, place));
      drafts.push(made);
      next.set(source, sequence + 1n);
      return { ...place, leafHash: made.leafHash };
    };
    try {
      this.#appended.set(call, call.records.map(draft));
    } catch (error) {
      call.reject(error);
      return false;
    }
    for (const made of drafts) this.drafts.push(made);
    for (const [source, number] of next) this.next.set(source, number);
    return true;
  }

  placesOf(call: Call): readonly AppendedRecord[] {
    return this.#appended.get(call)!;
  }

  #inputOf(record: NewRecord, place: RecordPlace): RecordInput {
    const { logId, recipients, schema, retentionClass } = this.#shared;
    const { payload, subject, metaAddress, disputeAddress } = record;
    return {
      logId,
      recipients,
      source: place.source,
      sequence: place.sequence,
      time: record.time,
      schema: record.schema ?? schema,
      retentionClass: record.retentionClass ?? BigInt(retentionClass),
      payload: typeof payload === "function" ? (payload as (place: RecordPlace) => object)(place) : payload,
      ...(subject === undefined ? {} : { subject }),
      ...(metaAddress === undefined ? {} : { metaAddress }),
      ...(disputeAddress === undefined ? {} : { disputeAddress }),
    };
  }
}
