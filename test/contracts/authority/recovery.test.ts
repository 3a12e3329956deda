import { expect } from "chai";
import { ZeroHash } from "ethers";
import { network } from "hardhat";

import { PERIODS } from "../../support/authority.js";
import { deployRecovery } from "../../support/recovery.js";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;
const Phase = { None: 0n, Pending: 1n, Vetoed: 2n, Granted: 3n } as const;

async function deployed() {
  return deployRecovery(ethers);
}
async function pendingRecovery() {
  const all = await deployed();
  await all.propose(all.office);
  await all.second(all.other, all.office);
  return { ...all, since: BigInt(await time.latest()) };
}
async function vetoedRecovery() {
  const all = await pendingRecovery();
  await all.veto();
  return { ...all, since: BigInt(await time.latest()) };
}
async function grantedRecovery() {
  const all = await vetoedRecovery();
  await all.decide(all.third, true);
  return { ...all, since: BigInt(await time.latest()) };
}

describe("Subjects, completing a recovery", () => {
  it("binds the new account after the delay, and the link stays readable", async () => {
    const { subjects, signers, person, fresh, since, office } = await networkHelpers.loadFixture(pendingRecovery);
    const anyone = subjects.connect(signers.outsider);
    await time.setNextBlockTimestamp(since + PERIODS.recovery - 1n);
    await expect(anyone.completeRecovery(person.id))
      .to.be.revertedWithCustomError(subjects, "SubjectsTooEarly")
      .withArgs(person.id, PERIODS.recovery - 1n, PERIODS.recovery);
    await time.setNextBlockTimestamp(since + PERIODS.recovery);
    await expect(anyone.completeRecovery(person.id))
      .to.emit(subjects, "AccountChanged")
      .withArgs(person.id, person.account.address, fresh.address);
    expect(await subjects.subjectInfo(person.id)).to.deep.equal([fresh.address, office.id, false]);
    expect(await subjects.actingAccountOf(person.id)).to.equal(fresh.address);
    expect(await subjects.subjectOf(fresh.address)).to.equal(person.id);
    expect(await subjects.subjectOf(person.account.address)).to.equal(ZeroHash);
    expect(await subjects.successorOf(person.account.address)).to.equal(fresh.address);
    expect((await subjects.recoveryOf(person.id)).phase).to.equal(Phase.None);
  });

  it("never ties the earlier account again", async () => {
    const { subjects, person, since, office, enrolSubject, propose } =
      await networkHelpers.loadFixture(pendingRecovery);
    await time.increaseTo(since + PERIODS.recovery);
    await subjects.completeRecovery(person.id);
    await expect(enrolSubject(office, "person")).to.be.revertedWithCustomError(subjects, "SubjectsTaken");
    await expect(propose(office, person.account))
      .to.be.revertedWithCustomError(subjects, "SubjectsAccountTaken")
      .withArgs(person.account.address, person.id);
    await expect(subjects.connect(person.account).vetoRecovery(person.id)).to.be.revertedWithCustomError(
      subjects,
      "SubjectsWrongAccount",
    );
  });

  it("waits while the clock stands still", async () => {
    const { subjects, clock, signers, person, since } = await networkHelpers.loadFixture(pendingRecovery);
    await time.setNextBlockTimestamp(since + 1000n);
    await clock.connect(signers.guardian).declareOutage(5000, ZeroHash);
    await time.setNextBlockTimestamp(since + PERIODS.recovery + 4999n);
    await expect(subjects.completeRecovery(person.id)).to.be.revertedWithCustomError(subjects, "SubjectsTooEarly");
    await time.setNextBlockTimestamp(since + PERIODS.recovery + 5000n);
    await subjects.completeRecovery(person.id);
  });
});

