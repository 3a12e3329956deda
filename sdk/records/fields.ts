import { concat, toHex, utf8 } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { sha256 } from "../common/sha256.js";
import { leafHash } from "../proof/merkle.js";
import { isObject, putMember } from "./canonical.js";
import type { FieldPath, JsonObject, JsonScalar, JsonValue } from "./canonical.js";
import { payloadCommitmentOffset } from "./header.js";
import { fieldTree } from "./tree.js";
import type { FieldTree } from "./tree.js";

/** The one member that the format adds to a payload, and that no payload may bring along. */
export const reservedMember = "$stele";

/** Where a payload repeats its header. */
export const bindingPath: FieldPath = [reservedMember, "header"];

/** Where a payload repeats its subject. */
export const subjectPath: FieldPath = [reservedMember, "subject"];

/** Bytes of a payload's secret and of a field's salt. */
export const secretLength = 32;

/** A field's value: a scalar, or a container without content. */
export type FieldValue = JsonScalar | readonly never[] | Readonly<Record<string, never>>;

/** A leaf of the payload's tree: everything that can be shown alone. */
export interface Field {
  readonly path: FieldPath;
  readonly value: FieldValue;
}

const fieldTag = utf8("stele.field.v1");
const saltTag = utf8("stele.salt.v1");
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
  const complete: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(payload)) putMember(complete, name, value);
  complete[reservedMember] = { header: "", subject };
  const binding = bindingOf(headerStart, fieldsOf(complete).length);
  return { ...complete, [reservedMember]: { header: toHex(binding), subject } };
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
  return salter(secret)(path);
}

/** Leaf hash of a field: SHA-256(0x00 ‖ "stele.field.v1" ‖ salt ‖ canonical JSON of [path, value]). */
export function fieldHash(field: Field, salt: Uint8Array): Uint8Array {
  // With well-formed texts and finite numbers only, and no member to sort, JSON.stringify writes RFC 8785.
  return leafHash(concat(fieldTag, salt, utf8(JSON.stringify([field.path, field.value]))));
}

/** The tree over the salted fields of a complete payload; its root is the payload commitment. */
export function payloadTree(fields: readonly Field[], secret: Uint8Array): FieldTree {
  const saltOf = salter(secret);
  return fieldTree(fields.map((field) => fieldHash(field, saltOf(field.path))));
}

/** Payload commitment of a complete payload: RFC 9162 root over its salted fields. */
export function payloadCommitment(complete: JsonObject, secret: Uint8Array): Uint8Array {
  return payloadTree(fieldsOf(complete), secret).root;
}

function salter(secret: Uint8Array): (path: FieldPath) => Uint8Array {
  if (secret.length !== secretLength) {
    throw new SteleError("input", `a payload secret of ${secret.length} bytes where ${secretLength} are expected`);
  }
  // HMAC (RFC 2104) over the platform's fastest SHA-256, because salts are most of the hashing of a record.
  const inner = concat(pad(secret, 0x36), saltTag);
  const outer = pad(secret, 0x5c);
  return (path) => sha256(concat(outer, sha256(concat(inner, utf8(JSON.stringify(path))))));
}

function pad(secret: Uint8Array, byte: number): Uint8Array {
  const block = new Uint8Array(64).fill(byte);
  for (let i = 0; i < secret.length; i++) block[i]! ^= secret[i]!;
  return block;
}

function collect(value: JsonValue, path: FieldPath, fields: Field[]): void {
  if (Array.isArray(value)) {
    if (value.length === 0) fields.push({ path, value: [] });
    else value.forEach((item: JsonValue, index) => collect(item, [...path, index], fields));
  } else if (isObject(value)) {
    // The default order of sort() is that of UTF-16 code units, as RFC 8785 asks.
    const names = Object.keys(value).sort();
    if (names.length === 0) fields.push({ path, value: {} });
    else for (const name of names) collect(value[name]!, [...path, name], fields);
  } else {
    fields.push({ path, value: value as JsonScalar });
  }
}
