import { z } from "zod";

import { fromUtf8, toHex, utf8, type Hex } from "../../common/bytes.js";
import { SteleError, type Place } from "../../common/errors.js";
import { parseWith } from "../../common/schema.js";
import { sha256 } from "../../common/sha256.js";
import { parseJson } from "../../records/json.js";
import { cadences, type Cadence } from "./periods.js";

/** One thing that feedback is given about, on a scale of whole numbers. */
export interface Criterion {
  /** Short name: the column of a table, the field of a record. */
  readonly id: string;
  readonly title: string;
  /** The scale's ends, both part of it; more is better. */
  readonly min: number;
  readonly max: number;
  /** Its share in the overall figure, beside the other weights. */
  readonly weight: number;
}

/** Published criteria: what feedback is about, how often it is given, and how quickly it fades. */
export interface Criteria {
  readonly title: string;
  readonly cadence: Cadence;
  /** Days after which feedback weighs half as much in a standing. */
  readonly halfLifeDays: number;
  readonly criteria: readonly Criterion[];
  /** SHA-256 of the document's bytes, by which every record names it. */
  readonly hash: Hex;
  /** The document, as it was published. */
  readonly text: string;
}

const most = 1_000_000;
const title = z.string().min(1, "is empty").max(120, "is longer than 120 characters");
const end = z.int("is not a whole number").min(-most, `is below -${most}`).max(most, `is above ${most}`);

const criterion = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "is not 1 to 32 of a-z, 0-9 and -, with a letter first"),
    title,
    min: end,
    max: end,
    weight: z.int("is not a whole number").min(1, "is below 1").max(1_000, "is above 1,000"),
  })
  .refine(({ min, max }) => min < max, { path: ["max"], error: "is not above min" });

const schema = z.strictObject({
  format: z.literal("stele-criteria/1", { error: 'is not "stele-criteria/1"' }),
  title,
  cadence: z.enum(cadences, { error: `is none of ${cadences.join(", ")}` }),
  halfLifeDays: z.int("is not a whole number of days").min(1, "is below 1").max(36_500, "is above 36,500"),
  criteria: z
    .array(criterion)
    .min(1, "names no criterion")
    .max(32, "has more than 32 criteria")
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, "names a criterion twice")
    .refine((all) => new Set(all.map(({ title }) => title.normalize("NFKC"))).size === all.length, "has a title twice"),
});

/**
 * Reads published criteria. The bytes are hashed as they are, so that anybody can compare the hash with any tool.
 * @throws SteleError `input`, naming the field
 */
export function parseCriteria(document: Uint8Array | string, place: Place = {}): Criteria {
  const bytes = typeof document === "string" ? utf8(document) : document;
  const text = located(place, () => fromUtf8(bytes));
  const { format: _, ...content } = parseWith(
    schema,
    located(place, () => parseJson(text)),
    place,
  );
  return { ...content, hash: toHex(sha256(bytes)), text };
}

function located<T>(place: Place, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof SteleError ? error.at(place) : error;
  }
}
