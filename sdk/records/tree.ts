import { sha256Into } from "../common/sha256.js";
import { hashLength, nodeHash } from "../proof/merkle.js";

/** 0x01 ‖ left ‖ right, RFC 9162 2.1.1. */
const node = new Uint8Array(1 + 2 * hashLength).fill(1, 0, 1);

/** A small RFC 9162 tree, held whole. */
export interface FieldTree {
  readonly root: Uint8Array;
  readonly size: number;
  /** RFC 9162 inclusion proof of one leaf. */
  proof(index: number): Uint8Array[];
}

/**
 * Builds the tree over leaf hashes, of which there is at least one. A node without a sibling moves up unchanged, which
 * gives the tree of RFC 9162 2.1.1.
 */
export function fieldTree(leaves: readonly Uint8Array[]): FieldTree {
  const levels: (readonly Uint8Array[])[] = [leaves];
  for (let level = leaves; level.length > 1;) {
    level = parents(level);
    levels.push(level);
  }
  return {
    root: levels.at(-1)![0]!,
    size: leaves.length,
    proof: (index) =>
      levels.flatMap((level, height) => {
        const sibling = level[(index >> height) ^ 1];
        return sibling === undefined ? [] : [sibling];
      }),
  };
}

/**
 * The root alone, over leaf hashes that lie one after the other, of which there is at least one. The hashes are
 * overwritten.
 */
export function rootOf(hashes: Uint8Array): Uint8Array {
  for (let count = hashes.length / hashLength; count > 1; count = (count + 1) >> 1) {
    for (let i = 0; i < count >> 1; i++) {
      node.set(hashes.subarray(2 * i * hashLength, 2 * (i + 1) * hashLength), 1);
      sha256Into(node, hashes, i * hashLength);
    }
    if (count % 2 === 1)
      hashes.copyWithin(((count - 1) >> 1) * hashLength, (count - 1) * hashLength, count * hashLength);
  }
  return hashes.slice(0, hashLength);
}

function parents(level: readonly Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const right = level[i + 1];
    above.push(right === undefined ? level[i]! : nodeHash(level[i]!, right));
  }
  return above;
}
