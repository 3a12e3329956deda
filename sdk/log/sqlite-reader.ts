import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

import { equal, toHex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { sha256 } from "../common/sha256.js";
import { guarded } from "./sqlite-errors.js";
import type { Attachment, Head, LogReader, Published } from "./store.js";
import { tileWidth } from "./tiles.js";
import { readAcknowledged } from "./acknowledged.js";

/** Raised when the layout of the tables changes. */
export const format = 1;

/** Attachments read at once: some megabytes at the most. */
const pageLength = 64;

type Row = Record<string, unknown>;

/** Whether a folder holds a store. */
export function isStore(folder: string): boolean {
  return existsSync(join(folder, "log.db"));
}

/** Opens a store for reading only, beside its writer if there is one. */
export function openSqliteReader(folder: string, origin: string): LogReader {
  if (!isStore(folder)) throw new SteleError("missing", `${folder} holds no log, or nothing was appended to it yet`);
  return guarded(folder, () => new SqliteReader(folder, openDatabase(folder, true), origin));
}

/** Origin of the log that a folder holds. */
export function originOf(folder: string): string {
  if (!isStore(folder)) throw new SteleError("missing", `${folder} holds no log, or nothing was appended to it yet`);
  return guarded(folder, () => {
    const db = openDatabase(folder, true);
    try {
      return String(read(db, "SELECT origin FROM log")?.["origin"]);
    } finally {
      db.close();
    }
  });
}

/** Reads a store; checks whatever it can check alone. */
export class SqliteReader implements LogReader {
  protected readonly folder: string;
  protected readonly db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(folder: string, db: DatabaseSync, origin: string) {
    this.folder = folder;
    this.db = db;
    const row = this.row("SELECT format, origin FROM log");
    if (row?.["format"] !== format) throw this.corrupt(`its format is ${String(row?.["format"])}, not ${format}`);
    if (row["origin"] !== origin) {
      throw new SteleError("refused", `the store ${folder} is of the log ${String(row["origin"])}, not of ${origin}`);
    }
    this.#requireAcknowledged();
  }

  /** Nothing that was acknowledged may be missing: see {@link readAcknowledged}, which is asked first. */
  #requireAcknowledged(): void {
    const acknowledged = guarded(this.folder, () => readAcknowledged(this.folder))?.size ?? 0n;
    const size = BigInt(Number(this.row("SELECT size FROM log")?.["size"] ?? 0));
    if (size >= acknowledged) return;
    throw this.corrupt(`${acknowledged} entries were acknowledged, and it holds ${size}`);
  }

  async head(): Promise<Head> {
    const row = this.row("SELECT size, root FROM log");
    if (!Number.isSafeInteger(row?.["size"]) || !isBytes(row?.["root"], 32))
      throw this.corrupt("its head is unreadable");
    return { size: BigInt(row!["size"] as number), root: row!["root"] as Uint8Array };
  }

  async bundle(index: number): Promise<Uint8Array | undefined> {
    const first = index * tileWidth;
    const sql = "SELECT first, count, data FROM pieces WHERE first >= ? AND first < ? ORDER BY first";
    const rows = this.rows(sql, first, first + tileWidth);
    let next = first;
    for (const row of rows) {
      if (row["first"] !== next || !isBytes(row["data"])) throw this.corrupt(`entry ${next} is missing`);
      next += Number(row["count"]);
    }
    if (rows.length === 1) return rows[0]!["data"] as Uint8Array;
    return rows.length === 0 ? undefined : Buffer.concat(rows.map((row) => row["data"] as Uint8Array));
  }

  async tile(level: number, index: number): Promise<Uint8Array | undefined> {
    const data = this.row("SELECT data FROM tiles WHERE level = ? AND n = ?", level, index)?.["data"];
    if (data === undefined) return undefined;
    if (!isBytes(data, 32 * tileWidth)) throw this.corrupt(`tile ${index} of level ${level} is unreadable`);
    return data;
  }

  async attachment(leafHash: Uint8Array): Promise<Uint8Array | undefined> {
    const row = this.row("SELECT digest, data FROM attachments WHERE leaf = ?", leafHash);
    return row === undefined ? undefined : this.checked(row, `the attachment of leaf ${toHex(leafHash)}`);
  }

  async *attachments(from: bigint, to: bigint): AsyncIterable<Attachment> {
    const sql = `SELECT * FROM attachments WHERE entry >= ? AND entry < ? ORDER BY entry LIMIT ${pageLength}`;
    for (let next = from; ;) {
      // A page at a time: a query that stays open would hold up the writer's checkpoints.
      const rows = this.rows(sql, next, to);
      for (const row of rows) {
        const index = BigInt(row["entry"] as number);
        if (!isBytes(row["leaf"], 32)) throw this.corrupt(`the attachment of entry ${index} is unreadable`);
        yield { index, leafHash: row["leaf"], data: this.checked(row, `the attachment of entry ${index}`) };
        next = index + 1n;
      }
      if (rows.length < pageLength) return;
    }
  }

  async published(size?: bigint): Promise<Published | undefined> {
    const row =
      size === undefined
        ? this.row("SELECT size, digest, note FROM checkpoints ORDER BY size DESC LIMIT 1")
        : this.row("SELECT size, digest, note FROM checkpoints WHERE size = ?", size);
    if (row === undefined) return undefined;
    const note = String(row["note"]);
    const digest = sha256(Buffer.from(`${String(row["size"])}\n${note}`));
    if (!isBytes(row["digest"]) || !equal(row["digest"], digest)) throw this.corrupt("a checkpoint in it was changed");
    return { size: BigInt(row["size"] as number), note };
  }

  async close(): Promise<void> {
    if (this.db.isOpen) this.db.close();
  }

  protected row(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return guarded(this.folder, () => this.statement(sql).get(...values));
  }

  protected rows(sql: string, ...values: SQLInputValue[]): Row[] {
    return guarded(this.folder, () => this.statement(sql).all(...values));
  }

  protected statement(sql: string): StatementSync {
    if (!this.db.isOpen) throw new SteleError("usage", `the store ${this.folder} is closed`);
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.db.prepare(sql)));
    return statement;
  }

  protected checked(row: Row, what: string): Uint8Array {
    const { digest, data } = row;
    if (isBytes(data) && isBytes(digest) && equal(sha256(data), digest)) return data;
    throw this.corrupt(`${what} was changed`);
  }

  protected corrupt(why: string): SteleError {
    return new SteleError("corrupt", `the store ${this.folder}: ${why}; restore it from a mirror or a backup`);
  }
}

/** Opens the database of a folder. */
export function openDatabase(folder: string, readOnly: boolean): DatabaseSync {
  const db = new DatabaseSync(join(folder, "log.db"), { readOnly, timeout: 10_000 });
  try {
    // Small pages, because each attachment writes one at random in the index over leaf hashes: at 400,000 entries a log
    // with attachments writes 12 KB an entry so, and 21 KB with pages of 16 KB.
    if (!readOnly) db.exec("PRAGMA page_size = 4096; PRAGMA cache_size = -16384;");
    if (!readOnly) db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    db.exec("PRAGMA cell_size_check = ON");
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/** First row of a query without parameters. */
export function read(db: DatabaseSync, sql: string): Row | undefined {
  return db.prepare(sql).get();
}

/** Whether a value from the database is a blob, of a length where one is expected. */
export function isBytes(value: unknown, length?: number): value is Uint8Array {
  return value instanceof Uint8Array && (length === undefined || value.length === length);
}
