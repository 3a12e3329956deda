import { join } from "node:path";

import { equal } from "../common/bytes.js";
import { mapKey } from "../common/node/map-key.js";
import { ErasureWatch } from "./erasure-watch.js";
import { KeyIndex } from "./key-index.js";
import type { KeyGrant } from "./keys.js";
import { SlotReader, type Slot } from "./slots.js";

/** Why a record does not open: its key was destroyed, or was never there for this recipient. */
export type Missing = "erased" | "not granted";

/** Slots that are read at once. */
const tailStride = 1_024;

/**
 * The key store beside the process that writes it. It gives a recipient what the store would give, and nothing that is
 * erased: the journal is asked each time.
 */
export class KeyReader {
  readonly #index: KeyIndex;
  readonly #slots: SlotReader;
  readonly #watch: ErasureWatch;
  /** Slots from one number to below another that the index did not know when they were read. */
  readonly #tail = new Map<string, Slot>();
  #tailStart = 0;
  #tailEnd = 0;

  /**
   * @param folder of the key store
   * @param options.journal folder of the journal of erasures
   * @throws SteleError `missing`, `corrupt`; `refused` where the journal was set back
   */
  static open(folder: string, { journal }: { readonly journal: string }): KeyReader {
    const index = new KeyIndex(folder, "read");
    let slots: SlotReader | undefined;
    try {
      slots = new SlotReader(join(folder, "keys.slots"));
      return new KeyReader(index, slots, new ErasureWatch(journal, index));
    } catch (error) {
      slots?.close();
      index.close();
      throw error;
    }
  }

  private constructor(index: KeyIndex, slots: SlotReader, watch: ErasureWatch) {
    this.#index = index;
    this.#slots = slots;
    this.#watch = watch;
  }

  /** Whether a record has been erased by now. */
  isErased(record: Uint8Array): boolean {
    return this.#watch.has(record) || this.#index.tombstone(record) !== undefined;
  }

  /** Whether a record has been erased since {@link grants} gave its key: the journal alone says it. */
  erasedSince(record: Uint8Array): boolean {
    return this.#watch.has(record);
  }

  /** What opens records for a recipient. Records that were made one after the other are read at once. */
  grants(records: readonly Uint8Array[], recipient: string): (KeyGrant | Missing)[] {
    const slots = this.#slotsOf(records);
    const erasures = (this.#index.applied?.count ?? 0) > 0;
    return records.map((record, i) => {
      if (this.#watch.has(record) || (erasures && this.#index.tombstone(record) !== undefined)) return "erased";
      const slot = slots[i];
      const epoch = slot && this.#index.epochId(slot.epoch);
      const grant = slot && this.#index.grant(slot.epoch, recipient);
      if (epoch === undefined || grant === undefined) return "not granted";
      return { epoch, grant, wrapped: slot!.wrapped };
    });
  }

  close(): void {
    this.#watch.close();
    this.#slots.close();
    this.#index.close();
  }

  /** Keys lie in the order in which records were made, so those of neighbours are neighbours nearly always. */
  #slotsOf(records: readonly Uint8Array[]): (Slot | undefined)[] {
    const first = records[0] && this.#index.slotOf(records[0]);
    const near = first === undefined ? [] : this.#slots.read(first, records.length);
    return records.map((record, i) => {
      const guess = near[i];
      return guess !== undefined && equal(guess.record, record) ? guess : this.#slotOf(record);
    });
  }

  #slotOf(record: Uint8Array): Slot | undefined {
    const number = this.#index.slotOf(record);
    const slot = number === undefined ? this.#inTail(record) : this.#slots.read(number, 1)[0];
    return slot !== undefined && equal(slot.record, record) ? slot : undefined;
  }

  /** The writer notes records in its index many at a time; until then their slots lie at the end of the file. */
  #inTail(record: Uint8Array): Slot | undefined {
    const [known, count] = [this.#index.slots, this.#slots.count];
    if (this.#tailEnd < known || this.#tailStart < known) {
      this.#tail.clear();
      this.#tailStart = this.#tailEnd = known;
    }
    while (this.#tailEnd < count) {
      for (const slot of this.#slots.read(this.#tailEnd, Math.min(tailStride, count - this.#tailEnd))) {
        // Being written just now; it is looked at again.
        if (slot === undefined) return this.#tail.get(mapKey(record));
        this.#tail.set(mapKey(slot.record), slot);
        this.#tailEnd++;
      }
    }
    return this.#tail.get(mapKey(record));
  }
}
