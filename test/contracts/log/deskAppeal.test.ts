import { expect } from "chai";
import { ZeroHash } from "ethers";
import { network } from "hardhat";

import {
  BY_ADDRESS,
  byOpening,
  CONTENT,
  deployDesk,
  EVIDENCE,
  load,
  openTo,
  PERIODS,
  REASON,
  State,
  UPHOLD,
  WITHDRAW,
} from "../../support/desk.js";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;

describe("RecordDesk: appeals", () => {
  async function world() {
    const w = await deployDesk(ethers);
    const log = await w.openLog();
    const subject = openTo(w.person);
    const index = await log.record({ subject, disputeAddress: w.oneTime.address });
    await w.desk.connect(w.oneTime).dispute(log.shown(index), BY_ADDRESS, REASON, ZeroHash);
    await w.desk.connect(w.owner.administrator).answer(log.logId, index, 1, UPHOLD, CONTENT);
    const appeal = () => w.desk.connect(w.oneTime).appeal(log.shown(index), BY_ADDRESS, CONTENT);
    const rule = async (outcome = UPHOLD, account = w.arbiter.administrator) =>
      w.desk.connect(account).rule(log.logId, index, await w.round(log, index), outcome, CONTENT);
    return { ...w, log, subject, index, appeal, rule };
  }

  it("go to the policy's arbiter, who upholds the record", async () => {
    const { desk, log, index, appeal, rule, status } = await load(networkHelpers, world);
    await expect(appeal()).to.emit(desk, "RecordAppealed").withArgs(log.recordId(index), 1n, CONTENT);
    expect(await status(log, index)).to.include({ state: State.Appealed, valid: true, disputed: true });
    await expect(rule()).to.emit(desk, "RecordRuled").withArgs(log.recordId(index), 1n, UPHOLD, CONTENT);
    expect(await status(log, index)).to.include({ state: State.Upheld, valid: true, disputed: false });
  });

  it("are not decided by a ruling on an earlier dispute's appeal (R14)", async () => {
    const { desk, log, subject, index, appeal, rule, person, owner, arbiter } = await load(networkHelpers, world);
    await appeal();
    const subjects = desk.connect(person.account);
    await subjects.dispute(log.shown(index), byOpening(subject), REASON, ZeroHash);
    await desk.connect(owner.administrator).answer(log.logId, index, 2, UPHOLD, CONTENT);
    await subjects.appeal(log.shown(index), byOpening(subject), CONTENT);
    await expect(desk.connect(arbiter.administrator).rule(log.logId, index, 1, WITHDRAW, CONTENT))
      .to.be.revertedWithCustomError(desk, "RecordDeskWrongRound")
      .withArgs(log.recordId(index), 1, 2);
    await rule();
  });

  it("go to the policy's arbiter, who withdraws the record", async () => {
    const { desk, log, index, appeal, rule, status } = await load(networkHelpers, world);
    await appeal();
    await expect(rule(WITHDRAW))
      .to.emit(desk, "RecordWithdrawn")
      .withArgs(log.recordId(index), log.logId, index, CONTENT);
    expect(await status(log, index)).to.include({ state: State.Withdrawn, valid: false, disputed: false });
  });

  it("lapse the record where the arbiter is silent (R4)", async () => {
    const { desk, log, index, appeal, rule, status, entry } = await load(networkHelpers, world);
    await appeal();
    const { since } = await entry(log, index);
    const snapshot = await networkHelpers.takeSnapshot();
    await time.setNextBlockTimestamp(since + PERIODS.ruling);
    await rule();
    await snapshot.restore();
    await time.setNextBlockTimestamp(since + PERIODS.ruling + 1n);
    await expect(rule())
      .to.be.revertedWithCustomError(desk, "RecordDeskTooLate")
      .withArgs(log.recordId(index), PERIODS.ruling + 1n, PERIODS.ruling);
    await time.increaseTo(since + PERIODS.ruling + 1n);
    expect(await status(log, index)).to.include({ state: State.Lapsed, valid: false, disputed: false });
  });

  it("are open up to the last second of the period", async () => {
    const { desk, log, index, appeal, entry } = await load(networkHelpers, world);
    const { since } = await entry(log, index);
    const snapshot = await networkHelpers.takeSnapshot();
    await time.setNextBlockTimestamp(since + PERIODS.appeal);
    await appeal();
    await snapshot.restore();
    await time.setNextBlockTimestamp(since + PERIODS.appeal + 1n);
    await expect(appeal())
      .to.be.revertedWithCustomError(desk, "RecordDeskTooLate")
      .withArgs(log.recordId(index), PERIODS.appeal + 1n, PERIODS.appeal);
  });

  it("come from the subject: by the key of the dispute, by its signature, or by opening (R1)", async () => {
    const { desk, log, index, subject, person, stranger, owner, oneTime, signed, entry } = await load(
      networkHelpers,
      world,
    );
    for (const account of [stranger.account, owner.administrator]) {
      for (const standing of [BY_ADDRESS, byOpening(subject)]) {
        await expect(desk.connect(account).appeal(log.shown(index), standing, CONTENT))
          .to.be.revertedWithCustomError(desk, "RecordDeskNotSubject")
          .withArgs(log.recordId(index));
      }
    }
    const snapshot = await networkHelpers.takeSnapshot();
    await desk.connect(person.account).appeal(log.shown(index), byOpening(subject), CONTENT);
    await snapshot.restore();
    const standing = await signed(oneTime, log, index, { act: "appeal", content: CONTENT });
    await expect(desk.appeal(log.shown(index), standing, EVIDENCE)).to.be.revertedWithCustomError(
      desk,
      "RecordDeskNotSubject",
    );
    await desk.appeal(log.shown(index), standing, CONTENT);
    expect((await entry(log, index)).state).to.equal(State.Appealed);
  });

  it("are one for an answer, and none without one", async () => {
    const { desk, log, index, appeal, rule, oneTime } = await load(networkHelpers, world);
    const quiet = await log.record({ disputeAddress: oneTime.address });
    await expect(desk.connect(oneTime).appeal(log.shown(quiet), BY_ADDRESS, CONTENT))
      .to.be.revertedWithCustomError(desk, "RecordDeskWrongState")
      .withArgs(log.recordId(quiet), State.Recorded);
    await appeal();
    await expect(appeal())
      .to.be.revertedWithCustomError(desk, "RecordDeskWrongState")
      .withArgs(log.recordId(index), State.Appealed);
    await rule();
    await expect(appeal())
      .to.be.revertedWithCustomError(desk, "RecordDeskWrongState")
      .withArgs(log.recordId(index), State.Upheld);
    await expect(rule())
      .to.be.revertedWithCustomError(desk, "RecordDeskWrongState")
      .withArgs(log.recordId(index), State.Upheld);
  });

  it("are ruled on by the policy's arbiter while it may act, and by nobody else (R2)", async () => {
    const { desk, members, signers, log, appeal, rule, arbiter, otherArbiter, owner, person } = await load(
      networkHelpers,
      world,
    );
    await appeal();
    await expect(rule(UPHOLD, otherArbiter.administrator))
      .to.be.revertedWithCustomError(desk, "RecordDeskNotArbiter")
      .withArgs(log.logId, otherArbiter.id);
    for (const account of [owner.administrator, person.account]) {
      await expect(rule(UPHOLD, account)).to.be.revertedWithCustomError(members, "MembersMissingCapability");
    }
    await members.connect(signers.registrar).suspend(arbiter.id, REASON);
    await expect(rule()).to.be.revertedWithCustomError(members, "MembersMissingCapability");
  });

  it("stand still, like the ruling, during a declared outage (R5)", async () => {
    const { clock, signers, appeal, rule, entry, log, index, status } = await load(networkHelpers, world);
    const { since } = await entry(log, index);
    await time.setNextBlockTimestamp(since + PERIODS.appeal - 5n);
    await clock.connect(signers.guardian).declareOutage(100_000n, REASON);
    await time.increase(100_004n);
    await appeal();
    const { since: appealed } = await entry(log, index);
    await time.setNextBlockTimestamp(appealed + PERIODS.ruling - 5n);
    await clock.connect(signers.guardian).declareOutage(100_000n, REASON);
    await time.increase(100_004n);
    expect(await status(log, index)).to.include({ state: State.Appealed });
    await rule();
    expect(await status(log, index)).to.include({ state: State.Upheld });
  });
});
