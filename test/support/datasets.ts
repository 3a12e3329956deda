import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";

import { concat } from "../../sdk/common/bytes.js";
import { encryptDataset } from "../../sdk/audit/datasets/encrypt.js";
import type { DatasetStore } from "../../sdk/audit/datasets/store.js";

/** Bytes that differ from chunk to chunk, the same each time. */
export function plainOf(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = length + 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** Encrypts a plaintext into a store. */
export async function made(store: DatasetStore, plain: Uint8Array) {
  const staged = store.stage();
  const { key } = await encryptDataset(inPieces(plain), staged, { mediaType: "application/octet-stream" });
  return { dataset: await store.adopt(staged), key };
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
}

/** Everything of a stream. */
export async function gather(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return concat(...parts);
}

/** Changes one byte of a file. @param at from the end where negative */
export function flip(file: string, at: number): void {
  const handle = openSync(file, "r+");
  try {
    const position = at < 0 ? fstatSync(handle).size + at : at;
    const byte = Buffer.alloc(1);
    readSync(handle, byte, 0, 1, position);
    byte[0]! ^= 1;
    writeSync(handle, byte, 0, 1, position);
  } finally {
    closeSync(handle);
  }
}
