import { createCipheriv, createDecipheriv } from "node:crypto";

import { concat, fromUtf8 } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { randomBytes } from "../common/random.js";
import { additionalData, decodeAttachment, encodeAttachment } from "./attachment.js";
import { isObject, writeCanonical } from "./canonical.js";
import { secretLength } from "./fields.js";
import { parseJson } from "./json.js";
import type { Opening } from "./opening.js";
import type { Announcement } from "./stealth.js";

/** Bytes of record keys and epoch keys. */
export const keyLength = 32;

/** Bytes of a record key under an epoch key (RFC 3394). */
export const wrappedLength = 40;

const tagLength = 16;
const integrityValue = Buffer.alloc(8, 0xa6); // RFC 3394 section 2.2.3.1

/** A new random key. */
export function newKey(): Uint8Array {
  return randomBytes(keyLength);
}

/**
 * Seals an opening to one header: AES-256-GCM under a key that seals nothing else.
 * @returns the attachment
 */
export function seal(
  leafHash: Uint8Array,
  opening: Opening,
  recordKey: Uint8Array,
  announcement?: Announcement,
): Uint8Array {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", recordKey, nonce, { authTagLength: tagLength });
  cipher.setAAD(additionalData(leafHash, { announcement, nonce }));
  const text = writeCanonical(opening.complete);
  const plain = Buffer.allocUnsafe(2 * secretLength + Buffer.byteLength(text));
  plain.set(opening.secret);
  plain.set(opening.subjectSalt, secretLength);
  plain.write(text, 2 * secretLength);
  // The cipher is a stream: what update gives is all there is, and final only makes the tag.
  const sealed = cipher.update(plain);
  cipher.final();
  // The platform's pool may hand the same bytes to somebody else.
  plain.fill(0);
  return encodeAttachment({ announcement, nonce, sealed: concat(sealed, cipher.getAuthTag()) });
}

/**
 * Opens an attachment. What it says still has to be held against the header: see record.ts.
 * @throws SteleError `unproven` where the key, the header or the attachment is another one
 */
export function unseal(leafHash: Uint8Array, attachment: Uint8Array, recordKey: Uint8Array): Opening {
  const parts = decodeAttachment(attachment);
  const body = parts.sealed.subarray(0, -tagLength);
  const decipher = createDecipheriv("aes-256-gcm", recordKey, parts.nonce, { authTagLength: tagLength });
  decipher.setAAD(additionalData(leafHash, parts));
  decipher.setAuthTag(parts.sealed.subarray(-tagLength));
  let plain: Uint8Array;
  try {
    plain = decipher.update(body);
    decipher.final();
  } catch (cause) {
    throw new SteleError("unproven", "the attachment does not open with this key for this record", { cause });
  }
  if (plain.length < 2 * secretLength) throw new SteleError("unproven", "the attachment holds no opening");
  const complete = parseJson(fromUtf8(plain.subarray(2 * secretLength)));
  if (!isObject(complete)) throw new SteleError("unproven", "the attachment holds no payload");
  const secret = concat(plain.subarray(0, secretLength));
  return { complete, secret, subjectSalt: concat(plain.subarray(secretLength, 2 * secretLength)) };
}

/** A record key under an epoch key: AES key wrap (RFC 3394), 40 bytes. */
export function wrapKey(epochKey: Uint8Array, recordKey: Uint8Array): Uint8Array {
  const cipher = createCipheriv("id-aes256-wrap", epochKey, integrityValue);
  return concat(cipher.update(recordKey), cipher.final());
}

/**
 * The record key again.
 * @throws SteleError `unproven` where it is wrapped under another epoch key
 */
export function unwrapKey(epochKey: Uint8Array, wrapped: Uint8Array): Uint8Array {
  try {
    const decipher = createDecipheriv("id-aes256-wrap", epochKey, integrityValue);
    return concat(decipher.update(wrapped), decipher.final());
  } catch (cause) {
    throw new SteleError("unproven", "the record key is not wrapped under this epoch key", { cause });
  }
}
