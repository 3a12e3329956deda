import { equal } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { readUnverified } from "../proof/checkpoint.js";
import { emptyRoot } from "../proof/merkle.js";
import { audit, type Work } from "./audit.js";
import { TreeReader, type TileSource } from "./proofs.js";
import { StoreTiles } from "./store-tiles.js";
import type { Head, LogReader } from "./store.js";
import { decodeBundle, tileWidth } from "./tiles.js";

/** What one can do with a log without writing to it. */
export class LogView {
  readonly origin: string;
  /** The store, for {@link serveLog} and for reading bundles and tiles as they are. */
  readonly reader: LogReader;
  readonly #tree: TreeReader;

  constructor(origin: string, reader: LogReader, tiles: TileSource = new StoreTiles(reader)) {
    this.origin = origin;
    this.reader = reader;
    this.#tree = new TreeReader(tiles);
  }

  /** The stored head: everything up to it is durable. */
  storedHead(): Promise<Head> {
    return this.reader.head();
  }

  /** @throws SteleError `usage` where there is no such entry */
  async entry(index: bigint): Promise<Uint8Array> {
    for await (const entry of this.entries(index, index + 1n)) return entry;
    throw new SteleError("usage", `there is no entry ${index}`);
  }

  /**
   * Entries from `from` to below `to`, in order; memory stays flat.
   * @throws SteleError `usage` where the log does not reach `to`
   */
  async *entries(from: bigint, to: bigint): AsyncGenerator<Uint8Array> {
    const { size } = await this.reader.head();
    if (from < 0n || from > to || to > size) {
      throw new SteleError("usage", `the log has ${size} entries, there are none from ${from} to below ${to}`);
    }
    for (let at = Number(from); at < Number(to);) {
      const bundle = Math.floor(at / tileWidth);
      const first = bundle * tileWidth;
      const end = Math.min(first + tileWidth, Number(to));
      const data = (await this.reader.bundle(bundle)) ?? new Uint8Array(0);
      yield* decodeBundle(data, end - first, "more may follow").slice(at - first);
      at = end;
    }
  }

  /** What was put beside an entry. */
  attachment(leafHash: Uint8Array): Promise<Uint8Array | undefined> {
    return this.reader.attachment(leafHash);
  }

  async inclusionProof(index: bigint, size: bigint): Promise<Uint8Array[]> {
    await this.#checkSize(size);
    return this.#tree.inclusionProof(index, size);
  }

  async consistencyProof(oldSize: bigint, newSize: bigint): Promise<Uint8Array[]> {
    await this.#checkSize(newSize);
    return this.#tree.consistencyProof(oldSize, newSize);
  }

  /** Root that the log had, or has, at a size. */
  async rootAt(size: bigint): Promise<Uint8Array> {
    await this.#checkSize(size);
    return this.#tree.root(size);
  }

  /** The latest published checkpoint note, or the one of a size. */
  async published(size?: bigint): Promise<string | undefined> {
    return (await this.reader.published(size))?.note;
  }

  /**
   * Recomputes the whole log from the stored bytes of its entries.
   * @throws SteleError `corrupt`, saying what differs
   */
  async verify(work: Work = {}): Promise<Head> {
    const head = await this.reader.head();
    await audit(this.reader, { size: 0n, root: emptyRoot }, head, work);
    await this.checkPublished(head);
    return head;
  }

  /** Whether the last published checkpoint is one of this log, and the log still has its root. Resolves to it. */
  protected async checkPublished(head: Head): Promise<Head> {
    const published = await this.reader.published();
    if (published === undefined) return { size: 0n, root: emptyRoot };
    const { origin, size, root } = readUnverified(published.note);
    if (origin !== this.origin || size !== published.size || size > head.size) {
      throw new SteleError("corrupt", `the published checkpoint at ${published.size} is not one of this log`);
    }
    if (!equal(await this.#tree.root(size), root)) {
      throw new SteleError("corrupt", `the log does not have the root that it published at ${size}`);
    }
    return { size, root };
  }

  async #checkSize(size: bigint): Promise<void> {
    const head = await this.reader.head();
    if (size < 0n || size > head.size) throw new SteleError("usage", `the log has ${head.size} entries, not ${size}`);
  }
}
