/** A tree's size and root. */
export interface Head {
  readonly size: bigint;
  readonly root: Uint8Array;
}

/** New entries of one bundle, in the bundle's format. */
export interface BundlePart {
  readonly bundle: number;
  /** Entries that the bundle held before. */
  readonly from: number;
  /** Entries that it holds with these. */
  readonly to: number;
  readonly data: Uint8Array;
}

/** A full tile of hashes. */
export interface FullTile {
  readonly level: number;
  readonly index: number;
  readonly data: Uint8Array;
}

/** Bytes that lie beside an entry under its leaf hash: the ciphertext of a record, say. */
export interface Attachment {
  readonly index: bigint;
  readonly leafHash: Uint8Array;
  readonly data: Uint8Array;
}

/** Everything that one append adds: all of it becomes durable, or none. */
export interface Batch {
  readonly old: Head;
  readonly new: Head;
  readonly parts: readonly BundlePart[];
  readonly tiles: readonly FullTile[];
  readonly attachments: readonly Attachment[];
}

/** A checkpoint note as it was published. */
export interface Published {
  readonly size: bigint;
  readonly note: string;
}

/** What can be read of a log's store. Absent things are undefined. */
export interface LogReader {
  /** The head of the last committed batch. */
  head(): Promise<Head>;
  /** All entries of a bundle so far, in the bundle's format. */
  bundle(index: number): Promise<Uint8Array | undefined>;
  /** A full tile. Partial ones are not stored: they follow from what lies below. */
  tile(level: number, index: number): Promise<Uint8Array | undefined>;
  /** @throws SteleError `corrupt` where the bytes changed */
  attachment(leafHash: Uint8Array): Promise<Uint8Array | undefined>;
  /** What lies beside the entries from `from` to below `to`, in their order, each read and checked. */
  attachments(from: bigint, to: bigint): AsyncIterable<Attachment>;
  /** The latest published checkpoint, or the one of a size. */
  published(size?: bigint): Promise<Published | undefined>;
  close(): Promise<void>;
}

/**
 * Where a log keeps its entries. One writer at a time; the embedded store is {@link openSqliteStore}. An implementation
 * over a database server or object storage has to keep three promises:
 * 1. `commit` resolves only when the whole batch would survive a crash, and a crash leaves all of it or none.
 * 2. A second writer is refused (`busy`) for as long as the first lives, and `commit` refuses a batch whose `old` is
 *    not the stored head.
 * 3. `auditor` reads what is stored, not what some cache remembers of it.
 */
export interface LogStore extends LogReader {
  readonly origin: string;
  commit(batch: Batch): Promise<void>;
  publish(published: Published): Promise<void>;
  /** A reader of its own, without anything cached; close it after use. */
  auditor(): Promise<LogReader>;
}
