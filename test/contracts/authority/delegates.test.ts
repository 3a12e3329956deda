import { expect } from "chai";
import { id, ZeroAddress } from "ethers";
import { network } from "hardhat";

import { capabilities } from "../../../sdk/chain/capabilities.js";
import { deployAuthority, FOREVER } from "../../support/authority.js";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;
const { ARBITER, LOG_OWNER, WITNESS } = capabilities;
const REASON = id("audit overdue");

async function deployed() {
  const authority = await deployAuthority(ethers);
  const office = await authority.enrolMember("Office", LOG_OWNER | WITNESS);
  const agency = await authority.enrolMember("Agency", ARBITER);
  const delegate = await authority.nameDelegate(office, "delegate", LOG_OWNER);
  return { ...authority, office, agency, delegate };
}

describe("Members, delegates", () => {
  it("counts a delegate once it accepts, with the capabilities it was named for", async () => {
    const { members, office, account } = await networkHelpers.loadFixture(deployed);
    const clerk = await account("clerk");
    await expect(members.connect(office.administrator).nameDelegate(clerk.address, WITNESS, FOREVER))
      .to.emit(members, "DelegateNamed")
      .withArgs(office.id, clerk.address, WITNESS, FOREVER);
    expect(await members.hasCapability(clerk.address, WITNESS)).to.equal(0n);
    await expect(members.connect(clerk).acceptDelegation(office.id))
      .to.emit(members, "DelegateAccepted")
      .withArgs(office.id, clerk.address, WITNESS, FOREVER);
    expect(await members.hasCapability(clerk.address, WITNESS)).to.equal(office.id);
    expect(await members.hasCapability(clerk.address, LOG_OWNER | WITNESS)).to.equal(0n);
    await expect(members.connect(clerk).acceptDelegation(office.id))
      .to.be.revertedWithCustomError(members, "MembersNotProposed")
      .withArgs(clerk.address, office.id);
  });

  it("refuses a delegate with more than its member has, with a past expiry, or that cannot be one", async () => {
    const { members, manager, office, delegate } = await networkHelpers.loadFixture(deployed);
    const administrator = members.connect(office.administrator);
    await expect(administrator.nameDelegate(delegate.address, LOG_OWNER | ARBITER, FOREVER))
      .to.be.revertedWithCustomError(members, "MembersCapabilitiesExceeded")
      .withArgs(LOG_OWNER | ARBITER, LOG_OWNER | WITNESS);
    const now = BigInt(await time.latest()) + 10n;
    await time.setNextBlockTimestamp(now);
    await expect(administrator.nameDelegate(delegate.address, LOG_OWNER, now))
      .to.be.revertedWithCustomError(members, "MembersInvalidWindow")
      .withArgs(now, now);
    for (const account of [ZeroAddress, await manager.getAddress()]) {
      await expect(administrator.nameDelegate(account, LOG_OWNER, FOREVER))
        .to.be.revertedWithCustomError(members, "MembersInvalidAccount")
        .withArgs(account);
    }
    await expect(
      administrator.nameDelegate(office.administrator.address, LOG_OWNER, FOREVER),
    ).to.be.revertedWithCustomError(members, "MembersIsAdministrator");
    await expect(members.connect(delegate).nameDelegate(delegate.address, LOG_OWNER, FOREVER))
      .to.be.revertedWithCustomError(members, "MembersNotAdministrator")
      .withArgs(delegate.address);
  });

  it("belongs to one member at a time", async () => {
    const { members, office, agency, delegate } = await networkHelpers.loadFixture(deployed);
    await members.connect(agency.administrator).nameDelegate(delegate.address, ARBITER, FOREVER);
    await expect(members.connect(delegate).acceptDelegation(agency.id))
      .to.be.revertedWithCustomError(members, "MembersAccountTaken")
      .withArgs(delegate.address, office.id);
    await members.connect(agency.administrator).proposeAdministrator(delegate.address);
    await expect(members.connect(delegate).acceptAdministration(agency.id))
      .to.be.revertedWithCustomError(members, "MembersAccountTaken")
      .withArgs(delegate.address, office.id);
    await members.connect(agency.administrator).nameDelegate(office.administrator.address, ARBITER, FOREVER);
    await expect(members.connect(office.administrator).acceptDelegation(agency.id))
      .to.be.revertedWithCustomError(members, "MembersAccountTaken")
      .withArgs(office.administrator.address, office.id);
    await members.connect(delegate).resign();
    await members.connect(delegate).acceptDelegation(agency.id);
    expect(await members.hasCapability(delegate.address, ARBITER)).to.equal(agency.id);
  });

  it("may leave a lapsed delegation, expired or of an earlier epoch, for another member", async () => {
    const { members, office, agency, account, delegate } = await networkHelpers.loadFixture(deployed);
    const expiry = BigInt(await time.latest()) + 1000n;
    const clerk = await account("clerk");
    await members.connect(office.administrator).nameDelegate(clerk.address, WITNESS, expiry);
    await members.connect(clerk).acceptDelegation(office.id);
    for (const account of [clerk, delegate]) {
      await members.connect(agency.administrator).nameDelegate(account.address, ARBITER, FOREVER);
    }
    await time.setNextBlockTimestamp(expiry - 1n);
    await expect(members.connect(clerk).acceptDelegation(agency.id)).to.be.revertedWithCustomError(
      members,
      "MembersAccountTaken",
    );
    await time.increaseTo(expiry);
    await members.connect(clerk).acceptDelegation(agency.id);
    const heir = await account("heir");
    await members.connect(office.administrator).proposeAdministrator(heir.address);
    await members.connect(heir).acceptAdministration(office.id);
    await members.connect(delegate).acceptDelegation(agency.id);
    expect(await members.hasCapability(delegate.address, ARBITER)).to.equal(agency.id);
    expect(await members.hasCapability(clerk.address, ARBITER)).to.equal(agency.id);
  });

  it("voids open proposals of an earlier administrator, expired ones and those of a suspended member", async () => {
    const { members, signers, office, account } = await networkHelpers.loadFixture(deployed);
    const [clerk, heir] = [await account("clerk"), await account("heir")];
    await members.connect(office.administrator).nameDelegate(clerk.address, WITNESS, FOREVER);
    await members.connect(signers.registrar).suspend(office.id, REASON);
    await expect(members.connect(clerk).acceptDelegation(office.id)).to.be.revertedWithCustomError(
      members,
      "MembersNotActive",
    );
    await expect(
      members.connect(office.administrator).nameDelegate(clerk.address, WITNESS, FOREVER),
    ).to.be.revertedWithCustomError(members, "MembersNotActive");
    await members.connect(signers.governor).reinstate(office.id);
    await members.connect(office.administrator).proposeAdministrator(heir.address);
    await members.connect(heir).acceptAdministration(office.id);
    await expect(members.connect(clerk).acceptDelegation(office.id)).to.be.revertedWithCustomError(
      members,
      "MembersNotProposed",
    );
    const expiry = BigInt(await time.latest()) + 100n;
    await members.connect(heir).nameDelegate(clerk.address, WITNESS, expiry);
    await time.increaseTo(expiry);
    await expect(members.connect(clerk).acceptDelegation(office.id)).to.be.revertedWithCustomError(
      members,
      "MembersNotProposed",
    );
  });

  it("is renewed by naming again, and the earlier terms hold until it accepts", async () => {
    const { members, office, delegate } = await networkHelpers.loadFixture(deployed);
    await members.connect(office.administrator).nameDelegate(delegate.address, WITNESS, FOREVER);
    expect(await members.hasCapability(delegate.address, LOG_OWNER)).to.equal(office.id);
    await members.connect(delegate).acceptDelegation(office.id);
    expect(await members.hasCapability(delegate.address, LOG_OWNER)).to.equal(0n);
    expect(await members.hasCapability(delegate.address, WITNESS)).to.equal(office.id);
  });

  it("is removed together with its open proposal", async () => {
    const { members, office, agency, delegate, account } = await networkHelpers.loadFixture(deployed);
    const administrator = members.connect(office.administrator);
    const clerk = await account("clerk");
    await administrator.nameDelegate(delegate.address, WITNESS, FOREVER);
    await expect(administrator.removeDelegate(delegate.address))
      .to.emit(members, "DelegateRemoved")
      .withArgs(office.id, delegate.address);
    expect(await members.hasCapability(delegate.address, 0)).to.equal(0n);
    await expect(members.connect(delegate).acceptDelegation(office.id)).to.be.revertedWithCustomError(
      members,
      "MembersNotProposed",
    );
    await administrator.nameDelegate(clerk.address, WITNESS, FOREVER);
    await administrator.removeDelegate(clerk.address);
    for (const account of [clerk.address, agency.administrator.address]) {
      await expect(administrator.removeDelegate(account))
        .to.be.revertedWithCustomError(members, "MembersNotProposed")
        .withArgs(account, office.id);
    }
    await expect(administrator.removeDelegate(office.administrator.address)).to.be.revertedWithCustomError(
      members,
      "MembersIsAdministrator",
    );
    await expect(members.connect(clerk).removeDelegate(delegate.address)).to.be.revertedWithCustomError(
      members,
      "MembersNotAdministrator",
    );
  });

  it("resigns, unlike an administrator or a stranger", async () => {
    const { members, office, delegate } = await networkHelpers.loadFixture(deployed);
    await expect(members.connect(delegate).resign())
      .to.emit(members, "DelegateRemoved")
      .withArgs(office.id, delegate.address);
    await expect(members.connect(delegate).resign())
      .to.be.revertedWithCustomError(members, "MembersInvalidAccount")
      .withArgs(delegate.address);
    await expect(members.connect(office.administrator).resign())
      .to.be.revertedWithCustomError(members, "MembersIsAdministrator")
      .withArgs(office.administrator.address);
  });
});
