import { expect } from "chai";
import { id, ZeroAddress } from "ethers";
import { network } from "hardhat";

import { capabilities } from "../../../sdk/chain/capabilities.js";
import { deployAuthority, FOREVER } from "../../support/authority.js";

const { ethers, networkHelpers } = await network.create();
const { LOG_OWNER, WITNESS } = capabilities;
const REASON = id("audit overdue");

async function deployed() {
  const authority = await deployAuthority(ethers);
  return { ...authority, office: await authority.enrolMember("Office", LOG_OWNER | WITNESS) };
}

describe("Members, organisations", () => {
  it("enrols with a name, capabilities and a window, and waits for the administrator", async () => {
    const { members, signers, account } = await networkHelpers.loadFixture(deployed);
    const chief = await account("chief");
    await expect(members.connect(signers.registrar).enrol("Agency", chief.address, LOG_OWNER, 10, 20))
      .to.emit(members, "MemberEnrolled")
      .withArgs(2n, "Agency", chief.address, LOG_OWNER, 10n, 20n)
      .and.to.emit(members, "AdministratorProposed")
      .withArgs(2n, chief.address);
    expect(await members.memberCount()).to.equal(2n);
    expect(await members.nameOf(2)).to.equal("Agency");
    expect(await members.memberInfo(2)).to.deep.equal([LOG_OWNER, 10n, 20n, 1n, 0n]);
    expect(await members.administratorOf(2)).to.equal(ZeroAddress);
    expect(await members.proposedAdministratorOf(2)).to.equal(chief.address);
    expect(await members.hasCapability(chief.address, 0)).to.equal(0n);
    await expect(members.connect(chief).acceptAdministration(2))
      .to.emit(members, "AdministratorAccepted")
      .withArgs(2n, chief.address, 1n);
    expect(await members.administratorOf(2)).to.equal(chief.address);
    expect(await members.proposedAdministratorOf(2)).to.equal(ZeroAddress);
    expect(await members.accountInfo(chief.address)).to.deep.equal([2n, 2n ** 128n - 1n, FOREVER, 1n, true]);
  });

  it("refuses an enrolment with a bad name, window or administrator", async () => {
    const { members, manager, signers } = await networkHelpers.loadFixture(deployed);
    const enrol = members.connect(signers.registrar).enrol;
    const chief = signers.outsider.address;
    for (const name of ["", "x".repeat(65), "字".repeat(22)]) {
      await expect(enrol(name, chief, 0, 0, 1)).to.be.revertedWithCustomError(members, "MembersInvalidName");
    }
    await enrol("字".repeat(21) + "x", chief, 0, 0, 1);
    await expect(enrol("A", chief, 0, 5, 5))
      .to.be.revertedWithCustomError(members, "MembersInvalidWindow")
      .withArgs(5n, 5n);
    for (const account of [ZeroAddress, await manager.getAddress()]) {
      await expect(enrol("A", account, 0, 0, 1))
        .to.be.revertedWithCustomError(members, "MembersInvalidAccount")
        .withArgs(account);
    }
  });

  it("changes capabilities and validity, suspends and reinstates", async () => {
    const { members, signers, office } = await networkHelpers.loadFixture(deployed);
    const governor = members.connect(signers.governor);
    const registrar = members.connect(signers.registrar);
    await expect(governor.setCapabilities(1, WITNESS))
      .to.emit(members, "MemberCapabilitiesChanged")
      .withArgs(1n, WITNESS);
    await expect(governor.setValidity(1, 1, 99))
      .to.emit(members, "MemberValidityChanged")
      .withArgs(1n, 1n, 99n);
    await expect(governor.reinstate(1)).to.be.revertedWithCustomError(members, "MembersNotSuspended").withArgs(1n);
    await expect(registrar.suspend(1, REASON)).to.emit(members, "MemberSuspended").withArgs(1n, REASON);
    await expect(registrar.suspend(1, REASON)).to.be.revertedWithCustomError(members, "MembersNotActive").withArgs(1n);
    expect(await members.memberInfo(office.id)).to.deep.equal([WITNESS, 1n, 99n, 2n, 1n]);
    await expect(governor.reinstate(1)).to.emit(members, "MemberReinstated").withArgs(1n);
    await expect(governor.setValidity(1, 9, 9)).to.be.revertedWithCustomError(members, "MembersInvalidWindow");
  });

  it("refuses to act on a member that does not exist", async () => {
    const { members, signers, account } = await networkHelpers.loadFixture(deployed);
    const governor = members.connect(signers.governor);
    for (const member of [0, 2]) {
      for (const act of [
        governor.setCapabilities(member, 1),
        governor.setValidity(member, 0, 1),
        governor.reinstate(member),
        governor.replaceAdministrator(member, signers.outsider.address),
        members.connect(signers.registrar).suspend(member, REASON),
      ]) {
        await expect(act).to.be.revertedWithCustomError(members, "MembersUnknownMember").withArgs(BigInt(member));
      }
      await expect(members.connect(await account("nobody")).acceptAdministration(member)).to.be.revertedWithCustomError(
        members,
        "MembersNotProposed",
      );
    }
    expect(await members.memberInfo(2)).to.deep.equal([0n, 0n, 0n, 0n, 0n]);
  });
});

