import { expect } from "chai";
import { id, ZeroHash } from "ethers";
import { network } from "hardhat";

import {
  BY_ADDRESS,
  CONTENT,
  deployDesk,
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

describe("RecordDesk: the owner's answers", () => {
  async function world() {
    const w = await deployDesk(ethers);
    const log = await w.openLog();
    const index = await log.record({ subject: openTo(w.person), disputeAddress: w.oneTime.address });
    await w.desk.connect(w.oneTime).dispute(log.shown(index), BY_ADDRESS, REASON, ZeroHash);
    const answer = (outcome = UPHOLD, account = w.owner.administrator) =>
      w.desk.connect(account).answer(log.logId, index, 1, outcome, CONTENT);
    return { ...w, log, index, answer };
  }

  it("uphold the record until nobody can appeal any more, without a transaction (R4)", async () => {
    const { desk, log, index, answer, status } = await load(networkHelpers, world);
    await expect(answer()).to.emit(desk, "RecordAnswered").withArgs(log.recordId(index), 1n, UPHOLD, CONTENT);
    await time.increase(PERIODS.appeal);
    expect(await status(log, index)).to.include({ state: State.Answered, valid: true, disputed: true });
    await time.increase(1);
    expect(await status(log, index)).to.include({ state: State.Upheld, valid: true, disputed: false });
  });

  it("may withdraw the record instead, which ends it", async () => {
    const { desk, log, index, answer, status } = await load(networkHelpers, world);
    await expect(answer(WITHDRAW))
      .to.emit(desk, "RecordWithdrawn")
      .withArgs(log.recordId(index), log.logId, index, CONTENT);
    expect(await status(log, index)).to.include({ state: State.Withdrawn, valid: false, disputed: false });
  });

  it("count up to the last second of the period; then silence has ended the record as lapsed (R4)", async () => {
    const { desk, log, index, answer, status, entry, owner } = await load(networkHelpers, world);
    const { since } = await entry(log, index);
    const snapshot = await networkHelpers.takeSnapshot();
    await time.setNextBlockTimestamp(since + PERIODS.answer);
    await answer();
    await snapshot.restore();
    await time.setNextBlockTimestamp(since + PERIODS.answer + 1n);
    await expect(answer())
      .to.be.revertedWithCustomError(desk, "RecordDeskTooLate")
      .withArgs(log.recordId(index), PERIODS.answer + 1n, PERIODS.answer);
    await time.increaseTo(since + PERIODS.answer + 1n);
    expect(await status(log, index)).to.include({ state: State.Lapsed, valid: false, disputed: false });
    expect(await desk.flagsOf(log.recordId(index))).to.deep.equal([State.Lapsed, true, false]);
    await expect(desk.connect(owner.administrator).withdraw(log.logId, index, REASON))
      .to.be.revertedWithCustomError(desk, "RecordDeskWrongState")
      .withArgs(log.recordId(index), State.Lapsed);
  });

  it("come from the owner and from nobody else (R2)", async () => {
    const { desk, members, log, answer, otherOwner, arbiter, person, oneTime } = await load(networkHelpers, world);
    for (const member of [otherOwner, arbiter]) {
      await expect(answer(UPHOLD, member.administrator))
        .to.be.revertedWithCustomError(desk, "RecordDeskNotOwner")
        .withArgs(log.logId, member.id);
    }
    for (const account of [person.account, oneTime]) {
      await expect(answer(UPHOLD, account)).to.be.revertedWithCustomError(members, "MembersMissingCapability");
    }
  });

  it("come from a suspended owner, too, and from its delegates (R2)", async () => {
    const { desk, members, signers, log, index, answer, owner, nameDelegate, status } = await load(
      networkHelpers,
      world,
    );
    const delegate = await nameDelegate(owner, "clerk", 1n << 16n);
    await members.connect(signers.registrar).suspend(owner.id, REASON);
    await answer(UPHOLD, delegate);
    expect(await status(log, index)).to.include({ state: State.Answered });
    await desk.connect(owner.administrator).withdraw(log.logId, index, REASON);
  });

  it("are one for a dispute, and none without one", async () => {
    const { desk, log, index, answer, owner } = await load(networkHelpers, world);
    await answer();
    await expect(answer())
      .to.be.revertedWithCustomError(desk, "RecordDeskWrongState")
      .withArgs(log.recordId(index), State.Answered);
    const quiet = await log.record();
    await expect(desk.connect(owner.administrator).answer(log.logId, quiet, 0, UPHOLD, CONTENT))
      .to.be.revertedWithCustomError(desk, "RecordDeskWrongState")
      .withArgs(log.recordId(quiet), State.Recorded);
  });

  it("have more time by as long as a declared outage lasts (R5)", async () => {
    const { clock, signers, answer, entry, log, index, status } = await load(networkHelpers, world);
    const { since } = await entry(log, index);
    await time.setNextBlockTimestamp(since + PERIODS.answer - 10n);
    await clock.connect(signers.guardian).declareOutage(5_000n, id("flood"));
    await time.increase(5_000n + 9n);
    expect(await status(log, index)).to.include({ state: State.Disputed });
    await answer();
    expect(await status(log, index)).to.include({ state: State.Answered });
  });

  it("are not needed to withdraw: the owner can at any time until the record has ended", async () => {
    const { desk, log, index, owner, otherOwner, status } = await load(networkHelpers, world);
    const quiet = await log.record();
    for (const at of [index, quiet]) {
      await expect(desk.connect(otherOwner.administrator).withdraw(log.logId, at, REASON))
        .to.be.revertedWithCustomError(desk, "RecordDeskNotOwner")
        .withArgs(log.logId, otherOwner.id);
      await expect(desk.connect(owner.administrator).withdraw(log.logId, at, REASON))
        .to.emit(desk, "RecordWithdrawn")
        .withArgs(log.recordId(at), log.logId, at, REASON);
      expect(await status(log, at)).to.include({ state: State.Withdrawn, valid: false, disputed: false });
      await expect(desk.connect(owner.administrator).withdraw(log.logId, at, REASON))
        .to.be.revertedWithCustomError(desk, "RecordDeskWrongState")
        .withArgs(log.recordId(at), State.Withdrawn);
    }
    await expect(
      desk.connect(owner.administrator).withdraw(log.logId, quiet + 1n, REASON),
    ).to.be.revertedWithCustomError(desk, "RecordDeskNotIncluded");
  });
});
