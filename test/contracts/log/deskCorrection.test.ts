import { expect } from "chai";
import { id, ZeroHash } from "ethers";
import { network } from "hardhat";

import { BY_ADDRESS, CONTENT, deployDesk, load, openTo, PERIODS, REASON, State, UPHOLD } from "../../support/desk.js";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;

describe("RecordDesk: corrections", () => {
  async function world() {
    const w = await deployDesk(ethers);
    const log = await w.openLog();
    const salts = [id("salt of the record"), id("salt of the correction")] as const;
    const disputeAddress = w.oneTime.address;
    const about = (salt: string) => ({ subject: openTo(w.person, salt) });
    const index = await log.record({ ...about(salts[0]), disputeAddress });
    const correct = (from: bigint, to: bigint, openings: readonly string[] = [], in_ = log, account = w.owner) =>
      w.desk.connect(account.administrator).correct(log.shown(from), in_.shown(to), [...openings]);
    return { ...w, log, salts, about, disputeAddress, index, correct };
  }

  it("name a later record with the same dispute address", async () => {
    const { desk, log, salts, about, disputeAddress, index, correct, status, entry } = await load(
      networkHelpers,
      world,
    );
    const later = await log.record({ ...about(salts[1]), disputeAddress });
    await expect(correct(index, later))
      .to.emit(desk, "RecordCorrected")
      .withArgs(log.recordId(index), log.logId, index, log.recordId(later), later);
    expect(await status(log, index)).to.include({ state: State.Corrected, valid: false, disputed: false });
    expect(await entry(log, index)).to.include({ correctedBy: later });
    expect(await status(log, later)).to.include({ state: State.Recorded, valid: true });
  });

  it("name a later record that opens to the same subject", async () => {
    const { log, salts, about, person, stranger, desk, index, correct, status } = await load(networkHelpers, world);
    const later = await log.record(about(salts[1]));
    const wrong = [
      [],
      [person.id, ...salts].slice(0, 2),
      [stranger.id, ...salts],
      [person.id, salts[1], salts[0]],
      [person.id, ...salts, ZeroHash],
    ];
    for (const openings of wrong) {
      await expect(correct(index, later, openings))
        .to.be.revertedWithCustomError(desk, "RecordDeskNotACorrection")
        .withArgs(log.recordId(index), later);
    }
    await correct(index, later, [person.id, ...salts]);
    expect(await status(log, index)).to.include({ state: State.Corrected });
  });

  it("never move a record to another subject, to nobody or away from its dispute address (R11)", async () => {
    const { desk, log, index, stranger, disputeAddress, correct } = await load(networkHelpers, world);
    const onlyAddress = await log.record({ disputeAddress });
    const strangers = await log.record({ subject: openTo(stranger) });
    const nobodys = await log.record();
    for (const [from, to] of [
      [index, onlyAddress],
      [index, strangers],
      [index, nobodys],
      [onlyAddress, nobodys],
      [strangers, nobodys],
    ] as const) {
      await expect(correct(from, to))
        .to.be.revertedWithCustomError(desk, "RecordDeskNotACorrection")
        .withArgs(log.recordId(from), to);
    }
  });

  it("of a record about nobody are about nobody", async () => {
    const { log, correct, status } = await load(networkHelpers, world);
    const [from, to] = [await log.record(), await log.record()];
    await correct(from, to);
    expect(await status(log, from)).to.include({ state: State.Corrected });
  });

  it("only name later records, so that they never go round in circles (R11)", async () => {
    const { desk, log, correct } = await load(networkHelpers, world);
    const [first, second] = [await log.record(), await log.record()];
    for (const to of [first, second]) {
      await expect(correct(second, to))
        .to.be.revertedWithCustomError(desk, "RecordDeskNotACorrection")
        .withArgs(log.recordId(second), to);
    }
  });

  it("name a record of the same log and epoch", async () => {
    const { desk, log, openLog, correct } = await load(networkHelpers, world);
    const other = await openLog();
    await other.record();
    const [from, to] = [await log.record(), await other.record()];
    await expect(correct(from, to, [], other))
      .to.be.revertedWithCustomError(desk, "RecordDeskNotACorrection")
      .withArgs(log.recordId(from), to);
  });

  it("name a record that is neither corrected, withdrawn nor lapsed (R11)", async () => {
    const { desk, log, owner, oneTime, correct, disputeAddress } = await load(networkHelpers, world);
    const add = () => log.record({ disputeAddress });
    const [first, second, corrected, withdrawn, lapsed, last] = [
      await add(),
      await add(),
      await add(),
      await add(),
      await add(),
      await add(),
    ] as const;
    await correct(corrected, last);
    await desk.connect(owner.administrator).withdraw(log.logId, withdrawn, REASON);
    await desk.connect(oneTime).dispute(log.shown(lapsed), BY_ADDRESS, REASON, ZeroHash);
    await correct(first, lapsed); // a disputed record will do
    await time.increase(PERIODS.answer + 1n);
    for (const to of [corrected, withdrawn, lapsed]) {
      await expect(correct(second, to))
        .to.be.revertedWithCustomError(desk, "RecordDeskNotACorrection")
        .withArgs(log.recordId(second), to);
    }
    await correct(second, last);
  });

  it("are the owner's, suspended or not, and end an open dispute (R2)", async () => {
    const { desk, members, signers, log, oneTime, owner, otherOwner, correct, status, disputeAddress } = await load(
      networkHelpers,
      world,
    );
    const [from, to] = [await log.record({ disputeAddress }), await log.record({ disputeAddress })];
    await desk.connect(oneTime).dispute(log.shown(from), BY_ADDRESS, REASON, ZeroHash);
    await expect(correct(from, to, [], log, otherOwner))
      .to.be.revertedWithCustomError(desk, "RecordDeskNotOwner")
      .withArgs(log.logId, otherOwner.id);
    await members.connect(signers.registrar).suspend(owner.id, REASON);
    await correct(from, to);
    expect(await status(log, from)).to.include({ state: State.Corrected, disputed: false });
    await expect(desk.connect(owner.administrator).answer(log.logId, from, 1, UPHOLD, CONTENT))
      .to.be.revertedWithCustomError(desk, "RecordDeskWrongState")
      .withArgs(log.recordId(from), State.Corrected);
  });

  it("are shown with proofs of both records", async () => {
    const { desk, log, owner, correct } = await load(networkHelpers, world);
    const [from, to] = [await log.record(), await log.record()];
    const forged = { ...log.shown(to), index: to + 1n };
    await expect(desk.connect(owner.administrator).correct(log.shown(from), forged, []))
      .to.be.revertedWithCustomError(desk, "RecordDeskNotIncluded")
      .withArgs(log.logId, to + 1n);
    await expect(desk.connect(owner.administrator).correct({ ...log.shown(from), proof: [] }, log.shown(to), []))
      .to.be.revertedWithCustomError(desk, "RecordDeskNotIncluded")
      .withArgs(log.logId, from);
    await correct(from, to);
    await expect(correct(from, to))
      .to.be.revertedWithCustomError(desk, "RecordDeskWrongState")
      .withArgs(log.recordId(from), State.Corrected);
  });
});
