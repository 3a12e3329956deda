import {
  closeSync,
  createReadStream,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
} from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { equal, fromHex, fromUtf8, toHex, utf8 } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { hash32, parseWith } from "../common/schema.js";
import { sha256 } from "../common/sha256.js";
import { formatInstant, parseInstant } from "../common/time.js";
import type { JsonObject } from "./canonical.js";
import { parseJson } from "./json.js";
import { syncFolder, writeFully } from "./slots.js";

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

/** Schema of the record that an owner appends to a log for each erasure. */
export const erasureSchema = "urn:stele:schema:erasure:v1";

/** Longest reason. */
export const maxReason = 200;

/**
 * Payload of the record that tells the log of an erasure. With `journal` in a log, a journal that was set back is found
 * by everyone: see `KeyStoreOptions.atLeast`.
 */
export function erasurePayload(tombstone: Tombstone, head: JournalHead): JsonObject {
  return {
    record: toHex(tombstone.record),
    time: formatInstant(tombstone.time),
    reason: tombstone.reason,
    journal: { count: head.count, hash: toHex(head.hash) },
  };
}

const fileName = "erasures.ndjson";
const format = "stele.erasures.v1";
const headSchema = z.strictObject({ format: z.literal(format), store: hash32 });
const lineSchema = z.strictObject({
  number: z.int().min(1),
  record: hash32,
  time: z.string().transform(parseInstant),
  reason: z.string().min(1).max(maxReason),
  previous: hash32,
});

/**
 * The append-only journal of erasures, kept in a folder apart from the key store, so that a restored key store meets
 * every erasure since its backup. One JSON line each, chained by hashes; the first line names the store.
 */
export class ErasureJournal {
  readonly path: string;
  /** Id of the key store, 32 bytes. */
  readonly store: Uint8Array;
  readonly #file: number;
  #head: JournalHead;
  #length: number;

  private constructor(path: string, store: Uint8Array, head: JournalHead, length: number) {
    this.path = path;
    this.store = store;
    this.#head = head;
    this.#length = length;
    this.#file = openSync(path, "r+");
    // A last line without its end was never acknowledged.
    ftruncateSync(this.#file, length);
  }

  static exists(folder: string): boolean {
    return existsSync(join(folder, fileName));
  }

  /** Starts a journal for a new store. */
  static create(folder: string, store: Uint8Array): void {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, fileName);
    const file = openSync(`${path}.new`, "w", 0o600);
    try {
      writeFully(file, utf8(`${JSON.stringify({ format, store: toHex(store) })}\n`), 0);
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.new`, path);
    syncFolder(folder);
  }

  /**
   * Opens a journal and reads it through.
   * @param visit told of every erasure in order, and of the head after it
   * @throws SteleError `missing`; `corrupt` naming the line where the chain breaks
   */
  static async open(folder: string, visit: (tombstone: Tombstone, head: JournalHead) => void): Promise<ErasureJournal> {
    const path = join(folder, fileName);
    if (!existsSync(path)) {
      throw new SteleError(
        "missing",
        "the journal of erasures is not there, and without it erased keys could come back",
        {
          place: { file: path },
        },
      );
    }
    let store: Uint8Array | undefined;
    let head: JournalHead | undefined;
    let length = 0;
    for await (const line of lines(path)) {
      const hash = sha256(line);
      if (head === undefined) {
        store = fromHex(read(headSchema, line, path, 1).store);
        head = { count: 0, hash };
      } else {
        const place = { file: path, line: head.count + 2 };
        const { previous, record, ...rest } = read(lineSchema, line, path, place.line);
        if (rest.number !== head.count + 1 || !equal(fromHex(previous), head.hash)) {
          throw new SteleError("corrupt", "this erasure does not follow the one before", { place });
        }
        head = { count: rest.number, hash };
        visit({ ...rest, record: fromHex(record) }, head);
      }
      length += line.length + 1;
    }
    if (store === undefined || head === undefined) {
      throw new SteleError("corrupt", "the journal of erasures is empty", { place: { file: path } });
    }
    return new ErasureJournal(path, store, head, length);
  }

  get head(): JournalHead {
    return this.#head;
  }

  /** Adds erasures; they are durable on return, and from then on they happen, whatever else fails. */
  append(entries: readonly Omit<Tombstone, "number">[]): Tombstone[] {
    let { count, hash } = this.#head;
    let text = "";
    const tombstones = entries.map((entry): Tombstone => {
      count += 1;
      const { record, time, reason } = entry;
      const previous = toHex(hash);
      const line = JSON.stringify({
        number: count,
        record: toHex(record),
        time: formatInstant(time),
        reason,
        previous,
      });
      hash = sha256(utf8(line));
      text += `${line}\n`;
      return { ...entry, number: count };
    });
    const bytes = utf8(text);
    writeFully(this.#file, bytes, this.#length);
    fdatasyncSync(this.#file);
    this.#length += bytes.length;
    this.#head = { count, hash };
    return tombstones;
  }

  close(): void {
    closeSync(this.#file);
  }
}

function read<T>(schema: z.ZodType<T>, line: Uint8Array, file: string, number: number): T {
  try {
    return parseWith(schema, parseJson(fromUtf8(line)));
  } catch (cause) {
    throw new SteleError("corrupt", "this line is damaged, restore the journal of erasures", {
      place: { file, line: number },
      cause,
    });
  }
}

/** Whole lines of a file, without their ends. */
async function* lines(path: string): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      yield rest.subarray(0, end);
      rest = rest.subarray(end + 1);
    }
  }
}
