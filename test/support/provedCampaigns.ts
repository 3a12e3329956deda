import { fromHex, type Hex } from "../../sdk/common/bytes.js";
import type { JsonObject } from "../../sdk/records/canonical.js";
import { commitmentOf, fieldsOf } from "../../sdk/records/fields.js";
import type { AwardLeaf, CampaignTerms } from "../../sdk/rewards/campaign/leaf.js";
import { campaignProof, formatCampaignProof } from "../../sdk/rewards/campaign/proof.js";
import { TestCampaign } from "./campaigns.js";
import type { MemberLabel, PersonLabel, RewardsSuite } from "./rewards.js";

export interface CampaignRow {
  readonly person: PersonLabel;
  readonly content?: JsonObject;
  readonly evidence?: { readonly logId: Hex; readonly index: bigint };
}

/** Secret of every content in tests. */
export const contentSecret = new Uint8Array(32).fill(0x41);

/** A campaign that is open on chain, with the proofs of its awards as files hold them. */
export interface ProvedCampaign {
  readonly terms: CampaignTerms;
  readonly leaves: readonly AwardLeaf[];
  proof(index: number): object;
}

/** Opens a campaign whose awards may have contents and evidence. */
export async function openCampaign(
  world: RewardsSuite,
  by: MemberLabel,
  rows: readonly CampaignRow[],
  typeId: bigint,
): Promise<ProvedCampaign> {
  const leaves = rows.map(({ person, content, evidence }, i): AwardLeaf => ({
    subject: fromHex(world.subject(person), 32),
    ...(evidence === undefined ? {} : { evidence: { logId: fromHex(evidence.logId, 32), index: evidence.index } }),
    ...(content === undefined ? {} : { content: commitmentOf(fieldsOf(content), contentSecret) }),
    salt: new Uint8Array(32).fill(i + 1),
  }));
  const campaign = new TestCampaign(leaves);
  const terms = await campaign.open(world, typeId, by);
  return {
    terms,
    leaves,
    proof: (index) => {
      const path = campaign.shown(index)[2].map((hash) => fromHex(hash));
      return JSON.parse(formatCampaignProof(campaignProof(terms, BigInt(index), leaves[index]!, path))) as object;
    },
  };
}
