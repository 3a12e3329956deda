import type { Hex } from "../../common/bytes.js";
import { SteleError, type Place } from "../../common/errors.js";
import type { LogSource } from "../../chain/governance/logs.js";
import { reading } from "../../chain/reading.js";
import type { Suite } from "../../chain/suite.js";
import { categories, type Category, type Standing } from "../standing.js";
import { readCampaignAward } from "../campaign/chain.js";
import { parseCampaignProof } from "../campaign/proof.js";
import { positionOfToken, readAward, tokenOf, type EvidencePlace } from "./state.js";
import { whyLeafRevoked, whyTokenRevoked, type Why } from "./why.js";

/** Everything that can be said of an award, token or not, for whoever can show it. */
export interface AwardAccount extends Partial<Why> {
  readonly title: string;
  /** In whose name. */
  readonly authority: string;
  readonly category: Category;
  readonly criteriaUri: string;
  readonly criteriaHash: Hex;
  readonly typeId: bigint;
  /** Member. */
  readonly issuer: bigint;
  readonly subject: Hex;
  /** Block seconds. */
  readonly issuedAt: bigint;
  /** Block seconds, 0 for never. */
  readonly expires: bigint;
  readonly evidence?: EvidencePlace;
  readonly standing: Standing;
  readonly disputed: boolean;
  readonly campaign?: Hex;
  /** Place in the campaign. */
  readonly index?: bigint;
  readonly token?: bigint;
  readonly owner?: Hex;
  readonly holder?: Hex;
}

/**
 * The account of a token.
 * @throws SteleError `missing` where there is none
 */
export async function accountOfToken(suite: Suite, source: LogSource, id: bigint): Promise<AwardAccount> {
  const { id: token, ...state } = await readAward(suite, id);
  const index = positionOfToken(id);
  const why =
    state.standing !== "revoked"
      ? undefined
      : state.campaign === undefined
        ? await whyTokenRevoked(suite, source, id)
        : await whyLeafRevoked(suite, source, state.campaign, index);
  const place = state.campaign === undefined ? {} : { index };
  return { ...(await typeTexts(suite, state.typeId)), ...state, ...place, token, ...why };
}

async function typeTexts(suite: Suite, typeId: bigint) {
  const campaigns = suite.contract("Campaigns");
  return reading(`the question for award type ${typeId}`, async () => {
    const [texts, { category }] = await Promise.all([campaigns.textsOf(typeId), campaigns.awardTypeOf(typeId)]);
    return {
      title: texts.title,
      authority: texts.authority,
      criteriaUri: texts.criteriaUri,
      criteriaHash: texts.criteriaHash as Hex,
      category: categories[Number(category)] ?? "none",
    };
  });
}

/**
 * The account of an award of a campaign, by whoever can show it.
 * @throws SteleError `input` for what is no proof, `unproven` where it does not lead to its own root
 */
export async function accountOfProof(
  suite: Suite,
  source: LogSource,
  document: unknown,
  place: Place = {},
): Promise<AwardAccount> {
  const proof = parseCampaignProof(document, place);
  const { terms, leaf, index } = proof;
  const award = await readCampaignAward(suite, proof);
  const campaign = award.campaignId;
  return reading(`the question for award ${index} of campaign ${campaign}`, async () => {
    const { openedAt } = await suite.contract("Campaigns").openedOf(campaign);
    if (openedAt === 0n) throw new SteleError("missing", "the campaign was never opened on this network", { place });
    const why = award.standing === "revoked" ? await whyLeafRevoked(suite, source, campaign, index) : undefined;
    const batch = suite.has("Awards") ? await suite.contract("Awards").batchOfCampaign(campaign) : 0n;
    const token = batch === 0n ? undefined : await ownerOf(suite, tokenOf(batch, index));
    return {
      ...(await typeTexts(suite, terms.typeId)),
      typeId: terms.typeId,
      issuer: terms.issuer,
      subject: leaf.subject,
      issuedAt: openedAt,
      expires: terms.expires,
      ...(leaf.evidence === undefined ? {} : { evidence: leaf.evidence }),
      standing: award.standing,
      disputed: award.disputed,
      campaign,
      index,
      ...token,
      holder: (await suite.contract("Subjects").accountOf(leaf.subject)) as Hex,
      ...why,
    };
  });
}

async function ownerOf(suite: Suite, token: bigint): Promise<{ token: bigint; owner: Hex } | undefined> {
  const { owner } = await suite.contract("Awards").awardOf(token);
  return /^0x0{40}$/.test(owner) ? undefined : { token, owner: owner as Hex };
}
