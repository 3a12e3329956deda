import { concat, toHex, utf8 } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { sha256 } from "../common/sha256.js";
import { sortNames, isObject, putMember } from "./canonical.js";
import type { FieldPath, JsonObject, JsonScalar, JsonValue } from "./canonical.js";
import { leafInto, saltedLeafInto, saltInto, secretLength, withSecret } from "./field-hash.js";
import { payloadCommitmentOffset } from "./header.js";
import { fieldTree, rootOf } from "./tree.js";
import type { FieldTree } from "./tree.js";

export { secretLength } from "./field-hash.js";

/** The one member that the format adds to a payload, and that no payload may bring along. */
export const reservedMember = "$stele";

/** Where a payload repeats its header. */
export const bindingPath: FieldPath = [reservedMember, "header"];

/** Where a payload repeats its subject. */
export const subjectPath: FieldPath = [reservedMember, "subject"];

/** A field's value: a scalar, or a container without content. */
export type FieldValue = JsonScalar | readonly never[] | Readonly<Record<string, never>>;

/** A leaf of the payload's tree: everything that can be shown alone. */
export interface Field {
  readonly path: FieldPath;
  readonly value: FieldValue;
}

const bindingTag = utf8("stele.binding.v1");

/**
 * The fields of a payload, flattened to their leaves, in the order of the canonical text: members by their names'
 * UTF-16 code units, elements by index, depth first. An empty container is a leaf of its own, and paths tell an index
 * (number) from a name (text), so two different payloads never have the same fields.
 */
export function fieldsOf(payload: JsonObject): Field[] {
  const fields: Field[] = [];
  collect(payload, [], fields);
  return fields;
}

/**
 * The payload as it is committed to: with the member `$stele` that repeats header and subject.
 * @param headerStart the header, of which all before the payload commitment counts
 * @param subjectId 32 bytes, or undefined where the record is about nobody
 * @throws SteleError `input` where the payload has a member `$stele` itself
 */
export function completePayload(
  headerStart: Uint8Array,
  subjectId: Uint8Array | undefined,
  payload: JsonObject,
): JsonObject {
  requireUnreserved(payload);
  const subject = subjectId === undefined ? null : toHex(subjectId);
  const names = Object.keys(payload);
  let count = 2;
  for (const name of names) count += countFields(payload[name]!);
  const own = { header: toHex(bindingOf(headerStart, count)), subject };
  const complete: Record<string, JsonValue> = {};
  // In canonical order at once, so that what writes it need not sort again.
  for (const name of sortNames([...names, reservedMember])) {
    putMember(complete, name, name === reservedMember ? own : payload[name]!);
  }
  return complete;
}

/** @throws SteleError `input` where a payload brings the format's own member along */
export function requireUnreserved(payload: JsonObject): void {
  if (!Object.hasOwn(payload, reservedMember)) return;
  throw new SteleError("input", "this name is reserved for the record format, give the member another one", {
    place: { field: `/${reservedMember}` },
  });
}

/**
 * What `/$stele/header` says: SHA-256("stele.binding.v1" ‖ the header before its payload commitment (163 bytes) ‖
 * number of fields (4 bytes)). So a payload belongs to one header, and how many fields it has is no matter of belief.
 */
export function bindingOf(headerStart: Uint8Array, fieldCount: number): Uint8Array {
  const count = new Uint8Array(4);
  new DataView(count.buffer).setUint32(0, fieldCount);
  return sha256(concat(bindingTag, headerStart.subarray(0, payloadCommitmentOffset), count));
}

/** Salt of a field: HMAC-SHA-256(secret, "stele.salt.v1" ‖ canonical JSON of the path). Says nothing about another's. */
export function fieldSalt(secret: Uint8Array, path: FieldPath): Uint8Array {
  const salt = new Uint8Array(secretLength);
  withSecret(secret, () => saltInto(JSON.stringify(path), salt, 0));
  return salt;
}

/** Leaf hash of a field: SHA-256(0x00 ‖ "stele.field.v1" ‖ salt ‖ canonical JSON of [path, value]). */
export function fieldHash(field: Field, salt: Uint8Array): Uint8Array {
  const hash = new Uint8Array(32);
  // With well-formed texts and finite numbers only, and no member to sort, JSON.stringify writes RFC 8785.
  saltedLeafInto(salt, JSON.stringify(field.path), JSON.stringify(field.value), hash);
  return hash;
}

/** The tree over the salted fields of a complete payload; its root is the payload commitment. */
export function payloadTree(fields: readonly Field[], secret: Uint8Array): FieldTree {
  const hashes = leavesOf(fields, secret);
  return fieldTree(fields.map((_, i) => hashes.subarray(32 * i, 32 * i + 32)));
}

/** Payload commitment of a complete payload: RFC 9162 root over its salted fields. */
export function payloadCommitment(complete: JsonObject, secret: Uint8Array): Uint8Array {
  return commitmentOf(fieldsOf(complete), secret);
}

/** Payload commitment over the fields of a complete payload. */
export function commitmentOf(fields: readonly Field[], secret: Uint8Array): Uint8Array {
  return rootOf(leavesOf(fields, secret));
}

/** Leaf hashes of fields, one after the other. */
function leavesOf(fields: readonly Field[], secret: Uint8Array): Uint8Array {
  const hashes = new Uint8Array(32 * fields.length);
  withSecret(secret, () => {
    fields.forEach(({ path, value }, i) => leafInto(JSON.stringify(path), JSON.stringify(value), hashes, 32 * i));
  });
  return hashes;
}

function countFields(value: JsonValue): number {
  if (typeof value !== "object" || value === null) return 1;
  const inner: readonly JsonValue[] = Array.isArray(value) ? value : Object.values(value);
  return inner.length === 0 ? 1 : inner.reduce<number>((sum, item) => sum + countFields(item), 0);
}

function collect(value: JsonValue, path: FieldPath, fields: Field[]): void {
  if (Array.isArray(value)) {
    if (value.length === 0) fields.push({ path, value: [] });
    else value.forEach((item: JsonValue, index) => collect(item, [...path, index], fields));
  } else if (isObject(value)) {
    const names = sortNames(Object.keys(value));
    if (names.length === 0) fields.push({ path, value: {} });
    else for (const name of names) collect(value[name]!, [...path, name], fields);
  } else {
    fields.push({ path, value: value as JsonScalar });
  }
}
