import { closeSync, fstatSync, openSync, readSync } from "node:fs";

import { toHex, type Hex } from "../common/bytes.js";
import { isAbsent } from "../common/node/files.js";
import type { KeyIndex } from "./key-index.js";
import { journalMissing, journalPath, JournalReader } from "./journal.js";

/**
 * What the journal of erasures says beside the process that writes it. The journal comes first in every erasure, so who
 * has read it to its end gives nothing away that is erased, even where a kill kept an erasure out of the key store.
 */
export class ErasureWatch {
  readonly #file: number;
  readonly #journal: JournalReader;
  /** Erased since the index was asked for what it has applied; the index knows those before. */
  readonly #erased = new Set<Hex>();

  /**
   * Reads the journal through, and holds it against what the store knows of it.
   * @throws SteleError `missing`, `corrupt`; `refused` where it was set back or is another store's
   */
  constructor(folder: string, index: Pick<KeyIndex, "store" | "applied">) {
    const path = journalPath(folder);
    const { applied, store } = index;
    this.#journal = new JournalReader(path, applied === undefined ? [] : [applied], ({ number, record }) => {
      if (number > (applied?.count ?? 0)) this.#erased.add(toHex(record));
    });
    this.#file = openToRead(path);
    try {
      this.#readOn();
      this.#journal.end(store);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Whether a record's erasure is in the journal by now, among those that the index did not know at first. */
  has(record: Uint8Array): boolean {
    this.#readOn();
    return this.#erased.size > 0 && this.#erased.has(toHex(record));
  }

  close(): void {
    closeSync(this.#file);
  }

  #readOn(): void {
    const { size } = fstatSync(this.#file);
    for (let at = this.#journal.length; at < size;) {
      const bytes = new Uint8Array(Math.min(size - at, 65_536));
      const length = readSync(this.#file, bytes, 0, bytes.length, at);
      if (length === 0) break;
      at += length;
      this.#journal.take(bytes.subarray(0, length));
    }
    this.#journal.dropRest();
  }
}

function openToRead(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    throw isAbsent(error) ? journalMissing(path) : error;
  }
}
