import type { Submission } from "../../../chain/governance/call.js";
import { SteleError } from "../../../common/errors.js";
import { readJson } from "../../../common/json.js";
import { readText } from "../../../common/node/files.js";
import type { MaterialiseSlip } from "../../../rewards/campaign/materialise.js";
import type { CampaignProof } from "../../../rewards/campaign/proof.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { positional, text, value } from "../../fields.js";
import { toJson } from "../../output.js";
import type { Session } from "../../session.js";
import { deadlineAfter, lifetimeField, requireOnlySigning } from "../../signing.js";

export const campaignMaterialise = defineCommand({
  name: "campaign materialise",
  summary: "Make a token of one's award of a campaign, or sign the wish for somebody else to hand in",
  description:
    "An award counts without a token; a token shows it to everybody, with the account that holds it, for good. So it is " +
    "the person's own choice, by the account that the chain has for them. Without coins they sign with --sign, and " +
    "anybody hands the file in with --submit.\n\n" +
    "Examples: stele campaign materialise award.json --key mine.key\n" +
    "          stele campaign materialise award.json --sign wish.json --key mine.key\n" +
    "          stele campaign materialise --submit wish.json --account 9",
  reach: "writes",
  fields: {
    proof: positional(text.optional(), "FILE", "the award's proof"),
    sign: value(text.optional(), "FILE", "sign, write the wish to this file, and send nothing"),
    lifetime: lifetimeField,
    submit: value(text.optional(), "FILE", "hand in a wish that somebody signed"),
  },
  async run({ proof, sign, lifetime, submit }, context) {
    const session = await context.session();
    if (submit !== undefined) {
      if (proof !== undefined || sign !== undefined) {
        throw new SteleError("usage", "--submit takes everything from its file: leave out FILE and --sign");
      }
      const { parseMaterialiseSlip } = await import("../../../rewards/campaign/materialise.js");
      const slip = parseMaterialiseSlip(await readDocument(submit, context), session.suite, { file: submit });
      return handIn(slip.proof, slip, submit, session, context);
    }
    if (proof === undefined) throw new SteleError("usage", "FILE is missing: the award's proof");
    const { parseCampaignProof } = await import("../../../rewards/campaign/proof.js");
    const own = parseCampaignProof(await readDocument(proof, context), { file: proof });
    if (sign === undefined) return handIn(own, undefined, proof, session, context);
    await signTo(sign, own, proof, lifetime, session, context);
  },
});

async function readDocument(file: string, context: Context): Promise<unknown> {
  return readJson(await readText(context.path(file), file), { file });
}

async function handIn(
  proof: CampaignProof,
  slip: MaterialiseSlip | undefined,
  file: string,
  session: Session,
  context: Context,
): Promise<void> {
  const { materialiseCall, tokenOfAward } = await import("../../../rewards/campaign/materialise.js");
  const { suite } = session;
  const known = await tokenOfAward(suite, proof);
  if (known !== undefined) {
    return context.print({ tokenId: known, submitted: null }, () => `It is token ${known} already. Nothing was sent.`);
  }
  await requireValid(proof, file, session);
  const call = materialiseCall(suite, proof, slip);
  const submitted: Submission = await session.submit(call);
  const tokenId = submitted.kind === "sent" ? await tokenOfAward(suite, proof) : undefined;
  context.print({ tokenId: tokenId ?? null, submitted }, () => session.describe(submitted, `It is token ${tokenId}.`));
}

async function signTo(
  out: string,
  proof: CampaignProof,
  file: string,
  lifetime: number,
  session: Session,
  context: Context,
): Promise<void> {
  requireOnlySigning(context);
  const { materialiseSlip } = await import("../../../rewards/campaign/materialise.js");
  const { writeAtomically } = await import("../../../common/node/files.js");
  await requireValid(proof, file, session);
  const signer = await session.signer();
  const [deadline, account, own] = await Promise.all([
    deadlineAfter(lifetime, session),
    session.suite.contract("Subjects").actingAccountOf(proof.leaf.subject),
    signer.getAddress(),
  ]);
  if (account.toLowerCase() !== own.toLowerCase()) {
    throw new SteleError("refused", `the chain has ${account} for this person; ${own} cannot sign for them`);
  }
  const slip = await materialiseSlip(session.suite, signer, proof, deadline);
  await writeAtomically(context.path(out), `${toJson(slip)}\n`, 0o600, out);
  context.print(slip, () => `Signed into ${out}; whoever hands it in sees the whole proof. Nothing was sent.`);
}

/** @throws SteleError `unproven` or `refused` before anybody pays for a refusal */
async function requireValid(proof: CampaignProof, file: string, session: Session): Promise<void> {
  const { readCampaignAward } = await import("../../../rewards/campaign/chain.js");
  const place = { file };
  const { standing } = await readCampaignAward(session.suite, proof).catch((error: unknown) => {
    throw error instanceof SteleError ? error.at(place) : error;
  });
  if (standing === "valid") return;
  const why = standing === "none" ? "is of no award on this network" : `is of an award that is ${standing}`;
  throw new SteleError("refused", why, { place });
}
