import { ed25519 } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { base58, base64urlnopad } from "@scure/base";
import { z } from "zod";

import { concat, utf8 } from "../../common/bytes.js";
import { SteleError, type Place } from "../../common/errors.js";
import { parseWith } from "../../common/schema.js";
import { ed25519Did } from "./contexts.js";

const part = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "is not 32 bytes in base64url");
const publicKey = z.union(
  [
    z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: part }),
    z.object({ kty: z.literal("EC"), crv: z.literal("P-256"), x: part, y: part }),
  ],
  { error: "is no public key of Ed25519 or P-256 as JWK" },
);
const privateKey = z.union(
  [
    z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: part, d: part }),
    z.object({ kty: z.literal("EC"), crv: z.literal("P-256"), x: part, y: part, d: part }),
  ],
  { error: "is no private key of Ed25519 or P-256 as JWK" },
);

/** A holder's public key (RFC 7517), Ed25519 or P-256. */
export type HolderKey = z.infer<typeof publicKey>;
/** With its private part. */
export type HolderSecret = z.infer<typeof privateKey>;

/** The public part; what else the JWK says, its private part above all, is dropped. */
export function parseHolderKey(value: unknown, place: Place = {}): HolderKey {
  return parseWith(publicKey, value, place);
}

/** @throws SteleError `input`; the message quotes nothing of the key */
export function parseHolderSecret(value: unknown, place: Place = {}): HolderSecret {
  return parseWith(privateKey, value, place);
}

export const algorithmOf = (key: HolderKey): "EdDSA" | "ES256" => (key.kty === "OKP" ? "EdDSA" : "ES256");

/** Signs the text of a JWS; base64url. */
export function signText(text: string, key: HolderSecret): string {
  const secret = base64urlnopad.decode(key.d);
  return base64urlnopad.encode(key.kty === "OKP" ? ed25519.sign(utf8(text), secret) : p256.sign(utf8(text), secret));
}

/** Whether a JWS signature holds. */
export function holdsFor(text: string, signature: string, key: HolderKey): boolean {
  try {
    const bytes = base64urlnopad.decode(signature);
    const x = base64urlnopad.decode(key.x);
    if (key.kty === "OKP") return ed25519.verify(bytes, utf8(text), x, { zip215: false });
    const point = concat(Uint8Array.of(4), x, base64urlnopad.decode(key.y));
    // ES256 (RFC 7518) says nothing of a low s, so wallets sign with either.
    return p256.verify(bytes, utf8(text), point, { lowS: false });
  } catch {
    return false;
  }
}

/** The key of a did:key. @throws SteleError `input` */
export function keyOfDid(did: string): HolderKey {
  const multibase = ed25519Did.exec(did)?.[1];
  const bytes = multibase === undefined ? undefined : base58.decode(multibase.slice(1));
  if (bytes?.length !== 34 || bytes[0] !== 0xed || bytes[1] !== 1) {
    throw new SteleError("input", `"${did.slice(0, 100)}" is no did:key of an Ed25519 key`);
  }
  return { kty: "OKP", crv: "Ed25519", x: base64urlnopad.encode(bytes.subarray(2)) };
}
