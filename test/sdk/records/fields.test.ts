import { createHash, createHmac } from "node:crypto";

import { expect } from "chai";
import fc from "fast-check";

import { toHex } from "../../../sdk/common/bytes.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { canonicalText, toPointer } from "../../../sdk/records/canonical.js";
import type { JsonObject } from "../../../sdk/records/canonical.js";
import { parseDisclosure, show, verifyDisclosure } from "../../../sdk/records/disclosure.js";
import type { Disclosure, DisclosedField } from "../../../sdk/records/disclosure.js";
import { completePayload, fieldHash, fieldSalt, fieldsOf, payloadCommitment } from "../../../sdk/records/fields.js";
import { encodeHeader, headerLength, payloadCommitmentOffset } from "../../../sdk/records/header.js";
import { anyPayload, sampleHeader } from "./arbitraries.js";

const secret = new Uint8Array(32).fill(7);
const subject = new Uint8Array(32).fill(9);

/** A record's header and complete payload. */
function commit(payload: JsonObject, key = secret): { entry: Uint8Array; complete: JsonObject } {
  const start = encodeHeader({ ...sampleHeader, payloadCommitment: new Uint8Array(32) });
  const complete = completePayload(start, subject, payload);
  return { entry: encodeHeader({ ...sampleHeader, payloadCommitment: payloadCommitment(complete, key) }), complete };
}

/** RFC 9162 2.1.1, as it is written there. */
function recursiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (2 * k < leaves.length) k *= 2;
  const halves = [recursiveRoot(leaves.slice(0, k)), recursiveRoot(leaves.slice(k))];
  return createHash("sha256").update(Uint8Array.of(1)).update(halves[0]!).update(halves[1]!).digest();
}

function holds(entry: Uint8Array, disclosure: Disclosure): boolean {
  try {
    verifyDisclosure(entry, disclosure);
    return true;
  } catch (error) {
    if (error instanceof SteleError && error.code === "unproven") return false;
    throw error;
  }
}

describe("fields of a payload", () => {
  it("are its leaves in canonical order, empty containers included", () => {
    const fields = fieldsOf({ b: [1, { d: null, c: "x" }], a: {}, "": [], A: true });
    expect(fields).to.deep.equal([
      { path: [""], value: [] },
      { path: ["A"], value: true },
      { path: ["a"], value: {} },
      { path: ["b", 0], value: 1 },
      { path: ["b", 1, "c"], value: "x" },
      { path: ["b", 1, "d"], value: null },
    ]);
  });

  it("hash and salt as the format says, with canonical JSON of path and value", () => {
    fc.assert(
      fc.property(anyPayload, (payload) => {
        for (const field of fieldsOf(payload)) {
          const salt = createHmac("sha256", secret).update("stele.salt.v1").update(canonicalText(field.path)).digest();
          expect(toHex(fieldSalt(secret, field.path))).to.equal(toHex(salt));
          const leaf = createHash("sha256").update(Uint8Array.of(0)).update("stele.field.v1").update(salt);
          const expected = leaf.update(canonicalText([field.path, field.value])).digest();
          expect(toHex(fieldHash(field, salt))).to.equal(toHex(expected));
        }
      }),
      { numRuns: 200 },
    );
  });

  it("are committed to by the root of RFC 9162", () => {
    fc.assert(
      fc.property(anyPayload, (payload) => {
        const { complete } = commit(payload);
        const leaves = fieldsOf(complete).map((field) => fieldHash(field, fieldSalt(secret, field.path)));
        expect(toHex(payloadCommitment(complete, secret))).to.equal(toHex(recursiveRoot(leaves)));
      }),
      { numRuns: 200 },
    );
  });

  it("differ between payloads that only look alike as pointers", () => {
    const alike: JsonObject[] = [{ a: ["x"] }, { a: { "0": "x" } }, { "a/0": "x" }, { a: [["x"]] }, { a: ["x", {}] }];
    const roots = alike.map((payload) => toHex(payloadCommitment(payload, secret)));
    expect(new Set(roots).size).to.equal(alike.length);
  });

  it("refuse a payload that brings the reserved member, and a secret of another length", () => {
    expect(() => commit({ $stele: 1 })).to.throw(SteleError, 'field "/$stele": this name is reserved');
    expect(() => payloadCommitment({ a: 1 }, new Uint8Array(31))).to.throw(SteleError, "31 bytes");
  });
});

