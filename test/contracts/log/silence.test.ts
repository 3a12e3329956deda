import { expect } from "chai";
import { ZeroHash } from "ethers";
import { network } from "hardhat";

import { DAY, deployLogs, signCheckpoint, TestTree } from "../../support/logs.js";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;

async function opened() {
  const suite = await deployLogs(ethers);
  const { registry, people, signers } = suite;
  const log = await suite.openLog("books", await suite.publish());
  const since = BigInt(await time.latest());
  const tree = new TestTree();
  const owner = registry.connect(people.owner.administrator);
  const demand = async (size: bigint) => {
    const root = tree.root(size);
    const signature = await signCheckpoint(registry, log.key, { logId: log.id, keyEpoch: 0n, size, root });
    await registry.demandAnchoring(log.id, 0, size, root, signature);
  };
  return {
    ...suite,
    log,
    since,
    tree,
    owner,
    demand,
    silent: () => registry.isSilent(log.id),
    halt: () => registry.connect(signers.guardian).halt(),
    resume: () => registry.connect(signers.governor).resume(),
  };
}

describe("LogRegistry: what is silent now", () => {
  it("is silent one second after the policy's silence, marked or not, until it speaks", async () => {
    const { registry, log, since, owner, silent, tree } = await networkHelpers.loadFixture(opened);
    await time.increaseTo(since + DAY);
    expect(await silent()).to.equal(false);
    await time.increaseTo(since + DAY + 1n);
    expect(await silent()).to.equal(true);
    await registry.markOverdue(log.id);
    expect(await silent()).to.equal(true);
    await owner.heartbeat(log.id, []);
    expect(await silent()).to.equal(false);
    await time.increase(DAY + 1n);
    expect(await silent()).to.equal(true);
    await owner.advance(log.id, 0, 5, tree.root(5n), [], [], []);
    expect(await silent()).to.equal(false);
  });

  it("counts neither outages nor halts, and begins anew with a resumption", async () => {
    const { since, clock, signers, silent, halt, resume } = await networkHelpers.loadFixture(opened);
    await time.increaseTo(since + DAY / 2n);
    await clock.connect(signers.guardian).declareOutage(DAY, ZeroHash);
    await time.increase(DAY + DAY / 2n - 100n);
    expect(await silent()).to.equal(false);
    await halt();
    await time.increase(10n * DAY);
    expect(await silent()).to.equal(false);
    await resume();
    await time.increase(DAY);
    expect(await silent()).to.equal(false);
    await time.increase(1n);
    expect(await silent()).to.equal(true);
  });

  it("goes on in the successor, and says nothing of the epoch before", async () => {
    const { registry, log, owner, people, tree, account } = await networkHelpers.loadFixture(opened);
    await owner.advance(log.id, 0, 10, tree.root(10n), [], [], []);
    const lie = new TestTree("lie", 0n, 1n).root(10n);
    const signature = await signCheckpoint(registry, log.key, { logId: log.id, keyEpoch: 0n, size: 10n, root: lie });
    await registry.proveSplitView(log.id, 0, 10, lie, signature, tree.root(10n), []);
    await time.increase(DAY + 10n);
    expect(await registry.isSilent(log.id)).to.equal(true);
    await registry.connect(people.supervisor.administrator).succeed(log.id, (await account("next key")).address);
    expect(await registry.isSilent(log.id)).to.equal(false);
    expect(await registry.isSilent(await registry.currentOf(log.lineage))).to.equal(true);
  });
});

describe("LogRegistry: a later lapse is marked again (L8)", () => {
  it("one mark stands for the silence and every demand that were due", async () => {
    const { registry, log, demand } = await networkHelpers.loadFixture(opened);
    await demand(7n);
    await demand(9n);
    await time.increase(DAY + 10n);
    await registry.markUnanchored(log.id, 0, 9);
    for (const again of [registry.markUnanchored(log.id, 0, 7), registry.markOverdue(log.id)]) {
      await expect(again).to.be.revertedWithCustomError(registry, "LogRegistryAlreadyMarked").withArgs(log.lineage);
    }
  });

  it("a demand that was not due yet at the mark is marked when it is", async () => {
    const { registry, log, demand, since } = await networkHelpers.loadFixture(opened);
    await time.increaseTo(since + DAY / 2n);
    await demand(7n);
    await time.increaseTo(since + DAY + 1n);
    await registry.markOverdue(log.id);
    const first = await registry.overdueSince(log.lineage);
    await expect(registry.markUnanchored(log.id, 0, 7)).to.be.revertedWithCustomError(
      registry,
      "LogRegistryNotOverdue",
    );
    await time.increase(DAY / 2n + 10n);
    await expect(registry.markUnanchored(log.id, 0, 7)).to.emit(registry, "MarkedOverdue");
    expect(await registry.overdueSince(log.lineage)).to.equal(first);
    expect(await registry.latestOverdue(log.lineage)).to.equal(BigInt(await time.latest()));
  });

  it("a halt between does not make one silence two before the period has passed anew", async () => {
    const { registry, log, since, halt, resume } = await networkHelpers.loadFixture(opened);
    await time.increaseTo(since + DAY + 1n);
    await registry.markOverdue(log.id);
    await halt();
    await time.increase(5n * DAY);
    await expect(registry.markOverdue(log.id)).to.be.revertedWithCustomError(registry, "LogRegistryAlreadyMarked");
    await resume();
    await time.increase(DAY - 5n);
    await expect(registry.markOverdue(log.id)).to.be.revertedWithCustomError(registry, "LogRegistryNotOverdue");
    await time.increase(10n);
    await registry.markOverdue(log.id);
  });
});
