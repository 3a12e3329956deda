import { setImmediate } from "node:timers/promises";

import type { JWK } from "jose";

import { SteleError } from "../common/errors.js";
import type { Work } from "../log/audit.js";
import type { LogView } from "../log/view.js";
import { headerHash, decodeHeader, type RecordHeader } from "../records/header.js";
import type { Missing } from "../records/key-reader.js";
import type { KeyGrant } from "../records/keys.js";
import type { OpenedRecord } from "../records/record.js";
import { RecordOpener } from "../records/sealed.js";
import type { BookConfig } from "./config.js";

/** An entry of a book, opened where it can be. */
export interface ReadRecord {
  readonly index: bigint;
  readonly entry: Uint8Array;
  readonly header: RecordHeader;
  /** Absent where it does not open: `missing` says why. */
  readonly record?: OpenedRecord;
  readonly missing?: Missing;
}

/** Where the records of a book are read: its folder, or somebody who serves it. */
export interface RecordSource {
  readonly config: BookConfig;
  readonly log: LogView;
  /**
   * Records from `from` to below `to`, in order; memory stays flat.
   * @throws SteleError `usage` where the log does not reach `to`; `unproven` where something does not fit its header
   */
  records(from: bigint, to: bigint, work?: Work): AsyncIterable<ReadRecord>;
  openRecord(index: bigint): Promise<ReadRecord>;
  close(): Promise<void>;
}

/** Who reads. */
export interface Reader {
  /** Name of the recipient, as the book's configuration has it. */
  readonly recipient: string;
  readonly privateKey: JWK;
}

/** Where the keys of a book's records come from. */
export interface Grants {
  /** What opens consecutive entries, the first of which has the index `from`. */
  grants(leafHashes: readonly Uint8Array[], from: bigint): Promise<readonly (KeyGrant | Missing)[]>;
  /** Whether a record has been erased since its grant was given; asked before it is handed out. */
  erasedSince(leafHash: Uint8Array): boolean;
  close(): Promise<void>;
}

/** Entries that are read together: a bundle of the log. */
const stride = 256n;

/** Reads records out of a log and its grants, wherever they come from. */
export class BookSource implements RecordSource {
  readonly config: BookConfig;
  readonly log: LogView;
  readonly #grants: Grants;
  readonly #opener: RecordOpener;

  constructor(config: BookConfig, log: LogView, grants: Grants, { privateKey }: Pick<Reader, "privateKey">) {
    this.config = config;
    this.log = log;
    this.#grants = grants;
    this.#opener = new RecordOpener(() => {
      throw new SteleError("usage", "grants are read by the bundle");
    }, privateKey);
  }

  async *records(from: bigint, to: bigint, work: Work = {}): AsyncGenerator<ReadRecord> {
    const endOf = (at: bigint): bigint => {
      const end = (at / stride + 1n) * stride;
      return end < to ? end : to;
    };
    let bundle = await this.#read(from, endOf(from));
    for (let at = from; at < to;) {
      const end = endOf(at);
      // The next bundle is asked for while this one is read: over a network that takes as long.
      const next = this.#read(end, endOf(end));
      next.catch(() => undefined);
      for (const read of bundle) {
        work.signal?.throwIfAborted();
        yield await read();
      }
      work.progress?.(end - from, to - from);
      // Nothing above waits for the event loop where all comes from a disk; whoever wants to stop it must get a turn.
      await setImmediate();
      bundle = await next;
      at = end;
    }
  }

  async openRecord(index: bigint): Promise<ReadRecord> {
    const { size } = await this.log.storedHead();
    if (index >= size) throw new SteleError("missing", `there is no entry ${index}; the log has ${size}`);
    const [read] = await this.#read(index, index + 1n);
    return read!();
  }

  async close(): Promise<void> {
    await this.#grants.close();
    await this.log.reader.close();
  }

  /** What opens entries, each when it is asked for: until then it may have been erased. */
  async #read(from: bigint, to: bigint): Promise<(() => Promise<ReadRecord>)[]> {
    const entries = await Array.fromAsync(this.log.entries(from, to));
    if (entries.length === 0) return [];
    const leafHashes = entries.map((entry) => headerHash(entry));
    const beside = new Map<bigint, Uint8Array>();
    for await (const { index, data } of this.log.reader.attachments(from, to)) beside.set(index, data);
    const grants = await this.#grants.grants(leafHashes, from);
    return entries.map((entry, i) => {
      const [index, leafHash] = [from + BigInt(i), leafHashes[i]!];
      return () => this.#open({ index, entry, header: decodeHeader(entry) }, leafHash, beside.get(index), grants[i]!);
    });
  }

  async #open(
    place: ReadRecord,
    leafHash: Uint8Array,
    attachment: Uint8Array | undefined,
    grant: KeyGrant | Missing,
  ): Promise<ReadRecord> {
    if (typeof grant === "string") return { ...place, missing: grant };
    if (attachment === undefined) {
      throw new SteleError("missing", `entry ${place.index} has no payload beside it; ask its owner for it`);
    }
    const record = await this.#opener.openWith(place.entry, attachment, grant);
    return this.#grants.erasedSince(leafHash) ? { ...place, missing: "erased" } : { ...place, record };
  }
}
