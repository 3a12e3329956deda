import { join } from "node:path";

import { toHex } from "../../common/bytes.js";
import { syncFolder, writeAtomically } from "../../common/node/files.js";
import { makeFolder } from "../../common/node/folders.js";
import type { Work } from "../../log/audit.js";
import { newDatasetKey, seal, unseal } from "./age.js";
import { ChunkTree } from "./chunks.js";
import type { Dataset } from "./dataset.js";
import { formatDescription, requireMediaType, type DatasetDescription } from "./description.js";
import { files, Output, withFile } from "./files.js";

export interface EncryptOptions extends Work {
  /** RFC 6838 type of the plaintext. */
  readonly mediaType: string;
}

/** What became of a plaintext. */
export interface EncryptedDataset {
  readonly description: DatasetDescription;
  /** The secret of an age identity made for this dataset alone, 32 bytes; whoever has it reads the dataset. */
  readonly key: Uint8Array;
}

/**
 * Encrypts a plaintext into the files of a dataset, durable when it resolves; memory stays flat. `dataset.json` comes
 * last: a folder without one is unfinished work, and may be thrown away.
 * @param folder made where it is missing; `store.stage()` gives one that the store can adopt
 * @throws SteleError `storage`, naming the file, where the disk is full
 * @example
 * const { description, key } = await encryptDataset(createReadStream(file), store.stage(), { mediaType: "text/csv" });
 */
export async function encryptDataset(
  plain: AsyncIterable<Uint8Array>,
  folder: string,
  options: EncryptOptions,
): Promise<EncryptedDataset> {
  const mediaType = requireMediaType(options.mediaType);
  const key = await newDatasetKey();
  makeFolder(folder);
  const { root, size, chunks } = await writeChunks(await seal(watched(plain, options), key), folder);
  const description: DatasetDescription = { format: 1, root: toHex(root), size, chunks, mediaType };
  const file = join(folder, files.description);
  await withFile(file, () => writeAtomically(file, formatDescription(description), 0o600));
  await syncFolder(folder);
  return { description, key };
}

/** The plaintext of a dataset, piece by piece; each piece was authenticated. @throws SteleError `corrupt` */
export function decryptDataset(dataset: Dataset, key: Uint8Array, work: Work = {}): AsyncIterable<Uint8Array> {
  return unseal(dataset.bytes(0n, dataset.description.size, work), key, dataset.file);
}

/** Writes ciphertext and side file in one pass. */
async function writeChunks(ciphertext: AsyncIterable<Uint8Array>, folder: string) {
  const tree = new ChunkTree();
  const output = await Output.create(join(folder, files.ciphertext));
  try {
    const side = await Output.create(join(folder, files.chunks));
    try {
      for await (const bytes of ciphertext) {
        tree.add(bytes);
        await output.write(bytes);
        await side.write(tree.takeLeaves());
      }
      const end = tree.end();
      await side.write(tree.takeLeaves());
      await side.write(tree.upper());
      await output.sync();
      await side.sync();
      return { ...end, size: tree.size };
    } finally {
      await side.close();
    }
  } finally {
    await output.close();
  }
}

/** The same bytes; tells how many went by, and stops at the signal. */
async function* watched(plain: AsyncIterable<Uint8Array>, { signal, progress }: Work): AsyncGenerator<Uint8Array> {
  let done = 0n;
  for await (const bytes of plain) {
    signal?.throwIfAborted();
    yield bytes;
    done += BigInt(bytes.length);
    progress?.(done, done);
  }
  signal?.throwIfAborted();
}
