import { expect } from "chai";
import { network } from "hardhat";

import { capabilities } from "../../../sdk/chain/capabilities.js";
import { FOREVER, PERIODS } from "../../support/authority.js";
import { deployRecovery } from "../../support/recovery.js";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;

async function deployed() {
  return deployRecovery(ethers);
}

describe("authority, remedies while halted", () => {
  it("lets a delegate leave or be removed", async () => {
    const { members, signers, office, other, nameDelegate } = await networkHelpers.loadFixture(deployed);
    const one = await nameDelegate(office, "one", capabilities.ARBITER);
    const two = await nameDelegate(other, "two", capabilities.ARBITER);
    await members.connect(signers.guardian).halt();
    await members.connect(one).resign();
    await members.connect(other.administrator).removeDelegate(two.address);
    await expect(nameDelegate(other, "two", 0n)).to.be.revertedWithCustomError(members, "HaltableHalted");
  });

  it("lets a recovery be withdrawn, vetoed, decided, completed and closed", async () => {
    const { subjects, signers, office, other, third, person, propose, second, veto, decide } =
      await networkHelpers.loadFixture(deployed);
    await propose(third);
    await propose(office);
    await second(other, office);
    await subjects.connect(signers.guardian).halt();
    await subjects.connect(third.administrator).withdrawRecovery(person.id);
    const before = await networkHelpers.takeSnapshot();
    await veto();
    await decide(third, true);
    await time.increase(PERIODS.arbitrated);
    await subjects.completeRecovery(person.id);
    await before.restore();
    await veto();
    await time.increase(PERIODS.decision + 1n);
    await subjects.closeRecovery(person.id);
    await expect(propose(office)).to.be.revertedWithCustomError(subjects, "HaltableHalted");
  });
});

describe("authority, behind the manager's delays", () => {
  it("lets a governor with a delay act only through a schedule, and the guardian halt at once", async () => {
    const { manager, members, signers } = await networkHelpers.loadFixture(deployed);
    await manager.grantRole(1, signers.governor.address, 3600);
    await time.increase(3600);
    await expect(members.connect(signers.guardian).halt())
      .to.emit(members, "Halted")
      .withArgs(signers.guardian.address);
    expect(await members.halted()).to.equal(true);
    const governor = members.connect(signers.governor);
    await expect(governor.resume()).to.be.revertedWithCustomError(manager, "AccessManagerNotScheduled");
    const data = members.interface.encodeFunctionData("resume");
    await manager.connect(signers.governor).schedule(await members.getAddress(), data, 0);
    await expect(governor.resume()).to.be.revertedWithCustomError(manager, "AccessManagerNotReady");
    await time.increase(3600);
    await expect(governor.resume()).to.emit(members, "Resumed").withArgs(signers.governor.address);
    expect(await members.halted()).to.equal(false);
  });

  it("A2: never lets the manager be anybody's account, now or as a successor", async () => {
    const { manager, members, signers, office } = await networkHelpers.loadFixture(deployed);
    const target = await members.getAddress();
    await expect(
      members.connect(office.administrator).proposeAdministrator(await manager.getAddress()),
    ).to.be.revertedWithCustomError(members, "MembersInvalidAccount");
    // A second manager that already is a member's account can't become the authority.
    const successor = await ethers.deployContract("AccessManager", [signers.admin.address]);
    const address = await successor.getAddress();
    await members.connect(office.administrator).nameDelegate(address, 0, FOREVER);
    const agree = members.interface.encodeFunctionData("acceptDelegation", [office.id]);
    await successor.execute(target, agree);
    await expect(manager.updateAuthority(target, address))
      .to.be.revertedWithCustomError(members, "MembersInvalidAccount")
      .withArgs(address);
    // One that was only proposed can become it, and can't accept any more.
    const third = await ethers.deployContract("AccessManager", [signers.admin.address]);
    await members.connect(office.administrator).nameDelegate(await third.getAddress(), 0, FOREVER);
    await members.connect(office.administrator).proposeAdministrator(await third.getAddress());
    await manager.updateAuthority(target, await third.getAddress());
    const takeOver = members.interface.encodeFunctionData("acceptAdministration", [office.id]);
    for (const call of [agree, takeOver]) {
      await expect(third.execute(target, call)).to.be.revertedWithCustomError(members, "MembersInvalidAccount");
    }
  });
});
