import { bech32 } from "@scure/base";
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";

import { SteleError, sentenceOf } from "../../common/errors.js";

/** Bytes of the secret of an age identity. */
export const keyLength = 32;

const prefix = "AGE-SECRET-KEY-";

/** A fresh X25519 identity's secret: the key of one dataset, and of nothing else. */
export async function newDatasetKey(): Promise<Uint8Array> {
  return bech32.decodeToBytes((await generateX25519Identity()).toLowerCase()).bytes;
}

/**
 * The key as age writes identities, `AGE-SECRET-KEY-1...`: in a file, `age -d -i FILE ciphertext` opens the dataset.
 * @throws SteleError `usage` where it is not 32 bytes
 */
export function identityOf(key: Uint8Array): string {
  if (key.length !== keyLength) {
    throw new SteleError("usage", `the key of a dataset has ${keyLength} bytes, not ${key.length}`);
  }
  return bech32.encodeFromBytes(prefix.toLowerCase(), key).toUpperCase();
}

/** Encrypts to a key, as the age v1 format has it. */
export async function seal(plain: AsyncIterable<Uint8Array>, key: Uint8Array): Promise<AsyncIterable<Uint8Array>> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identityOf(key)));
  return encrypter.encrypt(streamOf(plain));
}

/**
 * Decrypts. Each 64 KiB that come out were authenticated; a ciphertext that ends early throws at its end.
 * @throws SteleError `corrupt` for another key or bytes that were changed
 */
export async function* unseal(
  ciphertext: AsyncIterable<Uint8Array>,
  key: Uint8Array,
  name: string,
): AsyncGenerator<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identityOf(key));
  try {
    yield* await decrypter.decrypt(streamOf(ciphertext));
  } catch (cause) {
    if (cause instanceof SteleError || (cause instanceof Error && cause.name === "AbortError")) throw cause;
    const why = `cannot be decrypted: ${sentenceOf(cause)}; verify it, and restore it from a mirror if it differs`;
    throw new SteleError("corrupt", why, { place: { file: name }, cause });
  }
}

function streamOf(bytes: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  return ReadableStream.from(bytes) as unknown as ReadableStream<Uint8Array>;
}
