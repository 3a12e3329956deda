import { rename, rm } from "node:fs/promises";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import type { Work } from "../../log/audit.js";
import type { Dataset } from "../datasets/dataset.js";
import { restoreDataset, type Restored, type RestoreOptions } from "../datasets/restore.js";
import { DatasetStore } from "../datasets/store.js";
import type { Actor, Operations, Recorded } from "./operations.js";

export interface CopyOptions extends Work, Pick<RestoreOptions, "known" | "refused"> {
  /** What the record says of where the copy comes from or goes to: a label, no path and no name of a person. */
  readonly label?: string;
}

/** Where copies lie until they are whole, in a store's staging: one that a kill interrupted goes on from there. */
const unfinished = "copies";

/**
 * Copies a dataset into a store, chunk by chunk, each held against the root; it appears in the store once the record is
 * durable. A copy that is there and right is left as it is.
 */
export function copyInto(
  operations: Operations,
  actor: Actor,
  operation: "transfer" | "restore",
  root: Hex,
  target: DatasetStore,
  { label, ...options }: CopyOptions & Pick<RestoreOptions, "sources">,
): Promise<Recorded<Restored>> {
  const request = { operation, subject: root, store: target.folder, signal: options.signal } as const;
  return operations.perform(actor, request, async ({ id }) => {
    const own = await ownCopy(target, root, options.signal);
    const copied = own ?? (await stageCopy(target, id, { ...options, root }));
    const { dataset, kept, fetched } = copied;
    const data = { size: Number(dataset.description.size), kept: Number(kept), fetched: Number(fetched) };
    const handOut = async (): Promise<Restored> => {
      return own ?? { dataset: await target.adopt(target.stage(id)), kept, fetched };
    };
    return { data: label === undefined ? data : { ...data, label }, handOut };
  });
}

/** The copy that a store has, if it is right. */
async function ownCopy(
  target: DatasetStore,
  root: Hex,
  signal: AbortSignal | undefined,
): Promise<Restored | undefined> {
  if (!(await target.has(root))) return undefined;
  const dataset = await whole(target, root, signal === undefined ? {} : { signal });
  return dataset && { dataset, kept: dataset.description.chunks, fetched: 0n };
}

async function whole(target: DatasetStore, root: Hex, work: Work): Promise<Dataset | undefined> {
  try {
    const dataset = await target.get(root);
    await dataset.verify(work);
    return dataset;
  } catch (error) {
    if (error instanceof SteleError && ["corrupt", "input", "missing"].includes(error.code)) return undefined;
    throw error;
  }
}

/** Fetches into a store inside the staging, and puts the whole copy under the operation's id. */
async function stageCopy(target: DatasetStore, id: string, options: Omit<RestoreOptions, "store">): Promise<Restored> {
  const { root } = options;
  const store = await DatasetStore.open(target.stage(unfinished));
  const damaged = await target.has(root);
  if (damaged) {
    // Of a damaged copy only the chunks that differ are fetched.
    await rm(store.pathOf(root), { recursive: true, force: true });
    await rename(target.pathOf(root), store.pathOf(root));
  }
  const restored = await restoreDataset({ ...options, store }).catch(async (error: unknown) => {
    // Most of its chunks are right, and may be asked for before a mirror can be reached.
    if (damaged) await target.putBack(root, store.pathOf(root));
    throw error;
  });
  await rename(store.pathOf(root), target.stage(id));
  return restored;
}
