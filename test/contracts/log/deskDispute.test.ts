import { expect } from "chai";
import { id, ZeroHash } from "ethers";
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

describe("RecordDesk: disputes", () => {
  async function world() {
    const w = await deployDesk(ethers);
    const log = await w.openLog();
    const subject = openTo(w.person);
    const index = await log.record({ subject, disputeAddress: w.oneTime.address });
    const disputeAs = {
      address: (evidence: string = ZeroHash, at = index) =>
        w.desk.connect(w.oneTime).dispute(log.shown(at), BY_ADDRESS, REASON, evidence),
      opening: (evidence: string = ZeroHash, at = index) =>
        w.desk.connect(w.person.account).dispute(log.shown(at), byOpening(subject), REASON, evidence),
    };
    const answer = async (outcome = UPHOLD) =>
      w.desk.connect(w.owner.administrator).answer(log.logId, index, await w.round(log, index), outcome, CONTENT);
    return { ...w, log, subject, index, disputeAs, answer };
  }

  it("say so in the record, which stays valid (R13)", async () => {
    const { desk, status, log, index, disputeAs } = await load(networkHelpers, world);
    await expect(disputeAs.address(EVIDENCE))
      .to.emit(desk, "RecordDisputed")
      .withArgs(log.recordId(index), log.logId, index, 1n, REASON, EVIDENCE);
    expect(await status(log, index)).to.include({ state: State.Disputed, valid: true, disputed: true });
    expect(await desk.flagsOf(log.recordId(index))).to.deep.equal([State.Disputed, true, true]);
  });

  it("need no evidence the first time, up to the last second of the period after anchoring", async () => {
    const { desk, registry, log, index, disputeAs } = await load(networkHelpers, world);
    const anchored = await registry.anchoredBy(log.logId, index);
    await time.setNextBlockTimestamp(anchored + PERIODS.dispute);
    await disputeAs.address();
    expect(await desk.flagsOf(log.recordId(index))).to.deep.equal([State.Disputed, true, true]);
  });

  it("need evidence after that period, and have it from then on", async () => {
    const { desk, registry, log, index, disputeAs } = await load(networkHelpers, world);
    const anchored = await registry.anchoredBy(log.logId, index);
    await time.setNextBlockTimestamp(anchored + PERIODS.dispute + 1n);
    await expect(disputeAs.address())
      .to.be.revertedWithCustomError(desk, "RecordDeskTooLate")
      .withArgs(log.recordId(index), PERIODS.dispute + 1n, PERIODS.dispute);
    await disputeAs.address(EVIDENCE);
  });

  it("count the period from notice where the policy needs it, and not at all before", async () => {
    const { desk, log: other, openLog, person, subject, ombudsman } = await load(networkHelpers, world);
    const log = await openLog({ noticeNeeded: true });
    const index = await log.record({ subject });
    await time.increase(PERIODS.dispute * 5n);
    const late = await log.record({ subject });
    await desk.connect(ombudsman.administrator).attestService(log.logId, late, CONTENT);
    const act = (at: bigint) =>
      desk.connect(person.account).dispute(log.shown(at), byOpening(subject), REASON, ZeroHash);
    await act(index);
    await time.increase(PERIODS.dispute);
    await expect(act(late)).to.be.revertedWithCustomError(desk, "RecordDeskTooLate");
    expect(other.logId).not.to.equal(log.logId);
  });

  it("are open for ever without evidence where the policy sets no period", async () => {
    const { desk, openLog, oneTime, entry } = await load(networkHelpers, world);
    const log = await openLog({ disputePeriod: 0n });
    const index = await log.record({ disputeAddress: oneTime.address });
    await time.increase(10n ** 9n);
    await desk.connect(oneTime).dispute(log.shown(index), BY_ADDRESS, REASON, ZeroHash);
    expect((await entry(log, index)).addressRounds).to.equal(1n);
  });

  it("come back only with evidence that was not used before", async () => {
    const { desk, log, index, disputeAs, answer } = await load(networkHelpers, world);
    await disputeAs.address(EVIDENCE);
    await answer();
    await time.increase(PERIODS.appeal + 1n);
    for (const evidence of [ZeroHash, EVIDENCE]) {
      await expect(disputeAs.address(evidence))
        .to.be.revertedWithCustomError(desk, "RecordDeskNeedsNewEvidence")
        .withArgs(log.recordId(index));
    }
    await expect(disputeAs.address(id("new evidence")))
      .to.emit(desk, "RecordDisputed")
      .withArgs(log.recordId(index), log.logId, index, 2n, REASON, id("new evidence"));
  });

  it("are one at a time", async () => {
    const { desk, log, index, disputeAs, answer } = await load(networkHelpers, world);
    await disputeAs.opening();
    for (const act of [disputeAs.opening, disputeAs.address]) {
      await expect(act(EVIDENCE))
        .to.be.revertedWithCustomError(desk, "RecordDeskWrongState")
        .withArgs(log.recordId(index), State.Disputed);
    }
    await answer();
    await expect(disputeAs.opening(EVIDENCE))
      .to.be.revertedWithCustomError(desk, "RecordDeskWrongState")
      .withArgs(log.recordId(index), State.Answered);
  });

  it("end after 8 by each standing, so that no owner is drowned (R7)", async () => {
    const { desk, log, index, disputeAs, answer, entry } = await load(networkHelpers, world);
    for (let round = 1; round <= 8; round++) {
      for (const act of [disputeAs.address, disputeAs.opening]) {
        await act(id(`evidence ${round}`));
        await answer();
        await time.increase(PERIODS.appeal + 1n);
      }
    }
    for (const act of [disputeAs.address, disputeAs.opening]) {
      await expect(act(id("one more")))
        .to.be.revertedWithCustomError(desk, "RecordDeskTooManyRounds")
        .withArgs(log.recordId(index), 8n);
    }
    expect(await entry(log, index)).to.include({ addressRounds: 8n, openingRounds: 8n });
  });

  it("are not for a record that has ended (R3)", async () => {
    const { desk, log, index, disputeAs, answer } = await load(networkHelpers, world);
    await disputeAs.address();
    await answer(WITHDRAW);
    for (const act of [disputeAs.address, disputeAs.opening]) {
      await expect(act(EVIDENCE))
        .to.be.revertedWithCustomError(desk, "RecordDeskWrongState")
        .withArgs(log.recordId(index), State.Withdrawn);
    }
  });

  it("go on in a frozen log (R6)", async () => {
    const { desk, registry, log, index, disputeAs, answer, freeze, status } = await load(networkHelpers, world);
    await freeze(log);
    expect((await registry.headOf(log.logId)).head.status).to.equal(2n);
    await disputeAs.address();
    await answer();
    expect(await status(log, index)).to.include({ state: State.Answered, disputed: true, valid: true });
    expect(await desk.flagsOf(log.recordId(index))).to.deep.equal([State.Answered, true, true]);
  });

  describe("by an owner that put its own key into the dispute address", () => {
    it("do not keep the subject from disputing: the opening takes over (R10)", async () => {
      const { desk, log, index, disputeAs, answer, entry, oneTime } = await load(networkHelpers, world);
      await disputeAs.address();
      await answer();
      await expect(disputeAs.opening())
        .to.emit(desk, "RecordDisputed")
        .withArgs(log.recordId(index), log.logId, index, 2n, REASON, ZeroHash);
      expect(await entry(log, index)).to.include({ state: State.Disputed, opened: true });
      // And the address has no word in the subject's dispute.
      await answer();
      await expect(desk.connect(oneTime).appeal(log.shown(index), BY_ADDRESS, CONTENT)).to.be.revertedWithCustomError(
        desk,
        "RecordDeskNotSubject",
      );
    });

    it("take over an appeal, too, and use up no evidence of the subject's (R10)", async () => {
      const { desk, log, index, disputeAs, answer, entry, oneTime } = await load(networkHelpers, world);
      await disputeAs.address(EVIDENCE);
      await answer();
      await desk.connect(oneTime).appeal(log.shown(index), BY_ADDRESS, CONTENT);
      await disputeAs.opening(EVIDENCE);
      expect(await entry(log, index)).to.include({ state: State.Disputed, openingRounds: 1n });
    });

    it("is not answered by an answer that was sent before for the address's (R14)", async () => {
      const { desk, log, index, disputeAs, owner, round } = await load(networkHelpers, world);
      await disputeAs.address();
      const asOwner = desk.connect(owner.administrator);
      const sent = asOwner.interface.encodeFunctionData("answer", [log.logId, index, 1, UPHOLD, CONTENT]);
      await disputeAs.opening(EVIDENCE);
      await expect(owner.administrator.sendTransaction({ to: await desk.getAddress(), data: sent }))
        .to.be.revertedWithCustomError(desk, "RecordDeskWrongRound")
        .withArgs(log.recordId(index), 1, 2);
      await expect(asOwner.answer(log.logId, index, 3, UPHOLD, CONTENT))
        .to.be.revertedWithCustomError(desk, "RecordDeskWrongRound")
        .withArgs(log.recordId(index), 3, 2);
      expect(await round(log, index)).to.equal(2n);
      await expect(asOwner.answer(log.logId, index, 2, UPHOLD, CONTENT))
        .to.emit(desk, "RecordAnswered")
        .withArgs(log.recordId(index), 2n, UPHOLD, CONTENT);
    });

    it("cannot be taken over through an account that a member holds, which could be the owner (R10)", async () => {
      const { desk, log, office, enrolSubject, oneTime, owner } = await load(networkHelpers, world);
      const held = await enrolSubject(office, "held person", { held: true });
      const subject = openTo(held);
      const index = await log.record({ subject, disputeAddress: oneTime.address });
      const byHeld = byOpening(subject);
      await desk.connect(oneTime).dispute(log.shown(index), BY_ADDRESS, REASON, ZeroHash);
      await expect(desk.connect(held.account).dispute(log.shown(index), byHeld, REASON, EVIDENCE))
        .to.be.revertedWithCustomError(desk, "RecordDeskWrongState")
        .withArgs(log.recordId(index), State.Disputed);
      await desk.connect(owner.administrator).answer(log.logId, index, 1, UPHOLD, CONTENT);
      await expect(desk.connect(held.account).appeal(log.shown(index), byHeld, CONTENT)).to.be.revertedWithCustomError(
        desk,
        "RecordDeskNotSubject",
      );
      await desk.connect(oneTime).appeal(log.shown(index), BY_ADDRESS, CONTENT);
    });
  });
});
