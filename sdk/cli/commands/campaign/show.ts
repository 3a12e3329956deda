import { SteleError } from "../../../common/errors.js";
import type { Hex } from "../../../common/bytes.js";
import { readText } from "../../../common/node/files.js";
import type { OpenedCampaign } from "../../../rewards/campaign/chain.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { bytes32, positional, text, value } from "../../fields.js";
import { logSource, timeText } from "../../governed.js";

export const campaignShow = defineCommand({
  name: "campaign show",
  summary: "Show a campaign, or check the proof of one of its awards and how that stands",
  description:
    "With --proof the award is held against the chain: it is one of the campaign's, and valid, revoked, expired or " +
    "unsupported by its record. Exit code 0 only for a valid one.\n\n" +
    "Examples: stele campaign show 0xID\n" +
    "          stele campaign show --proof award.json",
  reach: "reads",
  fields: {
    campaign: positional(bytes32.optional(), "ID", "the campaign's id"),
    proof: value(text.optional(), "FILE", "proof of one award"),
  },
  async run({ campaign, proof }, context) {
    if (proof !== undefined) return showAward(proof, campaign, context);
    if (campaign === undefined) throw new SteleError("usage", "name the campaign's id, or a proof with --proof");
    const shown = await requireCampaign(campaign, context);
    context.print(shown, () => describe(shown));
  },
});

async function showAward(file: string, wanted: Hex | undefined, context: Context): Promise<void> {
  const { parseCampaignProof } = await import("../../../rewards/campaign/proof.js");
  const { readCampaignAward } = await import("../../../rewards/campaign/chain.js");
  const place = { file };
  const proof = parseCampaignProof(await readText(context.path(file), file), place);
  const { suite } = await context.session();
  const award = await readCampaignAward(suite, proof).catch((error: unknown) => {
    throw error instanceof SteleError ? error.at(place) : error;
  });
  if (wanted !== undefined && award.campaignId !== wanted) {
    throw new SteleError("unproven", `is of campaign ${award.campaignId}`, { place });
  }
  if (award.standing === "none") {
    throw new SteleError("unproven", "is of no award on this network: its campaign was never opened here", { place });
  }
  const { title, authority } = await suite.contract("Campaigns").textsOf(proof.terms.typeId);
  if (award.standing !== "valid") context.conclude("findings");
  const { index, terms, leaf } = proof;
  context.print({ ...award, index, typeId: terms.typeId, title, authority, subject: leaf.subject }, () =>
    [
      `award     ${index} of campaign ${award.campaignId}`,
      `type      ${terms.typeId}, ${title}`,
      `in name   ${authority}, granted by member ${terms.issuer}`,
      `subject   ${leaf.subject}`,
      `expires   ${timeText(terms.expires)}`,
      `stands    ${award.standing}${award.disputed ? ", its record is disputed" : ""}`,
    ].join("\n"),
  );
}

async function requireCampaign(id: Hex, context: Context): Promise<OpenedCampaign> {
  const { readCampaign } = await import("../../../rewards/campaign/chain.js");
  const session = await context.session();
  const found = await readCampaign(session.suite, id, logSource(session, context));
  if (found !== undefined) return found;
  throw new SteleError("missing", `there is no campaign ${id} on network "${session.manifest.network}"`);
}

function describe({ id, terms, openedAt, revoked, revocations }: OpenedCampaign): string {
  return [
    `campaign  ${id}${revoked ? ", REVOKED" : ""}`,
    `awards    ${terms.size} of type ${terms.typeId}, ${revocations} of them revoked`,
    `issuer    member ${terms.issuer}`,
    `root      ${terms.root}`,
    `opened    ${timeText(openedAt)}`,
    `expires   ${timeText(terms.expires)}`,
  ].join("\n");
}
