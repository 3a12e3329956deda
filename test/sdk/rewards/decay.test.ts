import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { expect } from "chai";
import type { Contract } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";

import { decayed, binaryRoots, exp2, factorAt, noPoints, pointUnit, takePoints } from "../../../sdk/rewards/decay.js";
import { testContract } from "../../support/compile.js";
import { type History, histories, outcomeOf, played, replayed, scaleOf, year } from "../../support/decayCases.js";

const { ethers } = await network.create();
const seed = 64;
const runs = { seed, numRuns: 400 };
const centuries = histories(500n * year);
const ever = (1n << 40n) - 1n;

describe("decay of points", () => {
  let harness: Contract;
  before(async () => {
    const [signer] = await ethers.getSigners();
    harness = (await (await testContract("DecayHarness", signer!)).deploy()) as Contract;
  });

  it("derives the 64 roots of two that @prb/math has", async () => {
    const path = createRequire(import.meta.url).resolve("@prb/math/src/Common.sol");
    const found = (await readFile(path, "utf8")).matchAll(/result = \(result \* (0x[0-9A-F]+)\) >> 64/g);
    expect([...found].map(([, root]) => BigInt(root!))).to.deep.equal(binaryRoots);
  });

  it("MP8: raises two to the same powers as @prb/math, 2,000 cases", async () => {
    const exponents = fc.sample(fc.bigInt(0n, (64n << 64n) - 1n), { seed, numRuns: 2_000 });
    const powers = (await harness.getFunction("powers")(exponents, { gasLimit: 1_000_000_000n })) as bigint[];
    expect([...powers]).to.deep.equal(exponents.map(exp2));
  });

  it("MP8: keeps and reads the same in Solidity and TypeScript, 10,000 histories of up to 500 years", async function () {
    this.timeout(240_000);
    const cases = fc.sample(centuries, { seed, numRuns: 10_000 });
    const outcomes = await replayed(harness, cases);
    cases.forEach((one, i) => expect(outcomes[i], show(one)).to.deep.equal(outcomeOf(one)));
    expect(cases.filter(({ steps }) => steps.some(({ takes }) => takes)).length).to.be.above(2_000);
    expect(outcomes.filter(({ held }) => held.era > 0n).length).to.be.above(2_000);
    expect(outcomes.filter(({ held }) => held.lifetime === 0n).length).to.be.above(100);
  });

  it("MP5: nothing overflows in 2^40 seconds, nor with 2^64 - 1 points", async () => {
    const cases = fc.sample(histories(ever), { seed, numRuns: 200 });
    const outcomes = await replayed(harness, cases);
    cases.forEach((one, i) => expect(outcomes[i], show(one)).to.deep.equal(outcomeOf(one)));
    const shortest = { since: 0n, halfLife: 86_400n };
    expect(factorAt(shortest, ever).era < 1n << 24n).to.equal(true);
    fc.assert(
      fc.property(centuries, ({ halfLife }) => {
        const { factor } = factorAt({ since: 0n, halfLife }, 64n * halfLife - 1n);
        expect(((1n << 64n) - 1n) * factor < 1n << 168n).to.equal(true);
      }),
      runs,
    );
  });

  it("MP5: a point weighs what the power series of two says, to 2^-39 of it", () => {
    fc.assert(
      fc.property(centuries, (history) => {
        const { factor } = factorAt(scaleOf(history), history.elapsed);
        const true_ = power(history.elapsed % (64n * history.halfLife), history.halfLife);
        const error = true_ - (factor << (bits - 40n));
        expect((error < 0n ? -error : error) < true_ >> 39n, show(history)).to.equal(true);
      }),
      runs,
    );
  });

  it("MP5: what is kept is at most the sum of what the grants weigh, and less than a unit a step below it", () => {
    fc.assert(
      fc.property(centuries, (history) => {
        const { held } = outcomeOf(history);
        if (held.lifetime === 0n) {
          expect(held, show(history)).to.deep.equal(noPoints);
          return;
        }
        const exact = sumOf(history);
        const kept = held.weight << (64n * held.era);
        expect(kept <= exact, show(history)).to.equal(true);
        expect(exact - kept < BigInt(history.steps.length) << (64n * held.era), show(history)).to.equal(true);
      }),
      runs,
    );
  });

  it("MP5: weighed by age, points are never more than were given", () => {
    fc.assert(
      fc.property(centuries, (history) => {
        const { held, decayed: read } = outcomeOf(history);
        expect(read <= held.lifetime * pointUnit, show(history)).to.equal(true);
      }),
      { seed, numRuns: 2_000 },
    );
  });

  it("MP5: reads no more at a later moment", () => {
    fc.assert(
      fc.property(centuries, fc.bigInt(0n, 100n * year), (history, wait) => {
        const { held, decayed: read } = outcomeOf(history);
        expect(decayed(held, scaleOf(history), history.elapsed + wait) <= read, show(history)).to.equal(true);
      }),
      runs,
    );
  });

  it("MP5: the order of grants matters by less than a unit a grant", () => {
    fc.assert(
      fc.property(centuries, fc.infiniteStream(fc.nat()), (history, keys) => {
        const grants = history.steps.filter(({ takes }) => !takes);
        const shuffled = grants
          .map((grant) => ({ grant, key: keys.next().value as number }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ grant }) => grant);
        const [one, other] = [played(history, grants), played(history, shuffled)];
        expect([other.lifetime, other.era]).to.deep.equal([one.lifetime, one.era]);
        const apart = one.weight - other.weight;
        expect((apart < 0n ? -apart : apart) < BigInt(grants.length), show(history)).to.equal(true);
      }),
      runs,
    );
  });

  it("MP4: taking every grant back, in any parts and at any time, leaves nothing at all", () => {
    fc.assert(
      fc.property(centuries, fc.bigInt(1n, 1n << 32n), (history, part) => {
        const grants = history.steps.filter(({ takes }) => !takes);
        let held = played(history, grants);
        for (const { elapsed, points } of grants) {
          const some = part % points;
          if (some > 0n) held = takePoints(held, scaleOf(history), elapsed, some);
          held = takePoints(held, scaleOf(history), elapsed, points - some);
        }
        expect(held, show(history)).to.deep.equal(noPoints);
      }),
      runs,
    );
  });

  it("refuses a time before the scale began, more points than there are, and a reading of the past", () => {
    const scale = { since: 100n, halfLife: 86_400n };
    expect(() => factorAt(scale, 99n)).to.throw(RangeError, "before the scale's beginning");
    expect(() => takePoints(noPoints, scale, 100n, 1n)).to.throw(RangeError, "more than the 0 there are");
    const later = { lifetime: 1n, era: 1n, weight: 1n };
    expect(() => decayed(later, scale, 100n)).to.throw(RangeError, "newer than the moment");
  });
});

/** What all steps weigh together, in units of 2^-40 at the beginning of the first era, without any rounding of sums. */
function sumOf(history: History): bigint {
  return history.steps.reduce((sum, { takes, elapsed, points }) => {
    const { era, factor } = factorAt(scaleOf(history), elapsed);
    const weight = (points * factor) << (64n * era);
    return takes ? sum - weight : sum + weight;
  }, 0n);
}

const bits = 256n;
/** The natural logarithm of two, from its series, times 2^256. */
const ln2 = Array.from({ length: 256 }, (_, i) => (1n << bits) / (BigInt(i + 1) << BigInt(i + 1))).reduce(
  (a, b) => a + b,
);

/** 2^(a / b), from the series of e^x, times 2^256. */
function power(a: bigint, b: bigint): bigint {
  const x = (ln2 * (a % b)) / b;
  let [term, sum] = [1n << bits, 0n];
  for (let n = 1n; term > 0n; n++) {
    sum += term;
    term = ((term * x) >> bits) / n;
  }
  return sum << (a / b);
}

function show(history: History): string {
  return `seed ${seed}: ${JSON.stringify(history, (_, value) => (typeof value === "bigint" ? `${value}` : value))}`;
}
