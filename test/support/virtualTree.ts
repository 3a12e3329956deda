import { createHash } from "node:crypto";

const ZERO = Uint8Array.of(0);
const ONE = Uint8Array.of(1);

/** SHA-256(0x00 || entry), written apart from the SDK so that tests compare two implementations. */
export function referenceLeafHash(entry: Uint8Array): Uint8Array {
  return createHash("sha256").update(ZERO).update(entry).digest();
}

/** SHA-256(0x01 || left || right). */
export function referenceNodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return createHash("sha256").update(ONE).update(left).update(right).digest();
}

/**
 * An RFC 9162 tree of any size that is never materialised: all leaves are the same but a few, so a subtree without one
 * of those is a function of its size alone. Roots and proofs are the recursive definitions of RFC 9162 2.1, word for
 * word.
 */
export class VirtualTree {
  readonly #common: Uint8Array;
  readonly #distinct: ReadonlyMap<bigint, Uint8Array>;
  readonly #places: readonly bigint[];
  readonly #uniform = new Map<bigint, Uint8Array>();
  readonly #mixed = new Map<string, Uint8Array>();

  /**
   * @param common hash of every leaf not named in `distinct`
   * @param distinct leaf hashes by index
   */
  constructor(common: Uint8Array, distinct: ReadonlyMap<bigint, Uint8Array>) {
    this.#common = common;
    this.#distinct = distinct;
    this.#places = [...distinct.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  /** Hash of the leaf at `index`. */
  leaf(index: bigint): Uint8Array {
    return this.#distinct.get(index) ?? this.#common;
  }

  /** Root of the first `size` leaves (RFC 9162 2.1.1). */
  root(size: bigint): Uint8Array {
    return size === 0n ? createHash("sha256").digest() : this.#hash(0n, size);
  }

  /** PATH(index, D[size]) of RFC 9162 2.1.3.1. */
  inclusion(index: bigint, size: bigint): Uint8Array[] {
    return this.#path(index, 0n, size);
  }

  /** PROOF(oldSize, D[newSize]) of RFC 9162 2.1.4.1. */
  consistency(oldSize: bigint, newSize: bigint): Uint8Array[] {
    return this.#subproof(oldSize, 0n, newSize, true);
  }

  #hash(start: bigint, size: bigint): Uint8Array {
    if (size === 1n) return this.leaf(start);
    const mixed = this.#hasDistinct(start, start + size);
    const key = `${start}+${size}`;
    const known = mixed ? this.#mixed.get(key) : this.#uniform.get(size);
    if (known !== undefined) return known;
    const split = largestPowerBelow(size);
    const hash = referenceNodeHash(this.#hash(start, split), this.#hash(start + split, size - split));
    if (mixed) this.#mixed.set(key, hash);
    else this.#uniform.set(size, hash);
    return hash;
  }

  #path(index: bigint, start: bigint, size: bigint): Uint8Array[] {
    if (size === 1n) return [];
    const split = largestPowerBelow(size);
    return index < split
      ? [...this.#path(index, start, split), this.#hash(start + split, size - split)]
      : [...this.#path(index - split, start + split, size - split), this.#hash(start, split)];
  }

  #subproof(oldSize: bigint, start: bigint, size: bigint, whole: boolean): Uint8Array[] {
    if (oldSize === size) return whole ? [] : [this.#hash(start, size)];
    const split = largestPowerBelow(size);
    return oldSize <= split
      ? [...this.#subproof(oldSize, start, split, whole), this.#hash(start + split, size - split)]
      : [...this.#subproof(oldSize - split, start + split, size - split, false), this.#hash(start, split)];
  }

  #hasDistinct(from: bigint, until: bigint): boolean {
    let low = 0;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#places[middle]! < from) low = middle + 1;
      else high = middle;
    }
    const place = this.#places[low];
    return place !== undefined && place < until;
  }
}

function largestPowerBelow(size: bigint): bigint {
  return 1n << BigInt((size - 1n).toString(2).length - 1);
}

/**
 * How an inclusion proof is put together: one letter an element, L where the element stands on the left. Two places
 * with the same shape accept the same proof, whatever their sizes.
 */
export function inclusionShape(index: bigint, size: bigint): string {
  if (size === 1n) return "";
  const split = largestPowerBelow(size);
  return index < split ? `${inclusionShape(index, split)}R` : `${inclusionShape(index - split, size - split)}L`;
}

/** Likewise for a consistency proof: what it starts from, then the sides. */
export function consistencyShape(oldSize: bigint, newSize: bigint, whole = true): string {
  if (oldSize === newSize) return whole ? "old root " : "first element ";
  const split = largestPowerBelow(newSize);
  return oldSize <= split
    ? `${consistencyShape(oldSize, split, whole)}R`
    : `${consistencyShape(oldSize - split, newSize - split, false)}L`;
}
