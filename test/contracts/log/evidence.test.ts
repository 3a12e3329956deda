import { expect } from "chai";
import { keccak256, Signature, ZeroHash } from "ethers";
import { network } from "hardhat";

import type { Account } from "../../support/authority.js";
import { DAY, deployLogs, signCheckpoint, TestTree } from "../../support/logs.js";

const { ethers, networkHelpers } = await network.create();
const FROZEN = 2n;
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

async function grown() {
  const suite = await deployLogs(ethers);
  const { registry, people, signers } = suite;
  const log = await suite.openLog("books", await suite.publish());
  const tree = new TestTree();
  const lie = new TestTree("a lie", 20n, 1n);
  const owner = registry.connect(log.owner.administrator);
  await owner.advance(log.id, 0, 50, tree.root(50n), [], [], []);
  await owner.advance(log.id, 50, 100, tree.root(100n), tree.consistency(50n, 100n), [], []);
  const sign = (size: bigint, root: string, key: Account = log.key, keyEpoch = 0n) =>
    signCheckpoint(registry, key, { logId: log.id, keyEpoch, size, root });
  const anyone = registry.connect(signers.outsider);
  const arbiter = registry.connect(people.arbiter.administrator);
  const rotate = async () => {
    const key = await suite.account("the next key");
    await owner.rotateCheckpointKey(log.id, key.address);
    return key;
  };
  return { ...suite, log, tree, lie, owner, anyone, arbiter, sign, rotate };
}

