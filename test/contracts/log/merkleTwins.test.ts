import { expect } from "chai";
import fc from "fast-check";

import { MerkleHarness } from "../../support/merkleHarness.js";
import { MerkleTwins } from "../../support/merkleTwins.js";
import { fuzzConsistencies, fuzzInclusions, sweep } from "../../support/merkleSweeps.js";

describe("MerkleTree and its TypeScript twin", () => {
  let harness: MerkleHarness;

  before(async () => {
    harness = await MerkleHarness.deploy();
  });

  it("agree on every place in every tree of 1 to 40 leaves and on every pair of sizes", async () => {
    const twins = new MerkleTwins(harness);
    await sweep(twins, 1n, 40n);
    expect(twins.accepted).to.equal(2 * ((40 * 41) / 2));
  });

  it("accept the right inclusion proof and no mutated one at 200 random sizes to 2^40", async () => {
    const twins = new MerkleTwins(harness);
    await fuzzInclusions(twins, { numRuns: 200, seed: 20 });
    console.log(
      `      ${twins.accepted} accepted (${twins.samePath} under another size with the same path), ${twins.refused} refused`,
    );
    expect(twins.refused > 200 * 10).to.equal(true);
  });

  it("accept the right consistency proof and no mutated one at 200 random sizes to 2^40", async () => {
    const twins = new MerkleTwins(harness);
    await fuzzConsistencies(twins, { numRuns: 200, seed: 21 });
    console.log(
      `      ${twins.accepted} accepted (${twins.samePath} under another size with the same path), ${twins.refused} refused`,
    );
    expect(twins.refused > 200 * 10).to.equal(true);
  });

  it("agree on arbitrary nonsense", async () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const size = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
    const proof = fc.array(hash, { maxLength: 70 });
    const twins = new MerkleTwins(harness);
    const inclusions = fc.sample(fc.record({ leafHash: hash, index: size, size, root: hash, proof }), {
      seed: 22,
      numRuns: 300,
    });
    await twins.inclusions(inclusions.map((each) => ({ ...each, what: "nonsense", expected: false })));
    const consistencies = fc.sample(fc.record({ oldSize: size, newSize: size, oldRoot: hash, newRoot: hash, proof }), {
      seed: 23,
      numRuns: 300,
    });
    await twins.consistencies(consistencies.map((each) => ({ ...each, what: "nonsense", expected: false })));
    expect(twins.refused).to.equal(600);
  });
});
