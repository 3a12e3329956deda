import type { CampaignProof } from "../../../rewards/campaign/proof.js";
import type { Context } from "../../context.js";

/** Reads a proof of an award of a campaign; that it holds is for the chain to say. */
export async function readProof(file: string, context: Context): Promise<CampaignProof> {
  const { readText } = await import("../../../common/node/files.js");
  const { readJson } = await import("../../../common/json.js");
  const { parseCampaignProof, verifyCampaignProof } = await import("../../../rewards/campaign/proof.js");
  const proof = parseCampaignProof(readJson(await readText(context.path(file), file), { file }), { file });
  verifyCampaignProof(proof, proof.terms);
  return proof;
}
