import { expect } from "chai";
import { network } from "hardhat";

import { deployDesk } from "../support/desk.js";
import { addReports, walk, type WalkReport } from "../support/deskInvariants.js";

const { ethers, networkHelpers } = await network.create();
const walks = 16;
const steps = 500;

describe("Record desk under random actors, at length", () => {
  async function world() {
    return deployDesk(ethers);
  }

  it(`does what its model says in ${walks} walks of ${steps} acts each (R1 to R7)`, async function () {
    this.timeout(600_000);
    const reports: WalkReport[] = [];
    for (let seed = 1; seed <= walks; seed++) {
      reports.push(await walk(await networkHelpers.loadFixture(world), 1_000_003 * seed, steps));
    }
    const total = addReports(reports);
    expect(total.accepted.size, "kinds of acts that were accepted").to.equal(13);
    for (const [kind, times] of total.accepted) expect(times, kind).to.be.greaterThan(10);
    for (const error of [
      "RecordDeskNotSubject",
      "RecordDeskNotOwner",
      "RecordDeskNotArbiter",
      "RecordDeskWrongState",
      "RecordDeskTooLate",
      "RecordDeskTooEarly",
      "RecordDeskNeedsNewEvidence",
      "RecordDeskNotACorrection",
      "RecordDeskTooManyComplaints",
      "RecordDeskComplainedBefore",
      "RecordDeskWrongPhase",
      "MembersMissingCapability",
    ]) {
      expect(total.refused.get(error), error).to.be.greaterThan(0);
    }
  });
});
