import { readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";

import type { Hex } from "../../common/bytes.js";
import { SteleError, sentenceOf } from "../../common/errors.js";
import { syncFolder, writeAtomically } from "../../common/node/files.js";
import type { Work } from "../../log/audit.js";
import type { Dataset } from "./dataset.js";
import { chunksOf, formatDescription, type DatasetDescription } from "./description.js";
import { files, withFile } from "./files.js";
import { ChunkFiller } from "./filler.js";
import { fetchLeafHashes } from "./leaf-hashes.js";
import type { DatasetSource } from "./source.js";
import type { DatasetStore } from "./store.js";

/** A source that was not believed, or did not deliver. */
export interface Refusal {
  readonly source: string;
  /** The chunk that was wrong or did not come; absent where it was about the whole dataset. */
  readonly chunk?: bigint;
  readonly why: string;
}

export interface RestoreOptions extends Work {
  readonly root: Hex;
  /** What is known of it for certain, from its registration. Without, the sources are asked, one claim after another. */
  readonly known?: { readonly size: bigint; readonly mediaType: string };
  /** In the order in which they are to be asked. */
  readonly sources: readonly DatasetSource[];
  readonly store: DatasetStore;
  /** Told of each source that is passed over. */
  readonly refused?: (refusal: Refusal) => void;
}

export interface Restored {
  readonly dataset: Dataset;
  /** Chunks that were at hand and right. */
  readonly kept: bigint;
  /** Chunks that sources gave. */
  readonly fetched: bigint;
}

/**
 * Brings a dataset into a store from sources that nobody has to trust. The leaf hashes come first and must give the
 * root; then each chunk is held against its own as it arrives. A wrong chunk is asked for again from the next source.
 * Killed, it is called again: chunks that are on disk and right are not fetched twice. A dataset that the store has is
 * verified, and of a damaged one only the chunks that differ are fetched.
 * @throws SteleError `unproven` where no source had it right, `storage` where the disk is full
 */
export async function restoreDataset(options: RestoreOptions): Promise<Restored> {
  const { root, store } = options;
  const staged = store.stage(`restore-${root.slice(2).toLowerCase()}`);
  const own = await ownCopy(options, staged);
  if (typeof own === "object") return { dataset: own, kept: own.description.chunks, fetched: 0n };
  try {
    return await fromSources(options, staged);
  } catch (error) {
    // Most chunks of a damaged dataset are right, and may be asked for before a mirror can be reached.
    if (own === "damaged") await store.putBack(root, staged);
    throw error;
  }
}

async function fromSources(options: RestoreOptions, staged: string): Promise<Restored> {
  const { root, store, signal } = options;
  const failures: unknown[] = [];
  for await (const description of claims(options, failures)) {
    if (!(await fetchLeafHashes(description, staged, options, failures))) continue;
    const filler = await ChunkFiller.open(description, staged, options);
    try {
      const counts = await filler.fill();
      return { dataset: await finish(description, staged, store), ...counts };
    } catch (error) {
      signal?.throwIfAborted();
      // What only sources claim may be wrong in its size; what is registered is not.
      if (options.known !== undefined || !(error instanceof SteleError) || error.code !== "unproven") throw error;
      failures.push(error);
    } finally {
      await filler.close();
    }
  }
  const why = failures.length === 0 ? "no source was named" : sentenceOf(failures.at(-1));
  throw new SteleError("unproven", `no source gave dataset ${root}: ${why}`, { cause: failures.at(-1) });
}

/** The store's own copy, if it is right; a damaged one is moved to where it is mended. */
async function ownCopy(
  { root, store, signal }: RestoreOptions,
  staged: string,
): Promise<Dataset | "damaged" | "absent"> {
  if (!(await store.has(root))) return "absent";
  try {
    const dataset = await store.get(root);
    await dataset.verify({ signal });
    return dataset;
  } catch (error) {
    if (!(error instanceof SteleError) || !["corrupt", "input", "missing"].includes(error.code)) throw error;
    await rm(staged, { recursive: true, force: true });
    await store.setAside(root, basename(staged));
    return "damaged";
  }
}

/** What is registered; or each size that a source claims, once. A root alone does not say how long the ciphertext is. */
async function* claims(options: RestoreOptions, failures: unknown[]): AsyncGenerator<DatasetDescription> {
  const { root, known, sources, signal, refused } = options;
  if (known !== undefined) {
    const { size, mediaType } = known;
    return yield { format: 1, root: root.toLowerCase() as Hex, size, chunks: chunksOf(size), mediaType };
  }
  const claimed = new Set<bigint>();
  for (const source of sources) {
    let description: DatasetDescription;
    try {
      description = await source.describe(root, signal);
    } catch (error) {
      signal?.throwIfAborted();
      failures.push(error);
      refused?.({ source: source.name, why: sentenceOf(error) });
      continue;
    }
    if (claimed.has(description.size)) continue;
    claimed.add(description.size);
    yield description;
  }
}

/** Writes the description, makes everything durable and adopts it. */
async function finish(description: DatasetDescription, staged: string, store: DatasetStore): Promise<Dataset> {
  const file = join(staged, files.description);
  await withFile(file, () => writeAtomically(file, formatDescription(description), 0o600));
  for (const name of await readdir(staged)) {
    // What a kill left of a file that was being written.
    if (name.endsWith(".tmp")) await rm(join(staged, name), { force: true });
  }
  await syncFolder(staged);
  try {
    return await store.adopt(staged);
  } catch (error) {
    // Somebody else restored the same dataset at the same time, and was first.
    if (await store.has(description.root)) return store.get(description.root);
    throw error;
  }
}
