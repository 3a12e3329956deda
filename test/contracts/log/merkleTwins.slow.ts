import { expect } from "chai";

import { MerkleHarness } from "../../support/merkleHarness.js";
import { fuzzConsistencies, fuzzInclusions, sweep } from "../../support/merkleSweeps.js";
import { MerkleTwins } from "../../support/merkleTwins.js";

describe("MerkleTree and its TypeScript twin, at length", () => {
  let harness: MerkleHarness;

  before(async () => {
    harness = await MerkleHarness.deploy();
  });

  it("agree on every place in every tree of 1 to 300 leaves and on every pair of sizes", async function () {
    this.timeout(300_000);
    const twins = new MerkleTwins(harness);
    await sweep(twins, 1n, 300n);
    expect(twins.accepted).to.equal(2 * ((300 * 301) / 2));
    console.log(`      ${twins.accepted} proofs`);
  });

  it("accept the right proofs and no mutated one at 3,000 random places to 2^40", async function () {
    this.timeout(600_000);
    const twins = new MerkleTwins(harness);
    const seed = Date.now() % 2 ** 31;
    for (let round = 0; round < 3; round++) {
      await fuzzInclusions(twins, { numRuns: 500, seed: seed + round });
      await fuzzConsistencies(twins, { numRuns: 500, seed: seed + round });
    }
    console.log(
      `      seed ${seed}: ${twins.accepted} accepted (${twins.samePath} under another size with the same path), ${twins.refused} refused`,
    );
    expect(twins.accepted >= 3_000).to.equal(true);
  });
});
