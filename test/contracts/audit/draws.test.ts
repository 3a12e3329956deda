import { expect } from "chai";
import { network } from "hardhat";

import { drawnChunk } from "../../../sdk/audit/challenges.js";
import type { Hex } from "../../../sdk/common/bytes.js";
import { DatasetWorld, DAY, State, testDataset } from "../../support/datasetWorld.js";

const { provider, networkHelpers } = await network.create();
const dataset = testDataset(40_000);

async function world() {
  const it = await DatasetWorld.deploy(provider, networkHelpers);
  return { it, datasetId: await it.registered(dataset), engagement: await it.audit.openEngagement() };
}

const load = () => networkHelpers.loadFixture(world);

describe("Datasets: the draw", () => {
  it("D7: waits for a block after the challenge and takes its hash, the same for everybody", async () => {
    const { it, datasetId, engagement } = await load();
    const id = await it.challenged(datasetId, engagement);
    const { drawBlock } = await it.datasets.challengeOf(id);
    // Sent now it would stand in the block of the draw itself.
    await expect(it.as("outsider").draw(id))
      .to.be.revertedWithCustomError(it.datasets, "DatasetsTooEarly")
      .withArgs(id, drawBlock);
    await networkHelpers.mine(1);
    const block = await it.audit.deployed.provider.getBlock(Number(drawBlock));
    const chunk = drawnChunk(block!.hash as Hex, id, dataset.size);
    await expect(it.as("outsider").draw(id)).to.emit(it.datasets, "ChunkDrawn").withArgs(id, chunk);
    const drawn = await it.datasets.challengeOf(id);
    expect([drawn.chunk, drawn.state, drawn.drawnAt]).to.deep.equal([chunk, State.Drawn, await it.audit.now()]);
    await expect(it.as("officeAuditor").draw(id))
      .to.be.revertedWithCustomError(it.datasets, "DatasetsChallengeState")
      .withArgs(id, State.Drawn);
  });

  it("knows no challenge that was not opened", async () => {
    const { it, datasetId, engagement } = await load();
    await it.challenged(datasetId, engagement);
    for (const id of [0n, 2n, 2n ** 64n - 1n]) {
      const calls = [
        it.datasets.challengeOf(id),
        it.as("agency").draw(id),
        it.as("agency").answer(id, "0x", []),
        it.as("agency").markMissed(id),
      ];
      for (const call of calls) {
        await expect(call).to.be.revertedWithCustomError(it.datasets, "DatasetsUnknownChallenge").withArgs(id);
      }
    }
  });

  it("D7: after 256 blocks the office names another block, and nobody else", async () => {
    const { it, datasetId, engagement } = await load();
    const [first, second] = [await it.challenged(datasetId, engagement), await it.challenged(datasetId, engagement)];
    const { drawBlock } = await it.datasets.challengeOf(first);
    await networkHelpers.mine(Number(drawBlock) + 255 - (await it.audit.deployed.provider.getBlockNumber()));
    // The last block that knows the hash.
    await expect(it.as("outsider").draw(first)).to.emit(it.datasets, "ChunkDrawn");
    await networkHelpers.mine(1);
    for (const by of ["agency", "firmAuditor", "otherOffice"] as const) {
      await expect(it.as(by).draw(second))
        .to.be.revertedWithCustomError(it.datasets, "DatasetsIneligible")
        .withArgs(it.audit.actor(by).address, it.member(by));
    }
    await expect(it.as("outsider").draw(second)).to.be.revertedWithCustomError(it.members, "MembersMissingCapability");
    await it.suspend("office");
    const next = BigInt(await it.audit.deployed.provider.getBlockNumber()) + 2n;
    await expect(it.as("officeAuditor").draw(second)).to.emit(it.datasets, "ChallengeRearmed").withArgs(second, next);
    expect((await it.datasets.challengeOf(second)).state).to.equal(State.Pending);
    await expect(it.as("outsider").draw(second)).to.be.revertedWithCustomError(it.datasets, "DatasetsTooEarly");
    await networkHelpers.mine(1);
    await expect(it.as("outsider").draw(second)).to.emit(it.datasets, "ChunkDrawn");
  });

  it("D7: what is not drawn within an open day never will be, so nobody is asked for what it was free to forget", async () => {
    const { it, datasetId, engagement } = await load();
    const [first, second] = [await it.challenged(datasetId, engagement), await it.challenged(datasetId, engagement)];
    const { openedAt } = await it.datasets.challengeOf(first);
    await it.outage(3_600n);
    const { openedAt: later } = await it.datasets.challengeOf(second);
    expect(later > openedAt).to.equal(true);
    await networkHelpers.time.setNextBlockTimestamp(openedAt + DAY + 3_600n);
    await expect(it.as("outsider").draw(first)).to.emit(it.datasets, "ChunkDrawn");
    await it.until(later, DAY + 3_600n + 1n);
    for (const by of ["outsider", "officeAuditor"] as const) {
      await expect(it.as(by).draw(second)).to.be.revertedWithCustomError(it.datasets, "DatasetsLate");
    }
    for (const call of [it.as("agency").markMissed(second), it.as("agency").answer(second, "0x", [])]) {
      await expect(call)
        .to.be.revertedWithCustomError(it.datasets, "DatasetsChallengeState")
        .withArgs(second, State.Pending);
    }
  });

  it("a proposer of the block of the draw chooses the chunk among the blocks it could make", async () => {
    const { it, datasetId, engagement } = await load();
    const id = await it.challenged(datasetId, engagement);
    // Of 40 chunks it kept five: it needs eight blocks on average, and passes.
    const tries = await it.propose(id, dataset.size, (chunk) => chunk < 5n);
    await it.as("outsider").draw(id);
    const { chunk } = await it.datasets.challengeOf(id);
    expect(chunk < 5n).to.equal(true);
    await it.answer(id, dataset, chunk);
    console.log(`      blocks tried: ${tries}`);
  });
});
