import { ed25519 } from "@noble/curves/ed25519.js";

import { concat, fromBase64, toBase64, utf8 } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { isKeyName, keyIdOf, nameOfKey, type NoteSigner, type NoteVerifier } from "./note.js";

/** C2SP signed-note's byte for Ed25519. */
const type = Uint8Array.of(0x01);

/**
 * Reads a verifier key, `name+hex id+base64 key` (C2SP signed-note).
 * @throws SteleError `input`
 * @example
 * ed25519Verifier("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
 */
export function ed25519Verifier(verifierKey: string): NoteVerifier {
  const [name = "", id = "", base64 = "", ...rest] = splitKey(verifierKey);
  if (!isKeyName(name) || !/^[0-9a-f]{8}$/.test(id) || rest.length > 0) throw malformed("is not name+id+key");
  let key: Uint8Array;
  try {
    key = fromBase64(base64);
  } catch (cause) {
    throw malformed("holds a key that is not base64", cause);
  }
  const keyId = Number.parseInt(id, 16);
  if (keyIdOf(name, key) !== keyId) throw malformed("has an id that is not its key's");
  if (key[0] !== type[0] || key.length !== 33) throw malformed("is not of an Ed25519 key");
  return { name, keyId, verify: (text, signature) => verify(signature, utf8(text), key.subarray(1)) };
}

/** An Ed25519 key that signs notes, and the verifier key to hand out. */
export interface Ed25519Signer extends NoteSigner {
  readonly verifierKey: string;
}

/**
 * A signer from its 32-byte secret key (RFC 8032).
 * @param name the origin, where it signs a log's checkpoints
 */
export function ed25519Signer(name: string, secretKey: Uint8Array): Ed25519Signer {
  if (!isKeyName(name)) throw new SteleError("input", `"${name}" cannot be a key's name: no spaces, no plus sign`);
  if (secretKey.length !== 32) throw new SteleError("input", "an Ed25519 secret key has 32 bytes");
  const key = concat(type, ed25519.getPublicKey(secretKey));
  const keyId = keyIdOf(name, key);
  return {
    name,
    keyId,
    verifierKey: `${nameOfKey({ name, keyId })}+${toBase64(key)}`,
    sign: (text) => ed25519.sign(utf8(text), secretKey),
  };
}

/** Strict RFC 8032 verification, as Go's, whose notes these are. */
function verify(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, key, { zip215: false });
  } catch {
    return false;
  }
}

/** The key is base64 and may hold a plus sign of its own. */
function splitKey(verifierKey: string): string[] {
  const [name = "", id = "", ...key] = verifierKey.split("+");
  return [name, id, key.join("+")];
}

function malformed(why: string, cause?: unknown): SteleError {
  return new SteleError("input", `the verifier key ${why}`, { cause });
}