describe("LogRegistry: split views", () => {
  it("L5: freezes on one signed checkpoint and a consistency proof, whoever brings them", async () => {
    const { registry, log, tree, lie, anyone, sign, signers } = await networkHelpers.loadFixture(grown);
    const signature = await sign(50n, lie.root(50n));
    const proof = tree.consistency(50n, 100n);
    await expect(anyone.proveSplitView(log.id, 0, 50, lie.root(50n), signature, tree.root(50n), proof))
      .to.emit(registry, "SplitViewProven")
      .withArgs(log.id, 0, 50, lie.root(50n), tree.root(50n), signers.outsider.address);
    const [head, root] = await registry.headOf(log.id);
    expect([head.status, head.size, head.keyEpoch, root]).to.deep.equal([FROZEN, 100n, 0n, tree.root(100n)]);
  });

  it("L5: freezes on a contradiction at the head's own size, without a proof", async () => {
    const { registry, log, tree, lie, anyone, sign } = await networkHelpers.loadFixture(grown);
    const signature = await sign(100n, lie.root(100n));
    await anyone.proveSplitView(log.id, 0, 100, lie.root(100n), signature, tree.root(100n), []);
    expect((await registry.headOf(log.id))[0].status).to.equal(FROZEN);
  });

  it("L5: freezes a log whose checkpoint was ahead, once the head has passed it with another root", async () => {
    const { registry, log, tree, lie, owner, anyone, sign } = await networkHelpers.loadFixture(grown);
    const signature = await sign(150n, lie.root(150n));
    await anyone.demandAnchoring(log.id, 0, 150, lie.root(150n), signature);
    await owner.advance(log.id, 100, 200, tree.root(200n), tree.consistency(100n, 200n), [], []);
    const proof = tree.consistency(150n, 200n);
    await anyone.proveSplitView(log.id, 0, 150, lie.root(150n), signature, tree.root(150n), proof);
    expect((await registry.headOf(log.id))[0].status).to.equal(FROZEN);
  });

  it("L5: does not freeze on an honest checkpoint, or without the true root's proof", async () => {
    const { registry, log, tree, lie, anyone, sign } = await networkHelpers.loadFixture(grown);
    const proof = tree.consistency(50n, 100n);
    const honest = await sign(50n, tree.root(50n));
    await expect(anyone.proveSplitView(log.id, 0, 50, tree.root(50n), honest, tree.root(50n), proof))
      .to.be.revertedWithCustomError(registry, "LogRegistryNoContradiction")
      .withArgs(log.id, 50);
    await expect(anyone.proveSplitView(log.id, 0, 50, tree.root(50n), honest, lie.root(50n), proof))
      .to.be.revertedWithCustomError(registry, "LogRegistryInconsistent")
      .withArgs(log.id, 50, 100);
    const ahead = await sign(101n, lie.root(101n));
    await expect(anyone.proveSplitView(log.id, 0, 101, lie.root(101n), ahead, tree.root(101n), []))
      .to.be.revertedWithCustomError(registry, "LogRegistryInconsistent")
      .withArgs(log.id, 101, 100);
    const nothing = await sign(0n, lie.root(50n));
    await expect(anyone.proveSplitView(log.id, 0, 0, lie.root(50n), nothing, tree.root(0n), []))
      .to.be.revertedWithCustomError(registry, "LogRegistryInconsistent")
      .withArgs(log.id, 0, 100);
  });

  it("L5: does not freeze on any other key's signature", async () => {
    const { registry, log, tree, lie, anyone, sign, people, signers } = await networkHelpers.loadFixture(grown);
    const proof = tree.consistency(50n, 100n);
    const signature = await sign(50n, lie.root(50n));
    const { r, s, v } = Signature.from(signature);
    const malleable = `${r}${(ORDER - BigInt(s)).toString(16).padStart(64, "0")}${(v ^ 7).toString(16)}`;
    const wrong = [
      await sign(50n, lie.root(50n), people.owner.administrator),
      await sign(50n, lie.root(50n), people.arbiter.administrator),
      await sign(50n, lie.root(50n), people.witnesses[0].administrator),
      await sign(50n, lie.root(50n), log.key, 1n),
      await sign(51n, lie.root(50n)),
      await signCheckpoint(registry, log.key, { logId: ZeroHash, keyEpoch: 0n, size: 50n, root: lie.root(50n) }),
      malleable,
      Signature.from(signature).compactSerialized,
      `0x${"0".repeat(130)}`,
      `0x${"0".repeat(128)}1b`,
      `${signature}00`,
      "0x",
    ];
    for (const each of wrong) {
      for (const by of [anyone, registry.connect(people.arbiter.administrator), registry.connect(signers.governor)]) {
        await expect(by.proveSplitView(log.id, 0, 50, lie.root(50n), each, tree.root(50n), proof))
          .to.be.revertedWithCustomError(registry, "LogRegistryInvalidCheckpoint")
          .withArgs(log.id, 0);
      }
    }
    // A key epoch that is not there has the zero address for a key; nothing is signed by it.
    await expect(anyone.proveSplitView(log.id, 7, 50, lie.root(50n), `0x${"0".repeat(130)}`, tree.root(50n), proof))
      .to.be.revertedWithCustomError(registry, "LogRegistryInvalidCheckpoint")
      .withArgs(log.id, 7);
  });

  it("L5: leaves a retired key's evidence to the policy's arbiter", async () => {
    const { registry, members, log, tree, lie, anyone, arbiter, owner, sign, rotate, enrolMember } =
      await networkHelpers.loadFixture(grown);
    const signature = await sign(50n, lie.root(50n));
    const proof = tree.consistency(50n, 100n);
    await rotate();
    const args = [log.id, 0, 50, lie.root(50n), signature, tree.root(50n), proof] as const;
    for (const by of [anyone, owner]) {
      await expect(by.proveSplitView(...args)).to.be.revertedWithCustomError(members, "MembersMissingCapability");
    }
    const another = await enrolMember("another arbiter", 1n << 19n);
    await expect(registry.connect(another.administrator).proveSplitView(...args))
      .to.be.revertedWithCustomError(registry, "LogRegistryNotArbiter")
      .withArgs(log.id, another.id);
    await arbiter.proveSplitView(...args);
    expect((await registry.headOf(log.id))[0].status).to.equal(FROZEN);
  });

  it("rotates to another key, which then counts for anyone", async () => {
    const { registry, log, tree, lie, anyone, owner, sign, rotate } = await networkHelpers.loadFixture(grown);
    const key = await rotate();
    expect(await registry.checkpointKeyOf(log.id, 0)).to.equal(log.key.address);
    expect(await registry.checkpointKeyOf(log.id, 1)).to.equal(key.address);
    await expect(owner.rotateCheckpointKey(log.id, key.address))
      .to.be.revertedWithCustomError(registry, "LogRegistryInvalidKey")
      .withArgs(key.address);
    await expect(anyone.rotateCheckpointKey(log.id, log.key.address)).to.be.revert(ethers);
    const signature = await sign(50n, lie.root(50n), key, 1n);
    await anyone.proveSplitView(log.id, 1, 50, lie.root(50n), signature, tree.root(50n), tree.consistency(50n, 100n));
    expect((await registry.headOf(log.id))[0].status).to.equal(FROZEN);
  });
});

