import { concat, utf8 } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { sha256Into } from "../common/sha256.js";

/** Bytes of a payload's secret and of a field's salt. */
export const secretLength = 32;

const fieldTag = utf8("stele.field.v1");
const saltTag = utf8("stele.salt.v1");
const blockLength = 64;
const saltAt = 1 + fieldTag.length;
const encoder = new TextEncoder();

/**
 * A message to be hashed: a fixed start and a text. The text is written behind the start in place: an array of its own
 * for each hash of a record costs more than hashing it.
 */
class Message {
  readonly #start: number;
  #bytes: Uint8Array;

  constructor(start: Uint8Array) {
    this.#start = start.length;
    this.#bytes = concat(start, new Uint8Array(512));
  }

  /** The bytes from the start on, to change them. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** The message with this text; good until the next one. */
  with(text: string): Uint8Array {
    // A UTF-16 code unit is three bytes at most.
    if (this.#start + 3 * text.length > this.#bytes.length) {
      this.#bytes = concat(this.#bytes.subarray(0, this.#start), new Uint8Array(6 * text.length));
    }
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(this.#start));
    return this.#bytes.subarray(0, this.#start + written);
  }
}

/** 0x00 ‖ "stele.field.v1" ‖ salt, before a field's text. */
const leaf = new Message(concat(Uint8Array.of(0), fieldTag, new Uint8Array(secretLength)));

/** Salts of one payload's fields: HMAC-SHA-256 (RFC 2104) over the platform's fastest SHA-256. */
export class Salter {
  readonly #inner: Message;
  readonly #outer: Uint8Array;

  /** @throws SteleError `input` where the secret has another length */
  constructor(secret: Uint8Array) {
    if (secret.length !== secretLength) {
      throw new SteleError("input", `a payload secret of ${secret.length} bytes where ${secretLength} are expected`);
    }
    this.#inner = new Message(concat(pad(secret, 0x36), saltTag));
    this.#outer = concat(pad(secret, 0x5c), new Uint8Array(32));
  }

  /** Writes the salt of the field with this path, as JSON, to `out` at `offset`. */
  saltInto(path: string, out: Uint8Array, offset: number): void {
    sha256Into(this.#inner.with(path), this.#outer, blockLength);
    sha256Into(this.#outer, out, offset);
  }

  /** Writes the leaf hash of a field, given path and value as JSON, to `out` at `offset`. */
  leafInto(path: string, value: string, out: Uint8Array, offset: number): void {
    this.saltInto(path, leaf.bytes, saltAt);
    sha256Into(leaf.with(`[${path},${value}]`), out, offset);
  }
}

/** Writes the leaf hash of a field with a known salt. */
export function saltedLeafInto(salt: Uint8Array, path: string, value: string, out: Uint8Array): void {
  leaf.bytes.set(salt, saltAt);
  sha256Into(leaf.with(`[${path},${value}]`), out, 0);
}

function pad(secret: Uint8Array, byte: number): Uint8Array {
  const block = new Uint8Array(blockLength).fill(byte);
  for (let i = 0; i < secret.length; i++) block[i]! ^= secret[i]!;
  return block;
}
