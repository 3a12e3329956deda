import { expect } from "chai";
import { keccak256, ZeroHash } from "ethers";
import { network } from "hardhat";

import { cosign, DAY, deployLogs, signCheckpoint, type TestLog, TestTree } from "../../support/logs.js";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;
const [OPEN, FROZEN] = [1n, 2n];

async function grown() {
  const suite = await deployLogs(ethers);
  const { registry, people, signers } = suite;
  const log = await suite.openLog("books", await suite.publish());
  const [tree, lie] = [new TestTree(), new TestTree("a lie", 0n, 1n)];
  const owner = registry.connect(log.owner.administrator);
  const supervisor = registry.connect(people.supervisor.administrator);
  const anyone = registry.connect(signers.outsider);
  await owner.advance(log.id, 0, 100, tree.root(100n), [], [], []);
  /** Proves a split view at the head's own size. */
  const freeze = async (logId: string, size: bigint, key = log.key) => {
    const signature = await signCheckpoint(registry, key, { logId, keyEpoch: 0n, size, root: lie.root(size) });
    await anyone.proveSplitView(logId, 0, size, lie.root(size), signature, tree.root(size), []);
  };
  const key = await suite.account("key of the successor");
  return { ...suite, log, tree, owner, supervisor, anyone, freeze, key };
}

async function succeeded() {
  const suite = await grown();
  await suite.freeze(suite.log.id, 100n);
  await time.increase(1_000);
  await suite.supervisor.succeed(suite.log.id, suite.key.address);
  const next: TestLog = { ...suite.log, id: await suite.registry.successorOf(suite.log.id), key: suite.key };
  return { ...suite, next };
}

