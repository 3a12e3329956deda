import { expect } from "chai";
import type { Contract } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";

import { testContract } from "../../support/compile.js";

const { ethers } = await network.create();
const day = 86_400;
/** The last day that `Date` writes with a year of four digits, as seconds. */
const latest = Date.UTC(9999, 11, 31) / 1_000;
const isoDay = (seconds: number) => new Date(seconds * 1_000).toISOString().slice(0, 10);

describe("days of the calendar", () => {
  let harness: Contract;
  before(async () => {
    const [signer] = await ethers.getSigners();
    harness = (await (await testContract("CalendarDateHarness", signer!)).deploy()) as Contract;
  });

  const same = async (seconds: readonly number[]): Promise<void> => {
    const found = (await harness.getFunction("isoDays")(seconds, { gasLimit: 1_000_000_000n })) as string[];
    expect([...found]).to.deep.equal(seconds.map(isoDay));
  };

  it("are those of the platform's calendar, at 2,000 random seconds until the year 9999", async () => {
    await same(fc.sample(fc.integer({ min: 0, max: latest }), { seed: 1582, numRuns: 2_000 }));
  });

  it("begin and end with their first and last second, around leap days, centuries and years", async () => {
    const edges = [1970, 1972, 1999, 2000, 2026, 2028, 2100, 2400].flatMap((year) =>
      [Date.UTC(year, 0, 1), Date.UTC(year, 1, 28), Date.UTC(year, 1, 29), Date.UTC(year, 2, 1), Date.UTC(year, 11, 31)]
        .map((milliseconds) => milliseconds / 1_000)
        .flatMap((start) => [start, start + day - 1]),
    );
    await same(edges);
  });
});
