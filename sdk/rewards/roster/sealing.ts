import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

import { fromUtf8, utf8 } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { hmacSha256 } from "../../common/node/hmac.js";

const [nonceLength, tagLength] = [12, 16];

/** Bytes of a roster's own number, which every derived key and every sealed value depends on. */
export const rosterIdLength = 16;

/**
 * The cryptography of a roster: keys derived from one of 32 bytes (HKDF-SHA256), lookups by HMAC-SHA256 so that equal
 * names cannot be recognised by who has no key, values sealed by AES-256-GCM under a random nonce.
 */
export class Sealer {
  /** Tells the right key from another one; says nothing else about it. */
  readonly check: Uint8Array;
  readonly #lookup: (text: string) => Uint8Array;
  readonly #seal: Uint8Array;
  readonly #id: Uint8Array;

  constructor(key: Uint8Array, id: Uint8Array) {
    if (key.length !== 32) throw new SteleError("usage", "the key of a roster has 32 bytes");
    const derive = (purpose: string): Uint8Array =>
      new Uint8Array(hkdfSync("sha256", key, id, `stele.roster.v1 ${purpose}`, 32));
    this.check = derive("check");
    this.#lookup = hmacSha256(derive("lookup"));
    this.#seal = derive("seal");
    this.#id = id;
  }

  /** What stands for a text in an index of this roster. */
  lookup(kind: "staff" | "subject" | "account", text: string): Uint8Array {
    return this.#lookup(`${kind}\0${text}`);
  }

  /** @param place what the value belongs to: sealed anew it opens there and nowhere else */
  seal(purpose: "person" | "key", value: Uint8Array, place: readonly Uint8Array[]): Uint8Array {
    const nonce = randomBytes(nonceLength);
    const cipher = createCipheriv("aes-256-gcm", this.#seal, nonce).setAAD(this.#associated(purpose, place));
    return Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()]);
  }

  /** @returns undefined where the value was changed, or belongs elsewhere */
  open(purpose: "person" | "key", sealed: Uint8Array, place: readonly Uint8Array[]): Uint8Array | undefined {
    if (sealed.length < nonceLength + tagLength) return undefined;
    const decipher = createDecipheriv("aes-256-gcm", this.#seal, sealed.subarray(0, nonceLength), {
      authTagLength: tagLength,
    });
    decipher.setAAD(this.#associated(purpose, place)).setAuthTag(sealed.subarray(-tagLength));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(nonceLength, -tagLength)), decipher.final()]);
    } catch {
      return undefined;
    }
  }

  /** All parts have fixed lengths but the last. */
  #associated(purpose: string, place: readonly Uint8Array[]): Uint8Array {
    return Buffer.concat([this.#id, ...place, utf8(purpose)]);
  }
}

/** A value as JSON text in bytes, and back. */
export const encodeJson = (value: object): Uint8Array => utf8(JSON.stringify(value));
export const decodeJson = (bytes: Uint8Array): unknown => JSON.parse(fromUtf8(bytes)) as unknown;
