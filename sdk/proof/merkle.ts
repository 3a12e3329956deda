import { equal } from "../common/bytes.js";
import { sha256, sha256Into } from "../common/sha256.js";

/** Bytes of a hash. */
export const hashLength = 32;

/** Tree sizes are below this, as in RFC 9162. */
export const maxTreeSize = 1n << 64n;

/** Root of the tree without entries: SHA-256 of nothing. */
export const emptyRoot: Uint8Array = sha256(new Uint8Array(0));

/**
 * Hash of a leaf: SHA-256(0x00 ‖ entry), RFC 9162 2.1.1.
 * @example
 * leafHash(encodeHeader(header)); // 32 bytes
 */
export function leafHash(entry: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + entry.length);
  input.set(entry, 1);
  return sha256(input);
}

/** Hash of an inner node: SHA-256(0x01 ‖ left ‖ right), RFC 9162 2.1.1. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const digest = new Uint8Array(hashLength);
  nodeHashInto(left, right, digest);
  return digest;
}

/**
 * Whether `proof` shows that the leaf at `index` of the tree (size, root) is `leaf`, RFC 9162 2.1.3.2 to the letter:
 * every element is used and nothing is left over. Anything malformed (a size of zero, an index out of range, something
 * that is not 32 bytes) is simply not a proof: the answer is false, never an exception.
 *
 * The size is only as true as whoever signed it: the last leaf of a tree can verify under several claimed sizes.
 * @param leaf hash of the leaf, see {@link leafHash}
 * @example
 * verifyInclusion(leafHash(entry), 7n, checkpoint.size, checkpoint.root, proof);
 */
export function verifyInclusion(
  leaf: Uint8Array,
  index: bigint,
  size: bigint,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (index < 0n || index >= size || size >= maxTreeSize) return false;
  if (!isHash(leaf) || !isHash(root) || !isPath(proof)) return false;
  let place = { fn: index, sn: size - 1n };
  const node = Uint8Array.from(leaf);
  for (const element of proof) {
    if (place.sn === 0n) return false;
    if (isRight(place)) {
      nodeHashInto(element, node, node);
      place = skip(place);
    } else {
      nodeHashInto(node, element, node);
    }
    place = up(place);
  }
  return place.sn === 0n && equal(node, root);
}

/**
 * Whether `proof` shows that the tree (newSize, newRoot) extends the tree (oldSize, oldRoot), RFC 9162 2.1.4.2 to the
 * letter. Equal sizes need equal roots and an empty proof; a size of zero never passes, because it says nothing about a
 * root. False for anything malformed, as {@link verifyInclusion}.
 */
export function verifyConsistency(
  oldSize: bigint,
  newSize: bigint,
  oldRoot: Uint8Array,
  newRoot: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (oldSize <= 0n || oldSize > newSize || newSize >= maxTreeSize) return false;
  if (!isHash(oldRoot) || !isHash(newRoot) || !isPath(proof)) return false;
  if (oldSize === newSize) return proof.length === 0 && equal(oldRoot, newRoot);
  if (proof.length === 0) return false;
  const path = (oldSize & (oldSize - 1n)) === 0n ? [oldRoot, ...proof] : proof;
  let place = { fn: oldSize - 1n, sn: newSize - 1n };
  while ((place.fn & 1n) === 1n) place = up(place);
  const older = Uint8Array.from(path[0]!);
  const newer = Uint8Array.from(older);
  for (const element of path.slice(1)) {
    if (place.sn === 0n) return false;
    if (isRight(place)) {
      nodeHashInto(element, older, older);
      nodeHashInto(element, newer, newer);
      place = skip(place);
    } else {
      nodeHashInto(newer, element, newer);
    }
    place = up(place);
  }
  return place.sn === 0n && equal(older, oldRoot) && equal(newer, newRoot);
}

/** A node on the way up (`fn`) and the last node of its level (`sn`); the names are the RFC's. */
interface Place {
  readonly fn: bigint;
  readonly sn: bigint;
}

/** Whether the node has its sibling to the left. */
function isRight({ fn, sn }: Place): boolean {
  return (fn & 1n) === 1n || fn === sn;
}

/** Up to the level where a last node that has no sibling gets one. */
function skip(place: Place): Place {
  let here = place;
  while ((here.fn & 1n) === 0n && here.fn !== 0n) here = up(here);
  return here;
}

function up({ fn, sn }: Place): Place {
  return { fn: fn >> 1n, sn: sn >> 1n };
}

function isHash(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && value.length === hashLength;
}

/** A path of a tree below 2^64 leaves has at most 65 elements. */
function isPath(value: unknown): value is readonly Uint8Array[] {
  return Array.isArray(value) && value.length <= 65 && value.every(isHash);
}

const scratch = new Uint8Array(1 + 2 * hashLength).fill(1, 0, 1);

function nodeHashInto(left: Uint8Array, right: Uint8Array, out: Uint8Array): void {
  scratch.set(left, 1);
  scratch.set(right, 1 + hashLength);
  sha256Into(scratch, out, 0);
}
