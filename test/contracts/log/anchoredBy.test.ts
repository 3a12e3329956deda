import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";

import { DAY, deployLogs, TestTree } from "../../support/logs.js";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;

async function opened() {
  const suite = await deployLogs(ethers);
  const log = await suite.openLog("books", await suite.publish({ policy: { silence: 100n * DAY } }));
  return { ...suite, log, owner: suite.registry.connect(log.owner.administrator) };
}

/** Midnight after next, so that a test's hours are known. */
async function midnight(): Promise<bigint> {
  return (BigInt(await time.latest()) / DAY + 2n) * DAY;
}

describe("LogRegistry: by when an entry was anchored", () => {
  const tree = new TestTree();

  it("L10: heartbeats of later days do not make old entries look younger", async () => {
    const { registry, log, owner } = await networkHelpers.loadFixture(opened);
    const start = await midnight();
    await time.setNextBlockTimestamp(start + 100n);
    await owner.advance(log.id, 0, 10, tree.root(10n), [], [], []);
    for (let day = 1n; day < 5n; day++) {
      await time.setNextBlockTimestamp(start + day * DAY + 7n);
      await owner.heartbeat(log.id, []);
      expect(await registry.anchoredBy(log.id, 9)).to.equal(start + 100n);
    }
    await time.setNextBlockTimestamp(start + 5n * DAY);
    await owner.advance(log.id, 10, 20, tree.root(20n), tree.consistency(10n, 20n), [], []);
    expect(await registry.anchoredBy(log.id, 9)).to.equal(start + 100n);
    expect(await registry.anchoredBy(log.id, 10)).to.equal(start + 5n * DAY);
  });

  it("refuses an index at or beyond the head", async () => {
    const { registry, log, owner } = await networkHelpers.loadFixture(opened);
    await owner.advance(log.id, 0, 10, tree.root(10n), [], [], []);
    for (const index of [10n, 11n, 2n ** 64n - 1n]) {
      await expect(registry.anchoredBy(log.id, index))
        .to.be.revertedWithCustomError(registry, "LogRegistryNotAnchored")
        .withArgs(log.id, index, 10);
    }
  });

  it("L10: is never before an entry was anchored, and less than a day after, in 200 random histories", async function () {
    this.timeout(120_000);
    const { registry, log, owner } = await networkHelpers.loadFixture(opened);
    const contact = fc.record({ wait: fc.integer({ min: 1, max: 150_000 }), grow: fc.integer({ min: 0, max: 3 }) });
    const history = fc.sample(contact, { seed: 30, numRuns: 200 });
    const truth: bigint[] = [];
    for (const { wait, grow } of history) {
      const now = BigInt(await time.latest()) + BigInt(wait);
      await time.setNextBlockTimestamp(now);
      const [oldSize, newSize] = [BigInt(truth.length), BigInt(truth.length + grow)];
      if (grow === 0) await owner.heartbeat(log.id, []);
      else
        await owner.advance(log.id, oldSize, newSize, tree.root(newSize), tree.consistency(oldSize, newSize), [], []);
      for (let i = 0; i < grow; i++) truth.push(now);
      for (let index = Math.max(0, truth.length - 6); index < truth.length; index++) {
        const said = await registry.anchoredBy(log.id, index);
        const real = truth[index]!;
        expect(said >= real && said - real < DAY && said / DAY === real / DAY, `${index}: ${said}, ${real}`).to.equal(
          true,
        );
      }
    }
    for (let index = 0; index < truth.length; index += 7) {
      const said = await registry.anchoredBy(log.id, index);
      expect(said >= truth[index]! && said / DAY === truth[index]! / DAY).to.equal(true);
    }
  });
});
