import { rename } from "node:fs/promises";
import { join } from "node:path";

import { equal, fromHex } from "../../common/bytes.js";
import { SteleError, sentenceOf } from "../../common/errors.js";
import { makeFolder } from "../../common/node/folders.js";
import { hashLength } from "../../proof/merkle.js";
import { ChunkTree, sideLength } from "./chunks.js";
import { pieces } from "./dataset.js";
import type { DatasetDescription } from "./description.js";
import { files, Output, withFile } from "./files.js";
import type { RestoreOptions } from "./restore.js";

/**
 * Makes the side file of a dataset that is being restored: from one that lies there, if it gives the root, else from
 * the first source whose leaf hashes do.
 * @returns whether one did
 */
export async function fetchLeafHashes(
  description: DatasetDescription,
  folder: string,
  { sources, signal, refused }: RestoreOptions,
  failures: unknown[],
): Promise<boolean> {
  const { root, chunks } = description;
  makeFolder(folder);
  const file = join(folder, files.chunks);
  if (await isThere(file, description, signal)) return true;
  for (const source of sources) {
    try {
      await write(source.leafHashes(root, chunks, signal), file, description, source.name);
      return true;
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof SteleError) || error.code === "storage") throw error;
      failures.push(error);
      refused?.({ source: source.name, why: sentenceOf(error) });
    }
  }
  return false;
}

async function isThere(
  file: string,
  description: DatasetDescription,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { root, chunks } = description;
  const tree = new ChunkTree();
  const leaves = Number(chunks) * hashLength;
  try {
    for await (const hashes of pieces(file, 0, leaves, { signal })) {
      tree.addHashes(hashes);
      tree.takeLeaves();
    }
    if (!equal(tree.end().root, fromHex(root))) return false;
    const upper = tree.upper();
    for await (const nodes of pieces(file, leaves, sideLength(chunks), { signal })) {
      if (!equal(nodes, upper.subarray(0, nodes.length))) return false;
      upper.copyWithin(0, nodes.length);
    }
    return true;
  } catch (error) {
    if (error instanceof SteleError && ["missing", "corrupt"].includes(error.code)) return false;
    throw error;
  }
}

/** @throws SteleError `unproven` where they do not give the root; the file is made only where they do */
async function write(
  hashes: AsyncIterable<Uint8Array>,
  file: string,
  { root, chunks }: DatasetDescription,
  source: string,
): Promise<void> {
  const tree = new ChunkTree();
  const output = await Output.create(`${file}.${process.pid}.tmp`);
  try {
    for await (const part of whole(hashes)) {
      tree.addHashes(part);
      await output.write(tree.takeLeaves());
    }
    const end = tree.end();
    if (end.chunks !== chunks || !equal(end.root, fromHex(root))) {
      throw new SteleError(
        "unproven",
        `the leaf hashes of ${source} do not give the root ${root} over ${chunks} chunks`,
      );
    }
    await output.write(tree.upper());
    await output.sync();
  } finally {
    await output.close();
  }
  await withFile(file, () => rename(output.file, file));
}

/** The same bytes in pieces of whole hashes. */
async function* whole(hashes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = Buffer.alloc(0);
  for await (const part of hashes) {
    const bytes = rest.length === 0 ? part : Buffer.concat([rest, part]);
    const length = bytes.length - (bytes.length % hashLength);
    yield bytes.subarray(0, length);
    rest = Buffer.from(bytes.subarray(length));
  }
}
