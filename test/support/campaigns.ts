import { randomBytes } from "ethers";

import { fromHex, type Hex, toHex } from "../../sdk/common/bytes.js";
import { leafHash } from "../../sdk/proof/merkle.js";
import { type AwardLeaf, type CampaignTerms, encodeLeaf, leafStruct } from "../../sdk/rewards/campaign/leaf.js";
import type { ActorLabel, PersonLabel, RewardsSuite } from "./rewards.js";
import { ReferenceTree } from "./referenceTree.js";

/** A campaign in memory, to be opened and shown. */
export class TestCampaign {
  readonly leaves: readonly AwardLeaf[];
  readonly #tree: ReferenceTree;

  constructor(leaves: readonly AwardLeaf[]) {
    this.leaves = leaves;
    this.#tree = new ReferenceTree(leaves.map((leaf) => leafHash(encodeLeaf(leaf))));
  }

  /** One award for each person, each with its own salt. */
  static of(world: RewardsSuite, people: readonly PersonLabel[], change: Partial<AwardLeaf> = {}): TestCampaign {
    return new TestCampaign(
      people.map((label) => ({ subject: fromHex(world.subject(label)), salt: randomBytes(32), ...change })),
    );
  }

  get size(): bigint {
    return BigInt(this.leaves.length);
  }

  get root(): Hex {
    return toHex(this.#tree.root());
  }

  terms(typeId: bigint, issuer: bigint, expires = 0n): CampaignTerms {
    return { root: this.root, size: this.size, typeId, issuer, expires };
  }

  /** Opens it on chain. */
  async open(world: RewardsSuite, typeId: bigint, by: ActorLabel = "department", expires = 0n): Promise<CampaignTerms> {
    const contract = world.as(by, "Campaigns");
    await contract.open(this.root, this.size, expires, typeId);
    const { validity } = await contract.awardTypeOf(typeId);
    const given = expires !== 0n || validity === 0n ? expires : (await world.now()) + validity;
    return this.terms(typeId, world.actor(by).member, given);
  }

  /** An award as `standingOf` takes it, after the campaign. */
  shown(index: number) {
    return [leafStruct(this.leaves[index]!), BigInt(index), this.#tree.inclusionProof(index).map(toHex)] as const;
  }
}
