import { createHash } from "node:crypto";
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";

import { fromHex, toHex, type Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { syncFolder } from "../../common/node/files.js";
import { randomBytes } from "../../common/random.js";
import type { Work } from "../../log/audit.js";
import type { Dataset } from "../datasets/dataset.js";
import { decryptDataset } from "../datasets/encrypt.js";
import type { DatasetStore } from "../datasets/store.js";
import { fileIn } from "./archive.js";
import type { Actor, Operations, Recorded } from "./operations.js";
import { isThere, removeFile } from "./withdraw.js";

export interface ReadOptions extends Work {
  /** One file of a folder that was collected, by its path in the listing; the whole dataset unless given. */
  readonly file?: string;
}

/** What a read handed out. */
export interface ReadContent {
  readonly bytes: number;
  readonly sha256: Hex;
}

interface Opened extends ReadContent {
  /** The content, decrypted again. */
  again(): AsyncIterable<Uint8Array>;
}

/**
 * Reads a dataset, or one file of it. Everything is decrypted and authenticated once before the record is written, and
 * decrypted again to be handed out, so that no plaintext is on disk before or beside the record.
 */
export function read(
  operations: Operations,
  datasets: DatasetStore,
  actor: Actor,
  root: Hex,
  options: ReadOptions,
): Promise<Recorded<ReadContent & { readonly content: AsyncIterable<Uint8Array> }>> {
  const request = { operation: "read", subject: root, signal: options.signal } as const;
  return operations.perform(actor, request, async () => {
    const { bytes, sha256, again } = await openContent(operations, datasets, root, options);
    return { data: dataOf(bytes, options), handOut: () => ({ bytes, sha256, content: again() }) };
  });
}

/**
 * The same into a file, which appears as a whole or not at all, readable by its owner alone.
 * @throws SteleError `refused` where the file is there
 */
export async function readInto(
  operations: Operations,
  datasets: DatasetStore,
  actor: Actor,
  root: Hex,
  out: string,
  options: ReadOptions,
): Promise<Recorded<ReadContent>> {
  await requireFree(out);
  const partial = `${out}.${toHex(randomBytes(4)).slice(2)}.partial`;
  const request = { operation: "read", subject: root, partial, signal: options.signal } as const;
  return operations.perform(actor, request, async () => {
    const { bytes, sha256, again } = await openContent(operations, datasets, root, options);
    const handle = await open(partial, "wx", 0o600);
    await handle.close();
    const handOut = async (): Promise<ReadContent> => {
      await writeOut(again(), partial, out);
      return { bytes, sha256 };
    };
    return { data: dataOf(bytes, options), handOut };
  });
}

/** A dataset of the store with its key. */
export async function openDataset(
  operations: Operations,
  datasets: DatasetStore,
  root: Hex,
): Promise<{ dataset: Dataset; plain: (work?: Work) => AsyncIterable<Uint8Array> }> {
  // The key first: of an erased dataset that is what to say, whether its ciphertext is there or not.
  const key = await operations.book.openKey(fromHex(root, 32));
  const dataset = await datasets.get(root);
  return { dataset, plain: (work) => decryptDataset(dataset, key, work) };
}

async function openContent(
  operations: Operations,
  datasets: DatasetStore,
  root: Hex,
  { file, signal, progress }: ReadOptions,
): Promise<Opened> {
  const { plain } = await openDataset(operations, datasets, root);
  const work: Work = signal === undefined ? {} : { signal };
  const again = () => (file === undefined ? plain(work) : fileIn(plain(work), file));
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of again()) {
    hash.update(piece);
    bytes += piece.length;
    progress?.(BigInt(bytes), BigInt(bytes));
  }
  return { bytes, sha256: `0x${hash.digest("hex")}`, again };
}

function dataOf(bytes: number, { file }: ReadOptions): Record<string, unknown> {
  return file === undefined ? { bytes } : { bytes, file };
}

async function writeOut(content: AsyncIterable<Uint8Array>, partial: string, out: string): Promise<void> {
  try {
    const handle = await open(partial, "w", 0o600);
    try {
      for await (const piece of content) await handle.writeFile(piece);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, out);
  } catch (error) {
    await removeFile(partial);
    throw error;
  }
  await syncFolder(dirname(out));
}

async function requireFree(out: string): Promise<void> {
  if (!(await isThere(out))) return;
  throw new SteleError("refused", "is there already; name another file", { place: { file: out } });
}
