import { SteleError } from "../../common/errors.js";
import { fromUtf8 } from "../../common/bytes.js";
import { fetchFrom, type Fetch } from "../../log/fetch.js";
import type { Head, LogReader, Published } from "../../log/store.js";
import { tilePath, tileWidth, widthAt, type TileName } from "../../log/tiles.js";
import { readUnverified } from "../../proof/checkpoint.js";

/** Bytes of the largest answers: a note, a bundle of 256 entries of the largest size. */
const limits = { note: 1_000_000, bundle: 256 * 65_537, tile: tileWidth * 32 } as const;

/**
 * A log that is served over HTTP as C2SP tlog-tiles. Believes nothing and verifies nothing: what it gives is to be held
 * against a head. Nothing but the checkpoint is asked for twice while it is open, so its answers are of one tree.
 */
export class HttpLogReader implements LogReader {
  readonly #url: string;
  readonly #get: Fetch;
  #published: Promise<Published | undefined> | undefined;

  /** @throws SteleError `usage` where it is no URL */
  constructor(url: string, signal?: AbortSignal) {
    this.#url = url;
    this.#get = fetchFrom(url, signal);
  }

  async head(): Promise<Head> {
    const published = await this.published();
    if (published === undefined) throw this.#wrong("publishes no checkpoint");
    const { size, root } = readUnverified(published.note);
    return { size, root };
  }

  /** The latest checkpoint; servers keep no earlier ones. */
  async published(size?: bigint): Promise<Published | undefined> {
    const latest = await (this.#published ??= this.#checkpoint());
    return size === undefined || latest?.size === size ? latest : undefined;
  }

  async bundle(index: number): Promise<Uint8Array | undefined> {
    const width = widthAt("entries", index, Number((await this.head()).size));
    return width === 0 ? undefined : this.#get(tilePath({ level: "entries", index, width }), limits.bundle);
  }

  async tile(level: number, index: number): Promise<Uint8Array | undefined> {
    const name: TileName = { level, index, width: tileWidth };
    if (widthAt(level, index, Number((await this.head()).size)) < tileWidth) return undefined;
    const data = await this.#get(tilePath(name), limits.tile);
    if (data !== undefined && data.length !== limits.tile) throw this.#wrong(`gives a tile of ${data.length} bytes`);
    return data;
  }

  attachment(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async *attachments(): AsyncGenerator<never> {}

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #checkpoint(): Promise<Published | undefined> {
    const bytes = await this.#get("checkpoint", limits.note);
    if (bytes === undefined) return undefined;
    const note = fromUtf8(bytes);
    return { size: readUnverified(note).size, note };
  }

  #wrong(what: string): SteleError {
    return new SteleError("network", `the log at ${this.#url} ${what}`);
  }
}
