import { SteleError } from "../common/errors.js";
import { hashLength } from "../proof/merkle.js";
import { foldPerfect, type TileSource } from "./proofs.js";
import type { LogReader } from "./store.js";
import { decodeBundle, tileWidth } from "./tiles.js";
import { hashLeaf } from "./tree.js";

/** Things that never change, the least recently used one dropped first. */
class Recent<T> {
  readonly #limit: number;
  readonly #values = new Map<string, T>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  async get(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#values.get(key);
    const value = known ?? (await make());
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#limit) this.#values.delete(this.#values.keys().next().value!);
    return value;
  }
}

/** Tiles of a store, the partial ones worked out from what lies below them. Keeps some 2 MB of both in memory. */
export class StoreTiles implements TileSource {
  readonly #reader: LogReader;
  readonly #tiles = new Recent<Uint8Array>(256);
  readonly #roots = new Recent<Uint8Array>(4096);

  constructor(reader: LogReader) {
    this.#reader = reader;
  }

  tile(level: number, index: number, width: number): Promise<Uint8Array> {
    return this.#tiles.get(`${level}/${index}/${width}`, () => this.#read(level, index, width));
  }

  /** Root of a full tile. */
  rootOf(level: number, index: number): Promise<Uint8Array> {
    return this.#roots.get(`${level}/${index}`, async () => foldPerfect(await this.#read(level, index, tileWidth)));
  }

  async #read(level: number, index: number, width: number): Promise<Uint8Array> {
    const full = await this.#reader.tile(level, index);
    if (full !== undefined) return full.subarray(0, width * hashLength);
    if (width === tileWidth) throw missing(`tile ${index} of level ${level}`);
    return level === 0 ? this.#leaves(index, width) : this.#rootsFrom(level - 1, index * tileWidth, width);
  }

  async #leaves(index: number, width: number): Promise<Uint8Array> {
    const bundle = await this.#reader.bundle(index);
    if (bundle === undefined) throw missing(`entry bundle ${index}`);
    const hashes = Buffer.allocUnsafeSlow(width * hashLength);
    decodeBundle(bundle, width, "more may follow").forEach((entry, i) => {
      hashes.write(hashLeaf(entry), i * hashLength, "latin1");
    });
    return hashes;
  }

  async #rootsFrom(level: number, from: number, count: number): Promise<Uint8Array> {
    const hashes = new Uint8Array(count * hashLength);
    for (let i = 0; i < count; i++) hashes.set(await this.rootOf(level, from + i), i * hashLength);
    return hashes;
  }
}

function missing(what: string): SteleError {
  return new SteleError("corrupt", `the store holds no ${what}; restore it from a mirror or a backup`);
}
