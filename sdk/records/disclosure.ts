import { z } from "zod";

import { fromHex, toHex } from "../common/bytes.js";
import type { Hex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import type { Place } from "../common/errors.js";
import { hash32, parseWith } from "../common/schema.js";
import { verifyInclusion } from "../proof/merkle.js";
import { maxDepth, toJson, toPointer } from "./canonical.js";
import type { FieldPath, JsonObject } from "./canonical.js";
import { bindingOf, bindingPath, fieldHash, fieldSalt, fieldsOf, payloadTree } from "./fields.js";
import type { Field } from "./fields.js";
import { decodeHeader } from "./header.js";

/** One field of a disclosure: the leaf, and its RFC 9162 inclusion proof in the payload's tree. */
export interface DisclosedField extends Field {
  readonly index: number;
  readonly salt: Hex;
  readonly proof: readonly Hex[];
}

/** Some fields of a payload, for whoever has the header. Its JSON form is described in docs/record-format.md. */
export interface Disclosure {
  readonly format: "stele.disclosure.v1";
  /** Number of fields that the payload has in all. */
  readonly size: number;
  /** In the order of the payload; `/$stele/header` is always among them. */
  readonly fields: readonly DisclosedField[];
}

/** A field that was shown and holds. */
export interface ShownField extends Field {
  /** JSON Pointer (RFC 6901) of `path`. */
  readonly pointer: string;
}

/**
 * Shows some fields of a payload and nothing of the others but how many there are.
 * @param complete the payload with its `$stele`, as an opened record has it
 * @param secret the payload's secret; what is shown reveals only the salts of its own fields
 * @param pointers JSON Pointers; one that names a container shows everything in it
 * @throws SteleError `input` where the payload has no such field
 */
export function show(complete: JsonObject, secret: Uint8Array, pointers: readonly string[]): Disclosure {
  const fields = fieldsOf(complete).map((field) => ({ ...field, pointer: toPointer(field.path) }));
  for (const pointer of pointers) {
    if (fields.some((field) => reaches(pointer, field.pointer))) continue;
    throw new SteleError("input", `the payload has no field "${pointer}", name one as in /items/0/amount`);
  }
  const tree = payloadTree(fields, secret);
  const wanted = [toPointer(bindingPath), ...pointers];
  const disclosed = fields.flatMap(({ path, value, pointer }, index): DisclosedField[] => {
    if (!wanted.some((name) => reaches(name, pointer))) return [];
    return [{ index, path, value, salt: toHex(fieldSalt(secret, path)), proof: tree.proof(index).map(toHex) }];
  });
  return { format: "stele.disclosure.v1", size: fields.length, fields: disclosed };
}

/**
 * Checks a disclosure against the header of its record. That the header itself is in a log is for an inclusion proof
 * to say.
 * @param entry the header's 195 bytes
 * @returns the fields shown, without those of `$stele/header`
 * @throws SteleError `unproven` naming the field that does not hold
 */
export function verifyDisclosure(entry: Uint8Array, disclosure: Disclosure): ShownField[] {
  const { size, fields } = disclosure;
  const shown = verifyFields(decodeHeader(entry).payloadCommitment, disclosure, "the record's header");
  const pointer = toPointer(bindingPath);
  const binding = fields.find(({ path }) => toPointer(path) === pointer);
  if (binding === undefined)
    throw unproven(bindingPath, "is not shown, and nothing else ties the payload to the header");
  if (binding.value !== toHex(bindingOf(entry, size))) throw unproven(bindingPath, "belongs to another header");
  return shown.filter((field) => field.pointer !== pointer);
}

/**
 * Checks shown fields against the commitment alone, for payloads that no header binds, as the content of an award: how
 * many fields there are is then as the owner says.
 * @param by what holds the commitment, for people
 * @throws SteleError `unproven` naming the field that does not hold
 */
export function verifyFields(commitment: Uint8Array, { size, fields }: Disclosure, by: string): ShownField[] {
  let previous: DisclosedField | undefined;
  for (const field of fields) {
    if (previous !== undefined && !follows(field, previous)) throw unproven(field.path, "is out of order or twice");
    const leaf = fieldHash(field, fromHex(field.salt, 32));
    const proof = field.proof.map((hash) => fromHex(hash, 32));
    if (!verifyInclusion(leaf, BigInt(field.index), BigInt(size), commitment, proof)) {
      throw unproven(field.path, `is not what ${by} commits to`);
    }
    previous = field;
  }
  return fields.map(({ path, value }) => ({ pointer: toPointer(path), path, value }));
}

const whole = z.int().min(0).max(0xffffffff);
const scalar = z.union([z.null(), z.boolean(), z.number(), z.string(), z.tuple([]), z.strictObject({})], {
  error: "is neither a text, a number, true, false, null nor an empty container",
});
const disclosureSchema = z.strictObject({
  format: z.literal("stele.disclosure.v1"),
  size: whole,
  fields: z.array(
    z.strictObject({
      index: whole,
      path: z
        .array(z.union([z.string(), whole]))
        .min(1)
        .max(maxDepth),
      value: scalar,
      salt: hash32,
      proof: z.array(hash32).max(32),
    }),
  ),
});

/**
 * A disclosure from outside.
 * @param value parsed JSON
 * @throws SteleError `input` naming the field that is not as the format says
 */
export function parseDisclosure(value: unknown, place: Place = {}): Disclosure {
  return parseWith<Disclosure>(disclosureSchema, toJson(value), place);
}

/** Whether a pointer names a field or a container around it. */
function reaches(pointer: string, field: string): boolean {
  return field === pointer || field.startsWith(`${pointer}/`);
}

/**
 * Whether a field may come after another in one payload: later place, later path, and neither inside the other. Two
 * paths that part with a name here and an index there would make one container an object and an array at once.
 */
function follows(field: DisclosedField, previous: DisclosedField): boolean {
  if (field.index <= previous.index) return false;
  const at = field.path.findIndex((part, depth) => part !== previous.path[depth]);
  const here = field.path[at];
  const there = previous.path[at];
  if (here === undefined || there === undefined) return false;
  if (typeof here === "number" && typeof there === "number") return there < here;
  return typeof here === "string" && typeof there === "string" && there < here;
}

function unproven(path: FieldPath, sentence: string): SteleError {
  return new SteleError("unproven", `the field ${sentence}`, { place: { field: toPointer(path) } });
}
