import { SteleError } from "../../../common/errors.js";
import { fromHex, toHex, type Hex } from "../../../common/bytes.js";
import type { CampaignFolder } from "../../../rewards/campaign/campaign.js";
import type { CampaignTerms } from "../../../rewards/campaign/leaf.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { bytes32, count, positional, text, value } from "../../fields.js";
import { logSource } from "../../governed.js";

export const campaignProve = defineCommand({
  name: "campaign prove",
  summary: "Write the proof of one award of a campaign, for the person it is about",
  description:
    "The proof opens the award's leaf, so it belongs to that person, who shows it to whom they like: anybody checks it " +
    "with `campaign show --proof`. Name the award by its place, or by the person where they have one in the campaign.\n\n" +
    "Example: stele campaign prove campaigns/first-aid --subject 0xID --out award.json",
  reach: "reads",
  fields: {
    folder: positional(text, "FOLDER", "the campaign's folder"),
    index: value(count.optional(), "N", "the award's place, from 0"),
    subject: value(bytes32.optional(), "ID", "the person"),
    campaign: value(bytes32.optional(), "ID", "which campaign, where the folder was opened under several types"),
    out: value(text.optional(), "FILE", "where to write the proof (default: standard output)"),
    content: value(text.optional(), "FILE", "also write what opens the rest that the award says, such as its citation"),
  },
  async run(input, context) {
    const { openCampaign } = await import("../../../rewards/campaign/campaign.js");
    const { formatCampaignProof } = await import("../../../rewards/campaign/proof.js");
    const { writeAtomically } = await import("../../../common/node/files.js");
    if ((input.index === undefined) === (input.subject === undefined)) {
      throw new SteleError("usage", "name the award: --index N, or --subject ID");
    }
    const campaign = await openCampaign(context.path(input.folder));
    try {
      const terms = await termsOf(campaign, input.campaign, context);
      const index = input.index ?? (await placeOf(campaign, input.subject!, context.signal));
      if (index >= campaign.size)
        throw new SteleError("missing", `the campaign has ${campaign.size} awards, no ${index}`);
      const proof = await campaign.prove(index, terms);
      if (input.content !== undefined) await writeOpening(campaign, index, input.content, context);
      if (input.out === undefined) return context.print(proof, () => formatCampaignProof(proof).trimEnd());
      await writeAtomically(context.path(input.out), formatCampaignProof(proof), 0o600, input.out);
      context.print({ index, file: input.out }, () => `The proof of award ${index} is in ${input.out}.`);
    } finally {
      await campaign.close();
    }
  },
});

async function writeOpening(campaign: CampaignFolder, index: bigint, file: string, context: Context): Promise<void> {
  const { writeAtomically } = await import("../../../common/node/files.js");
  const opening = await campaign.opening(index);
  if (opening === undefined) throw new SteleError("missing", `award ${index} says nothing beside its type`);
  await writeAtomically(context.path(file), opening, 0o600, file);
}

async function termsOf(campaign: CampaignFolder, wanted: Hex | undefined, context: Context): Promise<CampaignTerms> {
  const { findCampaigns } = await import("../../../rewards/campaign/chain.js");
  const { campaignId } = await import("../../../rewards/campaign/leaf.js");
  const session = await context.session();
  const { size } = campaign;
  const found = await findCampaigns(session.suite, { root: toHex(campaign.root), size }, logSource(session, context));
  const { suiteId } = session.manifest;
  const [terms, another] = found.filter((one) => wanted === undefined || campaignId(suiteId, one) === wanted);
  if (terms === undefined) throw new SteleError("missing", "this campaign is not open; see `stele campaign open`");
  if (another === undefined) return terms;
  const ids = found.map((one) => campaignId(suiteId, one)).join(", ");
  throw new SteleError("usage", `these awards were opened as several campaigns; say which with --campaign: ${ids}`);
}

async function placeOf(campaign: CampaignFolder, subject: Hex, signal: AbortSignal): Promise<bigint> {
  const [index, ...others] = await campaign.find(fromHex(subject), signal);
  if (index === undefined) throw new SteleError("missing", `${subject} has no award in this campaign`);
  if (others.length === 0) return index;
  const places = [index, ...others].join(", ");
  throw new SteleError("usage", `${subject} has several awards in this campaign; say which with --index: ${places}`);
}
