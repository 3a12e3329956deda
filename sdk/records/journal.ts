import { join } from "node:path";

import { z } from "zod";

import { concat, equal, fromHex, fromUtf8 } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { hash32, parseWith } from "../common/schema.js";
import { sha256 } from "../common/sha256.js";
import { parseInstant } from "../common/time.js";
import { parseJson } from "./json.js";

/** An erasure, written down. */
export interface Tombstone {
  /** Place in the journal, from 1. */
  readonly number: number;
  /** Leaf hash of the record, 32 bytes. */
  readonly record: Uint8Array;
  /** Seconds since 1970. */
  readonly time: bigint;
  /** A code or a sentence without personal data: it outlives the record. */
  readonly reason: string;
}

/** Where a journal ends: what a key store remembers, and what a record of an erasure repeats. */
export interface JournalHead {
  readonly count: number;
  /** SHA-256 of the last line, which repeats that of the line before. */
  readonly hash: Uint8Array;
}

/** Longest reason. */
export const maxReason = 200;

export const journalFormat = "stele.erasures.v1";

const headSchema = z.strictObject({ format: z.literal(journalFormat), store: hash32 });
const lineSchema = z.strictObject({
  number: z.int().min(1),
  record: hash32,
  time: z.string().transform(parseInstant),
  reason: z.string().min(1).max(maxReason),
  previous: hash32,
});

/** File of the journal in its folder. */
export function journalPath(folder: string): string {
  return join(folder, "erasures.ndjson");
}

/** What is said where there is no journal. */
export function journalMissing(path: string): SteleError {
  const sentence = "the journal of erasures is not there, and without it erased keys could come back";
  return new SteleError("missing", sentence, { place: { file: path } });
}

/** Reads a journal as its bytes come, and follows its chain. */
export class JournalReader {
  readonly #path: string;
  readonly #known: readonly JournalHead[];
  readonly #visit: (tombstone: Tombstone) => void;
  readonly #met = new Set<JournalHead>();
  #rest: Uint8Array = new Uint8Array(0);
  #store: Uint8Array | undefined;
  #head: JournalHead | undefined;
  #length = 0;

  /**
   * @param known heads that the journal must have gone through
   * @param visit told of every erasure, in order
   */
  constructor(path: string, known: readonly JournalHead[], visit: (tombstone: Tombstone) => void) {
    this.#path = path;
    this.#known = known;
    this.#visit = visit;
  }

  /** Bytes of the whole lines so far. */
  get length(): number {
    return this.#length;
  }

  /**
   * Takes the next bytes.
   * @throws SteleError `corrupt` naming the line where the chain breaks
   */
  take(bytes: Uint8Array): void {
    let rest = this.#rest.length === 0 ? bytes : concat(this.#rest, bytes);
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      this.#line(rest.subarray(0, end));
      this.#length += end + 1;
      rest = rest.subarray(end + 1);
    }
    this.#rest = rest.slice();
  }

  /** Forgets the start of a line whose end has not come: its writer may have been killed, and cut it off. */
  dropRest(): void {
    this.#rest = new Uint8Array(0);
  }

  /**
   * Where the journal ends, after it was held against what is known of it.
   * @param store the key store that it should be of
   * @throws SteleError `corrupt`; `refused` where it is of another store, or misses a head that is known
   */
  end(store: Uint8Array | undefined): { readonly store: Uint8Array; readonly head: JournalHead } {
    const place = { file: this.#path };
    if (this.#store === undefined || this.#head === undefined) {
      throw new SteleError("corrupt", "the journal of erasures is empty", { place });
    }
    if (store !== undefined && !equal(store, this.#store)) {
      throw new SteleError("refused", "this is the journal of erasures of another key store", { place });
    }
    for (const known of this.#known) {
      if (known.count === 0 || this.#met.has(known)) continue;
      const older = known.count > this.#head.count;
      const sentence = older ? "older than the store, erased keys could come back" : "not the one the store knew";
      throw new SteleError("refused", `the journal of erasures is ${sentence}, restore the newest one`, { place });
    }
    return { store: this.#store, head: this.#head };
  }

  #line(line: Uint8Array): void {
    const hash = sha256(line);
    if (this.#head === undefined) {
      this.#store = fromHex(this.#read(headSchema, line, 1).store);
      this.#head = { count: 0, hash };
      return;
    }
    const place = { file: this.#path, line: this.#head.count + 2 };
    const { previous, record, ...rest } = this.#read(lineSchema, line, place.line);
    if (rest.number !== this.#head.count + 1 || !equal(fromHex(previous), this.#head.hash)) {
      throw new SteleError("corrupt", "this erasure does not follow the one before", { place });
    }
    const head = { count: rest.number, hash };
    this.#head = head;
    for (const known of this.#known) if (known.count === head.count && equal(known.hash, hash)) this.#met.add(known);
    this.#visit({ ...rest, record: fromHex(record) });
  }

  #read<T>(schema: z.ZodType<T>, line: Uint8Array, number: number): T {
    try {
      return parseWith(schema, parseJson(fromUtf8(line)));
    } catch (cause) {
      const place = { file: this.#path, line: number };
      throw new SteleError("corrupt", "this line is damaged, restore the journal of erasures", { place, cause });
    }
  }
}
