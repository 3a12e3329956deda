import type { Log } from "ethers";

import type { Hex } from "../../common/bytes.js";
import { logsInRanges, type LogSource } from "../../chain/governance/logs.js";
import type { Suite } from "../../chain/suite.js";

/** Where an event stands in the chain's history. */
export interface EventPlace {
  readonly block: number;
  readonly logIndex: number;
  readonly transaction: Hex;
}

/** What `Awards` and `Campaigns` said, as far as the state of awards follows from it. */
export type AwardEvent =
  | { readonly name: "Transfer"; readonly from: Hex; readonly to: Hex; readonly id: bigint }
  | { readonly name: "TokenExpiryUpdated"; readonly id: bigint; readonly start: bigint; readonly end: bigint }
  | {
      readonly name: "BatchGranted";
      readonly batch: bigint;
      readonly typeId: bigint;
      readonly issuer: bigint;
      readonly count: bigint;
      readonly evidenceLog: Hex;
      readonly evidence: readonly bigint[];
    }
  | { readonly name: "AwardMaterialised"; readonly id: bigint; readonly campaign: Hex; readonly index: bigint }
  | { readonly name: "AwardRevoked" | "AwardReinstated"; readonly id: bigint; readonly reason: Hex }
  | { readonly name: "BatchRevoked" | "BatchReinstated"; readonly batch: bigint; readonly reason: Hex }
  | { readonly name: "EvidenceCorrected"; readonly id: bigint; readonly to: bigint }
  | { readonly name: "HolderAdmitted"; readonly account: Hex; readonly subject: Hex }
  | { readonly name: "NonceUsed"; readonly signer: Hex; readonly nonce: bigint }
  | {
      readonly name: "CampaignOpened";
      readonly campaign: Hex;
      readonly typeId: bigint;
      readonly issuer: bigint;
      readonly root: Hex;
      readonly size: bigint;
      readonly expires: bigint;
    }
  | { readonly name: "CampaignRevoked" | "CampaignReinstated"; readonly campaign: Hex; readonly reason: Hex }
  | {
      readonly name: "LeafRevoked" | "LeafReinstated";
      readonly campaign: Hex;
      readonly index: bigint;
      readonly reason: Hex;
    };

const ofAwards = [
  "Transfer",
  "TokenExpiryUpdated",
  "BatchGranted",
  "AwardMaterialised",
  "AwardRevoked",
  "AwardReinstated",
  "BatchRevoked",
  "BatchReinstated",
  "EvidenceCorrected",
  "HolderAdmitted",
  "NonceUsed",
] as const;

const ofCampaigns = [
  "CampaignOpened",
  "CampaignRevoked",
  "CampaignReinstated",
  "LeafRevoked",
  "LeafReinstated",
] as const;

/** Events of both contracts, oldest first, in bounded ranges up to the present head. */
export async function* awardEvents(suite: Suite, source: LogSource): AsyncGenerator<AwardEvent & EventPlace> {
  const [awards, campaigns] = [suite.contract("Awards").interface, suite.contract("Campaigns").interface];
  const addresses = [suite.address("Awards"), suite.address("Campaigns")] as const;
  const topics = [
    ...ofAwards.map((name) => awards.getEvent(name).topicHash),
    ...ofCampaigns.map((name) => campaigns.getEvent(name).topicHash),
  ];
  for await (const log of logsInRanges(source, addresses, topics)) {
    const abi = log.address.toLowerCase() === addresses[0].toLowerCase() ? awards : campaigns;
    const parsed = abi.parseLog(log);
    if (parsed !== null) yield { ...eventOf(parsed.name, parsed.args.toObject()), ...placeOf(log) };
  }
}

/** @returns where a log of a node stands */
export function placeOf({ blockNumber, index, transactionHash }: Log): EventPlace {
  return { block: blockNumber, logIndex: index, transaction: transactionHash as Hex };
}

type Arguments = Record<string, unknown>;

/** One reader an event; the names of the arguments are the interfaces'. */
const readers: Record<AwardEvent["name"], (args: Arguments) => Omit<AwardEvent, "name">> = {
  Transfer: ({ from, to, tokenId }) => ({ from, to, id: tokenId }),
  TokenExpiryUpdated: ({ tokenId, startTime, endTime }) => ({ id: tokenId, start: startTime, end: endTime }),
  BatchGranted: ({ batch, typeId, issuer, count, evidenceLog, evidence }) => {
    return { batch, typeId, issuer, count, evidenceLog, evidence: [...(evidence as Iterable<bigint>)] };
  },
  AwardMaterialised: ({ tokenId, campaignId, index }) => ({ id: tokenId, campaign: campaignId, index }),
  AwardRevoked: ({ tokenId, reason }) => ({ id: tokenId, reason }),
  AwardReinstated: ({ tokenId, reason }) => ({ id: tokenId, reason }),
  BatchRevoked: ({ batch, reason }) => ({ batch, reason }),
  BatchReinstated: ({ batch, reason }) => ({ batch, reason }),
  EvidenceCorrected: ({ tokenId, to }) => ({ id: tokenId, to }),
  HolderAdmitted: ({ account, subject }) => ({ account, subject }),
  NonceUsed: ({ signer, nonce }) => ({ signer, nonce }),
  CampaignOpened: ({ campaignId, typeId, issuer, root, size, expires }) => {
    return { campaign: campaignId, typeId, issuer, root, size, expires };
  },
  CampaignRevoked: ({ campaignId, reason }) => ({ campaign: campaignId, reason }),
  CampaignReinstated: ({ campaignId, reason }) => ({ campaign: campaignId, reason }),
  LeafRevoked: ({ campaignId, index, reason }) => ({ campaign: campaignId, index, reason }),
  LeafReinstated: ({ campaignId, index, reason }) => ({ campaign: campaignId, index, reason }),
};

function eventOf(name: string, args: Arguments): AwardEvent {
  const known = name as AwardEvent["name"];
  return { name: known, ...readers[known](args) } as AwardEvent;
}
