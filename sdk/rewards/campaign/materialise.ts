import type { Signer } from "ethers";
import { z } from "zod";

import type { Hex } from "../../common/bytes.js";
import { type Place, SteleError } from "../../common/errors.js";
import { addressText, hexText, parseWith, wholeNumber } from "../../common/schema.js";
import { type Call, callOf } from "../../chain/governance/call.js";
import { reading } from "../../chain/reading.js";
import type { Suite } from "../../chain/suite.js";
import { awardsDomain, materialiseTypes } from "../awards/signing.js";
import { tokenOf } from "../awards/state.js";
import { campaignId, leafStruct } from "./leaf.js";
import { type CampaignProof, leafOfProof, parseCampaignProof } from "./proof.js";

/** A wish for a token, signed by the person's account; whoever has coins hands it in. */
export interface MaterialiseSlip {
  readonly format: "stele-materialise/1";
  readonly chainId: bigint;
  readonly awards: Hex;
  readonly proof: CampaignProof;
  /** Block seconds; the last one in which the signature counts. */
  readonly deadline: bigint;
  readonly signature: Hex;
}

const slipSchema = z.strictObject({
  format: z.literal("stele-materialise/1", { error: 'is not "stele-materialise/1"' }),
  chainId: wholeNumber,
  awards: addressText,
  proof: z.unknown(),
  deadline: wholeNumber.refine((time) => time < 1n << 40n, "is no time of the chain"),
  signature: hexText,
});

/** Signs the wish as the person's account; nothing is sent. */
export async function materialiseSlip(
  suite: Suite,
  signer: Signer,
  proof: CampaignProof,
  deadline: bigint,
): Promise<MaterialiseSlip> {
  const { chainId, suiteId } = suite.manifest;
  const awards = suite.address("Awards");
  const { subject } = proof.leaf;
  const wish = { campaignId: campaignId(suiteId, proof.terms), index: proof.index, subject, deadline };
  const signature = (await signer.signTypedData(awardsDomain(chainId, awards), materialiseTypes, wish)) as Hex;
  return { format: "stele-materialise/1", chainId, awards, proof, deadline, signature };
}

/**
 * Reads a slip for a suite.
 * @throws SteleError `input`, naming the field; also where it is for another chain or deployment
 */
export function parseMaterialiseSlip(document: unknown, suite: Suite, place: Place = {}): MaterialiseSlip {
  const slip = parseWith(slipSchema, document, place);
  const awards = suite.address("Awards");
  if (slip.chainId !== suite.manifest.chainId || slip.awards.toLowerCase() !== awards.toLowerCase()) {
    throw new SteleError("input", `is for chain ${slip.chainId} and ${slip.awards}, which is another deployment`, {
      place,
    });
  }
  return { ...slip, proof: parseCampaignProof(slip.proof, { ...place, field: "proof" }) };
}

/** Makes the token. @param signed left out: the sending account is the person's own */
export function materialiseCall(
  suite: Suite,
  proof: CampaignProof,
  signed: Pick<MaterialiseSlip, "deadline" | "signature"> = { deadline: 0n, signature: "0x" },
): Call {
  const { terms, index, inclusion } = proof;
  const target = { contract: "Awards", address: suite.address("Awards"), abi: suite.contract("Awards").interface };
  const values = [terms, leafStruct(leafOfProof(proof)), index, inclusion, signed.deadline, signed.signature];
  return callOf(target, "materialise", values, `make the token of award ${index} of a campaign`);
}

/** The token of a campaign's award; undefined where none was made of it. */
export async function tokenOfAward(suite: Suite, { terms, index }: CampaignProof): Promise<bigint | undefined> {
  const awards = suite.contract("Awards");
  const id = campaignId(suite.manifest.suiteId, terms);
  return reading(`the question for the token of award ${index}`, async () => {
    const batch = await awards.batchOfCampaign(id);
    if (batch === 0n) return undefined;
    const token = tokenOf(batch, index);
    const { owner } = await awards.awardOf(token);
    return BigInt(owner) === 0n ? undefined : token;
  });
}
