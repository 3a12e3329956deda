import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { StatementSync } from "node:sqlite";

import type { Hex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { makeFolder } from "../common/node/folders.js";
import { mapKey } from "../common/node/map-key.js";
import type { EpochKey } from "./epoch.js";
import type { JournalHead, Tombstone } from "./erasure.js";

const schema = `
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS epochs (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, day TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS grants (
    epoch INTEGER NOT NULL, recipient TEXT NOT NULL, jwe TEXT NOT NULL, PRIMARY KEY (epoch, recipient)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS records (record BLOB PRIMARY KEY, slot INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS tombstones (
    number INTEGER PRIMARY KEY, record BLOB NOT NULL UNIQUE, time INTEGER NOT NULL, reason TEXT NOT NULL
  ) STRICT;`;

/**
 * No write-ahead log, which SQLite cuts short in silence at a changed byte. The journal stays where it is and loses its
 * head at each commit, which costs less than making and removing it.
 */
const durability = `
  PRAGMA journal_mode = PERSIST; PRAGMA synchronous = EXTRA; PRAGMA secure_delete = ON; PRAGMA cache_size = -65536;
  BEGIN IMMEDIATE;`;

/** Records noted in memory before they are written down together: what an opening after a crash reads again at most. */
const freshLimit = 8_192;

/** Milliseconds that a change waits for readers, who hold the file for one row at a time, and a reader for a change. */
const patience = 10_000;

/**
 * Index of a key store, in SQLite: which slot holds a record's key, the epochs and their grants, and what was erased.
 * It holds no record key, wrapped or not, so its journals and free pages may keep copies as they like.
 */
export class KeyIndex {
  readonly #lock: DatabaseSync | undefined;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Slots that are not written down yet, and the number of the next one. */
  readonly #fresh = new Map<string, number>();
  #first: number | undefined;
  readonly #epochIds = new Map<number, Hex>();
  readonly #grants = new Map<string, string>();

  /**
   * Opens the index: for its one writer, who makes it where there is none, or beside the writer to read.
   * @throws SteleError `busy` where another process writes, `missing` where there is nothing to read, `corrupt`
   */
  constructor(folder: string, access: "write" | "read" = "write") {
    const file = join(folder, "keys.sqlite");
    if (access === "write") makeFolder(folder, 0o700);
    else if (!existsSync(file)) throw new SteleError("missing", "there is no key store here", { place: { file } });
    this.#lock = access === "write" ? takeLock(folder) : undefined;
    this.#db = new DatabaseSync(file, { timeout: patience });
    try {
      // A reader too may have to roll back what a killed writer left half written, so it only promises not to change it.
      this.#db.exec(access === "write" ? `${durability} ${schema} COMMIT;` : "PRAGMA query_only = ON;");
      this.#sql("SELECT count(*) FROM meta").get();
    } catch (cause) {
      this.close();
      throw new SteleError("corrupt", "not a key store, or a damaged one", { place: { file }, cause });
    }
  }

  /** Runs a change as a whole or not at all; durable on return. */
  write(change: () => void): void {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      change();
      this.#db.exec("COMMIT");
    } catch (error) {
      this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  /** Id of the store, undefined in a new one. */
  get store(): Uint8Array | undefined {
    return this.#meta<Uint8Array>("store");
  }

  set store(id: Uint8Array) {
    this.#setMeta("store", id);
  }

  /** Slots that the index knows of. */
  get slots(): number {
    return this.#meta<number>("slots") ?? 0;
  }

  /** The journal as far as it is applied here. */
  get applied(): JournalHead | undefined {
    const count = this.#meta<number>("erasures");
    const hash = this.#meta<Uint8Array>("journal");
    return count === undefined || hash === undefined ? undefined : { count, hash };
  }

  set applied(head: JournalHead) {
    this.#setMeta("erasures", head.count);
    this.#setMeta("journal", head.hash);
  }

  /** @returns number of the new epoch */
  addEpoch(epoch: EpochKey, grants: readonly { recipient: string; jwe: string }[]): number {
    const { lastInsertRowid } = this.#sql("INSERT INTO epochs (id, day) VALUES (?, ?)").run(epoch.id, epoch.day);
    const insert = this.#sql("INSERT INTO grants VALUES (?, ?, ?)");
    for (const { recipient, jwe } of grants) insert.run(lastInsertRowid, recipient, jwe);
    return Number(lastInsertRowid);
  }

  epochId(number: number): Hex | undefined {
    return kept(this.#epochIds, number, () => {
      return this.#sql("SELECT id FROM epochs WHERE number = ?").get(number)?.["id"] as Hex | undefined;
    });
  }

  grant(epoch: number, recipient: string): string | undefined {
    return kept(this.#grants, `${epoch} ${recipient}`, () => {
      const row = this.#sql("SELECT jwe FROM grants WHERE epoch = ? AND recipient = ?").get(epoch, recipient);
      return row?.["jwe"] as string | undefined;
    });
  }

  /**
   * Notes the records of new slots in memory, and writes them down many at a time. Nothing depends on when: the slots
   * say the same, and who opens the store after a crash reads them there.
   */
  note(records: readonly Uint8Array[]): void {
    this.#first ??= this.slots;
    for (const record of records) this.#fresh.set(mapKey(record), this.#first++);
    if (this.#fresh.size >= freshLimit) this.settle();
  }

  /** Writes down what is noted; in order, so that neighbours are written once. */
  settle(): void {
    if (this.#fresh.size === 0) return;
    const records = [...this.#fresh].sort(([a], [b]) => (a < b ? -1 : 1));
    this.write(() => {
      const insert = this.#sql("INSERT OR IGNORE INTO records VALUES (?, ?)");
      for (const [record, slot] of records) insert.run(Buffer.from(record, "latin1"), slot);
      this.#setMeta("slots", this.#first!);
    });
    this.#fresh.clear();
  }

  /** Notes the records of new slots, which come right after those known. */
  addRecords(records: readonly (Uint8Array | undefined)[]): void {
    const first = this.slots;
    const insert = this.#sql("INSERT OR IGNORE INTO records VALUES (?, ?)");
    records.forEach((record, i) => {
      if (record !== undefined) insert.run(record, first + i);
    });
    this.#setMeta("slots", first + records.length);
  }

  slotOf(record: Uint8Array): number | undefined {
    const fresh = this.#fresh.size === 0 ? undefined : this.#fresh.get(mapKey(record));
    return (
      fresh ?? (this.#sql("SELECT slot FROM records WHERE record = ?").get(record)?.["slot"] as number | undefined)
    );
  }

  addTombstone({ number, record, time, reason }: Tombstone): void {
    this.#sql("INSERT OR IGNORE INTO tombstones VALUES (?, ?, ?, ?)").run(number, record, time, reason);
  }

  tombstone(record: Uint8Array): Tombstone | undefined {
    const row = this.#sql("SELECT number, time, reason FROM tombstones WHERE record = ?").get(record);
    if (row === undefined) return undefined;
    const { number, time, reason } = row as { number: number; time: number; reason: string };
    return { number, record: Uint8Array.from(record), time: BigInt(time), reason };
  }

  /** Slots of everything erased. */
  erasedSlots(): number[] {
    const rows = this.#sql("SELECT slot FROM tombstones JOIN records USING (record)").all();
    return rows.map((row) => row["slot"] as number);
  }

  close(): void {
    this.#db.close();
    this.#lock?.close();
  }

  #meta<T extends number | Uint8Array>(name: string): T | undefined {
    return this.#sql("SELECT value FROM meta WHERE name = ?").get(name)?.["value"] as T | undefined;
  }

  #setMeta(name: string, value: number | Uint8Array): void {
    this.#sql("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value").run(name, value);
  }

  #sql(text: string): StatementSync {
    const known = this.#statements.get(text);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(text);
    this.#statements.set(text, statement);
    return statement;
  }
}

/**
 * The one writer's lock: a database of its own, so that readers are not kept out. It stays with the process, and ends
 * with it however it ends.
 */
function takeLock(folder: string): DatabaseSync {
  const file = join(folder, "lock.sqlite");
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (cause) {
    lock.close();
    const busy = /locked|busy/i.test(String(cause));
    const sentence = busy ? "another process has this key store open" : "the lock of this key store cannot be taken";
    throw new SteleError(busy ? "busy" : "corrupt", sentence, { place: { file }, cause });
  }
}

/** A row that never changes once it is written, read from the database once. Absent rows may still come. */
function kept<K, V>(known: Map<K, V>, key: K, read: () => V | undefined): V | undefined {
  const value = known.get(key) ?? read();
  if (value === undefined || known.has(key)) return value;
  if (known.size >= 1_024) known.clear();
  known.set(key, value);
  return value;
}
