import { expect } from "chai";
import type { Contract } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";

import { drawnChunk, isChunkAt } from "../../../sdk/audit/challenges.js";
import { chunksOf, lengthOf } from "../../../sdk/audit/datasets/description.js";
import { isTimely, possessionAge, possessionAhead } from "../../../sdk/audit/possession.js";
import { toHex } from "../../../sdk/common/bytes.js";
import { testContract } from "../../support/compile.js";
import { type TestDataset, testDataset } from "../../support/datasetWorld.js";

const { ethers } = await network.create();
const seed = 1_024;
const BATCH = 250;

const bits = (count: number) => fc.bigInt(0n, (1n << BigInt(count)) - 1n);

/** Sizes of every magnitude, and those where a chunk begins or ends. */
const sizes = fc.oneof(
  fc.integer({ min: 1, max: 64 }).chain((magnitude) => fc.bigInt(1n, (1n << BigInt(magnitude)) - 1n)),
  fc.tuple(fc.integer({ min: 0, max: 54 }), fc.bigInt(-1n, 1n)).map(([power, by]) => {
    const size = (1_024n << BigInt(power)) + by;
    return size < 1n << 64n ? size : (1n << 64n) - 1n;
  }),
  fc.constantFrom(1n, (1n << 64n) - 1n, (1n << 64n) - 1_024n, (1n << 64n) - 1_025n),
);

/** Of all draws the first and the last chunk as well. */
const draws = fc
  .tuple(sizes, bits(64), bits(256), bits(64), fc.nat({ max: 3 }))
  .map(([size, at, hash, challenge, end]) => {
    const count = chunksOf(size);
    const index = end === 0 ? 0n : end === 1 ? count - 1n : at % count;
    return { size, index, blockHash: toHex(bytes32(hash)), challengeId: challenge };
  });

const WEEK = possessionAge;
const base = 1_800_000_000n;
/** Moments around the limits of the rule. */
const moments = fc.oneof(
  fc.constantFrom(0n, 1n),
  fc
    .tuple(fc.constantFrom(-WEEK, -possessionAhead, 0n, possessionAhead), fc.bigInt(-2n, 2n))
    .map(([far, by]) => base + far + by),
  fc.bigInt(-2n * WEEK, 2n * WEEK).map((by) => base + by),
  bits(40),
);

describe("Datasets: the rules twice", () => {
  let harness: Contract;
  before(async () => {
    const [signer] = await ethers.getSigners();
    harness = (await (await testContract("AuditHarness", signer!)).deploy()) as Contract;
  });

  it("D12: draws, counts and measures chunks alike in Solidity and TypeScript, 5,000 cases", async () => {
    for (const cases of batches(fc.sample(draws, { seed, numRuns: 5_000 }))) {
      const results = (await harness.getFunction("draws")(cases)) as bigint[][];
      cases.forEach((one, i) => {
        const { size, index, blockHash, challengeId } = one;
        const twin = [chunksOf(size), BigInt(lengthOf(index, size)), drawnChunk(blockHash, challengeId, size)];
        expect([...results[i]!], show(one)).to.deep.equal(twin);
        expect(twin[2]! < twin[0]!, show(one)).to.equal(true);
      });
    }
  });

  it("D12: takes the same statements for timely in Solidity and TypeScript, 5,000 cases", async () => {
    const never = fc.oneof(fc.constant(0n), moments);
    const timestamp = fc.oneof({ weight: 4, arbitrary: fc.constant(base) }, moments);
    const anyTimes = fc.record({ time: moments, vouchedAt: never, withdrawnAt: never, timestamp });
    let counted = 0;
    for (const cases of batches(fc.sample(anyTimes, { seed, numRuns: 5_000 }))) {
      const results = (await harness.getFunction("timely")(cases)) as boolean[];
      cases.forEach((one, i) => {
        const twin = isTimely(one.time, one, one.timestamp);
        expect(results[i], show(one)).to.equal(twin);
        if (twin) counted++;
      });
    }
    expect(counted).to.be.greaterThan(200).and.lessThan(4_800);
  });

  it("D8, D12: takes the same bytes for an answer in Solidity and TypeScript, 2,000 cases, most of them spoilt", async () => {
    const datasets = [1, 700, 1_024, 1_025, 2_048, 5_000, 9_216, 20_001].map((size) => testDataset(size, size));
    const anyGiven = fc.tuple(fc.nat({ max: datasets.length - 1 }), bits(32), fc.nat({ max: 11 }), bits(32));
    let right = 0;
    for (const cases of batches(fc.sample(anyGiven, { seed, numRuns: 2_000 }))) {
      const given = cases.map(([which, at, spoil, by]) => spoilt(datasets[which]!, at, spoil, by));
      const sent = given.map((one) => ({ ...one, proof: one.proof.map(toHex), root: toHex(one.root) }));
      const results = (await harness.getFunction("at")(sent)) as boolean[];
      given.forEach((one, i) => {
        const twin = isChunkAt(one.chunk, one.index, one, one.proof);
        expect(
          results[i],
          JSON.stringify(cases[i], (_, v: unknown) => (typeof v === "bigint" ? `${v}` : v)),
        ).to.equal(twin);
        if (twin) right++;
      });
    }
    expect(right).to.be.greaterThan(100).and.lessThan(1_000);
  });
});

interface Given {
  readonly chunk: Uint8Array;
  readonly index: bigint;
  readonly size: bigint;
  readonly root: Uint8Array;
  readonly proof: Uint8Array[];
}

/** A right answer, spoilt in one of many ways or not at all. */
function spoilt(dataset: TestDataset, at: bigint, spoil: number, by: bigint): Given {
  const count = chunksOf(dataset.size);
  const index = at % count;
  const root = Uint8Array.from(Buffer.from(dataset.root.slice(2), "hex"));
  const right: Given = { chunk: dataset.chunk(index), index, size: dataset.size, root, proof: dataset.proof(index) };
  const place = Number(by % 1_024n);
  switch (spoil) {
    case 0:
    case 1:
      return right;
    case 2:
      return { ...right, chunk: right.chunk.map((byte, i) => (i === place % right.chunk.length ? byte ^ 1 : byte)) };
    case 3:
      return { ...right, chunk: right.chunk.subarray(0, place) };
    case 4:
      return { ...right, chunk: Uint8Array.of(...right.chunk, ...new Uint8Array((place % 33) + 1)) };
    case 5:
      return { ...right, proof: right.proof.slice(1) };
    case 6:
      return { ...right, proof: [...right.proof, root] };
    case 7:
      return { ...right, index: by % count };
    case 8: {
      const size = dataset.size + (by % 5_000n);
      return { ...right, size, index: index % chunksOf(size) };
    }
    case 9: {
      const size = dataset.size > by % 5_000n ? dataset.size - (by % 5_000n) : 1n;
      return { ...right, size, index: index % chunksOf(size) };
    }
    case 10:
      return { ...right, root: root.map((byte, i) => (i === place % 32 ? byte ^ 128 : byte)) };
    default:
      return { ...right, proof: right.proof.toReversed() };
  }
}

function bytes32(value: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(64, "0"), "hex"));
}

function batches<T>(cases: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(cases.length / BATCH) }, (_, i) => cases.slice(i * BATCH, (i + 1) * BATCH));
}

function show(one: object): string {
  return JSON.stringify({ seed, ...one }, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value));
}
