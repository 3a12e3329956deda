import { expect } from "chai";
import { network } from "hardhat";

import { DAY, deployLogs, signCheckpoint, TestTree } from "../../support/logs.js";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;

async function opened() {
  const suite = await deployLogs(ethers);
  const { registry, signers } = suite;
  const log = await suite.openLog("books", await suite.publish());
  const since = BigInt(await time.latest());
  const root = new TestTree().root(7n);
  const signature = await signCheckpoint(registry, log.key, { logId: log.id, keyEpoch: 0n, size: 7n, root });
  const anyone = registry.connect(signers.outsider);
  return {
    ...suite,
    log,
    since,
    anyone,
    halt: () => registry.connect(signers.guardian).halt(),
    resume: () => registry.connect(signers.governor).resume(),
    demand: () => anyone.demandAnchoring(log.id, 0, 7, root, signature),
  };
}

describe("LogRegistry: a halt never makes an owner overdue (L12)", () => {
  it("counts no silence while the owner could not speak", async () => {
    const { registry, anyone, log, since, halt } = await networkHelpers.loadFixture(opened);
    await time.setNextBlockTimestamp(since + DAY);
    await halt();
    await time.increase(100n * DAY);
    await expect(anyone.markOverdue(log.id))
      .to.be.revertedWithCustomError(registry, "LogRegistryNotOverdue")
      .withArgs(log.id, DAY, DAY);
  });

  it("leaves a silence that was too long before the halt as markable as it was", async () => {
    const { registry, anyone, log, since, halt } = await networkHelpers.loadFixture(opened);
    await time.setNextBlockTimestamp(since + DAY + 1n);
    await halt();
    await time.increase(5n * DAY);
    await expect(anyone.markOverdue(log.id)).to.emit(registry, "MarkedOverdue");
  });

  it("gives the whole period anew after the resumption, and no more", async () => {
    const { registry, anyone, log, since, halt, resume } = await networkHelpers.loadFixture(opened);
    await time.setNextBlockTimestamp(since + 100n);
    await halt();
    await time.increase(5n * DAY);
    await resume();
    const resumed = BigInt(await time.latest());
    await time.setNextBlockTimestamp(resumed + DAY);
    await expect(anyone.markOverdue(log.id))
      .to.be.revertedWithCustomError(registry, "LogRegistryNotOverdue")
      .withArgs(log.id, DAY, DAY);
    await time.setNextBlockTimestamp(resumed + DAY + 1n);
    await anyone.markOverdue(log.id);
  });

  it("adds nothing by a second halt", async () => {
    const { registry, anyone, log, halt, resume } = await networkHelpers.loadFixture(opened);
    await halt();
    await time.increase(5n * DAY);
    await resume();
    const resumed = BigInt(await time.latest());
    await time.setNextBlockTimestamp(resumed + 50n);
    await halt();
    await time.increase(5n * DAY);
    await expect(anyone.markOverdue(log.id))
      .to.be.revertedWithCustomError(registry, "LogRegistryNotOverdue")
      .withArgs(log.id, 50n, DAY);
  });

  it("does not let a demand fall due that nobody could meet", async () => {
    const { registry, anyone, log, halt, resume, demand } = await networkHelpers.loadFixture(opened);
    await halt();
    await demand();
    await time.increase(5n * DAY);
    await expect(anyone.markUnanchored(log.id, 0, 7))
      .to.be.revertedWithCustomError(registry, "LogRegistryNotOverdue")
      .withArgs(log.id, 0n, DAY);
    await resume();
    await time.increase(DAY + 1n);
    await expect(anyone.markUnanchored(log.id, 0, 7)).to.emit(registry, "MarkedOverdue");
  });

  it("counts neither the halt nor a declared outage twice", async () => {
    const { registry, clock, signers, anyone, log, since, halt } = await networkHelpers.loadFixture(opened);
    await time.setNextBlockTimestamp(since + 100n);
    await halt();
    await time.setNextBlockTimestamp(since + 200n);
    await clock.connect(signers.guardian).declareOutage(DAY, `0x${"00".repeat(32)}`);
    await time.increase(3n * DAY);
    await expect(anyone.markOverdue(log.id))
      .to.be.revertedWithCustomError(registry, "LogRegistryNotOverdue")
      .withArgs(log.id, 100n, DAY);
  });
});
