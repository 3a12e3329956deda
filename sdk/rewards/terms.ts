import { dirname, join } from "node:path";
import { readFile } from "node:fs/promises";

import { z } from "zod";

import { type Hex, toHex, utf8 } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { readJson } from "../common/json.js";
import { isAbsent, readText, whyUnread } from "../common/node/files.js";
import { parseWith } from "../common/schema.js";
import { sha256 } from "../common/sha256.js";
import { categories, granters } from "./standing.js";

const printable = (most: number) =>
  z
    .string()
    .min(1, "is empty")
    .refine((text) => utf8(text).length <= most, `is longer than ${most} bytes`)
    .refine((text) => text.isWellFormed(), "is not well-formed text")
    // eslint-disable-next-line no-control-regex
    .refine((text) => !/[\u0000-\u001f\u007f]/.test(text), "holds control characters");
const uint32 = z.int().min(0).max(0xffff_ffff);
const member = uint32.min(1);
const whoGrants = 'is neither "publisher" nor "anyone" nor 1 to 16 different members';

/** An award type as an office writes it down; see `IAwardTypes.Terms` for what each field means. */
export const awardTypeSchema = z.strictObject({
  category: z.enum(["training", "career", "mission", "service"]),
  title: printable(64),
  /** In whose name it is awarded. */
  authority: printable(64),
  criteria: z.strictObject({
    /** The document, beside this file; its SHA-256 gets on chain. */
    file: z.string().min(1, "is empty"),
    /** Where everybody can read it. */
    uri: z.string().regex(/^[\x21-\x7e]{1,256}$/, "is not 1 to 256 visible ASCII characters"),
  }),
  /** The publisher alone, everybody who may award, or the publisher and these members. */
  granters: z.union(
    [
      z.enum(["publisher", "anyone"]),
      z
        .array(member)
        .min(1, whoGrants)
        .max(16, whoGrants)
        .refine((named) => new Set(named).size === named.length, whoGrants),
    ],
    { error: whoGrants },
  ),
  needsEvidence: z.boolean().default(false),
  points: uint32.default(0),
  /** Seconds from the grant; 0 for ever. */
  validity: uint32.default(0),
  /** Number of the type that ends with this one; 0 for none. */
  supersedes: uint32.default(0),
});

export type AwardTypeFile = z.output<typeof awardTypeSchema>;

/** What `Campaigns.publish` takes. */
export interface AwardTypeTerms {
  readonly category: bigint;
  readonly granters: bigint;
  readonly needsEvidence: boolean;
  readonly points: bigint;
  readonly validity: bigint;
  readonly supersedes: bigint;
  readonly criteriaHash: Hex;
  readonly criteriaUri: string;
  readonly title: string;
  readonly authority: string;
  readonly members: readonly bigint[];
}

/** A written type with the hash of its criteria, as the contract takes it. */
export function awardTypeTerms(file: AwardTypeFile, criteriaHash: Hex): AwardTypeTerms {
  const { category, title, authority, criteria, granters: who, needsEvidence, points, validity, supersedes } = file;
  const members = Array.isArray(who) ? who.map(BigInt).sort((a, b) => Number(a - b)) : [];
  return {
    category: BigInt(categories.indexOf(category)),
    granters: BigInt(granters.indexOf(Array.isArray(who) ? "listed" : who)),
    needsEvidence,
    points: BigInt(points),
    validity: BigInt(validity),
    supersedes: BigInt(supersedes),
    criteriaHash,
    criteriaUri: criteria.uri,
    title,
    authority,
    members,
  };
}

/**
 * Reads an award type from its file, and hashes the criteria document beside it.
 * @param shown what messages call the file
 * @throws SteleError `missing` where one of the two cannot be read, `input` naming the field
 */
export async function readAwardType(path: string, shown = path): Promise<AwardTypeTerms> {
  const place = { file: shown };
  const file = parseWith(awardTypeSchema, readJson(await readText(path, shown), place), place);
  const document = join(dirname(path), file.criteria.file);
  const bytes = await readFile(document).catch((cause: unknown) => {
    const why = isAbsent(cause) ? `names ${file.criteria.file}, and there is no such file beside it` : whyUnread(cause);
    throw new SteleError("missing", why, { place: { ...place, field: "criteria.file" }, cause });
  });
  if (bytes.length === 0) {
    throw new SteleError("input", "names an empty document", { place: { ...place, field: "criteria.file" } });
  }
  return awardTypeTerms(file, toHex(sha256(bytes)));
}
