import { SteleError } from "../common/errors.js";
import { emptyRoot, hashLength, nodeHash } from "../proof/merkle.js";
import { tileWidth, widthAt } from "./tiles.js";

/** Where tiles come from: a store, a folder, a server. */
export interface TileSource {
  /** The first `width` hashes of a tile. */
  tile(level: number, index: number, width: number): Promise<Uint8Array>;
}

/**
 * Roots and proofs of a tree at any of its sizes, out of its tiles. It believes the tiles: verify what it makes against
 * a head that you trust.
 * @example
 * const proof = await new TreeReader(tiles).inclusionProof(7n, 100n);
 */
export class TreeReader {
  readonly #tiles: TileSource;

  constructor(tiles: TileSource) {
    this.#tiles = tiles;
  }

  /** Root of the first `size` entries. */
  async root(size: bigint): Promise<Uint8Array> {
    return size === 0n ? emptyRoot : this.#nodes(size).hash(0, Number(size));
  }

  /** RFC 9162 2.1.3.1. */
  async inclusionProof(index: bigint, size: bigint): Promise<Uint8Array[]> {
    if (index < 0n || index >= size)
      throw new SteleError("usage", `there is no entry ${index} among the first ${size}`);
    const nodes = this.#nodes(size);
    const leaf = Number(index);
    let [start, end] = [0, Number(size)];
    const proof: Uint8Array[] = [];
    while (end - start > 1) {
      const middle = start + split(end - start);
      proof.push(await (leaf < middle ? nodes.hash(middle, end) : nodes.hash(start, middle)));
      if (leaf < middle) end = middle;
      else start = middle;
    }
    return proof.toReversed();
  }

  /** RFC 9162 2.1.4.1; empty for equal sizes and for an empty old tree, which says nothing. */
  async consistencyProof(oldSize: bigint, newSize: bigint): Promise<Uint8Array[]> {
    if (oldSize < 0n || oldSize > newSize) {
      throw new SteleError("usage", `a log of ${newSize} entries does not extend one of ${oldSize}`);
    }
    if (oldSize === 0n || oldSize === newSize) return [];
    const nodes = this.#nodes(newSize);
    const old = Number(oldSize);
    let [start, end] = [0, Number(newSize)];
    const proof: Uint8Array[] = [];
    while (end !== old) {
      const middle = start + split(end - start);
      proof.push(await (old <= middle ? nodes.hash(middle, end) : nodes.hash(start, middle)));
      if (old <= middle) end = middle;
      else start = middle;
    }
    // The old tree's last subtree; the verifier has it already where it is the whole old tree.
    if (start > 0) proof.push(await nodes.hash(start, end));
    return proof.toReversed();
  }

  #nodes(size: bigint): Nodes {
    return new Nodes(this.#tiles, Number(size));
  }
}

/** The nodes of one tree; each tile is fetched once. */
class Nodes {
  readonly #source: TileSource;
  readonly #size: number;
  readonly #tiles = new Map<string, Promise<Uint8Array>>();

  constructor(source: TileSource, size: number) {
    this.#source = source;
    this.#size = size;
  }

  /** Hash over the leaves from `start` to below `end`: a range that the tree's recursion reaches. */
  async hash(start: number, end: number): Promise<Uint8Array> {
    const count = end - start;
    const half = split(count);
    if (count === 1 || 2 * half === count) return this.#perfect(heightOf(count), start / count);
    const middle = start + half;
    return nodeHash(await this.hash(start, middle), await this.hash(middle, end));
  }

  async #perfect(height: number, index: number): Promise<Uint8Array> {
    const level = Math.floor(height / 8);
    const count = 2 ** (height % 8);
    const perTile = tileWidth / count;
    const tile = await this.#tile(level, Math.floor(index / perTile));
    const from = (index % perTile) * count;
    return foldPerfect(tile.subarray(from * hashLength, (from + count) * hashLength));
  }

  #tile(level: number, index: number): Promise<Uint8Array> {
    const key = `${level}/${index}`;
    let tile = this.#tiles.get(key);
    if (tile === undefined) {
      tile = this.#source.tile(level, index, widthAt(level, index, this.#size));
      this.#tiles.set(key, tile);
    }
    return tile;
  }
}

/** Root over a power of two of hashes that lie one after the other. */
export function foldPerfect(hashes: Uint8Array): Uint8Array {
  if (hashes.length === hashLength) return hashes.slice();
  const half = hashes.length / 2;
  return nodeHash(foldPerfect(hashes.subarray(0, half)), foldPerfect(hashes.subarray(half)));
}

/** The largest power of two below `count`; logarithms would be inexact. */
function split(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function heightOf(count: number): number {
  let height = 0;
  while (2 ** height < count) height++;
  return height;
}
