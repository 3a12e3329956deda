import { toBeHex } from "ethers";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { logsInRanges, type LogSource } from "../../chain/governance/logs.js";
import { reading } from "../../chain/reading.js";
import type { Suite } from "../../chain/suite.js";
import { type Standing, standings } from "../standing.js";
import { campaignId, type CampaignTerms, leafStruct } from "./leaf.js";
import { type CampaignProof, leafOfProof, verifyCampaignProof } from "./proof.js";

/** A campaign as the chain knows it. */
export interface OpenedCampaign {
  readonly id: Hex;
  readonly terms: CampaignTerms;
  /** Block seconds. */
  readonly openedAt: bigint;
  /** As a whole. */
  readonly revoked: boolean;
  /** Single awards that are revoked now. */
  readonly revocations: bigint;
}

/** A campaign by its id, from its event; undefined where it was never opened. */
export async function readCampaign(suite: Suite, id: Hex, source: LogSource): Promise<OpenedCampaign | undefined> {
  const campaigns = suite.contract("Campaigns");
  const { openedAt, revoked, revocations } = await reading(`the question for campaign ${id}`, () =>
    campaigns.openedOf(id),
  );
  if (openedAt === 0n) return undefined;
  const abi = campaigns.interface;
  const topic = abi.getEvent("CampaignOpened").topicHash;
  for await (const log of logsInRanges(source, [suite.address("Campaigns")], [topic], [id])) {
    const { root, size, typeId, issuer, expires } = abi.parseLog(log)!.args;
    return { id, terms: { root, size, typeId, issuer, expires } as CampaignTerms, openedAt, revoked, revocations };
  }
  throw new SteleError(
    "network",
    `the node does not show the opening of campaign ${id} from block ${source.fromBlock} on`,
  );
}

/** How an award of a campaign stands on a chain now. */
export interface CampaignAward {
  readonly campaignId: Hex;
  readonly standing: Standing;
  /** The record that it rests on is under dispute. */
  readonly disputed: boolean;
}

/**
 * Verifies a proof and asks the chain how the award stands. The campaign is the suite's own: under another suite the
 * same terms are another campaign, and the award is `none`.
 * @throws SteleError `unproven` where the proof does not hold in itself
 */
export async function readCampaignAward(suite: Suite, proof: CampaignProof): Promise<CampaignAward> {
  const { terms, index, inclusion } = proof;
  verifyCampaignProof(proof, terms);
  const [standing, disputed] = await reading(`the question for award ${index} of a campaign`, () =>
    suite.contract("Campaigns").standingOf({ ...terms }, leafStruct(leafOfProof(proof)), index, [...inclusion]),
  );
  return {
    campaignId: campaignId(suite.manifest.suiteId, terms),
    standing: standings[Number(standing)] ?? "none",
    disputed,
  };
}

/** Campaigns with this root and size that were opened, oldest first; of one issuer and type where they are given. */
export async function findCampaigns(
  suite: Suite,
  { root, size }: Pick<CampaignTerms, "root" | "size">,
  source: LogSource,
  { typeId, issuer }: Partial<Pick<CampaignTerms, "typeId" | "issuer">> = {},
): Promise<CampaignTerms[]> {
  const abi = suite.contract("Campaigns").interface;
  const topic = abi.getEvent("CampaignOpened").topicHash;
  const indexed = [null, ...[typeId, issuer].map((value) => (value === undefined ? null : toBeHex(value, 32)))];
  const found: CampaignTerms[] = [];
  for await (const log of logsInRanges(source, [suite.address("Campaigns")], [topic], indexed)) {
    const { args } = abi.parseLog(log)!;
    const terms = { root, size, typeId: args["typeId"], issuer: args["issuer"], expires: args["expires"] };
    if (args["root"] === root && args["size"] === size) found.push(terms as CampaignTerms);
  }
  return found;
}
