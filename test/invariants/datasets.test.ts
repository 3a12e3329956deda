import { expect } from "chai";
import { network } from "hardhat";

import { DatasetWorld } from "../support/datasetWorld.js";
import { walk, WalkReport } from "../support/datasetInvariants.js";

const { provider, networkHelpers } = await network.create();

describe("Datasets under random actors", () => {
  async function world() {
    return DatasetWorld.deploy(provider, networkHelpers);
  }

  it("D1 to D12: does what its model says in 2 walks of 200 acts", async function () {
    this.timeout(120_000);
    const report = new WalkReport();
    for (const seed of [1_024, 2_026]) await walk(await networkHelpers.loadFixture(world), seed, 200, report);
    console.log(`      ${JSON.stringify(Object.fromEntries([...report.accepted, ...report.seen]))}`);
    for (const kind of ["confirm", "challenge", "draw", "answer"]) {
      expect(report.accepted.get(kind), kind).to.be.greaterThan(5);
    }
  });
});
