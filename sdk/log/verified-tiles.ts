import { equal } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { emptyRoot, hashLength, nodeHash } from "../proof/merkle.js";
import { foldPerfect, type TileSource } from "./proofs.js";
import type { Head } from "./store.js";
import { nodesAt, tileWidth, widthAt } from "./tiles.js";

/** Full tiles that are kept in memory, 8 KiB each. */
const kept = 256;

/**
 * Tiles of somebody who need not be trusted, held against a head: the partial ones at the right edge give the root, and
 * every full one is named by the tile above it.
 */
export class VerifiedTiles implements TileSource {
  readonly head: Head;
  readonly #source: TileSource;
  readonly #size: number;
  /** Partial tile of each level. */
  readonly #edge: readonly Uint8Array[];
  readonly #full = new Map<string, Uint8Array>();

  /** @throws SteleError `unproven` where the tiles do not give the root */
  static async open(source: TileSource, head: Head): Promise<VerifiedTiles> {
    const size = Number(head.size);
    const edge: Uint8Array[] = [];
    for (let level = 0; nodesAt(level, size) > 0; level++) {
      const index = Math.floor(nodesAt(level, size) / tileWidth);
      const width = widthAt(level, index, size);
      edge.push(width === 0 ? new Uint8Array(0) : sized(await source.tile(level, index, width), width));
    }
    if (!equal(rootOf(edge), head.root)) throw unproven(`the tiles do not give the root at ${head.size}`);
    return new VerifiedTiles(source, head, edge);
  }

  private constructor(source: TileSource, head: Head, edge: readonly Uint8Array[]) {
    this.head = head;
    this.#source = source;
    this.#size = Number(head.size);
    this.#edge = edge;
  }

  async tile(level: number, index: number, width: number): Promise<Uint8Array> {
    const there = widthAt(level, index, this.#size);
    if (width > there) throw new SteleError("usage", `tile ${index} of level ${level} has ${there} hashes`);
    const whole = there < tileWidth ? this.#edge[level]! : await this.#fullTile(level, index);
    return whole.subarray(0, width * hashLength);
  }

  /**
   * Holds the leaf hashes of an entry bundle against the tree.
   * @throws SteleError `unproven`
   */
  async checkLeaves(index: number, leaves: Uint8Array): Promise<void> {
    const full = leaves.length === tileWidth * hashLength;
    const expected = full ? await this.#nameOf(0, index) : await this.tile(0, index, leaves.length / hashLength);
    if (!equal(full ? foldPerfect(leaves) : leaves, expected)) {
      throw unproven(`entry bundle ${index} is not the one of the checkpoint at ${this.head.size}`);
    }
  }

  async #fullTile(level: number, index: number): Promise<Uint8Array> {
    const key = `${level}/${index}`;
    const known = this.#full.get(key);
    if (known !== undefined) return known;
    const tile = sized(await this.#source.tile(level, index, tileWidth), tileWidth);
    if (!equal(foldPerfect(tile), await this.#nameOf(level, index))) {
      throw unproven(`tile ${index} of level ${level} is not the one of the checkpoint at ${this.head.size}`);
    }
    if (this.#full.size >= kept) this.#full.clear();
    this.#full.set(key, tile);
    return tile;
  }

  /** The hash of a full tile, as the tile above has it. */
  async #nameOf(level: number, index: number): Promise<Uint8Array> {
    const place = index % tileWidth;
    const above = await this.tile(level + 1, Math.floor(index / tileWidth), place + 1);
    return above.subarray(place * hashLength);
  }
}

/** Root of a tree, given the hashes of each level that no full tile covers. */
function rootOf(edge: readonly Uint8Array[]): Uint8Array {
  const subtrees: { height: number; hash: Uint8Array }[] = [];
  for (let level = edge.length - 1; level >= 0; level--) {
    const hashes = edge[level]!;
    for (let at = 0; at < hashes.length; at += hashLength) {
      let node = { height: 8 * level, hash: hashes.subarray(at, at + hashLength) };
      while (subtrees.at(-1)?.height === node.height) {
        node = { height: node.height + 1, hash: nodeHash(subtrees.pop()!.hash, node.hash) };
      }
      subtrees.push(node);
    }
  }
  const last = subtrees.pop();
  return subtrees.reduceRight((right, { hash }) => nodeHash(hash, right), last?.hash ?? emptyRoot);
}

function sized(tile: Uint8Array, width: number): Uint8Array {
  if (tile.length === width * hashLength) return tile;
  throw unproven(`a tile of ${tile.length} bytes, where ${width} hashes are expected`);
}

function unproven(why: string): SteleError {
  return new SteleError("unproven", `the log that is served does not hold: ${why}`);
}
