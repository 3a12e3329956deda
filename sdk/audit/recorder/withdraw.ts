import { rm, stat } from "node:fs/promises";
import { dirname } from "node:path";

import { fromHex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { isAbsent } from "../../common/node/files.js";
import type { JsonObject } from "../../records/canonical.js";
import { erasurePayload } from "../../records/erasure.js";
import { DatasetStore } from "../datasets/store.js";
import type { OpenOperation } from "./intent.js";
import type { RecordedBook } from "./operations.js";

/**
 * Takes back what an operation without a record made: what it staged, the file it was writing, the key of its dataset.
 * May run again after a kill.
 * @returns what the record of the failure tells of it
 */
export async function withdraw(
  book: Pick<RecordedBook, "keys">,
  { intent, keyed }: OpenOperation,
): Promise<JsonObject> {
  if (intent.store !== undefined) {
    // What lies in a store that is not there is ciphertext, and its key goes below.
    const store = await storeAt(intent.store);
    if (store !== undefined) await rm(store.stage(intent.id), { recursive: true, force: true });
  }
  if (intent.partial !== undefined) await removeFile(intent.partial);
  if (keyed === undefined) return {};
  const root = fromHex(keyed, 32);
  try {
    const tombstone = book.keys.erase(root, "its operation did not complete");
    return { erasure: erasurePayload(tombstone, book.keys.journalHead) };
  } catch (error) {
    // The key was announced and never kept.
    if (error instanceof SteleError && error.code === "missing") return {};
    throw error;
  }
}

/** A store of datasets, where it is there: the folder that a disk is mounted on is none. */
export async function storeAt(folder: string): Promise<DatasetStore | undefined> {
  if (!(await isThere(folder))) return undefined;
  const store = await DatasetStore.openExisting(folder);
  return (await isThere(dirname(store.stage("any")))) ? store : undefined;
}

/** Whether a path leads to something. */
export function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (isAbsent(error)) return false;
      throw error;
    },
  );
}

/** Removes a file that is there or not. */
export async function removeFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}
