import { expect } from "chai";
import { ZeroHash } from "ethers";
import { network } from "hardhat";

import {
  BY_ADDRESS,
  byOpening,
  CONTENT,
  deployDesk,
  load,
  EVIDENCE,
  openTo,
  REASON,
  State,
} from "../../support/desk.js";

const { ethers, networkHelpers } = await network.create();

describe("RecordDesk: notice", () => {
  async function world() {
    const w = await deployDesk(ethers);
    const log = await w.openLog({ noticeNeeded: true });
    const subject = openTo(w.person);
    const index = await log.record({ subject, disputeAddress: w.oneTime.address });
    return { ...w, log, subject, index };
  }

  it("makes a record valid where the policy needs it: by the one-time address (R8)", async () => {
    const { desk, status, log, index, oneTime } = await load(networkHelpers, world);
    expect(await status(log, index)).to.include({ valid: false, noticed: false, included: true });
    await expect(desk.connect(oneTime).acknowledge(log.shown(index), BY_ADDRESS))
      .to.emit(desk, "RecordNoticed")
      .withArgs(log.recordId(index), log.logId, index, true, ZeroHash);
    expect(await status(log, index)).to.include({ valid: true, noticed: true, state: State.Noticed });
  });

  it("makes a record valid where the policy needs it: by opening the commitment", async () => {
    const { desk, status, log, index, person, subject } = await load(networkHelpers, world);
    await desk.connect(person.account).acknowledge(log.shown(index), byOpening(subject));
    expect(await status(log, index)).to.include({ valid: true, noticed: true });
  });

  it("makes a record valid where the policy needs it: by the ombudsman's attestation", async () => {
    const { desk, status, log, index, ombudsman } = await load(networkHelpers, world);
    await expect(desk.connect(ombudsman.administrator).attestService(log.logId, index, CONTENT))
      .to.emit(desk, "RecordNoticed")
      .withArgs(log.recordId(index), log.logId, index, false, CONTENT);
    expect(await status(log, index)).to.include({ valid: true, noticed: true, state: State.Noticed });
  });

  it("is implied by the subject's dispute", async () => {
    const { desk, status, log, index, oneTime } = await load(networkHelpers, world);
    await desk.connect(oneTime).dispute(log.shown(index), BY_ADDRESS, REASON, EVIDENCE);
    expect(await status(log, index)).to.include({ valid: true, noticed: true, disputed: true });
  });

  it("is not owed for a record that is about nobody", async () => {
    const { status, log } = await load(networkHelpers, world);
    const index = await log.record();
    expect(await status(log, index)).to.include({ valid: true, noticed: false });
  });

  it("is owed for a record that names a dispute address only", async () => {
    const { status, log, oneTime } = await load(networkHelpers, world);
    const index = await log.record({ disputeAddress: oneTime.address });
    expect(await status(log, index)).to.include({ valid: false, noticed: false });
  });

  it("is given once", async () => {
    const { desk, log, index, oneTime, ombudsman } = await load(networkHelpers, world);
    await desk.connect(oneTime).acknowledge(log.shown(index), BY_ADDRESS);
    await expect(desk.connect(oneTime).acknowledge(log.shown(index), BY_ADDRESS))
      .to.be.revertedWithCustomError(desk, "RecordDeskWrongState")
      .withArgs(log.recordId(index), State.Noticed);
    await expect(desk.connect(ombudsman.administrator).attestService(log.logId, index, CONTENT))
      .to.be.revertedWithCustomError(desk, "RecordDeskWrongState")
      .withArgs(log.recordId(index), State.Noticed);
  });

  it("comes from the subject or the policy's ombudsman, and from nobody else (R1)", async () => {
    const { desk, members, log, index, owner, stranger, person, subject, arbiter, enrolMember } = await load(
      networkHelpers,
      world,
    );
    const other = await enrolMember("other ombudsman", 1n << 21n);
    await expect(desk.connect(other.administrator).attestService(log.logId, index, CONTENT))
      .to.be.revertedWithCustomError(desk, "RecordDeskNotOmbudsman")
      .withArgs(log.logId, other.id);
    await expect(
      desk.connect(arbiter.administrator).attestService(log.logId, index, CONTENT),
    ).to.be.revertedWithCustomError(members, "MembersMissingCapability");
    for (const account of [owner.administrator, stranger.account]) {
      for (const standing of [BY_ADDRESS, byOpening(subject)]) {
        await expect(desk.connect(account).acknowledge(log.shown(index), standing))
          .to.be.revertedWithCustomError(desk, "RecordDeskNotSubject")
          .withArgs(log.recordId(index));
      }
    }
    // The person itself is not the one-time address.
    await expect(desk.connect(person.account).acknowledge(log.shown(index), BY_ADDRESS)).to.be.revertedWithCustomError(
      desk,
      "RecordDeskNotSubject",
    );
  });

  it("cannot be attested for an entry that is not in the log", async () => {
    const { desk, registry, log, index, ombudsman } = await load(networkHelpers, world);
    await expect(desk.connect(ombudsman.administrator).attestService(log.logId, index + 1n, CONTENT))
      .to.be.revertedWithCustomError(desk, "RecordDeskNotIncluded")
      .withArgs(log.logId, index + 1n);
    await expect(
      desk.connect(ombudsman.administrator).attestService(ZeroHash, index, CONTENT),
    ).to.be.revertedWithCustomError(registry, "LogRegistryUnknown");
  });
});
