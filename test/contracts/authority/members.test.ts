import { expect } from "chai";
import { network } from "hardhat";

import { deployAuthority } from "../../support/authority.js";

const { ethers, networkHelpers } = await network.create();

describe("Members", () => {
  async function authority() {
    return deployAuthority(ethers);
  }

  it("lets an administrator act once it has accepted", async () => {
    const { members, enrolMember } = await networkHelpers.loadFixture(authority);
    const office = await enrolMember("Office", 1n << 16n);
    expect(await members.hasCapability(office.administrator.address, 1n << 16n)).to.equal(office.id);
    expect(await members.hasCapability(office.administrator.address, 1n << 17n)).to.equal(0n);
  });
});
