import { z } from "zod";

import { fromHex, fromUtf8, toHex, utf8, type Hex } from "../../common/bytes.js";
import { SteleError, type Place } from "../../common/errors.js";
import { readJson } from "../../common/json.js";
import { hash32, parseWith } from "../../common/schema.js";
import { verifyInclusion } from "../../proof/merkle.js";
import { maxDepth, toPointer, type FieldPath, type JsonObject } from "../../records/canonical.js";
import { commitmentOf, fieldHash, fieldSalt, fieldsOf, payloadTree, type FieldValue } from "../../records/fields.js";

/**
 * What an award says beside type and date of issue. It stays off chain: the leaf of a campaign commits to it, field by
 * field, so that the person can show the citation without the place.
 */
export interface AwardContent {
  readonly citation: string;
  /** Day of what is honoured, YYYY-MM-DD. */
  readonly date?: string;
  readonly place?: string;
}

/** What opens a content: kept by the issuer, handed to the person. */
export interface ContentOpening {
  readonly content: AwardContent;
  /** 32 bytes, from which the salts of the fields follow. */
  readonly secret: Uint8Array;
}

/** Commitment to a content: RFC 9162 root over its salted fields, as the payload commitment of a record. */
export function contentCommitment({ content, secret }: ContentOpening): Uint8Array {
  return commitmentOf(fieldsOf(content as unknown as JsonObject), secret);
}

const openingSchema = z.strictObject({
  format: z.literal("stele.award-opening.v1"),
  content: z.strictObject({
    citation: z.string(),
    date: z.string().exactOptional(),
    place: z.string().exactOptional(),
  }),
  secret: hash32.transform((hex) => fromHex(hex, 32)),
});

/** An opening as it lies beside a leaf in the campaign's folder: JSON in UTF-8. */
export function encodeOpening({ content, secret }: ContentOpening): Uint8Array {
  return utf8(JSON.stringify({ format: "stele.award-opening.v1", content, secret: toHex(secret) }));
}

/**
 * Reads what {@link encodeOpening} wrote.
 * @throws SteleError `input`
 */
export function decodeOpening(bytes: Uint8Array, place: Place = {}): ContentOpening {
  const { content, secret } = parseWith(openingSchema, readJson(fromUtf8(bytes), place), place);
  return { content, secret };
}

/** One shown field of a content, with its proof. */
export interface ShownContentField {
  readonly index: number;
  readonly path: FieldPath;
  readonly value: FieldValue;
  readonly salt: Hex;
  readonly proof: readonly Hex[];
}

/** Some fields of a content, for whoever has the leaf. */
export interface ContentDisclosure {
  readonly format: "stele.award-content.v1";
  /** Number of fields in all, as far as the issuer is believed. */
  readonly size: number;
  readonly fields: readonly ShownContentField[];
}

/**
 * Shows some fields and nothing of the others but how many there are.
 * @param names members of the content: `citation`
 * @throws SteleError `input` where the content has no such field
 */
export function showContent({ content, secret }: ContentOpening, names: readonly string[]): ContentDisclosure {
  const fields = fieldsOf(content as unknown as JsonObject);
  for (const name of names) {
    if (!fields.some(({ path }) => path[0] === name)) {
      throw new SteleError("input", `the award says nothing of "${name}"`);
    }
  }
  const tree = payloadTree(fields, secret);
  const shown = fields.flatMap(({ path, value }, index): ShownContentField[] => {
    if (!names.includes(String(path[0]))) return [];
    return [{ index, path, value, salt: toHex(fieldSalt(secret, path)), proof: tree.proof(index).map(toHex) }];
  });
  return { format: "stele.award-content.v1", size: fields.length, fields: shown };
}

/**
 * Holds shown fields against the commitment of a leaf.
 * @param commitment `content` of the leaf, 32 bytes
 * @returns the fields by JSON Pointer
 * @throws SteleError `unproven` naming the field that does not hold
 */
export function verifyContent(commitment: Uint8Array, { size, fields }: ContentDisclosure): Map<string, FieldValue> {
  const shown = new Map<string, FieldValue>();
  for (const { index, path, value, salt, proof } of fields) {
    const pointer = toPointer(path);
    const leaf = fieldHash({ path, value }, fromHex(salt, 32));
    const hashes = proof.map((hash) => fromHex(hash, 32));
    if (shown.has(pointer) || !verifyInclusion(leaf, BigInt(index), BigInt(size), commitment, hashes)) {
      throw new SteleError("unproven", "is not what the award's leaf commits to", { place: { field: pointer } });
    }
    shown.set(pointer, value);
  }
  return shown;
}

const whole = z.int().min(0).max(0xffffffff);
const disclosureSchema = z.strictObject({
  format: z.literal("stele.award-content.v1"),
  size: whole,
  fields: z.array(
    z.strictObject({
      index: whole,
      path: z
        .array(z.union([z.string(), whole]))
        .min(1)
        .max(maxDepth),
      value: z.union([z.null(), z.boolean(), z.number(), z.string(), z.tuple([]), z.strictObject({})]),
      salt: hash32,
      proof: z.array(hash32).max(32),
    }),
  ),
});

/**
 * Shown fields from outside.
 * @throws SteleError `input` naming the field that is not as the format says
 */
export function parseContentDisclosure(value: unknown, place: Place = {}): ContentDisclosure {
  return parseWith<ContentDisclosure>(disclosureSchema, value, place);
}