describe("Subjects, vetoing a recovery", () => {
  it("is the present account's alone, also after the delay, until somebody completes", async () => {
    const { subjects, person, fresh, since, veto } = await networkHelpers.loadFixture(pendingRecovery);
    await expect(veto(fresh))
      .to.be.revertedWithCustomError(subjects, "SubjectsWrongAccount")
      .withArgs(fresh.address, person.account.address);
    await time.increaseTo(since + PERIODS.recovery + 1n);
    await expect(veto()).to.emit(subjects, "RecoveryVetoed").withArgs(person.id, person.account.address);
    await expect(veto()).to.be.revertedWithCustomError(subjects, "SubjectsWrongPhase");
    await expect(subjects.completeRecovery(person.id))
      .to.be.revertedWithCustomError(subjects, "SubjectsWrongPhase")
      .withArgs(person.id, Phase.Vetoed);
  });

  it("leads to an arbiter of a third member", async () => {
    const { subjects, members, office, other, third, person, decide, enrolMember } =
      await networkHelpers.loadFixture(vetoedRecovery);
    for (const party of [office, other]) {
      await expect(decide(party, true))
        .to.be.revertedWithCustomError(subjects, "SubjectsSameMember")
        .withArgs(party.id);
    }
    await expect(decide(await enrolMember("Layman", 1n), true)).to.be.revertedWithCustomError(
      members,
      "MembersMissingCapability",
    );
    await expect(decide(third, true)).to.emit(subjects, "RecoveryDecided").withArgs(person.id, third.id, true);
    expect((await subjects.recoveryOf(person.id)).arbiter).to.equal(third.id);
    await expect(decide(third, false))
      .to.be.revertedWithCustomError(subjects, "SubjectsWrongPhase")
      .withArgs(person.id, Phase.Granted);
  });

  it("is decided for the account that the arbiter names, never for another recovery of the same person", async () => {
    const all = await networkHelpers.loadFixture(vetoedRecovery);
    const { subjects, person, fresh, since, office, other, third, account, propose, second, veto, decide } = all;
    const data = subjects.interface.encodeFunctionData("decideRecovery", [person.id, fresh.address, true]);
    await time.increaseTo(since + PERIODS.decision + 1n);
    await subjects.closeRecovery(person.id);
    const thief = await account("thief");
    await propose(office, thief);
    await second(other, office, thief);
    await veto();
    await expect(third.administrator.sendTransaction({ to: await subjects.getAddress(), data }))
      .to.be.revertedWithCustomError(subjects, "SubjectsWrongAccount")
      .withArgs(fresh.address, thief.address);
    await decide(third, false, person.id, thief);
  });

  it("never leads to the member that keeps the contested account", async () => {
    const { subjects, office, other, third, fourth, fresh, enrolSubject, propose, second, decide } =
      await networkHelpers.loadFixture(deployed);
    const held = await enrolSubject(office, "held", { held: true });
    await propose(other, fresh, held.id);
    await second(third, other, fresh, held.id);
    await subjects.connect(held.account).vetoRecovery(held.id);
    await expect(decide(office, false, held.id))
      .to.be.revertedWithCustomError(subjects, "SubjectsSameMember")
      .withArgs(office.id);
    await decide(fourth, true, held.id);
  });

  it("ends, refused, with the account as before and the new one free", async () => {
    const { subjects, third, person, fresh, decide, enrolSubject } = await networkHelpers.loadFixture(vetoedRecovery);
    await expect(decide(third, false))
      .to.emit(subjects, "RecoveryDecided")
      .withArgs(person.id, third.id, false)
      .and.to.emit(subjects, "RecoveryClosed")
      .withArgs(person.id, fresh.address);
    expect(await subjects.actingAccountOf(person.id)).to.equal(person.account.address);
    await enrolSubject(third, "fresh");
  });

  it("ends, undecided in time, when anyone closes it", async () => {
    const { subjects, signers, third, person, since, fresh, decide, propose, office, second, other } =
      await networkHelpers.loadFixture(vetoedRecovery);
    const close = () => subjects.connect(signers.outsider).closeRecovery(person.id);
    await time.setNextBlockTimestamp(since + PERIODS.decision);
    await expect(close())
      .to.be.revertedWithCustomError(subjects, "SubjectsTooEarly")
      .withArgs(person.id, PERIODS.decision, PERIODS.decision);
    await time.setNextBlockTimestamp(since + PERIODS.decision + 1n);
    await expect(decide(third, true))
      .to.be.revertedWithCustomError(subjects, "SubjectsTooLate")
      .withArgs(person.id, PERIODS.decision + 1n, PERIODS.decision);
    await expect(close()).to.emit(subjects, "RecoveryClosed").withArgs(person.id, fresh.address);
    expect(await subjects.actingAccountOf(person.id)).to.equal(person.account.address);
    await expect(close()).to.be.revertedWithCustomError(subjects, "SubjectsWrongPhase");
    await propose(office);
    await second(other, office);
  });

  it("cannot stop what the arbiter granted, which completes after the longer delay", async () => {
    const { subjects, person, fresh, since, veto } = await networkHelpers.loadFixture(grantedRecovery);
    await expect(veto())
      .to.be.revertedWithCustomError(subjects, "SubjectsWrongPhase")
      .withArgs(person.id, Phase.Granted);
    await expect(subjects.closeRecovery(person.id)).to.be.revertedWithCustomError(subjects, "SubjectsWrongPhase");
    await time.setNextBlockTimestamp(since + PERIODS.arbitrated - 1n);
    await expect(subjects.completeRecovery(person.id))
      .to.be.revertedWithCustomError(subjects, "SubjectsTooEarly")
      .withArgs(person.id, PERIODS.arbitrated - 1n, PERIODS.arbitrated);
    await time.setNextBlockTimestamp(since + PERIODS.arbitrated);
    await subjects.completeRecovery(person.id);
    expect(await subjects.accountOf(person.id)).to.equal(fresh.address);
  });
});

