import { id, ZeroHash } from "ethers";

import { fromHex, type Hex, toHex } from "../../sdk/common/bytes.js";
import { leafHash } from "../../sdk/proof/merkle.js";
import { encodeLeaf } from "../../sdk/rewards/campaign/leaf.js";
import type { AwardLeafStruct, CampaignStruct } from "../../typechain-types/contracts/rewards/Campaigns.js";
import { ReferenceTree } from "./referenceTree.js";
import type { MemberLabel, RewardsSuite } from "./rewards.js";

/** What a leaf of a test's campaign says. */
export interface LeafWish {
  readonly subject: Hex;
  readonly evidenceLog?: string;
  readonly evidenceIndex?: bigint;
  /** Another for each place unless told. */
  readonly content?: string;
  readonly salt?: string;
}

/** A campaign that was opened on chain, with all its leaves. */
export interface OpenedCampaign {
  readonly id: Hex;
  readonly terms: CampaignStruct;
  /** What `materialise` and `standingOf` take of a leaf. */
  shown(index: number): [CampaignStruct, AwardLeafStruct, bigint, Uint8Array[]];
}

/** Opens a campaign over these leaves. */
export async function openCampaign(
  world: RewardsSuite,
  wishes: readonly LeafWish[],
  options: { readonly typeId: bigint; readonly expires?: bigint; readonly by?: MemberLabel },
): Promise<OpenedCampaign> {
  const { typeId, expires = 0n, by = "department" } = options;
  const leaves = wishes.map((wish, i) => {
    const own = { evidenceLog: ZeroHash, evidenceIndex: 0n, content: id(`content ${i}`), salt: id(`salt ${i}`) };
    return { ...own, ...wish };
  });
  const tree = new ReferenceTree(leaves.map((leaf) => leafHash(bytesOf(leaf))));
  const campaigns = world.as(by, "Campaigns");
  const root = toHex(tree.root());
  await campaigns.open(root, leaves.length, expires, typeId);
  const [opened] = (await campaigns.queryFilter(campaigns.filters.CampaignOpened(), -1)).slice(-1);
  const { args } = opened!;
  const terms = { root, size: BigInt(leaves.length), typeId, issuer: world.actor(by).member, expires: args.expires };
  return {
    id: args.campaignId as Hex,
    terms,
    shown: (index) => [terms, leaves[index]!, BigInt(index), tree.inclusionProof(index)],
  };
}

function bytesOf(leaf: { subject: string; evidenceLog: string; evidenceIndex: bigint; content: string; salt: string }) {
  const evidence = { logId: fromHex(leaf.evidenceLog), index: leaf.evidenceIndex };
  return encodeLeaf({
    subject: fromHex(leaf.subject),
    ...(leaf.evidenceLog === ZeroHash ? {} : { evidence }),
    content: fromHex(leaf.content),
    salt: fromHex(leaf.salt),
  });
}
