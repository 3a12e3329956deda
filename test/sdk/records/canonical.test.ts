import canonicalize from "canonicalize";
import { expect } from "chai";
import fc from "fast-check";

import { SteleError } from "../../../sdk/common/errors.js";
import { canonicalText, toPointer } from "../../../sdk/records/canonical.js";
import type { JsonValue } from "../../../sdk/records/canonical.js";
import { parseJson } from "../../../sdk/records/json.js";

function refusal(action: () => unknown): SteleError {
  try {
    action();
  } catch (error) {
    if (error instanceof SteleError && error.code === "input") return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

/** Any JSON that the suite takes: numbers within 2^53, texts without half characters. */
const anyJson = fc
  .jsonValue({ stringUnit: "binary" })
  .map((value) => JSON.parse(JSON.stringify(value, tame)) as JsonValue);

function tame(_: string, value: unknown): unknown {
  return typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER ? value / 2 ** 972 / 2 ** 53 : value;
}

describe("canonical JSON", () => {
  it("writes the example of RFC 8785 section 3.2.2, but for the numbers that a reader could round", () => {
    const text = `{ "numbers": [4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/", "literals": [null, true, false] }`;
    expect(canonicalText(parseJson(text))).to.equal(
      `{"literals":[null,true,false],"numbers":[4.5,0.002,1e-27],"string":"€$\\u000f\\nA'B\\"\\\\\\\\\\"/"}`,
    );
  });

  it("sorts members by UTF-16 code units, as the example of RFC 8785 section 3.2.3", () => {
    const names = ["\u20ac", "\r", "\ufb33", "1", "\ud83d\ude00", "\u0080", "\u00f6"];
    const object = Object.fromEntries(names.map((name) => [name, 0]));
    const sorted = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\ud83d\ude00", "\ufb33"];
    expect(canonicalText(object)).to.equal(`{${sorted.map((name) => `${JSON.stringify(name)}:0`).join(",")}}`);
  });

  it("writes what the canonicalize package writes, for any JSON", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(canonicalText(value)).to.equal(canonicalize(value));
      }),
      { numRuns: 1_000 },
    );
    const alike = [
      { b: 1, a: 2 },
      { b: 3, a: { d: [{ z: 1, y: 2 }], c: 4 } },
      { a: 1, c: 2 },
      { c: 1, a: 2, b: 3 },
    ];
    const indexes = [{ 10: 1, 9: 2 }, { b: 1, 7: 2 }, { a: { 2: 1, 11: { y: 1, x: 2 } } }, { " ": 1, 0: 2 }];
    for (const value of [...alike, ...indexes]) expect(canonicalText(value)).to.equal(canonicalize(value));
  });

  it("refuses what JSON cannot say exactly, naming the field", () => {
    const cases: [unknown, string, string][] = [
      [Number.NaN, "", "NaN"],
      [[1, Number.POSITIVE_INFINITY], "/1", "Infinity"],
      [{ a: undefined }, "/a", "undefined"],
      [{ a: { b: 1n } }, "/a/b", "bigint"],
      [{ a: () => 1 }, "/a", "function"],
      [{ a: Symbol("x") }, "/a", "symbol"],
      [{ [Symbol("x")]: 1 }, "", "symbol"],
      // oxlint-disable-next-line no-sparse-arrays
      [[1, , 2], "/1", "undefined"],
      [{ when: new Date(0) }, "/when", "Date"],
      [{ m: new Map() }, "/m", "Map"],
      [{ b: new Uint8Array(1) }, "/b", "Uint8Array"],
      [{ "a/b~c": 2 ** 53 }, "/a~1b~0c", "2^53"],
      [{ a: "\ud800" }, "/a", "surrogate"],
      [{ "\udc00": 1 }, "/\udc00", "surrogate"],
    ];
    for (const [value, field, word] of cases) {
      const error = refusal(() => canonicalText(value));
      expect(error.place.field ?? "", word).to.equal(field);
      expect(error.message).to.include(word);
    }
  });

  it("refuses a circle and anything deeper than 64 levels instead of overflowing", () => {
    const circle: unknown[] = [];
    circle.push(circle);
    expect(refusal(() => canonicalText(circle)).message).to.include("deeper than 64");
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    expect(refusal(() => parseJson(deep)).message).to.include("deeper than 64");
    expect(() => parseJson("[".repeat(64) + "]".repeat(64))).not.to.throw();
  });
});

