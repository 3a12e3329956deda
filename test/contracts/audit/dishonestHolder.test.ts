import { expect } from "chai";
import { getBytes, hexlify } from "ethers";
import { network } from "hardhat";

import { passChance } from "../../../sdk/audit/challenges.js";
import type { Hex } from "../../../sdk/common/bytes.js";
import { toHex } from "../../../sdk/common/bytes.js";
import { nodeHash } from "../../../sdk/proof/merkle.js";
import { datasetOf, DatasetWorld, DAY, testDataset } from "../../support/datasetWorld.js";
import { referenceLeafHash, VirtualTree } from "../../support/virtualTree.js";

const { provider, networkHelpers } = await network.create();

async function world() {
  const it = await DatasetWorld.deploy(provider, networkHelpers);
  return { it, engagement: await it.audit.openEngagement() };
}

const load = () => networkHelpers.loadFixture(world);

/** That bytes and proof do not answer. */
async function refused(it: DatasetWorld, id: bigint, bytes: Uint8Array, proof: Uint8Array[], why: string) {
  const { chunk } = await it.datasets.challengeOf(id);
  await expect(it.as("agency").answer(id, bytes, proof), why)
    .to.be.revertedWithCustomError(it.datasets, "DatasetsWrongChunk")
    .withArgs(id, chunk);
}

