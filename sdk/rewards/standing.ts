import type { CampaignTerms } from "./campaign/leaf.js";

/** What an award is for, in the order of `RewardTypes.Category`. */
export const categories = ["none", "training", "career", "mission", "service"] as const;
export type Category = (typeof categories)[number];

/** Who may grant, in the order of `IAwardTypes.Granters`. */
export const granters = ["publisher", "listed", "anyone"] as const;
export type Granters = (typeof granters)[number];

/** How an award stands, in the order of `RewardTypes.Standing`. Only `valid` counts. */
export const standings = ["none", "valid", "revoked", "expired", "unsupported"] as const;
export type Standing = (typeof standings)[number];

/** The record that an award rests on, as the chain knows it. */
export interface Evidence {
  /** Entries of its log that are anchored; undefined for a log that is not there. */
  readonly size?: bigint;
  readonly index: bigint;
  /** It was corrected or withdrawn, or has lapsed. */
  readonly over: boolean;
  readonly disputed: boolean;
}

/** Whether what an award rests on supports it; the twin of `StandingRules.supportOf`. @param evidence none: it rests on nothing */
export function supportOf(evidence?: Evidence): { readonly supported: boolean; readonly disputed: boolean } {
  if (evidence === undefined) return { supported: true, disputed: false };
  const { size = 0n, index, over, disputed } = evidence;
  if (index >= size) return { supported: false, disputed: false };
  return { supported: !over, disputed };
}

/** How an award that exists stands; the twin of `StandingRules.standingAt`. @param expires 0 for never */
export function standingAt(revoked: boolean, expires: bigint, supported: boolean, now: bigint): Standing {
  if (revoked) return "revoked";
  if (expires !== 0n && now >= expires) return "expired";
  return supported ? "valid" : "unsupported";
}

/** What decides about an award of a campaign. */
export interface CampaignFacts {
  readonly opened: boolean;
  /** The type asks for a record as evidence. */
  readonly needsEvidence: boolean;
  /** The proof leads from the leaf to the campaign's root. */
  readonly included: boolean;
  /** The campaign, or this leaf of it. */
  readonly revoked: boolean;
  readonly evidence?: Evidence;
}

/** How an award of a campaign stands at block time `now`; the twin of `Campaigns.standingOf`. */
export function campaignStanding(
  terms: Pick<CampaignTerms, "expires">,
  facts: CampaignFacts,
  now: bigint,
): { readonly standing: Standing; readonly disputed: boolean } {
  const { opened, needsEvidence, included, revoked, evidence } = facts;
  if (!opened || !included || (needsEvidence && evidence === undefined)) return { standing: "none", disputed: false };
  const { supported, disputed } = supportOf(evidence);
  return { standing: standingAt(revoked, terms.expires, supported, now), disputed };
}
