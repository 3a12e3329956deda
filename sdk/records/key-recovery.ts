import { SteleError } from "../common/errors.js";
import { ErasureJournal } from "./erasure.js";
import type { JournalHead, Tombstone } from "./erasure.js";
import type { KeyIndex } from "./key-index.js";
import type { SlotFile } from "./slots.js";

/** Reads the journal into the index, after holding it against what the store and the caller know of it. */
export async function replay(
  index: KeyIndex,
  { journal: folder, atLeast }: { readonly journal: string; readonly atLeast?: JournalHead },
): Promise<ErasureJournal> {
  const { applied, store } = index;
  const known = [applied, atLeast].filter((head) => head !== undefined);
  const found: Tombstone[] = [];
  const journal = await ErasureJournal.open(folder, { store, known }, (tombstone) => {
    if (tombstone.number > (applied?.count ?? 0)) found.push(tombstone);
  });
  index.write(() => {
    if (store === undefined) index.store = journal.store;
    for (const tombstone of found) index.addTombstone(tombstone);
    index.applied = journal.head;
  });
  return journal;
}

/** Takes slots into the index that a crash kept out of it; wipes what is no whole slot. */
export function adopt(index: KeyIndex, slots: SlotFile): void {
  const known = index.slots;
  if (slots.count < known) {
    throw new SteleError("corrupt", "the key store has fewer slots than its index says, restore both from one backup");
  }
  if (slots.count === known) return;
  const torn: number[] = [];
  const records: (Uint8Array | undefined)[] = [];
  for (let number = known; number < slots.count; number++) {
    const slot = slots.isWhole(number) ? slots.read(number) : undefined;
    if (slot === undefined) torn.push(number);
    const usable = slot !== undefined && index.epochId(slot.epoch) !== undefined;
    records.push(usable ? slot.record : undefined);
  }
  slots.erase(torn);
  index.write(() => index.addRecords(records));
}
