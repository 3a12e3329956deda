import { expect } from "chai";
import type { Contract } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";

import { testContract } from "../../support/compile.js";
import { histories, outcomeOf, replayed, year } from "../../support/decayCases.js";

const { ethers } = await network.create();

describe("decay of points, many cases", () => {
  it("MP8: keeps and reads the same in Solidity and TypeScript, 50,000 histories", async function () {
    this.timeout(300_000);
    const [signer] = await ethers.getSigners();
    const harness = (await (await testContract("DecayHarness", signer!)).deploy()) as Contract;
    for (let seed = 1_000; seed < 1_010; seed++) {
      const cases = fc.sample(histories(500n * year), { seed, numRuns: 5_000 });
      const outcomes = await replayed(harness, cases);
      cases.forEach((one, i) => expect(outcomes[i], `seed ${seed}, case ${i}`).to.deep.equal(outcomeOf(one)));
    }
  });
});
