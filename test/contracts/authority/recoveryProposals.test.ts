import { expect } from "chai";
import { id, ZeroAddress, ZeroHash } from "ethers";
import { network } from "hardhat";

import { FOREVER, PERIODS } from "../../support/authority.js";
import { deployRecovery } from "../../support/recovery.js";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;
const Phase = { None: 0n, Pending: 1n, Vetoed: 2n, Granted: 3n } as const;

async function deployed() {
  return deployRecovery(ethers);
}
describe("Subjects, proposing a recovery", () => {
  it("records the proposal and leaves the account as it is", async () => {
    const { subjects, office, person, fresh, propose } = await networkHelpers.loadFixture(deployed);
    await expect(propose(office)).to.emit(subjects, "RecoveryProposed").withArgs(person.id, fresh.address, office.id);
    const since = BigInt(await time.latest());
    expect(await subjects.proposalOf(person.id, office.id)).to.deep.equal([
      fresh.address,
      since,
      person.account.address,
    ]);
    expect((await subjects.recoveryOf(person.id)).phase).to.equal(Phase.None);
    expect(await subjects.actingAccountOf(person.id)).to.equal(person.account.address);
    expect(await subjects.subjectOf(fresh.address)).to.equal(ZeroHash);
  });

  it("refuses a stranger, an unknown subject, a tied account and a missing consent", async () => {
    const { subjects, members, office, person, fresh, propose } = await networkHelpers.loadFixture(deployed);
    await expect(
      subjects.connect(person.account).proposeRecovery(person.id, fresh.address, FOREVER, "0x"),
    ).to.be.revertedWithCustomError(members, "MembersMissingCapability");
    await expect(propose(office, fresh, id("?")))
      .to.be.revertedWithCustomError(subjects, "SubjectsUnknown")
      .withArgs(id("?"));
    await expect(propose(office, person.account))
      .to.be.revertedWithCustomError(subjects, "SubjectsAccountTaken")
      .withArgs(person.account.address, person.id);
    const officer = subjects.connect(office.administrator);
    await expect(officer.proposeRecovery(person.id, fresh.address, FOREVER, "0x"))
      .to.be.revertedWithCustomError(subjects, "SubjectsInvalidConsent")
      .withArgs(fresh.address);
    await expect(officer.proposeRecovery(person.id, fresh.address, 1, "0x"))
      .to.be.revertedWithCustomError(subjects, "SubjectsExpired")
      .withArgs(1n);
  });

  it("is withdrawn by its own member only", async () => {
    const { subjects, office, other, person, fresh, propose, second } = await networkHelpers.loadFixture(deployed);
    await propose(office);
    await expect(subjects.connect(other.administrator).withdrawRecovery(person.id))
      .to.be.revertedWithCustomError(subjects, "SubjectsNotProposed")
      .withArgs(person.id, other.id);
    await expect(subjects.connect(office.administrator).withdrawRecovery(person.id))
      .to.emit(subjects, "RecoveryWithdrawn")
      .withArgs(person.id, fresh.address, office.id);
    await expect(second(other, office))
      .to.be.revertedWithCustomError(subjects, "SubjectsNotProposed")
      .withArgs(person.id, office.id);
  });

  it("lets no member stand in another's way", async () => {
    const { subjects, office, other, third, account, person, fresh, propose, second } =
      await networkHelpers.loadFixture(deployed);
    const puppet = await account("puppet");
    await propose(office);
    await propose(third, puppet);
    await second(other, office);
    expect((await subjects.recoveryOf(person.id)).newAccount).to.equal(fresh.address);
    await expect(second(other, third, puppet))
      .to.be.revertedWithCustomError(subjects, "SubjectsWrongPhase")
      .withArgs(person.id, Phase.Pending);
  });
});

