import { expect } from "chai";
import { AbiCoder, keccak256, toUtf8Bytes, ZeroAddress } from "ethers";
import { network } from "hardhat";

import { deployLogs, KIND, type LogSuite, type TestLog, TestTree } from "../../support/logs.js";

const { ethers, networkHelpers } = await network.create();
const MILLION = 1_000_000n;

async function plainLog(): Promise<LogSuite & { policyId: bigint; log: TestLog }> {
  const suite = await deployLogs(ethers);
  const policyId = await suite.publish();
  return { ...suite, policyId, log: await suite.openLog("books", policyId) };
}

describe("LogRegistry: open and advance", () => {
  const tree = new TestTree();

  it("opens a log at size 0 with the root of the empty tree and a full bucket", async () => {
    const { registry, people, log, suiteId } = await networkHelpers.loadFixture(plainLog);
    const [head, root] = await registry.headOf(log.id);
    expect([head.size, head.epoch, head.keyEpoch, head.status, head.owner]).to.deep.equal([0n, 0n, 0n, 1n, 1n]);
    expect([head.policyId, head.allowance]).to.deep.equal([1n, MILLION]);
    expect(root).to.equal(tree.root(0n));
    expect(await registry.allowanceOf(log.id)).to.equal(MILLION);
    const abi = AbiCoder.defaultAbiCoder();
    const parts = [suiteId, people.owner.id, KIND, keccak256(toUtf8Bytes("books"))];
    const lineage = keccak256(abi.encode(["bytes32", "uint32", "bytes32", "bytes32"], parts));
    expect(log.lineage).to.equal(lineage);
    expect(log.id).to.equal(keccak256(abi.encode(["bytes32", "uint16"], [lineage, 0])));
    expect(await registry.checkpointKeyOf(log.id, 0)).to.equal(log.key.address);
    expect(await registry.checkpointKeyOf(log.id, 1)).to.equal(ZeroAddress);
    expect(await registry.lineageOf(log.id)).to.equal(lineage);
    expect(await registry.baseIndexOf(log.id)).to.equal(0n);
  });

  it("refuses a name that is empty, too long or not visible ASCII", async () => {
    const { registry, people, policyId, log } = await networkHelpers.loadFixture(plainLog);
    const owner = registry.connect(people.owner.administrator);
    for (const name of ["", "a b", "a\n", "é", "\u007f", "x".repeat(129)]) {
      await expect(owner.open(KIND, name, policyId, log.key.address))
        .to.be.revertedWithCustomError(registry, "LogRegistryInvalidName")
        .withArgs(name);
    }
    await owner.open(KIND, "~!".repeat(64), policyId, log.key.address);
  });

  it("refuses a second log of one name, another kind than the policy's, an unknown policy", async () => {
    const { registry, policies, people, policyId, log } = await networkHelpers.loadFixture(plainLog);
    const owner = registry.connect(people.owner.administrator);
    const key = log.key.address;
    await expect(owner.open(KIND, "books", policyId, key))
      .to.be.revertedWithCustomError(registry, "LogRegistryExists")
      .withArgs(log.id);
    const kind = keccak256("0x01");
    await expect(owner.open(kind, "other", policyId, key))
      .to.be.revertedWithCustomError(registry, "LogRegistryKindMismatch")
      .withArgs(kind, KIND);
    await expect(owner.open(KIND, "other", 9, key)).to.be.revertedWithCustomError(policies, "LogPoliciesUnknown");
    // Another owner's log of the same name is another log.
    await registry.connect(people.other.administrator).open(KIND, "books", policyId, key);
  });

  it("refuses a checkpoint key that is zero or has code", async () => {
    const { registry, people, policyId, members } = await networkHelpers.loadFixture(plainLog);
    const owner = registry.connect(people.owner.administrator);
    for (const key of [ZeroAddress, await members.getAddress()]) {
      await expect(owner.open(KIND, "other", policyId, key))
        .to.be.revertedWithCustomError(registry, "LogRegistryInvalidKey")
        .withArgs(key);
    }
  });

  it("moves a head that provably extends the last one", async () => {
    const { registry, log } = await networkHelpers.loadFixture(plainLog);
    const owner = registry.connect(log.owner.administrator);
    await expect(owner.advance(log.id, 0, 7, tree.root(7n), [], [], []))
      .to.emit(registry, "HeadAdvanced")
      .withArgs(log.id, 0, 7, tree.root(7n));
    await owner.advance(log.id, 7, 1000, tree.root(1000n), tree.consistency(7n, 1000n), [], []);
    const [head, root] = await registry.headOf(log.id);
    expect([head.size, head.policyId, head.owner, head.epoch, head.status, root]).to.deep.equal([
      1000n,
      1n,
      1n,
      0n,
      1n,
      tree.root(1000n),
    ]);
    expect(await registry.isIncluded(log.id, tree.leaf(3n), 3, tree.inclusion(3n, 1000n))).to.equal(true);
    expect(await registry.isIncluded(log.id, tree.leaf(3n), 3, tree.inclusion(3n, 900n))).to.equal(false);
  });

  it("L1: refuses every head that would shrink or stand still, and every old size but the head's", async () => {
    const { registry, log } = await networkHelpers.loadFixture(plainLog);
    const owner = registry.connect(log.owner.administrator);
    await owner.advance(log.id, 0, 100, tree.root(100n), [], [], []);
    for (const size of [0n, 50n, 100n]) {
      await expect(owner.advance(log.id, 100, size, tree.root(size), [], [], []))
        .to.be.revertedWithCustomError(registry, "LogRegistryNotGrowing")
        .withArgs(log.id, 100, size);
    }
    for (const old of [0n, 99n, 101n]) {
      await expect(owner.advance(log.id, old, 200, tree.root(200n), tree.consistency(old, 200n), [], []))
        .to.be.revertedWithCustomError(registry, "LogRegistryStaleHead")
        .withArgs(log.id, old, 100);
    }
  });

  it("L2: refuses a head without a proof that it extends the last one", async () => {
    const { registry, log } = await networkHelpers.loadFixture(plainLog);
    const owner = registry.connect(log.owner.administrator);
    const refused = async (attempt: Promise<unknown>, oldSize: bigint, newSize: bigint) =>
      expect(attempt)
        .to.be.revertedWithCustomError(registry, "LogRegistryInconsistent")
        .withArgs(log.id, oldSize, newSize);
    await refused(owner.advance(log.id, 0, 8, tree.root(8n), [tree.root(8n)], [], []), 0n, 8n);
    await owner.advance(log.id, 0, 100, tree.root(100n), [], [], []);
    const proof = tree.consistency(100n, 200n);
    const root = tree.root(200n);
    const other = new TestTree("rewritten", 50n, 1n);
    await refused(owner.advance(log.id, 100, 200, root, [], [], []), 100n, 200n);
    await refused(owner.advance(log.id, 100, 200, root, [...proof, root], [], []), 100n, 200n);
    await refused(owner.advance(log.id, 100, 200, root, proof.slice(1), [], []), 100n, 200n);
    await refused(owner.advance(log.id, 100, 200, tree.root(199n), proof, [], []), 100n, 200n);
    await refused(owner.advance(log.id, 100, 200, other.root(200n), other.consistency(100n, 200n), [], []), 100n, 200n);
    await owner.advance(log.id, 100, 200, root, proof, [], []);
  });

  it("lets only the owner's member advance, and its delegates with the capability", async () => {
    const { registry, members, people, log, signers, nameDelegate } = await networkHelpers.loadFixture(plainLog);
    const delegate = await nameDelegate(people.owner, "clerk", 1n << 16n);
    const weak = await nameDelegate(people.owner, "visitor", 0n);
    const advance = (who: typeof delegate) => registry.connect(who).advance(log.id, 0, 1, tree.root(1n), [], [], []);
    await expect(advance(people.other.administrator))
      .to.be.revertedWithCustomError(registry, "LogRegistryNotOwner")
      .withArgs(log.id, people.other.id);
    await expect(advance(weak)).to.be.revertedWithCustomError(members, "MembersMissingCapability");
    await expect(advance(log.key)).to.be.revertedWithCustomError(members, "MembersMissingCapability");
    await members.connect(signers.registrar).suspend(people.owner.id, keccak256("0x"));
    await expect(advance(delegate)).to.be.revert(ethers);
    await members.connect(signers.governor).reinstate(people.owner.id);
    await advance(delegate);
  });

  it("L3: fills the bucket by the second, caps it at the burst and loses nothing to heartbeats", async () => {
    const { registry, log } = await networkHelpers.loadFixture(plainLog);
    const owner = registry.connect(log.owner.administrator);
    const { time } = networkHelpers;
    const start = BigInt(await time.latest()) + 1_000n;
    await time.setNextBlockTimestamp(start);
    await owner.advance(log.id, 0, MILLION, tree.root(MILLION), [], [], []);
    const ask = (size: bigint) =>
      owner.advance(log.id, MILLION, size, tree.root(size), tree.consistency(MILLION, size), [], []);
    await time.setNextBlockTimestamp(start + 1n);
    await expect(ask(MILLION + 1_001n))
      .to.be.revertedWithCustomError(registry, "LogRegistryGrowthExceeded")
      .withArgs(log.id, 1_001, 1_000);
    for (let second = 2n; second < 10n; second++) {
      await time.setNextBlockTimestamp(start + second);
      await owner.heartbeat(log.id, []);
    }
    await time.setNextBlockTimestamp(start + 10n);
    await ask(MILLION + 10_000n);
    expect((await registry.headOf(log.id))[0].allowance).to.equal(0n);
    await time.increaseTo(start + 1_000_000n);
    expect(await registry.allowanceOf(log.id)).to.equal(MILLION);
  });

  it("knows no log that was not opened", async () => {
    const { registry, log } = await networkHelpers.loadFixture(plainLog);
    const owner = registry.connect(log.owner.administrator);
    const none = keccak256("0x");
    const attempts = [
      () => owner.advance(none, 0, 1, none, [], [], []),
      () => owner.heartbeat(none, []),
      () => owner.rotateCheckpointKey(none, log.key.address),
      () => owner.markOverdue(none),
      () => owner.markUnanchored(none, 0, 1),
      () => owner.demandAnchoring(none, 0, 1, none, "0x"),
      () => owner.proveSplitView(none, 0, 1, none, "0x", log.id, []),
      () => owner.succeed(none, log.key.address),
      () => registry.headOf(none),
      () => registry.lineageOf(none),
      () => registry.baseIndexOf(none),
      () => registry.successorOf(none),
      () => registry.demandedSince(none, 0, 1),
      () => registry.checkpointKeyOf(none, 0),
      () => registry.anchoredBy(none, 0),
      () => registry.allowanceOf(none),
      () => registry.isIncluded(none, none, 0, []),
    ];
    for (const attempt of attempts) {
      await expect(attempt()).to.be.revertedWithCustomError(registry, "LogRegistryUnknown").withArgs(none);
    }
    await expect(registry.currentOf(none)).to.be.revertedWithCustomError(registry, "LogRegistryUnknown");
    await expect(registry.overdueSince(none)).to.be.revertedWithCustomError(registry, "LogRegistryUnknown");
    await expect(registry.latestOverdue(none)).to.be.revertedWithCustomError(registry, "LogRegistryUnknown");
    await expect(registry.isSilent(none)).to.be.revertedWithCustomError(registry, "LogRegistryUnknown");
  });
});
