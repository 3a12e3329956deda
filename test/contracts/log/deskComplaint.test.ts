import { expect } from "chai";
import { id, ZeroHash } from "ethers";
import { network } from "hardhat";

import {
  byOpening,
  CONTENT,
  deployDesk,
  load,
  openTo,
  PERIODS,
  Phase,
  REASON,
  State,
  UPHOLD,
  WITHDRAW,
} from "../../support/desk.js";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;

describe("RecordDesk: complaints", () => {
  async function world() {
    const w = await deployDesk(ethers);
    const log = await w.openLog();
    const subject = openTo(w.person);
    for (let i = 0; i < 6; i++) await log.add({ subject });
    await log.anchor();
    const { desk, person, owner, arbiter } = w;
    const as = {
      complain: (index = 0n, account = person.account) => desk.connect(account).complain(log.logId, index, REASON),
      answer: (index = 0n, of = person.id, by = owner) =>
        desk.connect(by.administrator).answerComplaint(log.logId, index, of, CONTENT),
      appeal: (index = 0n, account = person.account) =>
        desk.connect(account).appealComplaint(log.logId, index, CONTENT),
      rule: (outcome = UPHOLD, index = 0n, by = arbiter) =>
        desk.connect(by.administrator).ruleComplaint(log.logId, index, person.id, outcome, CONTENT),
      lapse: (index = 0n) => desk.lapseComplaint(log.logId, index, person.id),
    };
    const phase = async (index = 0n, of = person.id) => (await desk.complaintOf(log.recordId(index), of)).phase;
    return { ...w, log, subject, as, phase };
  }

  it("need no opening, and show in the record while somebody owes an answer", async () => {
    const { desk, log, person, as, phase, status } = await load(networkHelpers, world);
    await expect(as.complain())
      .to.emit(desk, "ComplaintMade")
      .withArgs(log.recordId(0n), person.id, log.logId, 0n, REASON);
    expect(await phase()).to.equal(Phase.Open);
    expect(await status(log, 0n)).to.include({ state: State.Recorded, valid: true, disputed: true });
  });

  it("leave the record as it is once they are answered (R10)", async () => {
    const { desk, log, person, as, phase, status } = await load(networkHelpers, world);
    await as.complain();
    await expect(as.answer()).to.emit(desk, "ComplaintAnswered").withArgs(log.recordId(0n), person.id, CONTENT);
    expect(await phase()).to.equal(Phase.Answered);
    expect(await status(log, 0n)).to.include({ state: State.Recorded, valid: true, disputed: false });
  });

  it("lapse the record when the owner is silent; anyone writes it down (R4)", async () => {
    const { desk, log, person, as, phase, status } = await load(networkHelpers, world);
    await as.complain();
    const { since } = await desk.complaintOf(log.recordId(0n), person.id);
    await time.increaseTo(since + PERIODS.answer);
    await expect(desk.lapseComplaint.staticCall(log.logId, 0n, person.id))
      .to.be.revertedWithCustomError(desk, "RecordDeskTooEarly")
      .withArgs(log.recordId(0n), PERIODS.answer, PERIODS.answer);
    await time.increaseTo(since + PERIODS.answer + 1n);
    await expect(as.answer()).to.be.revertedWithCustomError(desk, "RecordDeskTooLate");
    expect(await status(log, 0n)).to.include({ disputed: true });
    await expect(as.lapse()).to.emit(desk, "ComplaintLapsed").withArgs(log.recordId(0n), person.id);
    expect(await phase()).to.equal(Phase.Lapsed);
    expect(await status(log, 0n)).to.include({ state: State.Lapsed, valid: false, disputed: false });
    await expect(as.lapse())
      .to.be.revertedWithCustomError(desk, "RecordDeskWrongState")
      .withArgs(log.recordId(0n), State.Lapsed);
  });

  it("go to the arbiter on appeal, who upholds or withdraws the record", async () => {
    const { desk, log, person, as, phase, status } = await load(networkHelpers, world);
    for (const [index, outcome] of [UPHOLD, WITHDRAW].entries()) {
      const at = BigInt(index);
      await as.complain(at);
      await as.answer(at);
      await expect(as.appeal(at)).to.emit(desk, "ComplaintAppealed").withArgs(log.recordId(at), person.id, CONTENT);
      expect(await status(log, at)).to.include({ valid: true, disputed: true });
      await expect(as.rule(outcome, at))
        .to.emit(desk, "ComplaintRuled")
        .withArgs(log.recordId(at), person.id, outcome, CONTENT);
      expect(await phase(at)).to.equal(Phase.Ruled);
    }
    expect(await status(log, 0n)).to.include({ state: State.Recorded, valid: true, disputed: false });
    expect(await status(log, 1n)).to.include({ state: State.Withdrawn, valid: false, disputed: false });
  });

  it("lapse the record when the arbiter is silent (R4)", async () => {
    const { desk, log, person, as, status } = await load(networkHelpers, world);
    await as.complain();
    await as.answer();
    await as.appeal();
    const { since } = await desk.complaintOf(log.recordId(0n), person.id);
    await time.increaseTo(since + PERIODS.ruling + 1n);
    await expect(as.rule()).to.be.revertedWithCustomError(desk, "RecordDeskTooLate");
    await as.lapse();
    expect(await status(log, 0n)).to.include({ state: State.Lapsed, valid: false });
  });

  it("can be appealed in time only, and only once they were answered", async () => {
    const { desk, log, person, as } = await load(networkHelpers, world);
    await expect(as.appeal())
      .to.be.revertedWithCustomError(desk, "RecordDeskWrongPhase")
      .withArgs(log.recordId(0n), person.id, Phase.None);
    await as.complain();
    await expect(as.appeal()).to.be.revertedWithCustomError(desk, "RecordDeskWrongPhase");
    await expect(as.rule()).to.be.revertedWithCustomError(desk, "RecordDeskWrongPhase");
    await as.answer();
    await expect(as.answer()).to.be.revertedWithCustomError(desk, "RecordDeskWrongPhase");
    await expect(as.lapse())
      .to.be.revertedWithCustomError(desk, "RecordDeskWrongPhase")
      .withArgs(log.recordId(0n), person.id, Phase.Answered);
    await time.increase(PERIODS.appeal + 1n);
    await expect(as.appeal()).to.be.revertedWithCustomError(desk, "RecordDeskTooLate");
  });

  it("are one a subject and record, for ever (R7)", async () => {
    const { desk, log, person, as } = await load(networkHelpers, world);
    await as.complain();
    const again = () =>
      expect(as.complain())
        .to.be.revertedWithCustomError(desk, "RecordDeskComplainedBefore")
        .withArgs(log.recordId(0n), person.id);
    await again();
    await as.answer();
    await time.increase(PERIODS.appeal + 1n);
    await again();
  });

  it("are at most 4 at a time; a place is free again once one is done with (R7)", async () => {
    const { desk, log, person, as, owner } = await load(networkHelpers, world);
    for (let i = 0n; i < 4n; i++) await as.complain(i);
    const full = () =>
      expect(as.complain(4n))
        .to.be.revertedWithCustomError(desk, "RecordDeskTooManyComplaints")
        .withArgs(person.id, 4n);
    await full();
    await as.answer(2n);
    await full(); // it may still be appealed
    const snapshot = await networkHelpers.takeSnapshot();

    await time.increase(PERIODS.appeal + 1n);
    await as.complain(4n);
    expect((await desk.complaintsOf(person.id))[2]).to.equal(log.recordId(4n));
    await snapshot.restore();

    await as.appeal(2n);
    await full();
    await as.rule(UPHOLD, 2n);
    await as.complain(4n);
    await snapshot.restore();

    await desk.connect(owner.administrator).withdraw(log.logId, 1n, REASON);
    await as.complain(4n);
    expect((await desk.complaintsOf(person.id))[1]).to.equal(log.recordId(4n));
    await snapshot.restore();

    await time.increase(PERIODS.answer + 1n);
    await full(); // until somebody writes the silence down
    await as.lapse(3n);
    await as.complain(4n);
  });

  it("come from enrolled subjects only, each for itself (R1)", async () => {
    const { desk, log, as, owner, stranger, signers } = await load(networkHelpers, world);
    for (const account of [owner.administrator, signers.outsider]) {
      await expect(desk.connect(account).complain(log.logId, 0n, REASON))
        .to.be.revertedWithCustomError(desk, "RecordDeskNotSubject")
        .withArgs(log.recordId(0n));
    }
    await as.complain();
    await as.answer();
    await expect(as.appeal(0n, stranger.account)).to.be.revertedWithCustomError(desk, "RecordDeskWrongPhase");
    await expect(as.appeal(0n, owner.administrator)).to.be.revertedWithCustomError(desk, "RecordDeskNotSubject");
  });

  it("are answered by the owner, suspended or not, and ruled on by the arbiter (R2)", async () => {
    const { desk, members, signers, log, as, owner, otherOwner, otherArbiter, person } = await load(
      networkHelpers,
      world,
    );
    await as.complain();
    await expect(as.answer(0n, person.id, otherOwner))
      .to.be.revertedWithCustomError(desk, "RecordDeskNotOwner")
      .withArgs(log.logId, otherOwner.id);
    await members.connect(signers.registrar).suspend(owner.id, REASON);
    await as.answer();
    await as.appeal();
    await expect(as.rule(UPHOLD, 0n, otherArbiter))
      .to.be.revertedWithCustomError(desk, "RecordDeskNotArbiter")
      .withArgs(log.logId, otherArbiter.id);
    await expect(as.rule(UPHOLD, 0n, owner)).to.be.revertedWithCustomError(members, "MembersMissingCapability");
  });

  it("of one subject neither use up nor stop another's dispute, and end with the record (R10)", async () => {
    const { desk, log, as, person, stranger, subject, status, entry } = await load(networkHelpers, world);
    await as.complain(0n, stranger.account);
    await as.complain(0n);
    await as.answer(0n, stranger.id);
    expect(await status(log, 0n)).to.include({ disputed: true });
    await desk.connect(person.account).dispute(log.shown(0n), byOpening(subject), REASON, ZeroHash);
    expect(await entry(log, 0n)).to.include({ state: State.Disputed, openComplaints: 1n });
    await as.answer(0n);
    expect(await status(log, 0n)).to.include({ state: State.Disputed, disputed: true });
    await time.increase(PERIODS.answer + 1n);
    expect(await status(log, 0n)).to.include({ state: State.Lapsed, disputed: false });
    for (const act of [() => as.appeal(0n, stranger.account), () => as.complain(0n), () => as.lapse(0n)]) {
      await expect(act())
        .to.be.revertedWithCustomError(desk, "RecordDeskWrongState")
        .withArgs(log.recordId(0n), State.Lapsed);
    }
  });

  it("cannot be made about an entry that is not in the log", async () => {
    const { desk, log, as } = await load(networkHelpers, world);
    await expect(as.complain(6n)).to.be.revertedWithCustomError(desk, "RecordDeskNotIncluded").withArgs(log.logId, 6n);
  });

  it("stand still during a declared outage (R5)", async () => {
    const { clock, signers, as, phase } = await load(networkHelpers, world);
    await as.complain();
    await clock.connect(signers.guardian).declareOutage(10_000n, id("flood"));
    await time.increase(10_000n);
    await as.answer();
    expect(await phase()).to.equal(Phase.Answered);
  });
});
