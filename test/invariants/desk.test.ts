import { expect } from "chai";
import { network } from "hardhat";

import { deployDesk } from "../support/desk.js";
import { addReports, walk } from "../support/deskInvariants.js";

const { ethers, networkHelpers } = await network.create();

describe("Record desk under random actors", () => {
  async function world() {
    return deployDesk(ethers);
  }

  it("does what its model says: R1 subjects, R2 owners, R3 endings, R4 silence, R5 outages, R6 frozen logs", async function () {
    this.timeout(60_000);
    const total = addReports([
      await walk(await networkHelpers.loadFixture(world), 9162, 400),
      await walk(await networkHelpers.loadFixture(world), 6962, 400),
    ]);
    for (const kind of ["dispute", "answer", "appeal", "rule", "complain", "answerComplaint"]) {
      expect(total.accepted.get(kind), kind).to.be.greaterThan(5);
    }
    expect(total.suspendedOwner).to.be.greaterThan(5);
    expect(total.lapsed).to.be.greaterThan(5);
    expect(total.expired).to.be.greaterThan(1);
    expect(total.outages).to.be.greaterThan(1);
  });
});
