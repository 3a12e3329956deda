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

/** Both halves of HMAC-SHA-256 (RFC 2104): key block ‖ "stele.salt.v1", before a path; key block ‖ inner hash. */
const inner = new Message(concat(new Uint8Array(blockLength), saltTag));
const outer = new Uint8Array(blockLength + 32);

/**
 * Does work that needs salts of one payload, HMAC-SHA-256 over the platform's fastest SHA-256; the secret is wiped from
 * the buffers afterwards.
 * @throws SteleError `input` where the secret has another length
 */
export function withSecret<T>(secret: Uint8Array, work: () => T): T {
  if (secret.length !== secretLength) {
    throw new SteleError("input", `a payload secret of ${secret.length} bytes where ${secretLength} are expected`);
  }
  pad(secret, 0x36, inner.bytes);
  pad(secret, 0x5c, outer);
  try {
    return work();
  } finally {
    inner.bytes.fill(0, 0, blockLength);
    outer.fill(0);
  }
}

/** Inside {@link withSecret}: writes the salt of the field with this path, as JSON, to `out` at `offset`. */
export function saltInto(path: string, out: Uint8Array, offset: number): void {
  sha256Into(inner.with(path), outer, blockLength);
  sha256Into(outer, out, offset);
}

/** Inside {@link withSecret}: writes the leaf hash of a field, given path and value as JSON, to `out` at `offset`. */
export function leafInto(path: string, value: string, out: Uint8Array, offset: number): void {
  saltInto(path, leaf.bytes, saltAt);
  sha256Into(leaf.with(`[${path},${value}]`), out, offset);
}

/** Writes the leaf hash of a field with a known salt. */
export function saltedLeafInto(salt: Uint8Array, path: string, value: string, out: Uint8Array): void {
  leaf.bytes.set(salt, saltAt);
  sha256Into(leaf.with(`[${path},${value}]`), out, 0);
}

function pad(secret: Uint8Array, byte: number, block: Uint8Array): void {
  block.fill(byte, 0, blockLength);
  for (let i = 0; i < secret.length; i++) block[i]! ^= secret[i]!;
}
