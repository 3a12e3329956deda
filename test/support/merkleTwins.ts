import { expect } from "chai";

import { verifyConsistency, verifyInclusion } from "../../sdk/proof/merkle.js";
import type { ConsistencyCase, InclusionCase, MerkleHarness } from "./merkleHarness.js";
import type { Judged } from "./mutations.js";

/** Asks Solidity and TypeScript the same questions; both have to give the expected answers. */
export class MerkleTwins {
  readonly #harness: MerkleHarness;
  accepted = 0;
  /** Of the accepted: under another size, for which the path is the same; see `MerkleTree`. */
  samePath = 0;
  refused = 0;

  constructor(harness: MerkleHarness) {
    this.#harness = harness;
  }

  async inclusions(cases: readonly Judged<InclusionCase>[]): Promise<void> {
    const solidity = await this.#harness.inclusions(cases);
    cases.forEach((c, i) => {
      this.#compare(c, solidity[i], verifyInclusion(c.leafHash, c.index, c.size, c.root, c.proof));
    });
  }

  async consistencies(cases: readonly Judged<ConsistencyCase>[]): Promise<void> {
    const solidity = await this.#harness.consistencies(cases);
    cases.forEach((c, i) => {
      this.#compare(c, solidity[i], verifyConsistency(c.oldSize, c.newSize, c.oldRoot, c.newRoot, c.proof));
    });
  }

  #compare(each: Judged<object>, solidity: boolean | undefined, typescript: boolean): void {
    if (solidity !== each.expected || typescript !== each.expected) {
      const bigints = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}` : value);
      expect.fail(`${each.what}: Solidity ${solidity}, TypeScript ${typescript}; ${JSON.stringify(each, bigints)}`);
    }
    if (each.expected && each.what !== "right") this.samePath++;
    if (each.expected) this.accepted++;
    else this.refused++;
  }
}
