import { z } from "zod";

import type { Hex } from "../../common/bytes.js";
import { SteleError, type Place } from "../../common/errors.js";
import { readJson } from "../../common/json.js";
import { hash32, parseWith, wholeNumber } from "../../common/schema.js";

/** Bytes of a chunk, all but the last: a leaf of a dataset's tree, and what a challenge asks for. */
export const chunkLength = 1024;

/** Sizes are exact integers of JavaScript. */
const maxSize = BigInt(Number.MAX_SAFE_INTEGER);

/** What is known of a dataset without its key. */
export interface DatasetDescription {
  readonly format: 1;
  /** RFC 9162 root over the chunks of the ciphertext. */
  readonly root: Hex;
  /** Bytes of the ciphertext, at least 1. */
  readonly size: bigint;
  /** Leaves of the tree: the size in chunks, rounded up. */
  readonly chunks: bigint;
  /** RFC 6838 type of the plaintext. */
  readonly mediaType: string;
}

const mediaType = z.string().regex(/^[\x21-\x7e]{3,127}$/, "is not 3 to 127 bytes of visible ASCII");

const schema = z
  .strictObject({
    format: z.literal(1),
    root: hash32,
    size: wholeNumber.refine((size) => size > 0n && size <= maxSize, "is no size of a ciphertext"),
    chunks: wholeNumber,
    mediaType,
  })
  .refine(({ size, chunks }) => chunks === chunksOf(size), {
    path: ["chunks"],
    error: "is not what the size gives",
  });

/** How many chunks a ciphertext has. */
export function chunksOf(size: bigint): bigint {
  return (size + BigInt(chunkLength) - 1n) / BigInt(chunkLength);
}

/** Length of one chunk of a ciphertext. */
export function lengthOf(chunk: bigint, size: bigint): number {
  const left = size - chunk * BigInt(chunkLength);
  return Number(left < BigInt(chunkLength) ? left : BigInt(chunkLength));
}

/**
 * Reads a `dataset.json`.
 * @param root the dataset that it must describe, where one is expected
 * @throws SteleError `input`, naming file and field
 */
export function parseDescription(text: string, root?: Hex, place: Place = {}): DatasetDescription {
  const description = parseWith(schema, readJson(text, place), place);
  if (root !== undefined && description.root !== root.toLowerCase()) {
    throw new SteleError("input", `describes ${description.root}, not dataset ${root}`, {
      place: { ...place, field: "root" },
    });
  }
  return description;
}

/** The text of a `dataset.json`. */
export function formatDescription({ format, root, size, chunks, mediaType }: DatasetDescription): string {
  const fields = { format, root, size: size.toString(), chunks: chunks.toString(), mediaType };
  return `${JSON.stringify(fields, null, 2)}\n`;
}

/**
 * A media type that the chain will take.
 * @throws SteleError `usage`
 */
export function requireMediaType(text: string): string {
  const parsed = mediaType.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new SteleError(
    "usage",
    `media type "${text.slice(0, 40)}" ${parsed.error.issues[0]?.message ?? "is not valid"}`,
  );
}
