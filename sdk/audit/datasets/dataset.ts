import { open, stat } from "node:fs/promises";
import { join } from "node:path";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { readText } from "../../common/node/files.js";
import { hashLength } from "../../proof/merkle.js";
import type { Work } from "../../log/audit.js";
import { TreeReader } from "../../log/proofs.js";
import { sideLength, sideTiles } from "./chunks.js";
import { chunkLength, lengthOf, parseDescription, type DatasetDescription } from "./description.js";
import { files, readAt, withFile } from "./files.js";
import { verifyFiles } from "./verify-files.js";

/** A dataset whose files are at hand. */
export interface Dataset {
  readonly description: DatasetDescription;
  /** Path of the ciphertext: a standard age file. */
  readonly file: string;
  /** One chunk of the ciphertext. */
  chunk(index: bigint): Promise<Uint8Array>;
  /** RFC 9162 proof of a chunk to the root, out of the side file; it believes the file, so verify it. */
  inclusionProof(index: bigint): Promise<Uint8Array[]>;
  /** Bytes of the ciphertext from `from` to below `to`. */
  bytes(from: bigint, to: bigint, work?: Work): AsyncIterable<Uint8Array>;
  /** Leaf hashes from `from` to below `to`, 32 bytes each, one after the other. */
  leafHashes(from: bigint, to: bigint, work?: Work): AsyncIterable<Uint8Array>;
  /**
   * Recomputes everything from the stored bytes.
   * @throws SteleError `corrupt`, naming the file and the chunk that differs
   */
  verify(work?: Work): Promise<void>;
}

/** Bytes read at once. */
export const pieceLength = 1 << 20;

/**
 * Opens the files of a folder. Reads the description and the lengths only; `verify()` reads the rest.
 * @param root the dataset that it must be, where one is expected
 * @throws SteleError `missing`, `input`, `corrupt`
 */
export async function openDatasetFolder(folder: string, root?: Hex): Promise<Dataset> {
  const file = join(folder, files.description);
  const description = parseDescription(await readText(file), root, { file });
  const dataset = new FolderDataset(folder, description);
  await requireLength(dataset.file, Number(description.size));
  await requireLength(dataset.sideFile, sideLength(description.chunks));
  return dataset;
}

async function requireLength(file: string, length: number): Promise<void> {
  const { size } = await withFile(file, () => stat(file));
  if (size === length) return;
  const why = `has ${size} bytes where the dataset has ${length}; restore it from a mirror`;
  throw new SteleError("corrupt", why, { place: { file } });
}

/** A dataset in a folder of its own. Opens a file for each question, so there is nothing to close. */
class FolderDataset implements Dataset {
  readonly file: string;
  readonly sideFile: string;

  constructor(
    folder: string,
    readonly description: DatasetDescription,
  ) {
    this.file = join(folder, files.ciphertext);
    this.sideFile = join(folder, files.chunks);
  }

  async chunk(index: bigint): Promise<Uint8Array> {
    this.#require(index);
    return one(this.file, Number(index) * chunkLength, lengthOf(index, this.description.size));
  }

  async inclusionProof(index: bigint): Promise<Uint8Array[]> {
    this.#require(index);
    const { chunks } = this.description;
    const tiles = sideTiles(chunks, (position, length) => one(this.sideFile, position, length));
    return new TreeReader(tiles).inclusionProof(index, chunks);
  }

  bytes(from: bigint, to: bigint, work: Work = {}): AsyncIterable<Uint8Array> {
    return pieces(this.file, Number(from), Number(to), work);
  }

  leafHashes(from: bigint, to: bigint, work: Work = {}): AsyncIterable<Uint8Array> {
    return pieces(this.sideFile, Number(from) * hashLength, Number(to) * hashLength, work);
  }

  verify(work: Work = {}): Promise<void> {
    return verifyFiles(this, this.sideFile, work);
  }

  #require(index: bigint): void {
    const { root, chunks } = this.description;
    if (index >= 0n && index < chunks) return;
    throw new SteleError("usage", `dataset ${root} has chunks 0 to ${chunks - 1n}, no chunk ${index}`);
  }
}

/** @throws SteleError `corrupt` where the file ends before */
async function one(file: string, position: number, length: number): Promise<Uint8Array> {
  for await (const bytes of pieces(file, position, position + length, {})) return bytes;
  return new Uint8Array(0);
}

/** A part of a file, a mebibyte at a time. */
export async function* pieces(file: string, from: number, to: number, { signal }: Work): AsyncGenerator<Uint8Array> {
  const handle = await withFile(file, () => open(file, "r"));
  try {
    for (let at = from; at < to; at += pieceLength) {
      signal?.throwIfAborted();
      const length = Math.min(pieceLength, to - at);
      const bytes = await withFile(file, () => readAt(handle, at, length));
      if (bytes.length < length) {
        const why = `ends at ${at + bytes.length} bytes, before ${to}; restore the dataset from a mirror`;
        throw new SteleError("corrupt", why, { place: { file } });
      }
      yield bytes;
    }
  } finally {
    await handle.close();
  }
}
