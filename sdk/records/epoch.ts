import { randomBytes } from "node:crypto";

import { CompactEncrypt, compactDecrypt, importJWK } from "jose";
import type { JWK } from "jose";

import { toHex } from "../common/bytes.js";
import type { Hex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { keyLength, newKey } from "./seal.js";

/** Somebody who may open records. */
export interface Recipient {
  /** Name of the key, chosen by the owner of the log; in the open. */
  readonly id: string;
  /** Public key as a JWK: X25519 or P-256. */
  readonly publicKey: JWK;
}

/** The key of a day and a set of recipients: wraps record keys, and is itself wrapped once for each recipient. */
export interface EpochKey {
  /** Random, 16 bytes as hex. */
  readonly id: Hex;
  /** UTC day, `2026-01-31`. */
  readonly day: string;
  /** Secret, 32 bytes. */
  readonly key: Uint8Array;
}

/** An epoch key in use, with its number in the store. */
export interface OpenEpoch extends EpochKey {
  readonly number: number;
}

/** A key to be kept. */
export interface RecordKey {
  /** Leaf hash of the record, or another hash that names what the key opens; 32 bytes. */
  readonly record: Uint8Array;
  readonly epoch: OpenEpoch;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

const algorithm = "ECDH-ES+A256KW";
const encryption = "A256GCM";

/** A new epoch key. */
export function newEpoch(day: string): EpochKey {
  return { id: toHex(randomBytes(16)), day, key: newKey() };
}

/** The UTC day of a time in seconds. */
export function dayOf(time: bigint): string {
  return new Date(Number(time) * 1000).toISOString().slice(0, 10);
}

/** What tells one set of recipients from another: their ids and public keys, in any order. */
export function recipientSet(recipients: readonly Recipient[]): string {
  if (recipients.length === 0) {
    throw new SteleError("usage", "a record needs at least one recipient, or nobody can open it");
  }
  if (new Set(recipients.map(({ id }) => id)).size < recipients.length) {
    throw new SteleError("usage", "two recipients have the same id, give each its own");
  }
  const names = recipients.map(({ id, publicKey: { crv, x, y } }) => JSON.stringify([id, crv, x, y]));
  return names.sort().join();
}

/**
 * Wraps an epoch key for one recipient.
 * @returns a JWE in compact serialization
 * @throws SteleError `input` where the recipient's key is none of X25519 or P-256
 */
export async function grantEpoch(epoch: EpochKey, recipient: Recipient): Promise<string> {
  const key = await imported(recipient.id, recipient.publicKey);
  return new CompactEncrypt(epoch.key)
    .setProtectedHeader({ alg: algorithm, enc: encryption, typ: "stele-epoch+jwe", kid: recipient.id, epoch: epoch.id })
    .encrypt(key);
}

/**
 * The epoch key of a grant.
 * @param privateKey JWK of the recipient
 * @throws SteleError `unproven` where the grant is for another key or another epoch
 */
export async function openGrant(grant: string, epochId: Hex, privateKey: JWK): Promise<Uint8Array> {
  const key = await imported("private", privateKey);
  const options = { keyManagementAlgorithms: [algorithm], contentEncryptionAlgorithms: [encryption] };
  const opened = await compactDecrypt(grant, key, options).catch((cause: unknown) => {
    throw new SteleError("unproven", "the day's key is not wrapped for this private key", { cause });
  });
  if (opened.protectedHeader["epoch"] !== epochId || opened.plaintext.length !== keyLength) {
    throw new SteleError("unproven", "the grant is for another day's key");
  }
  return opened.plaintext;
}

async function imported(id: string, jwk: JWK): ReturnType<typeof importJWK> {
  const known = (jwk.kty === "OKP" && jwk.crv === "X25519") || (jwk.kty === "EC" && jwk.crv === "P-256");
  if (!known) throw new SteleError("input", "a key is neither X25519 nor P-256", { place: { field: id } });
  return importJWK(jwk, algorithm).catch((cause: unknown) => {
    throw new SteleError("input", "not a usable JWK", { place: { field: id }, cause });
  });
}