describe("showing some fields", () => {
  const payload: JsonObject = {
    name: "Li",
    account: { bank: "B", number: "42" },
    items: [{ n: 1 }, { n: 2 }],
    note: "",
  };

  it("shows what was asked for, all of a container, and nothing else", () => {
    const { entry, complete } = commit(payload);
    const disclosure = show(complete, secret, ["/account", "/items/1/n"]);
    expect(verifyDisclosure(entry, disclosure)).to.deep.equal([
      { pointer: "/account/bank", path: ["account", "bank"], value: "B" },
      { pointer: "/account/number", path: ["account", "number"], value: "42" },
      { pointer: "/items/1/n", path: ["items", 1, "n"], value: 2 },
    ]);
    const text = JSON.stringify(disclosure);
    expect(text).not.to.include("Li").and.not.to.include(toHex(subject));
    for (const hidden of ["name", "note"]) expect(text).not.to.include(toHex(fieldSalt(secret, [hidden])));
    expect(text).not.to.include(toHex(secret));
  });

  it("can show the subject alone, and that is the header's subject", () => {
    const { entry, complete } = commit(payload);
    const shown = verifyDisclosure(entry, show(complete, secret, ["/$stele/subject"]));
    expect(shown).to.deep.equal([{ pointer: "/$stele/subject", path: ["$stele", "subject"], value: toHex(subject) }]);
  });

  it("refuses a field that is not there, saying how to name one", () => {
    const { complete } = commit(payload);
    for (const pointer of ["name", "/items/2", "/nam", "/name/", "#"]) {
      expect(() => show(complete, secret, [pointer]), pointer).to.throw(SteleError, `no field "${pointer}"`);
    }
  });

  it("R3: every field that is shown holds, for any payload and any choice, also after a trip through JSON", () => {
    fc.assert(
      fc.property(anyPayload, fc.infiniteStream(fc.boolean()), (any, choice) => {
        const { entry, complete } = commit(any);
        const fields = fieldsOf(complete).filter(() => choice.next().value as boolean);
        const disclosure = show(
          complete,
          secret,
          fields.map(({ path }) => toPointer(path)),
        );
        const shown = verifyDisclosure(entry, parseDisclosure(JSON.parse(JSON.stringify(disclosure))));
        const expected = fields.filter(({ path }) => toPointer(path) !== "/$stele/header");
        expect(shown.map(({ path, value }) => ({ path, value }))).to.deep.equal(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("R3: no tampered disclosure and no tampered header is accepted", () => {
    fc.assert(
      fc.property(anyPayload, fc.nat(), fc.nat(), fc.constantFrom(...tampers), (any, pick, bit, tamper) => {
        const { entry, complete } = commit(any);
        const disclosure = show(complete, secret, [""]);
        const fields = disclosure.fields.map((field) => ({ ...field }));
        const changed = tamper.apply({ ...disclosure, fields }, pick % fields.length, bit);
        if (changed === undefined) return;
        expect(holds(entry, changed), tamper.name).to.equal(false);
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(anyPayload, fc.nat({ max: 8 * headerLength - 1 }), (any, bit) => {
        const { entry, complete } = commit(any);
        const disclosure = show(complete, secret, []);
        entry[bit >> 3]! ^= 1 << (bit & 7);
        // Another version is no header at all.
        if (bit < 8) expect(() => verifyDisclosure(entry, disclosure)).to.throw(SteleError, "version");
        else expect(holds(entry, disclosure)).to.equal(false);
      }),
      { numRuns: 500 },
    );
  });

  it("R4: a payload copied into another header is refused, though its commitment was copied too", () => {
    const { entry, complete } = commit(payload);
    const stolen = Uint8Array.from(entry);
    stolen[payloadCommitmentOffset - 53]! ^= 1;
    const disclosure = show(complete, secret, ["/name"]);
    expect(() => verifyDisclosure(stolen, disclosure)).to.throw(SteleError, "belongs to another header");
    const withoutBinding = { ...disclosure, fields: disclosure.fields.filter(({ path }) => path[0] !== "$stele") };
    expect(() => verifyDisclosure(stolen, withoutBinding)).to.throw(SteleError, "is not shown");
  });

  it("refuses, naming the field, what is no disclosure", () => {
    const { complete } = commit(payload);
    const good = show(complete, secret, ["/name"]);
    const cases: [unknown, string][] = [
      [null, ""],
      [{ ...good, format: "stele.disclosure.v2" }, "format"],
      [{ ...good, extra: 1 }, ""],
      [{ ...good, size: -1 }, "size"],
      [{ ...good, fields: [{ ...good.fields[0], salt: "0x00" }] }, "fields.0.salt"],
      [{ ...good, fields: [{ ...good.fields[0], value: { a: 1 } }] }, "fields.0.value"],
      [{ ...good, fields: [{ ...good.fields[0], path: [] }] }, "fields.0.path"],
      [{ ...good, fields: [{ ...good.fields[0], path: ["a", -1] }] }, "fields.0.path.1"],
      [{ ...good, fields: [{ ...good.fields[0], proof: ["0x"] }] }, "fields.0.proof.0"],
    ];
    for (const [value, field] of cases) {
      try {
        parseDisclosure(value);
        expect.fail(`took ${field}`);
      } catch (error) {
        if (!(error instanceof SteleError)) throw error;
        expect(error.code).to.equal("input");
        expect(error.place.field ?? "").to.equal(field);
      }
    }
  });
});

interface Tamper {
  readonly name: string;
  /** Undefined where there is nothing to change. */
  apply(disclosure: Disclosure & { fields: DisclosedField[] }, at: number, bit: number): Disclosure | undefined;
}

const change = (name: string, edit: (field: DisclosedField, bit: number) => DisclosedField | undefined): Tamper => ({
  name,
  apply(disclosure, at, bit) {
    const edited = edit(disclosure.fields[at]!, bit);
    if (edited === undefined) return undefined;
    disclosure.fields[at] = edited;
    return disclosure;
  },
});

function flip(hex: `0x${string}`, bit: number): `0x${string}` {
  const bytes = Buffer.from(hex.slice(2), "hex");
  bytes[(bit >> 3) % bytes.length]! ^= 1 << (bit & 7);
  return toHex(bytes);
}

const tampers: Tamper[] = [
  change("value", (field, bit) => ({ ...field, value: field.value === bit ? bit + 1 : bit })),
  change("text", (field) => ({ ...field, value: `${String(field.value)} ` })),
  change("path", (field) => ({ ...field, path: [...field.path, "x"] })),
  change("kind of path", (field) => ({ ...field, path: field.path.map((part) => (part === 0 ? "0" : 0)) })),
  change("salt", (field, bit) => ({ ...field, salt: flip(field.salt, bit) })),
  change("index", (field, bit) => ({ ...field, index: field.index + 1 + (bit % 5) })),
  change("proof bit", (field, bit) =>
    field.proof.length === 0 ? undefined : { ...field, proof: [flip(field.proof[0]!, bit), ...field.proof.slice(1)] },
  ),
  change("proof longer", (field) => ({ ...field, proof: [...field.proof, field.salt] })),
  change("proof shorter", (field) =>
    field.proof.length === 0 ? undefined : { ...field, proof: field.proof.slice(1) },
  ),
  { name: "size", apply: (disclosure, _, bit) => ({ ...disclosure, size: disclosure.size + 1 + (bit % 9) }) },
  { name: "smaller size", apply: (disclosure, _, bit) => ({ ...disclosure, size: bit % disclosure.size }) },
  {
    name: "a field twice",
    apply: (disclosure, at) => ({ ...disclosure, fields: disclosure.fields.toSpliced(at, 0, disclosure.fields[at]!) }),
  },
  {
    name: "order",
    apply: (disclosure) => ({ ...disclosure, fields: disclosure.fields.toReversed() }),
  },
  {
    name: "no binding",
    apply: (disclosure) => ({ ...disclosure, fields: disclosure.fields.filter(({ path }) => path[1] !== "header") }),
  },
];
