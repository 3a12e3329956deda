import { emptyRoot, leafHash, nodeHash } from "../../sdk/proof/merkle.js";

/**
 * RFC 9162 as its definitions read, recursive and slow: what faster code is compared with. Takes leaf hashes.
 */
export class ReferenceTree {
  readonly #leaves: readonly Uint8Array[];
  readonly #roots = new Map<string, Uint8Array>();

  constructor(leaves: readonly Uint8Array[]) {
    this.#leaves = leaves;
  }

  /** A tree of `size` different leaves. */
  static ofSize(size: number): ReferenceTree {
    return new ReferenceTree(Array.from({ length: size }, (_, i) => leafHash(Uint8Array.of(i >> 16, i >> 8, i))));
  }

  leaf(index: number): Uint8Array {
    return this.#leaves[index]!;
  }

  /** MTH, 2.1.1. */
  root(size = this.#leaves.length): Uint8Array {
    return size === 0 ? emptyRoot : this.#hash(0, size);
  }

  /** PATH, 2.1.3.1. */
  inclusionProof(index: number, size = this.#leaves.length): Uint8Array[] {
    const path = (start: number, end: number): Uint8Array[] => {
      if (end - start === 1) return [];
      const middle = start + split(end - start);
      return index < middle
        ? [...path(start, middle), this.#hash(middle, end)]
        : [...path(middle, end), this.#hash(start, middle)];
    };
    return path(0, size);
  }

  /** PROOF, 2.1.4.1; empty for equal sizes. */
  consistencyProof(oldSize: number, size = this.#leaves.length): Uint8Array[] {
    const subproof = (start: number, end: number, whole: boolean): Uint8Array[] => {
      if (end === oldSize) return whole ? [] : [this.#hash(start, end)];
      const middle = start + split(end - start);
      return oldSize <= middle
        ? [...subproof(start, middle, whole), this.#hash(middle, end)]
        : [...subproof(middle, end, false), this.#hash(start, middle)];
    };
    return subproof(0, size, true);
  }

  #hash(start: number, end: number): Uint8Array {
    if (end - start === 1) return this.#leaves[start]!;
    const key = `${start}-${end}`;
    let root = this.#roots.get(key);
    if (root === undefined) {
      const middle = start + split(end - start);
      root = nodeHash(this.#hash(start, middle), this.#hash(middle, end));
      this.#roots.set(key, root);
    }
    return root;
  }
}

/** The largest power of two below `size`. */
function split(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}
