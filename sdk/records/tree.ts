import { nodeHash } from "../proof/merkle.js";

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

function parents(level: readonly Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const right = level[i + 1];
    above.push(right === undefined ? level[i]! : nodeHash(level[i]!, right));
  }
  return above;
}