describe("strict JSON reader", () => {
  it("reads back every canonical text", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const text = canonicalText(value);
        expect(canonicalText(parseJson(text))).to.equal(text);
        expect(canonicalText(parseJson(` ${JSON.stringify(value, null, 2)}\n`))).to.equal(text);
      }),
      { numRuns: 500 },
    );
  });

  it("agrees with JSON.parse on which texts are JSON, but for what it refuses on purpose", () => {
    const pieces = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"b"',
      "1",
      "-0.5e1",
      "01",
      ".",
      "null",
      "tru",
      " ",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 9 }), (parts) => {
        const text = parts.join("");
        const onPurpose = /given twice|more than a double/;
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expect(() => parseJson(text), text).to.throw(SteleError);
          return;
        }
        try {
          expect(parseJson(text), text).to.deep.equal(expected);
        } catch (error) {
          expect((error as Error).message, text).to.match(onPurpose);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it("names line, column and field of a member given twice, however it is spelt", () => {
    const error = refusal(() =>
      parseJson('{"a": [\n  {"b": 1,\n   "\\u0062": 2}]}', { file: "books.ndjson", line: 7 }),
    );
    expect(error.message).to.equal('books.ndjson:9 field "/a/0/b": this member is given twice (column 4)');
    expect(refusal(() => parseJson('{"__proto__":1,"__proto__":2}')).place.field).to.equal("/__proto__");
  });

  it("keeps a member called __proto__ as a member", () => {
    for (const text of ['{"__proto__":{"a":1}}', '{ "__proto__": {"a": 1} }']) {
      const value = parseJson(text) as object;
      expect(Object.getPrototypeOf(value)).to.equal(Object.prototype);
      expect(canonicalText(value)).to.equal('{"__proto__":{"a":1}}');
    }
  });

  it("refuses numbers that a double would alter and takes those that it keeps", () => {
    const altered = ["9007199254740993", "9007199254740992", "-1e300", "1e400", "0.12345678901234567890", "1e-400"];
    for (const text of altered) expect(refusal(() => parseJson(`{"n":${text}}`)).place.field, text).to.equal("/n");
    const kept = [
      "9007199254740991",
      "0.1",
      "1.10",
      "1e3",
      "0e9",
      "2e-3",
      "-5.0E-7",
      "-0",
      "0.30000000000000004",
      "333333.33333333331",
    ];
    for (const text of kept) expect(parseJson(`[${text}]`), text).to.deep.equal([Number(text) + 0]);
  });

  it("refuses half a surrogate pair, a byte order mark, wrong encoding, and a second value", () => {
    expect(refusal(() => parseJson('{"a":"\\ud83d"}')).message).to.include("surrogate");
    expect(refusal(() => parseJson('\ufeff{"a":1}')).message).to.include("byte order mark");
    expect(refusal(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22), { file: "a.json" })).message).to.match(
      /^a.json: .*UTF-8/,
    );
    expect(refusal(() => parseJson('{"a":1} {"a":2}', { line: 3 })).message).to.match(/^line 3: goes on .*column 9/);
    expect(refusal(() => parseJson("")).message).to.include("ends too early");
    expect(refusal(() => parseJson('{"a":"x\ny"}')).message).to.include("control character");
  });

  it("writes pointers as RFC 6901 does", () => {
    expect(toPointer([])).to.equal("");
    expect(toPointer(["a/b", "m~n", 0, ""])).to.equal("/a~1b/m~0n/0/");
  });
});
