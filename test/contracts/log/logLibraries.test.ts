import { expect } from "chai";
import { type Contract, Result } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";

import { testContract } from "../../support/compile.js";

const { ethers } = await network.create();
const DAY = 86_400n;

/** A number of so many bits; the two ends often, since that is where packing goes wrong. */
const bits = (count: bigint) => {
  const most = 2n ** count - 1n;
  return fc.oneof(fc.constant(0n), fc.constant(most), fc.bigInt(0n, most));
};

/** Fields of a head in the order of `ILogRegistry.Head`. */
const head = fc.tuple(bits(64n), bits(40n), bits(48n), fc.bigInt(0n, 2n), bits(16n), bits(32n), bits(32n), bits(16n));
const widths = [64n, 40n, 48n, 8n, 16n, 32n, 32n, 16n];

describe("The small libraries of the log module, at the limits of their fields", () => {
  let harness: Contract;
  before(async () => {
    const [signer] = await ethers.getSigners();
    harness = (await (await testContract("LogLibrariesHarness", signer!)).deploy()) as Contract;
  });
  const ask = async (name: string, ...args: unknown[]): Promise<unknown> => {
    const answer: unknown = await harness.getFunction(name).staticCall(...args);
    return answer instanceof Result ? answer.toArray(true) : answer;
  };
  const holds = <T>(property: fc.IAsyncProperty<T>) => fc.assert(property, { numRuns: 200, seed: 7 });

  it("a head fills its word field by field, and comes back as it was", () =>
    holds(
      fc.asyncProperty(head, async (fields) => {
        let [word, shift] = [0n, 0n];
        for (const [i, width] of widths.entries()) {
          word |= fields[i]! << shift;
          shift += width;
        }
        expect(shift).to.equal(256n);
        expect(await ask("repacked", fields)).to.deep.equal([word, fields]);
      }),
    ));

  it("a contact changes size, time and allowance of a head and nothing else", () =>
    holds(
      fc.asyncProperty(head, bits(64n), bits(40n), bits(48n), async (fields, size, time, allowance) => {
        expect(await ask("moved", fields, size, time, allowance)).to.deep.equal([
          size,
          time,
          allowance,
          ...fields.slice(3),
        ]);
      }),
    ));

  it("a bucket never holds more than its burst, and two refills are one", () =>
    holds(
      fc.asyncProperty(bits(48n), bits(48n), bits(32n), bits(40n), bits(40n), async (a, b, rate, first, second) => {
        const [allowance, burst] = a < b ? [a, b] : [b, a];
        const whole = await ask("refill", allowance, burst, rate, first + second);
        const most = allowance + rate * (first + second);
        expect(whole).to.equal(most < burst ? most : burst);
        const between = await ask("refill", allowance, burst, rate, first);
        expect(await ask("refill", between, burst, rate, second)).to.equal(whole);
      }),
    ));

  it("a set has its members and no others, up to eight of the largest ids", () =>
    holds(
      fc.asyncProperty(
        fc.uniqueArray(
          bits(32n).filter((id) => id > 0n),
          { maxLength: 8 },
        ),
        bits(32n),
        async (ids, other) => {
          expect(await ask("eligible", ids, other)).to.deep.equal([
            other !== 0n && ids.includes(other),
            BigInt(ids.length),
          ]);
          for (const id of ids) expect(await ask("eligible", ids, id)).to.deep.equal([true, BigInt(ids.length)]);
        },
      ),
    ));

  it("L10: the bound of an entry is never before it was anchored, and in the same UTC day", () => {
    const step = fc.record({
      grow: fc.bigInt(0n, 3n),
      wait: fc.constantFrom(0n, 1n, DAY / 3n, DAY - 1n, DAY, 3n * DAY),
    });
    return holds(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        let [size, time] = [0n, 20_000n * DAY];
        const contacts: [bigint, bigint][] = [[size, time]];
        const truth: bigint[] = [];
        for (const { grow, wait } of steps) {
          [size, time] = [size + grow, time + wait];
          contacts.push([size, time]);
          while (BigInt(truth.length) < size) truth.push(time);
        }
        for (const [index, anchored] of truth.entries()) {
          const bound = (await ask("anchoredBy", contacts, index)) as bigint;
          expect(bound >= anchored, `entry ${index}: ${bound} before ${anchored}`).to.equal(true);
          expect(bound / DAY, `entry ${index}`).to.equal(anchored / DAY);
        }
      }),
    );
  });
});
