import { equal } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { openCheckpoint, readUnverified } from "../proof/checkpoint.js";
import { emptyRoot, hashLength, leafHash } from "../proof/merkle.js";
import type { NoteVerifier } from "../proof/note.js";
import { besidePath, decodeBeside } from "./beside.js";
import type { Fetch } from "./fetch.js";
import { TreeReader, type TileSource } from "./proofs.js";
import type { Attachment, Head, LogReader, Published } from "./store.js";
import { decodeBundle, tilePath, tileWidth, widthAt } from "./tiles.js";
import { VerifiedTiles } from "./verified-tiles.js";
import { LogView } from "./view.js";

export interface RemoteOptions {
  /** Keys of which one must have signed each checkpoint. Without any, only what was seen before is held against it. */
  readonly trust?: readonly NoteVerifier[];
  /** A head that is known of the log: what is served must extend it. */
  readonly seen?: Head;
  /** Stops every request. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A log that somebody serves as C2SP tlog-tiles. Every entry and every tile is held against the checkpoint, every
 * checkpoint against those before. {@link RemoteLog.storedHead} asks for a newer one; all else reads under the last.
 */
export class RemoteLog extends LogView {
  readonly #reader: HttpReader;

  /** @throws SteleError `network`; `missing` where nothing is published; `unproven` */
  static async open(get: Fetch, origin: string, options: RemoteOptions = {}): Promise<RemoteLog> {
    const reader = new HttpReader(get, origin, options);
    await reader.refresh();
    return new RemoteLog(origin, reader);
  }

  private constructor(origin: string, reader: HttpReader) {
    super(origin, reader, reader);
    this.#reader = reader;
  }

  /** The head of the latest checkpoint that is served; it extends every one before. */
  override storedHead(): Promise<Head> {
    return this.#reader.refresh();
  }
}

class HttpReader implements LogReader, TileSource {
  readonly #get: Fetch;
  readonly #origin: string;
  readonly #options: RemoteOptions;
  #tiles: VerifiedTiles | undefined;
  #note = "";
  #bundle: { readonly index: number; readonly width: number; readonly bytes: Promise<Uint8Array> } | undefined;
  #seen: Head;

  constructor(get: Fetch, origin: string, options: RemoteOptions) {
    this.#get = get;
    this.#origin = origin;
    this.#options = options;
    this.#seen = options.seen ?? { size: 0n, root: emptyRoot };
  }

  async refresh(): Promise<Head> {
    const bytes = await this.#get("checkpoint");
    if (bytes === undefined) throw new SteleError("missing", `${this.#origin} has published no checkpoint yet`);
    const { trust = [] } = this.#options;
    const opened = trust.length > 0 ? openCheckpoint(bytes, this.#origin, trust) : readUnverified(bytes);
    if (opened.origin !== this.#origin) {
      throw new SteleError("unproven", `the checkpoint is of ${opened.origin}, not of ${this.#origin}`);
    }
    const { size, root } = opened;
    // A cache may be late; what was shown once is not taken back.
    if (size < this.#seen.size && this.#tiles !== undefined) return this.#tiles.head;
    const tiles = await VerifiedTiles.open({ tile: (...name) => this.#rawTile(...name) }, { size, root });
    if (size < this.#seen.size || !equal(await new TreeReader(tiles).root(this.#seen.size), this.#seen.root)) {
      throw new SteleError("unproven", `the checkpoint at ${size} does not extend the one seen at ${this.#seen.size}`);
    }
    [this.#tiles, this.#seen, this.#note] = [tiles, tiles.head, Buffer.from(bytes).toString()];
    return tiles.head;
  }

  async head(): Promise<Head> {
    return this.#seen;
  }

  async bundle(index: number): Promise<Uint8Array | undefined> {
    const width = widthAt("entries", index, Number(this.#seen.size));
    if (width === 0) return undefined;
    const known = this.#bundle;
    if (known?.index === index && known.width === width) return known.bytes;
    // Entries and what lies beside them are read one after the other.
    const bytes = this.#fetchBundle(index, width);
    this.#bundle = { index, width, bytes };
    bytes.catch(() => (this.#bundle = undefined));
    return bytes;
  }

  async #fetchBundle(index: number, width: number): Promise<Uint8Array> {
    const bytes = await this.#require(tilePath({ level: "entries", index, width }));
    const leaves = new Uint8Array(width * hashLength);
    decodeBundle(bytes, width).forEach((entry, i) => leaves.set(leafHash(entry), i * hashLength));
    await this.#tiles!.checkLeaves(index, leaves);
    return bytes;
  }

  /** Source of the view's proofs. */
  tile(level: number, index: number): Promise<Uint8Array | undefined>;
  tile(level: number, index: number, width: number): Promise<Uint8Array>;
  async tile(level: number, index: number, width = tileWidth): Promise<Uint8Array | undefined> {
    if (width > widthAt(level, index, Number(this.#seen.size))) return undefined;
    return this.#tiles!.tile(level, index, width);
  }

  attachment(): Promise<never> {
    return Promise.reject(
      new SteleError("usage", "what lies beside entries is served by their place, not by leaf hash"),
    );
  }

  async *attachments(from: bigint, to: bigint): AsyncIterable<Attachment> {
    for (let at = Number(from); at < Number(to);) {
      const index = Math.floor(at / tileWidth);
      const first = index * tileWidth;
      const end = Math.min(first + tileWidth, Number(to));
      const width = widthAt("entries", index, Number(this.#seen.size));
      const entries = decodeBundle((await this.bundle(index)) ?? new Uint8Array(0), width);
      const beside = decodeBeside(await this.#require(besidePath(index, width)), width);
      for (; at < end; at++) {
        const data = beside[at - first];
        if (data !== undefined) yield { index: BigInt(at), leafHash: leafHash(entries[at - first]!), data };
      }
    }
  }

  async published(size?: bigint): Promise<Published | undefined> {
    return size === undefined || size === this.#seen.size ? { size: this.#seen.size, note: this.#note } : undefined;
  }

  async close(): Promise<void> {
    this.#tiles = undefined;
  }

  #rawTile(level: number, index: number, width: number): Promise<Uint8Array> {
    return this.#require(tilePath({ level, index, width }));
  }

  async #require(path: string): Promise<Uint8Array> {
    const bytes = await this.#get(path);
    if (bytes !== undefined) return bytes;
    throw new SteleError("missing", `the server of ${this.#origin} does not have ${path}; ask its owner`);
  }
}