describe("LogRegistry: demands to anchor", () => {
  it("registers a checkpoint that is ahead, once", async () => {
    const { registry, log, tree, anyone, sign, signers } = await networkHelpers.loadFixture(grown);
    const signature = await sign(150n, tree.root(150n));
    await expect(anyone.demandAnchoring(log.id, 0, 150, tree.root(150n), signature))
      .to.emit(registry, "AnchoringDemanded")
      .withArgs(log.id, 150, tree.root(150n), 0, signers.outsider.address);
    expect(await registry.demandedSince(log.id, 0, 150)).to.equal(BigInt(await networkHelpers.time.latest()));
    await expect(anyone.demandAnchoring(log.id, 0, 150, tree.root(150n), signature))
      .to.be.revertedWithCustomError(registry, "LogRegistryDemanded")
      .withArgs(log.id, 0, 150);
    const old = await sign(100n, tree.root(100n));
    await expect(anyone.demandAnchoring(log.id, 0, 100, tree.root(100n), old))
      .to.be.revertedWithCustomError(registry, "LogRegistryNotAhead")
      .withArgs(log.id, 100, 100);
    await expect(anyone.demandAnchoring(log.id, 0, 151, tree.root(150n), signature))
      .to.be.revertedWithCustomError(registry, "LogRegistryInvalidCheckpoint")
      .withArgs(log.id, 0);
  });

  it("L8: marks a demand that was not met in time, and none before or after it was met", async () => {
    const { registry, log, tree, owner, anyone, sign } = await networkHelpers.loadFixture(grown);
    await anyone.demandAnchoring(log.id, 0, 150, tree.root(150n), await sign(150n, tree.root(150n)));
    await anyone.demandAnchoring(log.id, 0, 300, tree.root(300n), await sign(300n, tree.root(300n)));
    await expect(anyone.markUnanchored(log.id, 0, 200))
      .to.be.revertedWithCustomError(registry, "LogRegistryNotDemanded")
      .withArgs(log.id, 0, 200);
    await networkHelpers.time.increase(DAY - 10n);
    await expect(anyone.markUnanchored(log.id, 0, 150)).to.be.revertedWithCustomError(
      registry,
      "LogRegistryNotOverdue",
    );
    await owner.advance(log.id, 100, 200, tree.root(200n), tree.consistency(100n, 200n), [], []);
    await networkHelpers.time.increase(20n);
    await expect(anyone.markUnanchored(log.id, 0, 150))
      .to.be.revertedWithCustomError(registry, "LogRegistryNotAhead")
      .withArgs(log.id, 150, 200);
    await expect(anyone.markUnanchored(log.id, 0, 300)).to.emit(registry, "MarkedOverdue");
    expect(await registry.overdueSince(log.lineage)).to.equal(BigInt(await networkHelpers.time.latest()));
  });

  it("L8: lets no demand be crowded out by a smaller one that the owner makes itself", async () => {
    const { registry, log, tree, owner, anyone, sign } = await networkHelpers.loadFixture(grown);
    await owner.demandAnchoring(log.id, 0, 101, tree.root(101n), await sign(101n, tree.root(101n)));
    await anyone.demandAnchoring(log.id, 0, 900, tree.root(900n), await sign(900n, tree.root(900n)));
    await networkHelpers.time.increase(DAY - 10n);
    await owner.advance(log.id, 100, 101, tree.root(101n), tree.consistency(100n, 101n), [], []);
    await owner.demandAnchoring(log.id, 0, 102, tree.root(102n), await sign(102n, tree.root(102n)));
    await networkHelpers.time.increase(20n);
    await anyone.markUnanchored(log.id, 0, 900);
    expect(await registry.overdueSince(log.lineage)).to.not.equal(0n);
  });

  it("L8: leaves demands under a key retired since to the arbiter, who can mark them or not", async () => {
    const { registry, members, log, tree, owner, anyone, arbiter, sign, rotate } =
      await networkHelpers.loadFixture(grown);
    const far = 2n ** 64n - 1n;
    const signature = await sign(far, tree.root(1n));
    await anyone.demandAnchoring(log.id, 0, far, tree.root(1n), signature);
    await rotate();
    const late = await sign(150n, tree.root(150n));
    await expect(anyone.demandAnchoring(log.id, 0, 150, tree.root(150n), late)).to.be.revertedWithCustomError(
      members,
      "MembersMissingCapability",
    );
    await arbiter.demandAnchoring(log.id, 0, 150, tree.root(150n), late);
    await networkHelpers.time.increase(DAY - 10n);
    await owner.heartbeat(log.id, []);
    await networkHelpers.time.increase(20n);
    for (const size of [150n, far]) {
      await expect(anyone.markUnanchored(log.id, 0, size)).to.be.revertedWithCustomError(
        members,
        "MembersMissingCapability",
      );
    }
    await arbiter.markUnanchored(log.id, 0, 150);
    expect(await registry.overdueSince(log.lineage)).to.not.equal(0n);
  });

  it("keeps a demand through a freeze, and takes no new one of a frozen log", async () => {
    const { registry, log, tree, lie, owner, anyone, sign } = await networkHelpers.loadFixture(grown);
    const signature = await sign(150n, tree.root(150n));
    await anyone.demandAnchoring(log.id, 0, 150, tree.root(150n), signature);
    const self = await sign(100n, lie.root(100n));
    await owner.proveSplitView(log.id, 0, 100, lie.root(100n), self, tree.root(100n), []);
    await expect(anyone.demandAnchoring(log.id, 0, 160, keccak256("0x"), await sign(160n, keccak256("0x"))))
      .to.be.revertedWithCustomError(registry, "LogRegistryNotOpen")
      .withArgs(log.id, FROZEN);
    await networkHelpers.time.increase(DAY + 1n);
    await anyone.markUnanchored(log.id, 0, 150);
    expect(await registry.overdueSince(log.lineage)).to.not.equal(0n);
  });
});
