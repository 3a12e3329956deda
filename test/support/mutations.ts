import fc from "fast-check";

import type { ConsistencyCase, InclusionCase } from "./merkleHarness.js";
import { consistencyShape, inclusionShape, referenceLeafHash, VirtualTree } from "./virtualTree.js";

/** A case and whether it has to pass. */
export type Judged<Case> = Case & { readonly what: string; readonly expected: boolean };

export const LARGEST = 1n << 40n;

/** Bits of `size`: small and large trees alike. */
export const anySize = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.bigInt({ min: 0n, max: LARGEST - 1n }))
  .map(([bits, random]) => (random % (1n << BigInt(bits))) + 1n);

/** A tree with distinct leaves around the given indices, so that no two siblings on their paths are the same. */
export function treeAround(...indices: readonly bigint[]): VirtualTree {
  const distinct = new Map<bigint, Uint8Array>();
  for (const index of indices) {
    for (const near of [index - 1n, index]) {
      if (near >= 0n) distinct.set(near, referenceLeafHash(Buffer.from(`leaf ${near}`)));
    }
  }
  return new VirtualTree(referenceLeafHash(Buffer.from("common")), distinct);
}

export function honestInclusion(tree: VirtualTree, index: bigint, size: bigint): InclusionCase {
  return { leafHash: tree.leaf(index), index, size, root: tree.root(size), proof: tree.inclusion(index, size) };
}

export function honestConsistency(tree: VirtualTree, oldSize: bigint, newSize: bigint): ConsistencyCase {
  const [oldRoot, newRoot] = [tree.root(oldSize), tree.root(newSize)];
  return { oldSize, newSize, oldRoot, newRoot, proof: tree.consistency(oldSize, newSize) };
}

/** Everything that can be wrong with an inclusion proof; `seed` chooses places. */
export function spoiledInclusions(honest: InclusionCase, seed: number, other: bigint): Judged<InclusionCase>[] {
  const spoiled = spoiledProofs(honest.proof, seed).map(([what, proof]) => ({
    ...honest,
    what,
    proof,
    expected: false,
  }));
  const shape = inclusionShape(honest.index, honest.size);
  const moved = (what: string, index: bigint, size: bigint): Judged<InclusionCase> => ({
    ...honest,
    what,
    index,
    size,
    // A size is only as true as whoever signed it: where the path is the same, so is the verdict.
    expected: index < size && inclusionShape(index, size) === shape,
  });
  const sizes = [honest.size - 1n, honest.size + 1n, honest.size << 1n, honest.size >> 1n, honest.size ^ 2n, other, 0n];
  const indices = [honest.index + 1n, honest.index ^ 1n, honest.index ^ 2n, honest.index << 1n, other];
  return [
    ...spoiled,
    { ...honest, what: "flipped leaf", leafHash: flip(honest.leafHash, seed), expected: false },
    { ...honest, what: "flipped root", root: flip(honest.root, seed), expected: false },
    { ...honest, what: "leaf for root", leafHash: honest.root, root: honest.leafHash, expected: honest.size === 1n },
    ...sizes.filter((size) => size !== honest.size).map((size) => moved("wrong size", honest.index, size)),
    ...indices
      .filter((index) => index !== honest.index && index >= 0n)
      .map((index) => ({ ...moved("wrong index", index, honest.size), expected: false })),
  ];
}

/** Everything that can be wrong with a consistency proof. */
export function spoiledConsistencies(honest: ConsistencyCase, seed: number, other: bigint): Judged<ConsistencyCase>[] {
  const { oldSize, newSize } = honest;
  const spoiled = spoiledProofs(honest.proof, seed).map(([what, proof]) => ({
    ...honest,
    what,
    proof,
    expected: false,
  }));
  const shape = consistencyShape(oldSize, newSize);
  const moved = (from: bigint, to: bigint): Judged<ConsistencyCase> => ({
    ...honest,
    what: "wrong size",
    oldSize: from,
    newSize: to,
    expected: from > 0n && from < to && oldSize !== newSize && consistencyShape(from, to) === shape,
  });
  const pairs: [bigint, bigint][] = [
    [oldSize - 1n, newSize],
    [oldSize + 1n, newSize],
    [oldSize, newSize - 1n],
    [oldSize, newSize + 1n],
    [oldSize << 1n, newSize],
    [oldSize, newSize << 1n],
    [newSize, oldSize],
    [oldSize, other],
    [other, newSize],
    [0n, newSize],
  ];
  const different = oldSize !== newSize;
  return [
    ...spoiled,
    { ...honest, what: "flipped old root", oldRoot: flip(honest.oldRoot, seed), expected: false },
    { ...honest, what: "flipped new root", newRoot: flip(honest.newRoot, seed), expected: false },
    {
      ...honest,
      what: "exchanged roots",
      oldRoot: honest.newRoot,
      newRoot: honest.oldRoot,
      expected: !different,
    },
    ...pairs
      .filter(([from, to]) => from !== oldSize || to !== newSize)
      .filter(([from, to]) => from !== to || from === 0n || different)
      .map(([from, to]) => moved(from, to)),
  ];
}

function spoiledProofs(proof: readonly Uint8Array[], seed: number): [string, Uint8Array[]][] {
  const noise = referenceLeafHash(Buffer.from(`noise ${seed}`));
  const place = proof.length === 0 ? 0 : seed % proof.length;
  const all: [string, Uint8Array[]][] = [
    ["extended", [...proof, noise]],
    ["prepended", [noise, ...proof]],
    ["inserted", [...proof.slice(0, place), noise, ...proof.slice(place)]],
    ["repeated", [...proof, ...proof.slice(-1), ...(proof.length === 0 ? [noise] : [])]],
  ];
  if (proof.length === 0) return all;
  all.push(
    ["truncated", proof.slice(0, -1)],
    ["beheaded", proof.slice(1)],
    ["emptied", []],
    ["shortened", proof.filter((_, i) => i !== place)],
    ["flipped", proof.map((element, i) => (i === place ? flip(element, seed) : element))],
  );
  const partner = (place + 1) % proof.length;
  if (!Buffer.from(proof[place]!).equals(proof[partner]!)) {
    all.push(["swapped", proof.map((_, i) => proof[i === place ? partner : i === partner ? place : i]!)]);
  }
  return all;
}

function flip(bytes: Uint8Array, seed: number): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  flipped[seed % 32]! ^= 1 << ((seed >> 5) % 8);
  return flipped;
}
