import { z } from "zod";

import { fromHex } from "../../common/bytes.js";
import { SteleError, type Place } from "../../common/errors.js";
import { parseWith } from "../../common/schema.js";
import { parseDisclosure, show, verifyFields, type Disclosure, type ShownField } from "../../records/disclosure.js";
import { formatCampaignProof, type CampaignProof } from "../campaign/proof.js";
import { parseProved, type OpenedContent } from "./proved.js";

/** An award of a campaign with some fields of its content, for whoever is to see those and no others. */
export interface ShownAward {
  readonly format: "stele-award-shown/1";
  readonly proof: CampaignProof;
  readonly disclosure: Disclosure;
}

/**
 * Shows some fields of an award's content.
 * @param pointers JSON Pointers, `/citation`
 * @throws SteleError `input` where the content has no such field
 */
export function showAward(
  proof: CampaignProof,
  { content, secret }: OpenedContent,
  pointers: readonly string[],
): ShownAward {
  return { format: "stele-award-shown/1", proof, disclosure: show(content, secret, pointers) };
}

/** Writes what is shown as JSON text that {@link verifyShown} reads, parsed. */
export function formatShown({ proof, ...rest }: ShownAward): string {
  return `${JSON.stringify({ ...rest, proof: JSON.parse(formatCampaignProof(proof)) as unknown }, null, 2)}\n`;
}

const schema = z.strictObject({
  format: z.literal("stele-award-shown/1", { error: 'is not "stele-award-shown/1"' }),
  proof: z.unknown(),
  disclosure: z.unknown(),
});

/**
 * Holds what is shown against the leaf, and the leaf against its campaign's root. That the chain knows the campaign is
 * for `factsOfLeaf` to say.
 * @throws SteleError `input` naming the field, `unproven` naming what does not hold
 */
export function verifyShown(
  value: unknown,
  place: Place = {},
): { readonly proved: CampaignProof; readonly fields: readonly ShownField[] } {
  const shown = parseWith(schema, value, place);
  const proved = parseProved(shown.proof, place);
  const { content } = proved.leaf;
  if (content === undefined) throw new SteleError("unproven", "is of an award that has no content", { place });
  try {
    return {
      proved,
      fields: verifyFields(fromHex(content), parseDisclosure(shown.disclosure, place), "the award's leaf"),
    };
  } catch (error) {
    throw error instanceof SteleError ? error.at(place) : error;
  }
}
