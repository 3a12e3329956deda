import { randomBytes } from "node:crypto";
import { join } from "node:path";

import { Wallet } from "ethers";
import { exportJWK, generateKeyPair, type JWK } from "jose";

import { fromHex, toHex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { createAtomically, isAbsent, readText } from "../common/node/files.js";

/** The keys of a book, in its folder `secrets`, readable by its owner alone. */
export interface BookSecrets {
  /** Signs checkpoints towards the chain (EIP-712). */
  readonly checkpointKey: Wallet;
  /** Signs checkpoints towards everybody else (Ed25519, 32 bytes). */
  readonly noteKey: Uint8Array;
  /** Opens the owner's records (X25519). */
  readonly recipient: { readonly publicKey: JWK; readonly privateKey: JWK };
}

const ownerOnly = 0o600;

/** Reads the secrets of a book, and makes those that are not there yet. */
export async function ensureSecrets(folder: string): Promise<BookSecrets> {
  const place = (name: string): string => join(folder, "secrets", name);
  const checkpoint = await ensure(place("checkpoint.key"), async () => toHex(randomBytes(32)));
  const note = await ensure(place("note.key"), async () => toHex(randomBytes(32)));
  const recipient = await ensure(place("recipient.jwk"), async () => {
    const { privateKey } = await generateKeyPair("ECDH-ES+A256KW", { crv: "X25519", extractable: true });
    return JSON.stringify(await exportJWK(privateKey));
  });
  try {
    const privateKey = JSON.parse(recipient) as JWK;
    const { d: _, ...publicKey } = privateKey;
    return {
      checkpointKey: new Wallet(checkpoint),
      noteKey: fromHex(note, 32),
      recipient: { publicKey, privateKey },
    };
  } catch {
    // What failed may quote a key, so it is not kept as the cause.
    throw new SteleError("corrupt", "holds a key that cannot be read", { place: { file: join(folder, "secrets") } });
  }
}

/**
 * Reads the secrets of a book that is there.
 * @throws SteleError `missing` where the folder holds none
 */
export async function readSecrets(folder: string): Promise<BookSecrets> {
  const names = ["checkpoint.key", "note.key", "recipient.jwk"];
  for (const name of names) await readText(join(folder, "secrets", name));
  return ensureSecrets(folder);
}

/** Address of a folder's checkpoint key; undefined where there is none. */
export async function readCheckpointAddress(folder: string): Promise<string | undefined> {
  const key = await known(join(folder, "secrets", "checkpoint.key"));
  return key === undefined ? undefined : (await ensureSecrets(folder)).checkpointKey.address;
}

/**
 * The 32 bytes of a key file, which is made, for its owner alone, where it is not there yet.
 * @throws SteleError `corrupt` where the file holds something else
 */
export async function keepKey(file: string): Promise<Uint8Array> {
  return keyOf(await ensure(file, async () => toHex(randomBytes(32))), file);
}

/**
 * The 32 bytes of a key file that is there.
 * @throws SteleError `missing`, `corrupt`
 */
export async function openKey(file: string): Promise<Uint8Array> {
  return keyOf((await readText(file)).trim(), file);
}

function keyOf(text: string, file: string): Uint8Array {
  try {
    return fromHex(text, 32);
  } catch {
    // What failed may quote the key.
    throw new SteleError("corrupt", "holds no key of 32 bytes", { place: { file } });
  }
}

async function known(file: string): Promise<string | undefined> {
  return readText(file).then(
    (text) => text.trim(),
    (error: unknown) => {
      if (error instanceof SteleError && isAbsent(error.cause)) return undefined;
      throw error;
    },
  );
}

async function ensure(file: string, make: () => Promise<string>): Promise<string> {
  const text = await known(file);
  if (text !== undefined) return text;
  const made = await make();
  // Of two processes that begin at once the second takes the first one's key: what that one sealed stays readable.
  return (await createAtomically(file, `${made}\n`, ownerOnly)) ? made : (await readText(file)).trim();
}
