import type { Suite } from "../../chain/suite.js";
import { reading } from "../../chain/reading.js";
import { SteleError, type Place } from "../../common/errors.js";
import { formatInstant } from "../../common/time.js";
import { canonicalText } from "../../records/canonical.js";
import type { CampaignProof } from "../campaign/proof.js";
import { badgeOf } from "./badge.js";
import { factsOfLeaf, factsOfToken, type ReadFacts } from "./chain.js";
import { awardUrn, type AwardRef } from "./facts.js";
import { parseBadge } from "./document.js";

/** What the chain says of a credential. */
export interface ChainVerdict {
  readonly steps: readonly string[];
  /** The record that the award rests on is under dispute. */
  readonly disputed: boolean;
}

/**
 * Compares a verified credential with the chain: the award is there, says the same, and counts now. For an award of a
 * campaign that is no token, the chain knows the leaf by its proof only; without one, it says whether it was revoked.
 * @throws SteleError `unproven` naming what differs
 */
export async function compareWithChain(
  suite: Suite,
  document: string,
  options: { readonly proved?: CampaignProof | undefined; readonly place?: Place | undefined } = {},
): Promise<ChainVerdict> {
  const { place = {}, proved } = options;
  const badge = parseBadge(document, place);
  requireDeployment(suite, badge.award, place);
  if (badge.award.kind === "leaf" && proved === undefined) return revocationOnly(suite, badge.award, place);
  const read =
    proved === undefined ? await factsOfToken(suite, tokenOf(badge.award)) : await factsOfLeaf(suite, proved);
  requireCounts(read, place);
  const status = { list: badge.content.credentialStatus.statusListCredential, index: 0 };
  const says = (form: "subject" | "account") =>
    comparable(badgeOf(read.facts, { issuer: badge.did, status, subjectForm: form }));
  const form = badge.content.credentialSubject.id.startsWith("did:pkh:") ? "account" : "subject";
  const differs = firstDifference(says(form), comparable(badge.json as Record<string, unknown>));
  if (differs !== undefined) {
    throw new SteleError("unproven", "is not what the chain says of this award", {
      place: { ...place, field: differs },
    });
  }
  const dispute = read.disputed ? ["The record that it rests on is under dispute."] : [];
  return {
    steps: ["The chain says the same of this award, and that it counts now.", ...dispute],
    disputed: read.disputed,
  };
}

/**
 * How an award stands that a credential names and says little else of.
 * @throws SteleError `unproven` where it does not count
 */
export async function standsOnChain(suite: Suite, award: AwardRef, place: Place = {}): Promise<ChainVerdict> {
  requireDeployment(suite, award, place);
  if (award.kind === "leaf") return revocationOnly(suite, award, place);
  const { disputed, ...read } = await factsOfToken(suite, award.tokenId);
  requireCounts({ ...read, disputed }, place);
  return { steps: ["The chain says that the award counts now."], disputed };
}

function tokenOf(award: AwardRef): bigint {
  if (award.kind === "token") return award.tokenId;
  throw new SteleError("usage", "an award of a campaign is no token; give its proof");
}

function requireDeployment(suite: Suite, award: AwardRef, place: Place): void {
  const contract = suite.address(award.kind === "token" ? "Awards" : "Campaigns");
  if (award.chainId === suite.manifest.chainId && award.contract.toLowerCase() === contract.toLowerCase()) return;
  throw new SteleError("unproven", `is of another deployment, ${awardUrn(award)}`, { place });
}

function requireCounts({ standing, facts }: ReadFacts, place: Place): void {
  if (standing === "valid") return;
  const why = {
    revoked: "was revoked by its issuer, says the chain",
    expired: `expired at ${formatInstant(facts.expires)}, says the chain`,
    unsupported:
      "does not count: the record that it rests on was corrected or withdrawn, has lapsed, or is not there yet",
    none: "is of no award that the chain knows",
  }[standing];
  throw new SteleError("unproven", why, { place });
}

async function revocationOnly(
  suite: Suite,
  award: Extract<AwardRef, { kind: "leaf" }>,
  place: Place,
): Promise<ChainVerdict> {
  const campaigns = suite.contract("Campaigns");
  const [{ openedAt }, revoked] = await reading(`the question for campaign ${award.campaignId}`, () =>
    Promise.all([campaigns.openedOf(award.campaignId), campaigns.isRevoked(award.campaignId, award.index)]),
  );
  if (openedAt === 0n) throw new SteleError("unproven", "is of no campaign that the chain knows", { place });
  if (revoked) throw new SteleError("unproven", "was revoked by its issuer, says the chain", { place });
  const step =
    "The chain knows the campaign and has not revoked this award; the rest needs the award's proof (--proof).";
  return { steps: [step], disputed: false };
}

/** What has to be the same: all but who signed, and where it stands in a list. */
function comparable(credential: Record<string, unknown>): Record<string, unknown> {
  const { proof: _proof, credentialStatus: _status, ...rest } = credential;
  return rest;
}

function firstDifference(expected: Record<string, unknown>, given: Record<string, unknown>): string | undefined {
  const names = new Set([...Object.keys(expected), ...Object.keys(given)]);
  return [...names].find((name) => canonicalText(expected[name] ?? null) !== canonicalText(given[name] ?? null));
}
