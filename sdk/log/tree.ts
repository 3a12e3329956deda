import { hash } from "node:crypto";

import { SteleError } from "../common/errors.js";
import { emptyRoot, hashLength, nodeHash } from "../proof/merkle.js";

/** Told of every node whose height is a multiple of eight, in order: what tlog-tiles stores. */
export type TileSink = (level: number, index: number, node: string) => void;

/** Root of a perfect subtree of 2^height leaves. */
export interface Subtree {
  readonly height: number;
  readonly node: Uint8Array;
}

/** Sizes are exact integers: 2^53 entries are more than a disk will hold. */
const maxSize = Number.MAX_SAFE_INTEGER;

/**
 * An RFC 9162 tree that grows at its right edge. It keeps one node a level (a compact range), so memory is flat; each
 * entry costs one leaf hash and one inner hash. A level's two children lie behind the prefix 0x01 in one buffer, and a
 * digest is written straight into its parent's buffer, so nothing is copied or allocated.
 * @example
 * const tree = new Tree();
 * for (const entry of entries) tree.add(entry);
 * tree.root(); // 32 bytes
 */
export class Tree {
  readonly #levels: Buffer[] = [];
  readonly #sink: TileSink | undefined;
  #size = 0;

  constructor(sink?: TileSink) {
    this.#sink = sink;
  }

  get size(): bigint {
    return BigInt(this.#size);
  }

  /** Appends an entry. */
  add(entry: Uint8Array): void {
    this.#put(0, hashLeaf(entry));
  }

  /** Appends a leaf by its hash, or a whole perfect subtree of 2^height leaves by its root. */
  addNode(node: Uint8Array, height = 0): void {
    if (node.length !== hashLength) throw new SteleError("usage", `a node has ${hashLength} bytes, not ${node.length}`);
    if (this.#size % 2 ** height !== 0) {
      throw new SteleError("usage", `a subtree of height ${height} does not fit at size ${this.#size}`);
    }
    this.#put(height, view(node).toString("latin1"));
  }

  /** Root over everything so far. */
  root(): Uint8Array {
    let root: Uint8Array | undefined;
    for (const { node } of this.range()) root = root === undefined ? node : nodeHash(node, root);
    return root ?? emptyRoot;
  }

  /** The compact range: roots of the perfect subtrees that make up the tree, from the smallest (rightmost) on. */
  range(): Subtree[] {
    return this.#levels.flatMap((level, height) =>
      Math.floor(this.#size / 2 ** height) % 2 === 1
        ? [{ height, node: Uint8Array.from(level.subarray(1, 1 + hashLength)) }]
        : [],
    );
  }

  /** A tree of the same entries that grows on its own. */
  copy(): Tree {
    const tree = new Tree();
    for (const { height, node } of this.range().toReversed()) tree.addNode(node, height);
    return tree;
  }

  #put(height: number, node: string): void {
    const size = this.#size + 2 ** height;
    if (size > maxSize) throw new SteleError("usage", `a tree holds at most ${maxSize} entries`);
    let index = this.#size / 2 ** height;
    let digest = node;
    for (let here = height; ; here++) {
      if (this.#sink !== undefined && here % 8 === 0) this.#sink(here / 8, index, digest);
      const children = (this.#levels[here] ??= Buffer.alloc(1 + 2 * hashLength, 1));
      const right = index % 2;
      children.write(digest, 1 + right * hashLength, hashLength, "latin1");
      if (right === 0) break;
      digest = hash("sha256", children, "binary");
      index = (index - 1) / 2;
    }
    this.#size = size;
  }
}

/** Views of one buffer by length, so that hashing an entry does not make an object. */
const prefixed = Buffer.alloc(1 + 65_536);
const views: Buffer[] = [];

/** Leaf hash as a Latin-1 string of 32 characters: the form in which the platform hands it out fastest. */
export function hashLeaf(entry: Uint8Array): string {
  const length = 1 + entry.length;
  const input = length > prefixed.length ? Buffer.alloc(length) : (views[length] ??= prefixed.subarray(0, length));
  input.set(entry, 1);
  return hash("sha256", input, "binary");
}

/** The same bytes as a Buffer. */
function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
