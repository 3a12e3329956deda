import { closeSync, createReadStream, existsSync, fdatasyncSync, ftruncateSync, openSync, renameSync } from "node:fs";

import { toHex, utf8 } from "../common/bytes.js";
import { syncFolderSync } from "../common/node/files.js";
import { makeFolder } from "../common/node/folders.js";
import { sha256 } from "../common/sha256.js";
import { formatInstant } from "../common/time.js";
import type { JsonObject } from "./canonical.js";
import {
  journalFormat,
  journalMissing,
  journalPath,
  JournalReader,
  type JournalHead,
  type Tombstone,
} from "./journal.js";
import { writeFully } from "./slots.js";

export { maxReason, type JournalHead, type Tombstone } from "./journal.js";

/** Schema of the record that an owner appends to a log for each erasure. */
export const erasureSchema = "urn:stele:schema:erasure:v1";

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
    return existsSync(journalPath(folder));
  }

  /** Starts a journal for a new store. */
  static create(folder: string, store: Uint8Array): void {
    makeFolder(folder, 0o700);
    const path = journalPath(folder);
    const file = openSync(`${path}.new`, "w", 0o600);
    try {
      writeFully(file, utf8(`${JSON.stringify({ format: journalFormat, store: toHex(store) })}\n`), 0);
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.new`, path);
    syncFolderSync(folder);
  }

  /**
   * Opens a journal and reads it through.
   * @param of the store that it should be of, and the heads that are known of it
   * @param visit told of every erasure in order
   * @throws SteleError `missing`; `corrupt` naming the line where the chain breaks; `refused` where it was set back
   */
  static async open(
    folder: string,
    of: { readonly store: Uint8Array | undefined; readonly known: readonly JournalHead[] },
    visit: (tombstone: Tombstone) => void,
  ): Promise<ErasureJournal> {
    const path = journalPath(folder);
    if (!existsSync(path)) throw journalMissing(path);
    const reader = new JournalReader(path, of.known, visit);
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) reader.take(chunk);
    const { store, head } = reader.end(of.store);
    return new ErasureJournal(path, store, head, reader.length);
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
