import { expect } from "chai";
import { id, type Contract } from "ethers";
import { network } from "hardhat";

import { capabilities } from "../../../sdk/chain/capabilities.js";
import { deployAuthority } from "../../support/authority.js";
import { testContract } from "../../support/compile.js";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;
const { ARBITER, LOG_OWNER, WITNESS } = capabilities;
const REASON = id("audit overdue");

async function deployed() {
  const authority = await deployAuthority(ethers);
  const office = await authority.enrolMember("Office", LOG_OWNER | WITNESS);
  const delegate = await authority.nameDelegate(office, "delegate", LOG_OWNER);
  return { ...authority, office, delegate };
}

describe("Members, effective capabilities", () => {
  it("are the intersection of the account's and the member's", async () => {
    const { members, signers, office, delegate } = await networkHelpers.loadFixture(deployed);
    await members.connect(signers.governor).setCapabilities(office.id, WITNESS | ARBITER);
    await expect(members.requireCapability(delegate.address, LOG_OWNER))
      .to.be.revertedWithCustomError(members, "MembersMissingCapability")
      .withArgs(delegate.address, LOG_OWNER);
    expect(await members.hasCapability(delegate.address, ARBITER)).to.equal(0n);
    expect(await members.hasCapability(office.administrator.address, ARBITER | WITNESS)).to.equal(office.id);
    expect(await members.requireDuty(delegate.address, LOG_OWNER)).to.equal(office.id);
    await members.connect(signers.governor).setCapabilities(office.id, LOG_OWNER);
    expect(await members.requireCapability(delegate.address, LOG_OWNER)).to.equal(office.id);
  });

  it("begin with the first second of the window and end before the last", async () => {
    const { members, signers, office, delegate } = await networkHelpers.loadFixture(deployed);
    const from = BigInt(await time.latest()) + 100n;
    await members.connect(signers.governor).setValidity(office.id, from, from + 10n);
    for (const [second, valid] of [
      [from - 1n, false],
      [from, true],
      [from + 9n, true],
      [from + 10n, false],
    ] as const) {
      await time.increaseTo(second);
      const expected = valid ? office.id : 0n;
      expect(await members.hasCapability(delegate.address, LOG_OWNER), `${second - from}`).to.equal(expected);
      expect(await members.requireDuty(delegate.address, LOG_OWNER)).to.equal(office.id);
    }
  });

  it("end with the delegation's expiry, duties included", async () => {
    const { members, office, account } = await networkHelpers.loadFixture(deployed);
    const clerk = await account("clerk");
    const expiry = BigInt(await time.latest()) + 100n;
    await members.connect(office.administrator).nameDelegate(clerk.address, WITNESS, expiry);
    await members.connect(clerk).acceptDelegation(office.id);
    await time.increaseTo(expiry - 1n);
    expect(await members.requireCapability(clerk.address, WITNESS)).to.equal(office.id);
    await time.increaseTo(expiry);
    expect(await members.hasCapability(clerk.address, WITNESS)).to.equal(0n);
    await expect(members.requireDuty(clerk.address, WITNESS))
      .to.be.revertedWithCustomError(members, "MembersMissingCapability")
      .withArgs(clerk.address, WITNESS);
  });

  it("stop with a suspension, and no duty does", async () => {
    const { members, signers, office, delegate } = await networkHelpers.loadFixture(deployed);
    await members.connect(signers.registrar).suspend(office.id, REASON);
    for (const account of [delegate, office.administrator]) {
      expect(await members.hasCapability(account.address, LOG_OWNER)).to.equal(0n);
      expect(await members.requireDuty(account.address, LOG_OWNER)).to.equal(office.id);
    }
    await expect(members.requireDuty(delegate.address, WITNESS)).to.be.revertedWithCustomError(
      members,
      "MembersMissingCapability",
    );
    await members.connect(signers.governor).reinstate(office.id);
    expect(await members.hasCapability(delegate.address, LOG_OWNER)).to.equal(office.id);
  });

  it("are nobody's for a stranger, even when nothing is asked", async () => {
    const { members, signers } = await networkHelpers.loadFixture(deployed);
    const stranger = signers.outsider.address;
    expect(await members.hasCapability(stranger, 0)).to.equal(0n);
    await expect(members.requireCapability(stranger, 0)).to.be.revertedWithCustomError(
      members,
      "MembersMissingCapability",
    );
    await expect(members.requireDuty(stranger, 0)).to.be.revertedWithCustomError(members, "MembersMissingCapability");
  });

  it("cost at most 8,281 gas to ask from another contract, cold: the call and two slots", async () => {
    const { members, signers, delegate, office } = await networkHelpers.loadFixture(deployed);
    const probe = (await (await testContract("AuthorityProbe", signers.admin)).deploy()) as Contract;
    for (const account of [delegate, office.administrator]) {
      const measure = probe.getFunction("measureCapability");
      const [cold, warm] = await measure(await members.getAddress(), account.address, LOG_OWNER);
      expect(Number(cold)).to.be.at.most(8_281);
      // The call and two slots are dearer cold by 2,500 and 2,000 each, exactly.
      expect(Number(cold - warm)).to.equal(2_500 + 2 * 2_000);
    }
  });
});