describe("Members, administrators", () => {
  it("hands over to a successor that accepts; the earlier administrator is nobody at once", async () => {
    const { members, account, office, nameDelegate } = await networkHelpers.loadFixture(deployed);
    const delegate = await nameDelegate(office, "delegate", LOG_OWNER);
    const heir = await account("heir");
    await expect(members.connect(office.administrator).proposeAdministrator(heir.address))
      .to.emit(members, "AdministratorProposed")
      .withArgs(office.id, heir.address);
    expect(await members.hasCapability(office.administrator.address, LOG_OWNER)).to.equal(office.id);
    await expect(members.connect(delegate).acceptAdministration(office.id))
      .to.be.revertedWithCustomError(members, "MembersNotProposed")
      .withArgs(delegate.address, office.id);
    await members.connect(heir).acceptAdministration(office.id);
    expect(await members.hasCapability(heir.address, LOG_OWNER)).to.equal(office.id);
    expect(await members.hasCapability(office.administrator.address, 0)).to.equal(0n);
    expect((await members.accountInfo(office.administrator.address)).member).to.equal(0n);
    expect(await members.hasCapability(delegate.address, LOG_OWNER)).to.equal(0n);
    await expect(members.requireDuty(delegate.address, LOG_OWNER)).to.be.revertedWithCustomError(
      members,
      "MembersMissingCapability",
    );
    await expect(members.connect(office.administrator).nameDelegate(delegate.address, 0, FOREVER))
      .to.be.revertedWithCustomError(members, "MembersNotAdministrator")
      .withArgs(office.administrator.address);
  });

  it("lets the administrator promote its own delegate", async () => {
    const { members, office, nameDelegate } = await networkHelpers.loadFixture(deployed);
    const delegate = await nameDelegate(office, "delegate", LOG_OWNER);
    await members.connect(office.administrator).proposeAdministrator(delegate.address);
    await members.connect(delegate).acceptAdministration(office.id);
    expect((await members.accountInfo(delegate.address)).isAdministrator).to.equal(true);
  });

  it("withdraws a proposal with the zero address and refuses the present administrator", async () => {
    const { members, account, office } = await networkHelpers.loadFixture(deployed);
    const administrator = members.connect(office.administrator);
    const heir = await account("heir");
    await administrator.proposeAdministrator(heir.address);
    await expect(administrator.proposeAdministrator(ZeroAddress))
      .to.emit(members, "AdministratorProposed")
      .withArgs(office.id, ZeroAddress);
    await expect(members.connect(heir).acceptAdministration(office.id)).to.be.revertedWithCustomError(
      members,
      "MembersNotProposed",
    );
    await expect(administrator.proposeAdministrator(office.administrator.address)).to.be.revertedWithCustomError(
      members,
      "MembersIsAdministrator",
    );
    await expect(members.connect(heir).proposeAdministrator(heir.address)).to.be.revertedWithCustomError(
      members,
      "MembersNotAdministrator",
    );
  });

  it("lets governance replace a lost administrator, which cannot push its replacement aside", async () => {
    const { members, signers, account, office } = await networkHelpers.loadFixture(deployed);
    const administrator = members.connect(office.administrator);
    const [heir, thief] = [await account("heir"), await account("thief")];
    await administrator.proposeAdministrator(thief.address);
    await members.connect(signers.governor).replaceAdministrator(office.id, heir.address);
    for (const pushed of [thief.address, ZeroAddress]) {
      await expect(administrator.proposeAdministrator(pushed))
        .to.be.revertedWithCustomError(members, "MembersReplacementOpen")
        .withArgs(office.id);
    }
    await expect(members.connect(thief).acceptAdministration(office.id)).to.be.revertedWithCustomError(
      members,
      "MembersNotProposed",
    );
    await members.connect(signers.governor).replaceAdministrator(office.id, ZeroAddress);
    await administrator.proposeAdministrator(thief.address);
    await members.connect(signers.governor).replaceAdministrator(office.id, heir.address);
    await members.connect(signers.registrar).suspend(office.id, REASON);
    await members.connect(heir).acceptAdministration(office.id);
    expect(await members.administratorOf(office.id)).to.equal(heir.address);
  });

  it("takes the right to pass the office on from a suspended member, also by an older proposal", async () => {
    const { members, signers, account, office } = await networkHelpers.loadFixture(deployed);
    const heir = await account("heir");
    await members.connect(office.administrator).proposeAdministrator(heir.address);
    await members.connect(signers.registrar).suspend(office.id, REASON);
    await expect(
      members.connect(office.administrator).proposeAdministrator(heir.address),
    ).to.be.revertedWithCustomError(members, "MembersNotActive");
    await expect(members.connect(heir).acceptAdministration(office.id)).to.be.revertedWithCustomError(
      members,
      "MembersNotActive",
    );
  });

  it("keeps epochs for governance when an administrator burns through its own", async () => {
    const { members, signers, account, office } = await networkHelpers.loadFixture(deployed);
    // The member's slot, found by its content: adminEpoch lies above capabilities, window and status.
    const slot = await slotOf(await members.getAddress(), (await members.memberInfo(office.id)).capabilities);
    const word = BigInt(await ethers.provider.getStorage(await members.getAddress(), slot));
    const spent = (word & ((1n << 216n) - 1n)) | (0x8000n << 216n);
    await networkHelpers.setStorageAt(await members.getAddress(), slot, spent);
    expect((await members.memberInfo(office.id)).adminEpoch).to.equal(0x8000n);
    await expect(members.connect(office.administrator).proposeAdministrator(signers.outsider.address))
      .to.be.revertedWithCustomError(members, "MembersEpochsSpent")
      .withArgs(office.id);
    const heir = await account("heir");
    await members.connect(signers.governor).replaceAdministrator(office.id, heir.address);
    await members.connect(heir).acceptAdministration(office.id);
    expect((await members.memberInfo(office.id)).adminEpoch).to.equal(0x8001n);
  });
});

/** The storage slot of member 1's record: the mapping whose entry holds these capabilities. */
async function slotOf(contract: string, held: bigint): Promise<string> {
  for (let position = 0; position < 16; position++) {
    const slot = ethers.keccak256(ethers.AbiCoder.defaultAbiCoder().encode(["uint32", "uint256"], [1, position]));
    const word = BigInt(await ethers.provider.getStorage(contract, slot));
    if ((word & ((1n << 128n) - 1n)) === held && word !== 0n) return slot;
  }
  throw new Error("no slot of member 1 holds its capabilities");
}
