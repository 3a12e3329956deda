import { expect } from "chai";
import { network } from "hardhat";

import { DatasetWorld } from "../support/datasetWorld.js";
import { walk, WalkReport } from "../support/datasetInvariants.js";

const { provider, networkHelpers } = await network.create();
const walks = 10;
const steps = 500;

describe("Datasets under random actors, at length", () => {
  async function world() {
    return DatasetWorld.deploy(provider, networkHelpers);
  }

  it(`D1 to D12: does what its model says in ${walks} walks of ${steps} acts each`, async function () {
    this.timeout(1_200_000);
    const report = new WalkReport();
    for (let seed = 1; seed <= walks; seed++) {
      await walk(await networkHelpers.loadFixture(world), 1_000_003 * seed, steps, report);
    }
    const { accepted, refused, seen } = report;
    console.log(`      ${JSON.stringify(Object.fromEntries([...accepted, ...seen, ...refused]))}`);
    expect(accepted.size, "kinds of acts that were accepted").to.equal(7);
    for (const [kind, times] of accepted) expect(times, kind).to.be.greaterThan(10);
    for (const what of ["by a suspended member", "while halted", "re-armed", "lapsed", "outage"]) {
      expect(seen.get(what), what).to.be.greaterThan(3);
    }
    for (const error of [
      "DatasetsChallengeState",
      "DatasetsChallengesExhausted",
      "DatasetsIneligible",
      "DatasetsInvalidPossession",
      "DatasetsLate",
      "DatasetsNotAuditee",
      "DatasetsNotHolder",
      "DatasetsNotMirror",
      "DatasetsNotMissed",
      "DatasetsNotRespondent",
      "DatasetsPossessionTime",
      "DatasetsRetiredAlready",
      "DatasetsTooEarly",
      "DatasetsWrongChunk",
      "EngagementsNotActive",
      "EngagementsNotStaffed",
      "HaltableHalted",
      "MembersMissingCapability",
    ]) {
      expect(refused.get(error), error).to.be.greaterThan(0);
    }
  });
});
