import { expect } from "chai";
import { network } from "hardhat";

import { deployAuthority } from "../../support/authority.js";

const { ethers, networkHelpers } = await network.create();

describe("Subjects", () => {
  async function authority() {
    return deployAuthority(ethers);
  }

  it("enrols a person with a wallet that consents", async () => {
    const { subjects, enrolMember, enrolSubject } = await networkHelpers.loadFixture(authority);
    const office = await enrolMember("Office", 1n);
    const person = await enrolSubject(office, "person");
    expect(await subjects.accountOf(person.id)).to.equal(person.account.address);
    expect(await subjects.subjectOf(person.account.address)).to.equal(person.id);
  });
});
