import { expect } from "chai";
import { id, ZeroHash } from "ethers";
import { network } from "hardhat";

import {
  BY_ADDRESS,
  byOpening,
  deployDesk,
  load,
  openTo,
  PERIODS,
  REASON,
  RETENTION,
  State,
} from "../../support/desk.js";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;
const DAY = RETENTION[1];

const nothing = {
  state: 0n,
  included: false,
  noticed: false,
  valid: false,
  disputed: false,
  anchoredBy: 0n,
  expires: 0n,
};

describe("RecordDesk: validity and expiry", () => {
  async function world() {
    const w = await deployDesk(ethers);
    const log = await w.openLog();
    const subject = openTo(w.person);
    const index = await log.record({ subject, retentionClass: 1n });
    return { ...w, log, subject, index };
  }

  it("end after the retention of its class, in block time, whatever the clock of deadlines says (R3)", async () => {
    const { clock, signers, log, index, status, now } = await load(networkHelpers, world);
    const { expires } = await status(log, index);
    expect(expires).to.be.lessThanOrEqual((await now()) + DAY);
    await clock.connect(signers.guardian).declareOutage(DAY, id("flood"));
    await time.increaseTo(expires - 1n);
    expect(await status(log, index)).to.include({ valid: true, expires });
    await time.increaseTo(expires);
    expect(await status(log, index)).to.include({ valid: false, expires, state: State.Recorded });
  });

  it("count from the header's time where that is earlier than anchoring (R3)", async () => {
    const { log, now, status } = await load(networkHelpers, world);
    const old = (await now()) - 1_000n;
    const index = await log.record({ time: old, retentionClass: 1n });
    expect(await status(log, index)).to.include({ expires: old + DAY, valid: true });
    const older = await log.record({ time: old - DAY, retentionClass: 1n });
    expect(await status(log, older)).to.include({ expires: old, valid: false });
    const oldest = await log.record({ time: 0n, retentionClass: 0n });
    expect(await status(log, oldest)).to.include({ expires: 0n, valid: true });
  });

  it("count from anchoring where the header is ahead of it, so that no owner prolongs a record (R3)", async () => {
    const { registry, log, now, status } = await load(networkHelpers, world);
    const index = await log.record({ time: (await now()) + PERIODS.skew, retentionClass: 1n });
    const anchored = await registry.anchoredBy(log.logId, index);
    expect(await status(log, index)).to.include({ anchoredBy: anchored, expires: anchored + DAY, valid: true });
  });

  it("are not for a record from the future, beyond the policy's skew", async () => {
    const { log, now, status } = await load(networkHelpers, world);
    const limit = (await now()) + 1n + PERIODS.skew; // the next block anchors
    await log.add({ time: limit });
    await log.add({ time: limit + 1n });
    const far = await log.add({ time: 2n ** 40n - 1n, retentionClass: 1n });
    await log.anchor();
    expect(await status(log, far - 2n)).to.include({ valid: true, included: true });
    expect(await status(log, far - 1n)).to.include({ valid: false, included: true });
    expect(await status(log, far)).to.include({ valid: false, included: true });
  });

  it("are not for a record of a class that the policy does not know", async () => {
    const { log, status } = await load(networkHelpers, world);
    for (const retentionClass of [2n, 16n, 255n]) {
      const index = await log.record({ retentionClass });
      expect(await status(log, index)).to.include({ valid: false, included: true, expires: 0n });
    }
  });

  it("do not keep the subject from disputing an expired record, which stays invalid (R3)", async () => {
    const { desk, log, index, subject, person, status } = await load(networkHelpers, world);
    await time.increase(DAY);
    await desk.connect(person.account).dispute(log.shown(index), byOpening(subject), REASON, id("evidence"));
    expect(await status(log, index)).to.include({ valid: false, disputed: true, state: State.Disputed });
  });

  it("say nothing, and do not revert, about what is not in the log", async () => {
    const { registry, desk, log, index, openLog, status } = await load(networkHelpers, world);
    const other = await openLog();
    await other.record();
    const shown = log.shown(index);
    const header = log.headers[Number(index)]!;
    const forged = Uint8Array.from(header);
    forged[110] = 0;
    const wrong = [
      { ...shown, header: "0x" },
      { ...shown, header: header.slice(0, 194) },
      { ...shown, header: Uint8Array.of(9, ...header.slice(1)) },
      { ...shown, header: forged },
      { ...shown, index: index + 1n },
      { ...shown, index: 2n ** 64n - 1n },
      { ...shown, proof: [ZeroHash] },
      { ...shown, logId: other.logId },
    ];
    for (const record of wrong) {
      const result = await desk.stateOf(record);
      expect((result as unknown as { toObject(): object }).toObject()).to.deep.equal(nothing);
    }
    await expect(desk.stateOf({ ...shown, logId: ZeroHash }))
      .to.be.revertedWithCustomError(registry, "LogRegistryUnknown")
      .withArgs(ZeroHash);
    expect(await status(log, index)).to.include({ included: true });
  });

  it("end in a successor for the leaves of a frozen log, and go on in the frozen one (R6)", async () => {
    const { desk, registry, supervisor, log, index, freeze, status, owner, oneTime } = await load(
      networkHelpers,
      world,
    );
    await freeze(log);
    const key = await (await ethers.getSigners())[9]!.getAddress();
    await registry.connect(supervisor.administrator).succeed(log.logId, key);
    const successor = await registry.successorOf(log.logId);
    expect(await desk.stateOf({ ...log.shown(index), logId: successor })).to.deep.equal(Object.values(nothing));
    // Anchoring the very leaf in the successor does not help: its header names the epoch.
    const root = (await registry.headOf(log.logId)).root;
    await registry.connect(owner.administrator).advance(successor, 0, log.headers.length, root, [], [], []);
    expect(await desk.stateOf({ ...log.shown(index), logId: successor })).to.deep.equal(Object.values(nothing));
    await expect(
      desk.connect(oneTime).dispute({ ...log.shown(index), logId: successor }, BY_ADDRESS, REASON, ZeroHash),
    ).to.be.revertedWithCustomError(desk, "RecordDeskWrongLog");
    expect(await status(log, index)).to.include({ valid: true });
  });

  it("read as untouched from storage alone where nobody said anything", async () => {
    const { desk, log, index, entry } = await load(networkHelpers, world);
    expect(await desk.flagsOf(log.recordId(index))).to.deep.equal([State.Recorded, false, false]);
    expect(await desk.recordIdFor(log.logId, index)).to.equal(log.recordId(index));
    expect(await entry(log, index)).to.include({ policyId: 0n, since: 0n });
  });
});
