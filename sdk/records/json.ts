import { fromUtf8 } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import type { Place } from "../common/errors.js";
import { maxDepth, putMember, toJson, toPointer } from "./canonical.js";
import type { FieldPath, JsonValue } from "./canonical.js";

/**
 * Reads JSON text strictly, as I-JSON (RFC 7493) asks and RFC 8785 needs: UTF-8, no member named twice, no half of a
 * surrogate pair, no number that a double would alter, nothing after the value.
 * @param place where the text stands; its `line` is the line of the text's first character
 * @throws SteleError `input` naming line and, inside the value, the field as a JSON Pointer
 */
export function parseJson(input: string | Uint8Array, place: Place = {}): JsonValue {
  const text = typeof input === "string" ? input : decode(input, place);
  return parseCompact(text) ?? new Reader(text, place).read();
}

/**
 * The quick way for what JSON.stringify would write itself: text that comes back the same has no member twice and no
 * number that changed. Whatever else is wrong, the slow way finds with its place.
 */
function parseCompact(text: string): JsonValue | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && JSON.stringify(value) === text) return toJson(value);
  } catch {
    return undefined;
  }
  return undefined;
}

function decode(bytes: Uint8Array, place: Place): string {
  try {
    return fromUtf8(bytes);
  } catch (error) {
    throw error instanceof SteleError ? error.at(place) : error;
  }
}

const literals: readonly (readonly [string, JsonValue])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];
const spaces = /[ \t\n\r]*/y;
const numbers = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// Up to the next quote, escape or control character.
// oxlint-disable-next-line no-control-regex
const plain = /[^"\\\u0000-\u001f]*/y;
const escapes = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

class Reader {
  readonly #text: string;
  readonly #place: Place;
  #at = 0;

  constructor(text: string, place: Place) {
    this.#text = text;
    this.#place = place;
  }

  read(): JsonValue {
    if (this.#text.startsWith("\ufeff")) throw this.#refuse("starts with a byte order mark, save it without one");
    const value = this.#value([]);
    this.#match(spaces);
    if (this.#at < this.#text.length) throw this.#refuse("goes on after the JSON value has ended");
    return value;
  }

  #value(path: FieldPath): JsonValue {
    this.#match(spaces);
    const char = this.#text[this.#at];
    if (char === "{" || char === "[") {
      if (path.length >= maxDepth) throw this.#refuse(`is nested deeper than ${maxDepth} levels`, path);
      this.#at++;
      return char === "{" ? this.#object(path) : this.#array(path);
    }
    if (char === '"') return this.#string(path);
    for (const [word, value] of literals) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    return this.#number(path);
  }

  #object(path: FieldPath): JsonValue {
    const object: Record<string, JsonValue> = {};
    const names = new Set<string>();
    if (this.#next("}")) return object;
    do {
      this.#match(spaces);
      const start = this.#at;
      if (this.#text[start] !== '"') throw this.#refuse("a member's name in double quotes is expected", path);
      const name = this.#string(path);
      const inner = [...path, name];
      if (names.has(name)) {
        this.#at = start;
        throw this.#refuse("this member is given twice", inner);
      }
      names.add(name);
      this.#expect(":", inner);
      putMember(object, name, this.#value(inner));
    } while (this.#next(","));
    this.#expect("}", path);
    return object;
  }

  #array(path: FieldPath): JsonValue {
    const array: JsonValue[] = [];
    if (this.#next("]")) return array;
    do array.push(this.#value([...path, array.length]));
    while (this.#next(","));
    this.#expect("]", path);
    return array;
  }

  #string(path: FieldPath): string {
    const start = this.#at++;
    for (;;) {
      this.#match(plain);
      if (this.#text[this.#at] === '"') break;
      if (this.#at >= this.#text.length) throw this.#refuse("a text has no closing quote", path);
      if (this.#match(escapes) !== "") continue;
      throw this.#refuse("a text contains a bare control character or an unknown escape", path);
    }
    const value = JSON.parse(this.#text.slice(start, ++this.#at)) as string;
    if (value.isWellFormed()) return value;
    this.#at = start;
    throw this.#refuse("contains half of a surrogate pair, which is no character", path);
  }

  #number(path: FieldPath): number {
    const start = this.#at;
    const literal = this.#match(numbers);
    if (literal === "")
      throw this.#refuse(start < this.#text.length ? "no JSON value" : "the text ends too early", path);
    const value = Number(literal);
    if (says(value, literal)) return value === 0 ? 0 : value;
    this.#at = start;
    throw this.#refuse(`${literal} is more than a double keeps exactly, write it as a string`, path);
  }

  /** Takes what the sticky pattern matches here. */
  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += match.length;
    return match;
  }

  #next(char: string): boolean {
    this.#match(spaces);
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #expect(char: string, path: FieldPath): void {
    if (!this.#next(char)) throw this.#refuse(`"${char}" is expected`, path);
  }

  #refuse(sentence: string, path: FieldPath = []): SteleError {
    const before = this.#text.slice(0, this.#at).split("\n");
    const line = (this.#place.line ?? 1) + before.length - 1;
    const column = (before.at(-1) ?? "").length + 1;
    const field = toPointer(path);
    const place = { ...this.#place, line, ...(field === "" ? {} : { field }) };
    return new SteleError("input", `${sentence} (column ${column})`, { place });
  }
}

/** Whether the double says the same number as the literal: as JSON writes it, or with as many digits as were given. */
function says(value: number, literal: string): boolean {
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return false;
  const given = digitsOf(literal);
  if (given.digits === "") return true;
  if (given.digits.length > 17) return false;
  return [String(value), value.toPrecision(given.digits.length)].some((text) => {
    const kept = digitsOf(text);
    return kept.digits === given.digits && kept.exponent === given.exponent;
  });
}

/** A decimal numeral as its significant digits and the power of ten of the last one. */
function digitsOf(numeral: string): { readonly digits: string; readonly exponent: number } {
  const [mantissa = "", power = "0"] = numeral.replace(/^-/, "").toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const all = (whole + fraction).replace(/^0+/, "");
  const digits = all.replace(/0+$/, "");
  return { digits, exponent: Number(power) - fraction.length + (all.length - digits.length) };
}