describe("Subjects, a recovery whose backer was suspended since (A14)", () => {
  it("does not complete while pending, and anyone closes it at once", async () => {
    for (const backer of ["office", "other"] as const) {
      const all = await networkHelpers.loadFixture(pendingRecovery);
      const { subjects, members, signers, person, fresh, since } = all;
      await members.connect(signers.registrar).suspend(all[backer].id, ZeroHash);
      await time.increaseTo(since + PERIODS.recovery);
      await expect(subjects.completeRecovery(person.id))
        .to.be.revertedWithCustomError(subjects, "SubjectsMemberNotActive")
        .withArgs(all[backer].id);
      await expect(subjects.connect(signers.outsider).closeRecovery(person.id))
        .to.emit(subjects, "RecoveryClosed")
        .withArgs(person.id, fresh.address);
      expect(await subjects.actingAccountOf(person.id)).to.equal(person.account.address);
    }
  });

  it("does not complete after a grant either, the arbiter's member included", async () => {
    for (const backer of ["office", "other", "third"] as const) {
      const all = await networkHelpers.loadFixture(grantedRecovery);
      const { subjects, members, signers, person, since } = all;
      await members.connect(signers.registrar).suspend(all[backer].id, ZeroHash);
      await time.increaseTo(since + PERIODS.arbitrated);
      await expect(subjects.completeRecovery(person.id))
        .to.be.revertedWithCustomError(subjects, "SubjectsMemberNotActive")
        .withArgs(all[backer].id);
      await subjects.connect(signers.outsider).closeRecovery(person.id);
      expect(await subjects.accountOf(person.id)).to.equal(person.account.address);
    }
  });

  it("goes on when governance reinstates the backer before anybody closed it", async () => {
    const { subjects, members, signers, person, fresh, since, other } =
      await networkHelpers.loadFixture(pendingRecovery);
    await members.connect(signers.registrar).suspend(other.id, ZeroHash);
    await members.connect(signers.governor).reinstate(other.id);
    await expect(subjects.closeRecovery(person.id)).to.be.revertedWithCustomError(subjects, "SubjectsWrongPhase");
    await time.increaseTo(since + PERIODS.recovery);
    await subjects.completeRecovery(person.id);
    expect(await subjects.accountOf(person.id)).to.equal(fresh.address);
  });
});
