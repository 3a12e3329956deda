import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";

import { concat, equal, fromHex, toHex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";

/**
 * One-time addresses after ERC-5564, scheme 1 (secp256k1 with view tags). A person publishes a meta-address; whoever
 * writes a record about that person derives a fresh address from it, puts the address into the header and the
 * announcement beside the record; only the person can tell that the record is theirs, and only they hold its key.
 * The shared secret is hashed by keccak256 over its compressed point, as the SDK of the standard's authors does; the
 * standard leaves this open.
 */
export interface MetaAddress {
  /** Compressed public key that one-time keys are derived from, 33 bytes. */
  readonly spendingKey: Uint8Array;
  /** Compressed public key that finds them, 33 bytes. */
  readonly viewingKey: Uint8Array;
}

/** What lets a person find their one-time address. */
export interface Announcement {
  /** Compressed ephemeral public key, 33 bytes. */
  readonly ephemeralKey: Uint8Array;
  /** First byte of the hashed shared secret: spares 255 of 256 addresses that are somebody else's. */
  readonly viewTag: number;
}

/** Bytes of a compressed public key. */
export const pointLength = 33;

const { Point } = secp256k1;

/**
 * Reads `st:<chain>:0x<spending key><viewing key>`; one key alone serves as both.
 * @throws SteleError `input`
 */
export function parseMetaAddress(text: string): MetaAddress {
  const digits = /^st:[a-zA-Z0-9-]+:0x([0-9a-fA-F]{66}|[0-9a-fA-F]{132})$/.exec(text)?.[1];
  if (digits === undefined) {
    throw new SteleError("input", "not a stealth meta-address, which reads st:<chain>:0x and one or two public keys");
  }
  const keys = fromHex(`0x${digits}`);
  const meta = { spendingKey: keys.slice(0, pointLength), viewingKey: keys.slice(-pointLength) };
  pointOf(meta.spendingKey, "spendingKey");
  pointOf(meta.viewingKey, "viewingKey");
  return meta;
}

/** Writes a meta-address. */
export function formatMetaAddress(meta: MetaAddress, chain = "eth"): string {
  return `st:${chain}:${toHex(concat(meta.spendingKey, meta.viewingKey))}`;
}

/** Meta-address of two private keys, 32 bytes each. */
export function metaAddressOf(spendingPrivateKey: Uint8Array, viewingPrivateKey: Uint8Array): MetaAddress {
  return { spendingKey: publicKeyOf(spendingPrivateKey), viewingKey: publicKeyOf(viewingPrivateKey) };
}

/**
 * Derives a one-time address.
 * @param ephemeralPrivateKey 32 bytes, never used twice; random unless given
 * @throws SteleError `input` where a key is no point of the curve
 */
export function createStealthAddress(
  meta: MetaAddress,
  ephemeralPrivateKey: Uint8Array = secp256k1.utils.randomSecretKey(),
): { readonly address: Uint8Array; readonly announcement: Announcement } {
  const hashed = hashedSecret(pointOf(meta.viewingKey, "viewingKey"), ephemeralPrivateKey);
  return {
    address: addressAt(meta.spendingKey, hashed),
    announcement: { ephemeralKey: publicKeyOf(ephemeralPrivateKey), viewTag: hashed[0]! },
  };
}

/**
 * Whether a one-time address belongs to whoever has the viewing key: one multiplication for all, two more for one
 * in 256. A malformed announcement is nobody's, so that one bad record does not stop a scan.
 */
export function isStealthAddress(
  address: Uint8Array,
  announcement: Announcement,
  keys: { readonly viewingPrivateKey: Uint8Array; readonly spendingKey: Uint8Array },
): boolean {
  let ephemeral: InstanceType<typeof Point>;
  try {
    ephemeral = pointOf(announcement.ephemeralKey, "ephemeralKey");
  } catch {
    return false;
  }
  const hashed = hashedSecret(ephemeral, keys.viewingPrivateKey);
  return hashed[0] === announcement.viewTag && equal(addressAt(keys.spendingKey, hashed), address);
}

/** Private key of a one-time address, 32 bytes. */
export function stealthPrivateKey(
  announcement: Announcement,
  keys: { readonly viewingPrivateKey: Uint8Array; readonly spendingPrivateKey: Uint8Array },
): Uint8Array {
  const hashed = hashedSecret(pointOf(announcement.ephemeralKey, "ephemeralKey"), keys.viewingPrivateKey);
  const { Fn } = Point;
  return Fn.toBytes(Fn.add(Fn.fromBytes(keys.spendingPrivateKey), scalarOf(hashed)));
}

function hashedSecret(point: InstanceType<typeof Point>, privateKey: Uint8Array): Uint8Array {
  return keccak_256(point.multiply(Point.Fn.fromBytes(secret(privateKey))).toBytes(true));
}

/** Address of spending key + hash × generator. */
function addressAt(spendingKey: Uint8Array, hashed: Uint8Array): Uint8Array {
  const point = pointOf(spendingKey, "spendingKey").add(Point.BASE.multiply(scalarOf(hashed)));
  return keccak_256(point.toBytes(false).subarray(1)).slice(12);
}

/** A hash as a scalar; it is below the order but for one in 2^127. */
function scalarOf(hash: Uint8Array): bigint {
  return Point.Fn.create(BigInt(toHex(hash)));
}

function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  return secp256k1.getPublicKey(secret(privateKey), true);
}

function secret(privateKey: Uint8Array): Uint8Array {
  if (secp256k1.utils.isValidSecretKey(privateKey)) return privateKey;
  throw new SteleError("input", "not a private key of secp256k1");
}

function pointOf(key: Uint8Array, field: string): InstanceType<typeof Point> {
  try {
    if (key.length !== pointLength) throw new RangeError(`${key.length} bytes`);
    return Point.fromBytes(key);
  } catch (cause) {
    throw new SteleError("input", "not a compressed public key of secp256k1", { place: { field }, cause });
  }
}
