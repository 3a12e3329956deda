import { z } from "zod";

import { equal, fromHex } from "../../common/bytes.js";
import { SteleError, type Place } from "../../common/errors.js";
import { hash32, parseWith } from "../../common/schema.js";
import { toJsonObject, type JsonObject } from "../../records/canonical.js";
import { commitmentOf, fieldsOf } from "../../records/fields.js";
import { parseCampaignProof, verifyCampaignProof, type CampaignProof } from "../campaign/proof.js";

/**
 * The proof of an award of a campaign, held against its own terms; whether such a campaign was opened is for the chain to
 * say.
 * @throws SteleError `input` naming the field, `unproven` where the proof does not lead to the root
 */
export function parseProved(value: unknown, place: Place = {}): CampaignProof {
  const proof = parseCampaignProof(value, place);
  try {
    verifyCampaignProof(proof, proof.terms);
  } catch (error) {
    throw error instanceof SteleError ? error.at(place) : error;
  }
  return proof;
}

const schema = z.looseObject({ content: z.record(z.string(), z.unknown()), secret: hash32 });

/** What an award says beside its type, opened. */
export interface OpenedContent {
  readonly content: JsonObject;
  readonly secret: Uint8Array;
}

/**
 * Opens the content of an award.
 * @throws SteleError `input` naming the field, `unproven` where it is not what the leaf commits to
 */
export function parseContent(value: unknown, { leaf }: CampaignProof, place: Place = {}): OpenedContent {
  const opening = parseWith(schema, value, place);
  const opened = { content: toJsonObject(opening.content), secret: fromHex(opening.secret, 32) };
  const commitment = commitmentOf(fieldsOf(opened.content), opened.secret);
  if (leaf.content !== undefined && equal(commitment, fromHex(leaf.content))) return opened;
  throw new SteleError("unproven", "opens another content than the award commits to", { place });
}
