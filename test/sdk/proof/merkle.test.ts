import { expect } from "chai";
import fc from "fast-check";

import {
  emptyRoot,
  leafHash,
  maxTreeSize,
  nodeHash,
  verifyConsistency,
  verifyInclusion,
} from "../../../sdk/proof/merkle.js";
import { toHex, utf8 } from "../../../sdk/common/bytes.js";
import { ReferenceTree } from "../../support/referenceTree.js";
import { filesBelow, needVectors, readWithBigInts } from "../../support/vectors.js";

interface InclusionVector {
  leafIdx: bigint;
  treeSize: bigint;
  root: string | null;
  leafHash: string | null;
  proof: string[] | null;
  wantErr: boolean;
}

interface ConsistencyVector {
  size1: bigint;
  size2: bigint;
  root1: string | null;
  root2: string | null;
  proof: string[] | null;
  wantErr: boolean;
}

const bytes = (text: string | null) => new Uint8Array(Buffer.from(text ?? "", "base64"));
const path = (proof: string[] | null) => (proof ?? []).map(bytes);

describe("merkle proofs", () => {
  it("hashes leaves and nodes under different prefixes", () => {
    expect(toHex(emptyRoot)).to.equal("0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(toHex(leafHash(new Uint8Array(0)))).to.equal(
      "0x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    );
    expect(toHex(nodeHash(leafHash(utf8("")), leafHash(utf8("\0"))))).to.equal(
      "0xfac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    );
  });

  it("[P1] agrees with all 98 inclusion vectors of transparency-dev/merkle", function () {
    const files = filesBelow(needVectors(this, "merkle/inclusion"), ".json");
    for (const file of files) {
      const vector = readWithBigInts(file) as InclusionVector;
      const { leafIdx, treeSize, wantErr } = vector;
      const verdict = verifyInclusion(
        bytes(vector.leafHash),
        leafIdx,
        treeSize,
        bytes(vector.root),
        path(vector.proof),
      );
      expect(verdict, file).to.equal(!wantErr);
    }
    expect(files.length).to.equal(98);
    console.log(`      ran ${files.length} inclusion vectors`);
  });

  it("[P1] agrees with all 98 consistency vectors, but for one whose roots are no hashes", function () {
    const files = filesBelow(needVectors(this, "merkle/consistency"), ".json");
    const differing: string[] = [];
    for (const file of files) {
      const { size1, size2, root1, root2, proof, wantErr } = readWithBigInts(file) as ConsistencyVector;
      const verdict = verifyConsistency(size1, size2, bytes(root1), bytes(root2), path(proof));
      if (verdict === wantErr) differing.push(file.split("/").at(-1)!);
    }
    // Its roots are the 12 bytes "don't care 2": equal, and nothing that a tree can have.
    expect(differing).to.deep.equal(["sizes-are-equal-one-and-proof-is-empty.json"]);
    expect(files.length).to.equal(98);
    console.log(`      ran ${files.length} consistency vectors`);
  });

  it("accepts every proof of every tree up to 64 leaves", () => {
    const tree = ReferenceTree.ofSize(64);
    for (let size = 1; size <= 64; size++) {
      const root = tree.root(size);
      for (let i = 0; i < size; i++) {
        const proof = tree.inclusionProof(i, size);
        expect(verifyInclusion(tree.leaf(i), BigInt(i), BigInt(size), root, proof)).to.equal(true);
        const older = tree.root(i + 1);
        const extension = tree.consistencyProof(i + 1, size);
        expect(verifyConsistency(BigInt(i + 1), BigInt(size), older, root, extension)).to.equal(true);
      }
    }
  });
});

describe("merkle proofs that were changed", () => {
  const tree = ReferenceTree.ofSize(300);
  const mutation = fc.record({
    kind: fc.constantFrom("truncate", "extend", "swap", "flip", "empty", "short", "long", "double"),
    at: fc.nat(64),
    bit: fc.nat(255),
  });
  type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

  function mutate(proof: readonly Uint8Array[], { kind, at, bit }: Mutation): Uint8Array[] {
    const copy: Uint8Array[] = proof.map((element) => Uint8Array.from(element));
    const place = copy.length === 0 ? 0 : at % copy.length;
    if (kind === "truncate") copy.splice(place, 1);
    if (kind === "extend") copy.splice(place, 0, leafHash(Uint8Array.of(at)));
    if (kind === "swap" && copy.length > 1) [copy[0], copy[1]] = [copy[1]!, copy[0]!];
    if (kind === "flip" && copy.length > 0) copy[place]![bit >> 3]! ^= 1 << (bit & 7);
    if (kind === "empty") copy.length = 0;
    if (kind === "short" && copy.length > 0) copy[place] = copy[place]!.subarray(1);
    if (kind === "long" && copy.length > 0) copy[place] = Uint8Array.of(...copy[place]!, 0);
    if (kind === "double" && copy.length > 0) copy.push(copy[place]!);
    return copy;
  }
  const same = (a: readonly Uint8Array[], b: readonly Uint8Array[]) => a.map(toHex).join() === b.map(toHex).join();
  const sizes = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.nat());

  it("[P1] refuses every mutated inclusion proof", () => {
    fc.assert(
      fc.property(sizes, mutation, ([size, seed], change) => {
        const index = seed % size;
        const proof = tree.inclusionProof(index, size);
        const mutated = mutate(proof, change);
        fc.pre(!same(proof, mutated));
        return !verifyInclusion(tree.leaf(index), BigInt(index), BigInt(size), tree.root(size), mutated);
      }),
      { numRuns: 2000 },
    );
  });

  it("[P1] refuses every mutated consistency proof", () => {
    fc.assert(
      fc.property(sizes, mutation, ([size, seed], change) => {
        const old = 1 + (seed % size);
        const proof = tree.consistencyProof(old, size);
        const mutated = mutate(proof, change);
        fc.pre(!same(proof, mutated));
        return !verifyConsistency(BigInt(old), BigInt(size), tree.root(old), tree.root(size), mutated);
      }),
      { numRuns: 2000 },
    );
  });

  it("refuses a proof under a wrong index, leaf or root, and exchanged roots", () => {
    fc.assert(
      fc.property(sizes, fc.nat(299), ([size, seed], other) => {
        const index = seed % size;
        const root = tree.root(size);
        const proof = tree.inclusionProof(index, size);
        if (other !== index) {
          expect(verifyInclusion(tree.leaf(index), BigInt(other), BigInt(size), root, proof)).to.equal(false);
          expect(verifyInclusion(tree.leaf(other), BigInt(index), BigInt(size), root, proof)).to.equal(false);
        }
        const old = index + 1;
        if (old === size) return;
        const extension = tree.consistencyProof(old, size);
        expect(verifyInclusion(tree.leaf(index), BigInt(index), BigInt(size), tree.root(old), proof)).to.equal(false);
        expect(verifyConsistency(BigInt(old), BigInt(size), root, tree.root(old), extension)).to.equal(false);
        expect(verifyConsistency(BigInt(size), BigInt(old), tree.root(old), root, extension)).to.equal(false);
      }),
      { numRuns: 500 },
    );
  });

  it("[P1] answers false, and never throws, for what is not even the shape of a proof", () => {
    const root = tree.root(7);
    const leaf = tree.leaf(3);
    const proof = tree.inclusionProof(3, 7);
    const odd: unknown[] = [
      null,
      undefined,
      3,
      "0x",
      {},
      [null],
      ["0x"],
      [[]],
      Array(66).fill(root),
      new Uint8Array(32),
    ];
    for (const value of odd) {
      expect(verifyInclusion(leaf, 3n, 7n, root, value as Uint8Array[])).to.equal(false);
      expect(verifyConsistency(3n, 7n, tree.root(3), root, value as Uint8Array[])).to.equal(false);
      expect(verifyInclusion(value as Uint8Array, 3n, 7n, leaf, proof)).to.equal(false);
    }
    for (const [index, size] of [
      [-1n, 7n],
      [7n, 7n],
      [0n, 0n],
      [0n, maxTreeSize],
      [3n, -7n],
    ] as const) {
      expect(verifyInclusion(leaf, index, size, root, proof)).to.equal(false);
    }
    for (const [old, size] of [
      [0n, 7n],
      [0n, 0n],
      [-1n, 7n],
      [1n, maxTreeSize],
    ] as const) {
      expect(verifyConsistency(old, size, emptyRoot, root, [])).to.equal(false);
    }
  });
});
