import { hashLength } from "../../proof/merkle.js";
import type { TileSource } from "../../log/proofs.js";
import { nodesAt, tileWidth } from "../../log/tiles.js";
import { Tree } from "../../log/tree.js";
import { chunkLength } from "./description.js";

/**
 * The tree over the chunks of a ciphertext, built in one pass, and the side file beside it: all leaf hashes, then all
 * nodes of height 8, of height 16 and so on, as tlog-tiles has them. A proof reads a few kilobytes of it and nothing of
 * the ciphertext. Leaf hashes are handed out as they come; the nodes above take 1 byte of memory for 8 KiB.
 */
export class ChunkTree {
  readonly #tree = new Tree((level, _index, node) => this.#take(level, node));
  readonly #levels: HashList[] = [];
  readonly #partial = Buffer.alloc(chunkLength);
  #used = 0;
  #size = 0;

  /** Bytes so far. */
  get size(): bigint {
    return BigInt(this.#size);
  }

  /** Chunks so far, without the one that is not full yet. */
  get chunks(): bigint {
    return this.#tree.size;
  }

  /** Adds the next bytes of the ciphertext, in pieces of any length. */
  add(bytes: Uint8Array): void {
    this.#size += bytes.length;
    let at = 0;
    if (this.#used > 0) {
      at = Math.min(chunkLength - this.#used, bytes.length);
      this.#partial.set(bytes.subarray(0, at), this.#used);
      this.#used += at;
      if (this.#used < chunkLength) return;
      this.#tree.add(this.#partial);
      this.#used = 0;
    }
    for (; at + chunkLength <= bytes.length; at += chunkLength) this.#tree.add(bytes.subarray(at, at + chunkLength));
    this.#partial.set(bytes.subarray(at), 0);
    this.#used = bytes.length - at;
  }

  /** Adds leaf hashes instead of bytes: 32 bytes each. */
  addHashes(hashes: Uint8Array): void {
    for (let at = 0; at < hashes.length; at += hashLength) this.#tree.addNode(hashes.subarray(at, at + hashLength));
  }

  /** Ends the ciphertext: what is left is its last chunk. */
  end(): { readonly root: Uint8Array; readonly chunks: bigint } {
    if (this.#used > 0) this.#tree.add(this.#partial.subarray(0, this.#used));
    this.#used = 0;
    return { root: this.#tree.root(), chunks: this.#tree.size };
  }

  /** The leaf hashes that came since the last call. */
  takeLeaves(): Buffer {
    return this.#levels[0]?.take() ?? Buffer.alloc(0);
  }

  /** The nodes above the leaves, in the order of the side file. */
  upper(): Buffer {
    return Buffer.concat(this.#levels.slice(1).map((level) => level.take()));
  }

  #take(level: number, node: string): void {
    (this.#levels[level] ??= new HashList()).add(node);
  }
}

/** Hashes one after the other in a buffer that grows. */
class HashList {
  #bytes = Buffer.alloc(tileWidth * hashLength);
  #length = 0;

  add(node: string): void {
    if (this.#length === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], 2 * this.#bytes.length);
    this.#bytes.write(node, this.#length, hashLength, "latin1");
    this.#length += hashLength;
  }

  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }
}

/** Reads `length` bytes of a file from `position` on; fewer only at its end. */
export type ReadAt = (position: number, length: number) => Promise<Uint8Array>;

/** Length of the side file of so many chunks. */
export function sideLength(chunks: bigint): number {
  return hashLength * nodesBelow(Number.MAX_SAFE_INTEGER, Number(chunks));
}

/** The tiles in a side file. */
export function sideTiles(chunks: bigint, read: ReadAt): TileSource {
  const size = Number(chunks);
  return {
    tile: (level, index, width) => read((nodesBelow(level, size) + index * tileWidth) * hashLength, width * hashLength),
  };
}

/** How many nodes the side file holds before those of a level. */
function nodesBelow(level: number, size: number): number {
  let nodes = 0;
  for (let below = 0; below < level && nodesAt(below, size) > 0; below++) nodes += nodesAt(below, size);
  return nodes;
}
