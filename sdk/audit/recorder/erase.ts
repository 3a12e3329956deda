import { rm } from "node:fs/promises";

import { fromHex, toHex, type Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { formatInstant } from "../../common/time.js";
import type { JsonObject } from "../../records/canonical.js";
import { erasurePayload } from "../../records/erasure.js";
import type { KeyStore } from "../../records/keys.js";
import type { DatasetStore } from "../datasets/store.js";
import type { PlannedErasure } from "./intent.js";
import type { Actor, Operations, Recorded, Step } from "./operations.js";

/** Records whose keys one operation erases, at most: their names stand in its record. */
export const maxErasedRecords = 500;

/** Whose key is to be erased. */
export type ErasureTarget =
  | {
      /** Root of a dataset. */
      readonly dataset: Hex;
      /** Delete the ciphertext of the holder's copy too. */
      readonly removeCopy?: boolean;
    }
  | {
      /** Leaf hashes of earlier records. */
      readonly records: readonly Uint8Array[];
    };

/** What an erasure leaves behind. */
export interface Erased {
  readonly time: bigint;
  readonly reason: string;
  /** Place of the last erasure in the journal of the key store, from 1. */
  readonly number: number;
}

/** Erases keys; the record repeats the head of the journal of erasures, so that one that was set back is found. */
export async function erase(
  operations: Operations,
  datasets: DatasetStore,
  actor: Actor,
  target: ErasureTarget,
  reason: string,
): Promise<Recorded<Erased>> {
  const { keys } = operations.book;
  const { erasing } = operations;
  const remove = "dataset" in target && target.removeCopy === true;
  const records = "dataset" in target ? [target.dataset] : target.records.map((record) => toHex(record));
  if (records.length === 0 || records.length > maxErasedRecords) {
    throw new SteleError("usage", `an erasure names 1 to ${maxErasedRecords} records`);
  }
  if (records.some((record) => erasing.has(record))) {
    throw new SteleError("busy", "this key is being erased by another operation");
  }
  for (const record of records) erasing.add(record);
  const erasure: PlannedErasure = { records, reason, after: keys.journalHead.count, remove };
  const subject = records.length === 1 ? records[0] : undefined;
  const request = { operation: "erase", subject, erasure, ...(remove ? { store: datasets.folder } : {}) } as const;
  const work = async ({ id }: Step) => {
    requireKept(keys, records);
    const data = completeErasure(keys, erasure);
    const handOut = async (): Promise<Erased> => {
      if (remove) await removeCopy(datasets, records[0]!, id);
      const { number, time } = keys.isErased(fromHex(records.at(-1)!))!;
      return { number, time, reason };
    };
    return { data, handOut };
  };
  try {
    return await operations.perform(actor, request, work);
  } finally {
    for (const record of records) erasing.delete(record);
  }
}

/** Whether the keys of a planned erasure are gone by it, or some of them. */
export function erasureHappened(keys: KeyStore, { records, after }: PlannedErasure): boolean {
  return records.some((record) => (keys.isErased(fromHex(record))?.number ?? 0) > after);
}

/** Erases what of a planned erasure is left. @returns what its record tells */
export function completeErasure(keys: KeyStore, { records, reason, remove }: PlannedErasure): JsonObject {
  const tombstones = keys.eraseAll(
    records.map((record) => fromHex(record, 32)),
    reason,
  );
  const erasure = erasurePayload(tombstones.at(-1)!, keys.journalHead);
  return { erasure, ...(remove ? { removed: true } : {}), ...(records.length === 1 ? {} : { records }) };
}

/** Deletes a dataset's ciphertext. May run again after a kill: it is under the operation's id until it is gone. */
export async function removeCopy(datasets: DatasetStore, root: Hex, id: string): Promise<void> {
  await datasets.setAside(root, id);
  await rm(datasets.stage(id), { recursive: true, force: true });
}

/** @throws SteleError `refused` where a key was erased before */
function requireKept(keys: KeyStore, records: readonly Hex[]): void {
  for (const record of records) {
    const erased = keys.isErased(fromHex(record, 32));
    if (erased === undefined) continue;
    throw new SteleError("refused", `the key of ${record} was erased at ${formatInstant(erased.time)} already`);
  }
}