describe("LogRegistry: frozen logs and successors", () => {
  it("L6: a frozen log takes no head, heartbeat, key, demand or proof again", async () => {
    const { registry, log, tree, owner, anyone, freeze, key } = await networkHelpers.loadFixture(grown);
    await freeze(log.id, 100n);
    const attempts = [
      owner.advance(log.id, 100, 200, tree.root(200n), tree.consistency(100n, 200n), [], []),
      owner.heartbeat(log.id, []),
      owner.rotateCheckpointKey(log.id, key.address),
      anyone.demandAnchoring(log.id, 0, 200, ZeroHash, "0x"),
      anyone.proveSplitView(log.id, 0, 100, ZeroHash, "0x", tree.root(100n), []),
    ];
    for (const attempt of attempts) {
      await expect(attempt).to.be.revertedWithCustomError(registry, "LogRegistryNotOpen").withArgs(log.id, FROZEN);
    }
    expect(await registry.allowanceOf(log.id)).to.equal(0n);
    expect(await registry.isIncluded(log.id, tree.leaf(3n), 3, tree.inclusion(3n, 100n))).to.equal(true);
  });

  it("L7: a successor starts empty and inherits owner, policy, clock and allowance", async () => {
    const { registry, log, next, tree } = await networkHelpers.loadFixture(succeeded);
    const [[old], [head, root]] = [await registry.headOf(log.id), await registry.headOf(next.id)];
    expect([head.size, root, head.status, head.epoch, head.keyEpoch]).to.deep.equal([0n, tree.root(0n), OPEN, 1n, 0n]);
    expect([head.owner, head.policyId, head.lastAdvance, head.allowance]).to.deep.equal([
      old.owner,
      old.policyId,
      old.lastAdvance,
      old.allowance,
    ]);
    expect(head.lastAdvance + 1_000n <= BigInt(await time.latest())).to.equal(true);
    expect(old.status).to.equal(FROZEN);
    expect(await registry.logIdFor(log.lineage, 1)).to.equal(next.id);
    expect(await registry.currentOf(log.lineage)).to.equal(next.id);
    expect(await registry.lineageOf(next.id)).to.equal(log.lineage);
    expect(await registry.baseIndexOf(next.id)).to.equal(100n);
    expect(await registry.successorOf(next.id)).to.equal(ZeroHash);
    expect(await registry.checkpointKeyOf(next.id, 0)).to.equal(next.key.address);
  });

  it("L7: an old leaf is invalid in a successor, and stays in the frozen log", async () => {
    const { registry, log, next, tree, owner } = await networkHelpers.loadFixture(succeeded);
    const fresh = new TestTree("fresh", 0n, 10n);
    await owner.advance(next.id, 0, 100, fresh.root(100n), [], [], []);
    const proof = tree.inclusion(3n, 100n);
    expect(await registry.isIncluded(next.id, tree.leaf(3n), 3, proof)).to.equal(false);
    expect(await registry.isIncluded(log.id, tree.leaf(3n), 3, proof)).to.equal(true);
    expect(await registry.isIncluded(next.id, fresh.leaf(3n), 3, fresh.inclusion(3n, 100n))).to.equal(true);
  });

  it("L7: only the policy's supervisor opens it, only of a frozen log, and once", async () => {
    const { registry, members, log, owner, supervisor, freeze, key, enrolMember, people } =
      await networkHelpers.loadFixture(grown);
    await expect(supervisor.succeed(log.id, key.address))
      .to.be.revertedWithCustomError(registry, "LogRegistryNotFrozen")
      .withArgs(log.id, OPEN);
    await freeze(log.id, 100n);
    for (const by of [owner, registry.connect(people.arbiter.administrator)]) {
      await expect(by.succeed(log.id, key.address)).to.be.revertedWithCustomError(members, "MembersMissingCapability");
    }
    const another = await enrolMember("another supervisor", 1n << 20n);
    await expect(registry.connect(another.administrator).succeed(log.id, key.address))
      .to.be.revertedWithCustomError(registry, "LogRegistryNotSupervisor")
      .withArgs(log.id, another.id);
    await supervisor.succeed(log.id, key.address);
    await expect(supervisor.succeed(log.id, key.address))
      .to.be.revertedWithCustomError(registry, "LogRegistrySucceeded")
      .withArgs(log.id, await registry.successorOf(log.id));
  });

  it("L7: a successor has a successor, whose base counts all entries before it", async () => {
    const { registry, log, next, tree, owner, supervisor, freeze } = await networkHelpers.loadFixture(succeeded);
    await owner.advance(next.id, 0, 30, tree.root(30n), [], [], []);
    await freeze(next.id, 30n, next.key);
    await supervisor.succeed(next.id, log.key.address);
    const third = await registry.successorOf(next.id);
    expect(third).to.equal(await registry.logIdFor(log.lineage, 2));
    expect(await registry.baseIndexOf(third)).to.equal(130n);
    expect((await registry.headOf(third))[0].epoch).to.equal(2n);
    expect(await registry.currentOf(log.lineage)).to.equal(third);
  });

  it("L7: evidence against an old epoch says nothing of its successor", async () => {
    const { registry, next, tree, owner, anyone, log } = await networkHelpers.loadFixture(succeeded);
    await owner.advance(next.id, 0, 100, tree.root(100n), [], [], []);
    const root = keccak256("0x");
    const signature = await signCheckpoint(registry, log.key, { logId: log.id, keyEpoch: 0n, size: 100n, root });
    await expect(anyone.proveSplitView(next.id, 0, 100, root, signature, tree.root(100n), []))
      .to.be.revertedWithCustomError(registry, "LogRegistryInvalidCheckpoint")
      .withArgs(next.id, 0);
  });
});

