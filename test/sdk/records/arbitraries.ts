import fc from "fast-check";

import type { JsonObject, JsonValue } from "../../../sdk/records/canonical.js";
import type { RecordHeader } from "../../../sdk/records/header.js";

/** Bytes of one length. */
export const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

/** A header with something in every field. */
export const sampleHeader: RecordHeader = {
  logId: new Uint8Array(32).fill(0x11),
  source: new Uint8Array(32).fill(0x22),
  sequence: 0x0102030405060708n,
  time: 0x1112131415n,
  schema: new Uint8Array(32).fill(0x33),
  retentionClass: 7n,
  subjectCommitment: new Uint8Array(32).fill(0x44),
  disputeAddress: new Uint8Array(20).fill(0x55),
  payloadCommitment: new Uint8Array(32).fill(0x66),
};

export const anyHeader: fc.Arbitrary<RecordHeader> = fc.record({
  logId: bytesOf(32),
  source: bytesOf(32),
  sequence: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  time: fc.bigInt({ min: 0n, max: (1n << 40n) - 1n }),
  schema: bytesOf(32),
  retentionClass: fc.bigInt({ min: 0n, max: 255n }),
  subjectCommitment: bytesOf(32),
  disputeAddress: bytesOf(20),
  payloadCommitment: bytesOf(32),
});

const name = fc.string({ unit: "binary", maxLength: 4 }).filter((text) => text !== "__proto__" && text !== "$stele");
const scalar: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom(null, true, false, 0, "", "0"),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, min: -1e9, max: 1e9 }).map((number) => number + 0),
  fc.string({ unit: "binary", maxLength: 12 }),
);

const { tree } = fc.letrec<{ tree: JsonValue }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.array(tie("tree"), { maxLength: 4 }),
    fc.dictionary(name, tie("tree"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

/** Payloads with nesting, empty containers, odd names and numbers. */
export const anyPayload: fc.Arbitrary<JsonObject> = fc.dictionary(name, tree, { maxKeys: 6, noNullPrototype: true });
