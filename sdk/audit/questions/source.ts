import type { Hex } from "../../common/bytes.js";
import type { BookConfig } from "../../book/config.js";
import type { Work } from "../../log/audit.js";
import type { Head } from "../../log/store.js";
import type { RecordHeader } from "../../records/header.js";
import type { Missing } from "../../records/key-reader.js";
import type { OpenedRecord } from "../../records/record.js";

/** A record as its reader gives it: the header always, the content where it opens for this reader. */
export interface FollowedRecord {
  readonly index: bigint;
  /** The leaf's data, 195 bytes. */
  readonly entry: Uint8Array;
  readonly header: RecordHeader;
  readonly record?: Pick<OpenedRecord, "payload"> | undefined;
  readonly missing?: Missing | undefined;
}

/** What an index needs of a log: `RecordSource` of stele/book, from a folder or over HTTP, is one. */
export interface EventSource {
  readonly config: Pick<BookConfig, "logId" | "kind" | "name">;
  readonly log: {
    storedHead(): Promise<Head>;
    rootAt(size: bigint): Promise<Uint8Array>;
    entry(index: bigint): Promise<Uint8Array>;
  };
  /**
   * Records `from` to below `to`, in order and without gaps. A record whose content contradicts its header throws
   * `unproven`.
   */
  records(from: bigint, to: bigint, work?: Work): AsyncIterable<FollowedRecord>;
  openRecord(index: bigint): Promise<FollowedRecord>;
}

/** A log's id in the form in which answers name it. */
export function logIdOf(source: Pick<EventSource, "config">): Hex {
  return source.config.logId.toLowerCase() as Hex;
}