describe("LogRegistry: silence", () => {
  it("L8: marks silence that is longer than the policy's, each once and for good", async () => {
    const { registry, log, owner, anyone, signers } = await networkHelpers.loadFixture(grown);
    const last = (await registry.headOf(log.id))[0].lastAdvance;
    await time.increaseTo(last + DAY);
    await expect(anyone.markOverdue.staticCall(log.id))
      .to.be.revertedWithCustomError(registry, "LogRegistryNotOverdue")
      .withArgs(log.id, DAY, DAY);
    await time.setNextBlockTimestamp(last + DAY + 1n);
    // With its own gas limit, since an estimate would run in the second before.
    await expect(anyone.markOverdue(log.id, { gasLimit: 200_000n }))
      .to.emit(registry, "MarkedOverdue")
      .withArgs(log.lineage, log.id, false, signers.outsider.address);
    await time.increase(3n * DAY);
    await expect(anyone.markOverdue(log.id))
      .to.be.revertedWithCustomError(registry, "LogRegistryAlreadyMarked")
      .withArgs(log.lineage);
    expect(await registry.latestOverdue(log.lineage)).to.equal(last + DAY + 1n);
    await owner.heartbeat(log.id, []);
    await time.increase(3n * DAY);
    await anyone.markOverdue(log.id);
    expect(await registry.overdueSince(log.lineage)).to.equal(last + DAY + 1n);
    expect(await registry.latestOverdue(log.lineage)).to.equal(BigInt(await time.latest()));
  });

  it("L8: the clock starts at the opening and is wound by a head and by a heartbeat", async () => {
    const { registry, people, publish, openLog, anyone, log } = await networkHelpers.loadFixture(grown);
    const idle = await openLog("idle", await publish());
    const owner = registry.connect(people.owner.administrator);
    await time.increase(DAY - 10n);
    await owner.heartbeat(idle.id, []);
    await time.increase(DAY - 10n);
    await expect(anyone.markOverdue(idle.id)).to.be.revertedWithCustomError(registry, "LogRegistryNotOverdue");
    await anyone.markOverdue(log.id);
    await time.increase(11n);
    await anyone.markOverdue(idle.id);
  });

  it("L8: silence stands still during a declared outage", async () => {
    const { registry, clock, log, anyone, signers } = await networkHelpers.loadFixture(grown);
    await time.increase(DAY - 100n);
    await clock.connect(signers.guardian).declareOutage(3_600, keccak256("0x"));
    await time.increase(3_000n);
    await expect(anyone.markOverdue(log.id)).to.be.revertedWithCustomError(registry, "LogRegistryNotOverdue");
    await time.increase(800n);
    await anyone.markOverdue(log.id);
  });

  it("L8: the mark stays with the lineage through a freeze and its successor", async () => {
    const { registry, log, anyone, supervisor, freeze, key } = await networkHelpers.loadFixture(grown);
    await freeze(log.id, 100n);
    await time.increase(DAY + 1n);
    await anyone.markOverdue(log.id);
    const since = await registry.overdueSince(log.lineage);
    await supervisor.succeed(log.id, key.address);
    expect(await registry.overdueSince(log.lineage)).to.equal(since);
  });

  it("L8: judges a lineage with a successor by the successor alone", async () => {
    const { registry, log, next, owner, anyone } = await networkHelpers.loadFixture(succeeded);
    await time.increase(DAY - 1_100n);
    await owner.heartbeat(next.id, []);
    await time.increase(DAY - 100n);
    await expect(anyone.markOverdue(log.id))
      .to.be.revertedWithCustomError(registry, "LogRegistrySucceeded")
      .withArgs(log.id, next.id);
    await expect(anyone.markOverdue(next.id)).to.be.revertedWithCustomError(registry, "LogRegistryNotOverdue");
    await time.increase(200n);
    await anyone.markOverdue(next.id);
  });

  it("L4: a heartbeat needs the witnesses' word on this head, given after the last contact", async () => {
    const { registry, people, publish, openLog, tree } = await networkHelpers.loadFixture(grown);
    const log = await openLog("watched", await publish({ policy: { witnesses: 1n } }));
    const owner = registry.connect(log.owner.administrator);
    const witness = people.witnesses[0].administrator;
    const opened = (await registry.headOf(log.id))[0].lastAdvance;
    const word = (at: bigint, size = 0n) =>
      cosign(registry, witness, { logId: log.id, size, root: tree.root(size), time: at });
    await expect(owner.heartbeat(log.id, []))
      .to.be.revertedWithCustomError(registry, "LogRegistryTooFewCosignatures")
      .withArgs(0, 1);
    await expect(owner.heartbeat(log.id, [await word(opened)]))
      .to.be.revertedWithCustomError(registry, "LogRegistryCosignatureTime")
      .withArgs(witness.address, opened);
    await expect(owner.heartbeat(log.id, [await word(opened + 1n, 1n)]))
      .to.be.revertedWithCustomError(registry, "LogRegistryInvalidCosignature")
      .withArgs(witness.address);
    const fresh = await word(opened + 1n);
    await owner.heartbeat(log.id, [fresh]);
    await expect(owner.heartbeat(log.id, [fresh]))
      .to.be.revertedWithCustomError(registry, "LogRegistryCosignatureTime")
      .withArgs(witness.address, opened + 1n);
  });
});