describe("Subjects, seconding a recovery", () => {
  it("contests the account and reserves the new one", async () => {
    const { subjects, office, other, person, fresh, propose, second, enrolSubject } =
      await networkHelpers.loadFixture(deployed);
    await propose(office);
    await expect(second(other, office))
      .to.emit(subjects, "RecoverySeconded")
      .withArgs(person.id, fresh.address, other.id, office.id);
    const since = BigInt(await time.latest());
    expect(await subjects.recoveryOf(person.id)).to.deep.equal([
      fresh.address,
      since,
      Phase.Pending,
      office.id,
      other.id,
      0n,
    ]);
    expect(await subjects.proposalOf(person.id, office.id)).to.deep.equal([ZeroAddress, 0n, ZeroAddress]);
    expect(await subjects.accountOf(person.id)).to.equal(person.account.address);
    expect(await subjects.actingAccountOf(person.id)).to.equal(ZeroAddress);
    await expect(enrolSubject(other, "fresh"))
      .to.be.revertedWithCustomError(subjects, "SubjectsAccountTaken")
      .withArgs(fresh.address, person.id);
  });

  it("needs another member, the account proposed, a running decision period and an active proposer", async () => {
    const { subjects, members, signers, account, office, other, person, fresh, propose, second } =
      await networkHelpers.loadFixture(deployed);
    const puppet = await account("puppet");
    await propose(office);
    const since = BigInt(await time.latest());
    await expect(second(office, office))
      .to.be.revertedWithCustomError(subjects, "SubjectsSameMember")
      .withArgs(office.id);
    await expect(second(other, office, puppet))
      .to.be.revertedWithCustomError(subjects, "SubjectsWrongAccount")
      .withArgs(puppet.address, fresh.address);
    await members.connect(signers.registrar).suspend(office.id, id("fraud"));
    await expect(second(other, office))
      .to.be.revertedWithCustomError(subjects, "SubjectsMemberNotActive")
      .withArgs(office.id);
    await members.connect(signers.governor).reinstate(office.id);
    const before = await networkHelpers.takeSnapshot();
    await time.setNextBlockTimestamp(since + PERIODS.decision);
    await second(other, office);
    await before.restore();
    await time.setNextBlockTimestamp(since + PERIODS.decision + 1n);
    await expect(second(other, office))
      .to.be.revertedWithCustomError(subjects, "SubjectsTooLate")
      .withArgs(person.id, PERIODS.decision + 1n, PERIODS.decision);
    await propose(office);
    await second(other, office);
  });

  it("finds a proposal void once the account has changed, or once the new account is tied", async () => {
    const { subjects, office, other, third, account, enrolSubject, fresh, propose, second, consent } =
      await networkHelpers.loadFixture(deployed);
    const held = await enrolSubject(office, "held", { held: true });
    const own = await account("own");
    await propose(other, fresh, held.id);
    await subjects
      .connect(office.administrator)
      .claim(held.id, own.address, FOREVER, await consent(own, held.id, FOREVER));
    await expect(second(third, other, fresh, held.id))
      .to.be.revertedWithCustomError(subjects, "SubjectsWrongAccount")
      .withArgs(held.account.address, own.address);
    await propose(other, fresh, held.id);
    const taken = await enrolSubject(third, "fresh");
    await expect(second(third, other, fresh, held.id))
      .to.be.revertedWithCustomError(subjects, "SubjectsAccountTaken")
      .withArgs(fresh.address, taken.id);
  });
});

describe("Subjects, a contested held account", () => {
  it("cannot be claimed while the recovery is open", async () => {
    const { subjects, office, other, third, account, fresh, enrolSubject, propose, second, consent } =
      await networkHelpers.loadFixture(deployed);
    const held = await enrolSubject(office, "held", { held: true });
    await propose(other, fresh, held.id);
    await second(third, other, fresh, held.id);
    const thief = await account("thief");
    const signature = await consent(thief, held.id, FOREVER);
    await expect(subjects.connect(held.account).claim(held.id, thief.address, FOREVER, signature))
      .to.be.revertedWithCustomError(subjects, "SubjectsWrongPhase")
      .withArgs(held.id, Phase.Pending);
  });
});
