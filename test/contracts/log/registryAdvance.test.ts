import { expect } from "chai";
import { AbiCoder, keccak256, toUtf8Bytes } from "ethers";
import { network } from "hardhat";

import { deployLogs, KIND, type LogSuite, type TestLog, TestTree } from "../../support/logs.js";

const { ethers, networkHelpers } = await network.create();

async function plainLog(): Promise<LogSuite & { log: TestLog }> {
  const suite = await deployLogs(ethers);
  return { ...suite, log: await suite.openLog("books", await suite.publish()) };
}

describe("LogRegistry: open and advance", () => {
  const tree = new TestTree();

  it("opens a log at size 0 with the root of the empty tree and a full bucket", async () => {
    const { registry, people, log, suiteId } = await networkHelpers.loadFixture(plainLog);
    const [head, root] = await registry.headOf(log.id);
    expect([head.size, head.epoch, head.keyEpoch, head.status, head.owner]).to.deep.equal([0n, 0n, 0n, 1n, 1n]);
    expect(root).to.equal(tree.root(0n));
    expect(await registry.allowanceOf(log.id)).to.equal(1_000_000n);
    const abi = AbiCoder.defaultAbiCoder();
    const lineage = keccak256(
      abi.encode(
        ["bytes32", "uint32", "bytes32", "bytes32"],
        [suiteId, people.owner.id, KIND, keccak256(toUtf8Bytes("books"))],
      ),
    );
    expect(log.lineage).to.equal(lineage);
    expect(log.id).to.equal(keccak256(abi.encode(["bytes32", "uint16"], [lineage, 0])));
    expect(await registry.checkpointKeyOf(log.id, 0)).to.equal(log.key.address);
  });

  it("moves a head that provably extends the last one", async () => {
    const { registry, log } = await networkHelpers.loadFixture(plainLog);
    const owner = registry.connect(log.owner.administrator);
    await expect(owner.advance(log.id, 0, 7, tree.root(7n), [], [], []))
      .to.emit(registry, "HeadAdvanced")
      .withArgs(log.id, 0, 7, tree.root(7n));
    await owner.advance(log.id, 7, 1000, tree.root(1000n), tree.consistency(7n, 1000n), [], []);
    const [head, root] = await registry.headOf(log.id);
    expect([head.size, root]).to.deep.equal([1000n, tree.root(1000n)]);
    expect(await registry.isIncluded(log.id, tree.leaf(3n), 3, tree.inclusion(3n, 1000n))).to.equal(true);
    expect(await registry.isIncluded(log.id, tree.leaf(3n), 3, tree.inclusion(3n, 999n))).to.equal(false);
  });
});
