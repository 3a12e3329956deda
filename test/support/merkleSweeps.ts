import fc from "fast-check";

import type { ConsistencyCase, InclusionCase } from "./merkleHarness.js";
import type { MerkleTwins } from "./merkleTwins.js";
import {
  anySize,
  honestConsistency,
  honestInclusion,
  type Judged,
  LARGEST,
  spoiledConsistencies,
  spoiledInclusions,
  treeAround,
} from "./mutations.js";
import { referenceLeafHash, VirtualTree } from "./virtualTree.js";

/** Every index of every tree of these sizes, and every older size of it: all have to pass. */
export async function sweep(twins: MerkleTwins, from: bigint, to: bigint): Promise<void> {
  const leaves = Array.from({ length: Number(to) }, (_, i) => [BigInt(i), referenceLeafHash(Buffer.from(`${i}`))]);
  const tree = new VirtualTree(new Uint8Array(32), new Map(leaves as [bigint, Uint8Array][]));
  for (let size = from; size <= to; size++) {
    const inclusions: Judged<InclusionCase>[] = [];
    const consistencies: Judged<ConsistencyCase>[] = [];
    for (let place = 1n; place <= size; place++) {
      inclusions.push({ ...honestInclusion(tree, place - 1n, size), what: "right", expected: true });
      consistencies.push({ ...honestConsistency(tree, place, size), what: "right", expected: true });
    }
    await twins.inclusions(inclusions);
    await twins.consistencies(consistencies);
  }
}

interface FuzzOptions {
  readonly numRuns: number;
  readonly seed: number;
}

const places = fc.record({
  size: anySize,
  fraction: fc.bigInt({ min: 0n, max: LARGEST - 1n }),
  other: anySize,
  seed: fc.nat(),
});

/** The right proof at random places, and everything that can be wrong with it. */
export async function fuzzInclusions(twins: MerkleTwins, options: FuzzOptions): Promise<void> {
  const cases = fc.sample(places, options).flatMap(({ size, fraction, other, seed }) => {
    const index = fraction % size;
    const honest = honestInclusion(treeAround(index, index + 1n, size - 1n), index, size);
    return [{ ...honest, what: "right", expected: true }, ...spoiledInclusions(honest, seed, other)];
  });
  await twins.inclusions(cases);
}

/** Likewise between random sizes. */
export async function fuzzConsistencies(twins: MerkleTwins, options: FuzzOptions): Promise<void> {
  const cases = fc.sample(places, options).flatMap(({ size, fraction, other, seed }) => {
    const oldSize = (fraction % size) + 1n;
    const honest = honestConsistency(treeAround(oldSize - 1n, oldSize, size - 1n), oldSize, size);
    return [{ ...honest, what: "right", expected: true }, ...spoiledConsistencies(honest, seed, other)];
  });
  await twins.consistencies(cases);
}
