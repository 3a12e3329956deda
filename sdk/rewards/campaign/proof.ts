import { z } from "zod";

import { type Hex, fromHex, toHex } from "../../common/bytes.js";
import { type Place, SteleError } from "../../common/errors.js";
import { readJson } from "../../common/json.js";
import { hash32, parseWith, wholeNumber } from "../../common/schema.js";
import { leafHash, verifyInclusion } from "../../proof/merkle.js";
import { type AwardLeaf, type CampaignTerms, encodeLeaf, maxCampaignSize } from "./leaf.js";

const uint = (bits: bigint) => wholeNumber.refine((number) => number < 1n << bits, `does not fit in ${bits} bits`);
const size = wholeNumber.refine((leaves) => leaves >= 1n && leaves <= maxCampaignSize, "is not 1 to 2^32");

/** Terms of a campaign, as JSON has them. */
export const termsSchema = z.strictObject({
  root: hash32,
  size,
  typeId: uint(32n),
  issuer: uint(32n),
  expires: uint(40n),
});

const proofSchema = z.strictObject({
  format: z.literal("stele-award-proof/1", { error: 'is not "stele-award-proof/1"' }),
  terms: termsSchema,
  index: uint(32n),
  leaf: z.strictObject({
    subject: hash32,
    evidence: z
      .strictObject({
        logId: hash32.refine((log) => BigInt(log) !== 0n, "is zero; leave the evidence out"),
        index: uint(64n),
      })
      .optional(),
    content: hash32.refine((content) => BigInt(content) !== 0n, "is zero; leave the content out").optional(),
    salt: hash32,
  }),
  inclusion: z.array(hash32).max(32, "has more elements than any proof of a campaign"),
});

/** Everything that shows one award of a campaign: its leaf opened, its place, and the path to the campaign's root. */
export type CampaignProof = z.output<typeof proofSchema>;

/**
 * Reads a proof: JSON text, or what such text says.
 * @throws SteleError `input`, naming the field
 */
export function parseCampaignProof(document: unknown, place: Place = {}): CampaignProof {
  return parseWith(proofSchema, typeof document === "string" ? readJson(document, place) : document, place);
}

/** Writes a proof as JSON text that {@link parseCampaignProof} reads. */
export function formatCampaignProof(proof: CampaignProof): string {
  const plain = (_key: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);
  return `${JSON.stringify(proof, plain, 2)}\n`;
}

/** Puts a proof together. */
export function campaignProof(
  terms: CampaignTerms,
  index: bigint,
  leaf: AwardLeaf,
  inclusion: readonly Uint8Array[],
): CampaignProof {
  const { subject, evidence, content, salt } = leaf;
  const { root, size: leaves, typeId, issuer, expires } = terms;
  return {
    format: "stele-award-proof/1",
    terms: { root, size: leaves, typeId, issuer, expires },
    index,
    leaf: {
      subject: toHex(subject),
      ...(evidence === undefined ? {} : { evidence: { logId: toHex(evidence.logId), index: evidence.index } }),
      ...(content === undefined ? {} : { content: toHex(content) }),
      salt: toHex(salt),
    },
    inclusion: inclusion.map(toHex),
  };
}

/** The leaf that a proof opens. */
export function leafOfProof({ leaf: { subject, evidence, content, salt } }: CampaignProof): AwardLeaf {
  return {
    subject: fromHex(subject),
    ...(evidence === undefined ? {} : { evidence: { logId: fromHex(evidence.logId), index: evidence.index } }),
    ...(content === undefined ? {} : { content: fromHex(content) }),
    salt: fromHex(salt),
  };
}

/**
 * Verifies offline that an award is one of a campaign's. Whether it was opened, by whom, and stands is the chain's to
 * say: see {@link readCampaignAward}. Runs in a browser.
 * @param terms of the campaign as the reader knows it: from the chain, or from the issuer
 * @throws SteleError `unproven` naming the field that does not hold
 */
export function verifyCampaignProof(proof: CampaignProof, terms: CampaignTerms): void {
  for (const field of ["root", "size", "typeId", "issuer", "expires"] as const) {
    if (same(proof.terms[field], terms[field])) continue;
    throw new SteleError("unproven", `is ${proof.terms[field]}, the campaign's is ${terms[field]}`, {
      place: { field: `terms.${field}` },
    });
  }
  const leaf = leafHash(encodeLeaf(leafOfProof(proof)));
  const path = proof.inclusion.map((element) => fromHex(element));
  if (verifyInclusion(leaf, proof.index, terms.size, fromHex(terms.root), path)) return;
  const sentence = `does not show the award at ${proof.index} of the campaign's ${terms.size}`;
  throw new SteleError("unproven", sentence, { place: { field: "inclusion" } });
}

function same(a: Hex | bigint, b: Hex | bigint): boolean {
  return typeof a === "bigint" || typeof b === "bigint" ? a === b : a.toLowerCase() === b.toLowerCase();
}