describe("Datasets: a dishonest holder", () => {
  it("D8: passes with no other bytes than the chunk's and no other proof", async () => {
    const { it, engagement } = await load();
    const dataset = testDataset(6_500);
    const datasetId = await it.registered(dataset);
    const id = await it.askedFor(2n, dataset.size, datasetId, engagement);
    const [bytes, proof] = [dataset.chunk(2), dataset.proof(2)];
    const flipped = Uint8Array.from(bytes);
    flipped[1_023]! ^= 1;
    const wrong: readonly (readonly [string, Uint8Array, Uint8Array[]])[] = [
      ["a flipped bit", flipped, proof],
      ["one byte less", bytes.subarray(0, 1_023), proof],
      ["one byte more", Uint8Array.of(...bytes, 0), proof],
      ["nothing", new Uint8Array(), []],
      ["no proof", bytes, []],
      ["a proof cut short", bytes, proof.slice(0, -1)],
      ["a proof with a rest", bytes, [...proof, proof[0]!]],
      ["the neighbour with its own proof", dataset.chunk(3), dataset.proof(3)],
      ["the neighbour with this proof", dataset.chunk(3), proof],
      ["the chunk with the neighbour's proof", bytes, dataset.proof(3)],
      ["the last chunk", dataset.chunk(6), dataset.proof(6)],
    ];
    for (const [why, given, path] of wrong) await refused(it, id, given, path, why);
    await it.as("agency").answer(id, bytes, proof);
  });

  it("D8: no answer for another dataset or another challenge counts", async () => {
    const { it, engagement } = await load();
    const [kept, lost] = [testDataset(4_000, 5), testDataset(4_000, 6)];
    const [keptId, lostId] = [await it.registered(kept), await it.registered(lost)];
    const forLost = await it.askedFor(1n, 4_000n, lostId, engagement);
    const forKept = await it.askedFor(1n, 4_000n, keptId, engagement);
    const otherChunk = await it.askedFor(2n, 4_000n, lostId, engagement);
    await refused(it, forLost, kept.chunk(1), kept.proof(1), "the same chunk of another dataset");
    await refused(it, forLost, kept.chunk(1), lost.proof(1), "with the right proof");
    await refused(it, otherChunk, lost.chunk(1), lost.proof(1), "what another challenge asks for");
    await it.answer(forKept, kept, 1n);
    await it.helpers.time.increase(DAY + 1n);
    for (const id of [forLost, otherChunk]) await it.as("outsider").markMissed(id);
    const standing = (id: Hex) => it.datasets.standingOf(id, it.member("agency"));
    expect([(await standing(keptId)).missed, (await standing(lostId)).missed]).to.deep.equal([0n, 2n]);
  });

  it("D8: every chunk of every size has one length and one place", async () => {
    const { it, engagement } = await load();
    for (const size of [1, 1_023, 1_024, 1_025, 2_047, 2_048, 2_049, 3_072]) {
      const dataset = testDataset(size, size);
      const datasetId = await it.registered(dataset);
      for (let chunk = 0n; chunk * 1_024n < BigInt(size); chunk++) {
        const id = await it.askedFor(chunk, BigInt(size), datasetId, engagement);
        const bytes = dataset.chunk(chunk);
        await refused(it, id, Uint8Array.of(...bytes, 0), dataset.proof(chunk), `${size}: longer`);
        await refused(it, id, bytes.subarray(1), dataset.proof(chunk), `${size}: shorter`);
        await it.answer(id, dataset, chunk);
      }
      // Under the limit of a day.
      await it.helpers.time.increase(DAY);
    }
  });

  it("D8: a root under a smaller or larger size than its own cannot be answered for", async () => {
    const { it, engagement } = await load();
    // Three chunks; the last leaf verifies as the second of two, and of a size that makes it as long as it is.
    const dataset = testDataset(2_500);
    const left = nodeHash(referenceLeafHash(dataset.chunk(0)), referenceLeafHash(dataset.chunk(1)));
    const wholeLast = datasetOf(dataset.bytes.subarray(0, 1_024));
    const smaller = { ...dataset, size: 1_024n + 452n };
    const smallerId = await it.registered(smaller);
    await it.as("agency").answer(await it.askedFor(1n, smaller.size, smallerId, engagement), dataset.chunk(2), [left]);
    const first = await it.askedFor(0n, smaller.size, smallerId, engagement);
    const right = referenceLeafHash(dataset.chunk(2));
    for (const bytes of [dataset.chunk(0), wholeLast.chunk(0)]) await refused(it, first, bytes, [right], "no leaf");
    await refused(it, first, getBytes(`${hexlify(left)}${"00".repeat(992)}`), [right], "a node for a leaf");
    // The same last leaf where the claimed size makes it a full chunk.
    const padded = { ...dataset, size: 2_048n };
    const second = await it.askedFor(1n, 2_048n, await it.registered(padded), engagement);
    await refused(it, second, dataset.chunk(2), [left], "too short for its claimed size");
    // A larger claim has chunks that nobody can produce.
    const larger = { ...dataset, size: 4_096n };
    const third = await it.askedFor(3n, 4_096n, await it.registered(larger), engagement);
    await refused(it, third, dataset.chunk(2), dataset.proof(2), "beyond the end");
  });

  it("D8: answers for the largest size there is", async () => {
    const { it, engagement } = await load();
    const size = 2n ** 64n - 1n;
    const count = 2n ** 54n;
    const zeros = new Uint8Array(1_024);
    const last = referenceLeafHash(zeros.subarray(1));
    const tree = new VirtualTree(referenceLeafHash(zeros), new Map([[count - 1n, last]]));
    const dataset = { ...testDataset(1), root: toHex(tree.root(count)), size };
    const { challengeId, chunk } = await it.asked(await it.registered(dataset), engagement);
    expect(chunk < count).to.equal(true);
    await it.as("agency").answer(challengeId, zeros, tree.inclusion(chunk, count));
  });

  it("shows that who keeps nothing and fetches from a mirror on demand passes: a challenge proves no more", async () => {
    const { it, engagement } = await load();
    const dataset = testDataset(50_000);
    const datasetId = await it.registered(dataset);
    await it.confirmed(datasetId, "mirrorOne");
    let fetched = 0;
    // All that the holder still has is the mirror's address.
    const fromMirror = async (chunk: bigint) => {
      fetched++;
      return { bytes: dataset.chunk(chunk), proof: dataset.proof(chunk) };
    };
    for (let i = 0; i < 5; i++) {
      const { challengeId, chunk } = await it.asked(datasetId, engagement);
      const { bytes, proof } = await fromMirror(chunk);
      await it.as("agency").answer(challengeId, bytes, proof);
    }
    expect(fetched).to.equal(5);
    expect((await it.datasets.standingOf(datasetId, it.member("agency"))).answered).to.equal(5n);
  });

  it("is found by as many challenges as its loss predicts", async function () {
    this.timeout(120_000);
    const { it, engagement } = await load();
    const dataset = testDataset(10 * 1_024);
    const datasetId = await it.registered(dataset);
    const lost = (chunk: bigint) => chunk < 3n;
    const total = 160;
    let passed = 0;
    for (let i = 0; i < total; i++) {
      if (i % 16 === 0) await it.helpers.time.increase(DAY);
      const { challengeId, chunk } = await it.asked(datasetId, engagement);
      if (lost(chunk)) continue;
      await it.answer(challengeId, dataset, chunk);
      passed++;
    }
    // Seven in ten, within five standard deviations.
    const expected = total * passChance(0.3, 1);
    expect(Math.abs(passed - expected)).to.be.lessThan(5 * Math.sqrt(total * 0.3 * 0.7));
    expect(passChance(0.01, 459)).to.be.lessThan(0.01);
    expect(passChance(0.01, 458)).to.be.greaterThan(0.01);
  });
});
