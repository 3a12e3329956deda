import type { DatabaseSync, StatementSync } from "node:sqlite";

import { idSpan } from "./layout.js";

/** Records of one run at most. */
const runLimit = 65_536;

/** An entry is the first five bytes of a leaf hash and the record's place in the run, three bytes: one number to sort. */
const entryBytes = 8;
const placeBits = 24n;
const placeMask = (1n << placeBits) - 1n;

/**
 * Finds records of a log by their leaf hashes. A sorted list beside each batch takes eight bytes a record and no time
 * worth speaking of; a search reads all lists of the log once, however many hashes are looked for. That is right for
 * what is rare: erasures.
 */
export class Runs {
  readonly #last: StatementSync;
  readonly #put: StatementSync;
  readonly #all: StatementSync;

  constructor(db: DatabaseSync) {
    this.#last = db.prepare("SELECT * FROM runs WHERE first >= ? AND first < ? ORDER BY first DESC LIMIT 1");
    this.#put = db.prepare("INSERT OR REPLACE INTO runs VALUES (?, ?, ?)");
    this.#all = db.prepare("SELECT * FROM runs WHERE first >= ? AND first < ? ORDER BY first");
  }

  /** Notes the leaf hashes of records that follow each other from the number `first` on; call in a transaction. */
  add(first: number, leaves: readonly Uint8Array[]): void {
    const start = Math.floor(first / idSpan) * idSpan;
    const last = this.#last.get(start, start + idSpan) as
      { first: number; count: number; data: Uint8Array } | undefined;
    const joins = last !== undefined && last.first + last.count === first && last.count + leaves.length <= runLimit;
    const base = joins ? last.count : 0;
    const entries = new BigUint64Array(base + leaves.length);
    if (joins) entries.set(entriesOf(last.data));
    leaves.forEach((leaf, i) => (entries[base + i] = (prefixOf(leaf) << placeBits) | BigInt(base + i)));
    entries.sort();
    this.#put.run(joins ? last.first : first, entries.length, new Uint8Array(entries.buffer));
  }

  /** Numbers of records whose leaf hashes may be these: whoever asks compares the whole hash. */
  find(log: number, leaves: readonly Uint8Array[]): number[] {
    if (leaves.length === 0) return [];
    const wanted = leaves.map(prefixOf);
    const found: number[] = [];
    for (const run of this.#all.iterate(log * idSpan, (log + 1) * idSpan)) {
      const entries = entriesOf(run["data"] as Uint8Array);
      for (const prefix of wanted) {
        for (let at = lowerBound(entries, prefix << placeBits); at < entries.length; at++) {
          if (entries[at]! >> placeBits !== prefix) break;
          found.push((run["first"] as number) + Number(entries[at]! & placeMask));
        }
      }
    }
    return found;
  }
}

function prefixOf(leaf: Uint8Array): bigint {
  return BigInt(leaf[0]! * 2 ** 32 + leaf[1]! * 2 ** 24 + leaf[2]! * 2 ** 16 + leaf[3]! * 2 ** 8 + leaf[4]!);
}

/** The platform's byte order is written as it is: an index does not travel. */
function entriesOf(data: Uint8Array): BigUint64Array {
  return new BigUint64Array(Uint8Array.from(data).buffer, 0, Math.floor(data.length / entryBytes));
}

function lowerBound(entries: BigUint64Array, value: bigint): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
