import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { equal, toHex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { makeFolder } from "../common/node/folders.js";
import { sha256 } from "../common/sha256.js";
import { emptyRoot } from "../proof/merkle.js";
import { AcknowledgedHead } from "./acknowledged.js";
import { guarded } from "./sqlite-errors.js";
import { format, isBytes, openDatabase, openSqliteReader, read, SqliteReader } from "./sqlite-reader.js";
import type { Attachment, Batch, BundlePart, LogReader, LogStore, Published } from "./store.js";
import { tileWidth } from "./tiles.js";

/**
 * Entries lie in pieces, one a batch and bundle, already in the bundle's format; a full bundle is one piece. Partial
 * tiles are not stored: they follow from the bundles, and writing them anew with each batch would cost more than the
 * batch.
 */
const layout = `
  CREATE TABLE log (one INTEGER PRIMARY KEY CHECK (one = 1), format INTEGER, origin TEXT, size INTEGER, root BLOB) STRICT;
  CREATE TABLE pieces (first INTEGER PRIMARY KEY, count INTEGER, data BLOB) STRICT;
  CREATE TABLE tiles (level INTEGER, n INTEGER, data BLOB, PRIMARY KEY (level, n)) STRICT, WITHOUT ROWID;
  CREATE TABLE attachments (entry INTEGER PRIMARY KEY, leaf BLOB UNIQUE, digest BLOB, data BLOB) STRICT;
  CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, digest BLOB, note TEXT) STRICT;
`;

/**
 * Opens the store of a log in a folder, as its one writer. Held by an operating system's lock, so a killed process
 * leaves nothing behind that would have to be cleaned up.
 * @throws SteleError `busy` where another process writes, `refused` where the folder holds another log
 */
export function openSqliteStore(folder: string, origin: string): LogStore {
  return guarded(folder, () => {
    makeFolder(folder);
    const lock = takeLock(folder);
    try {
      const db = openDatabase(folder, false);
      if (read(db, "SELECT 1 FROM sqlite_master WHERE name = 'log'") === undefined) create(db, origin);
      return new SqliteStore(folder, db, lock, origin);
    } catch (error) {
      lock.close();
      throw error;
    }
  });
}

class SqliteStore extends SqliteReader implements LogStore {
  readonly origin: string;
  readonly #lock: DatabaseSync;
  readonly #acknowledged: AcknowledgedHead;

  constructor(folder: string, db: DatabaseSync, lock: DatabaseSync, origin: string) {
    super(folder, db, origin);
    this.origin = origin;
    this.#lock = lock;
    this.#acknowledged = new AcknowledgedHead(folder);
  }

  async commit(batch: Batch): Promise<void> {
    transact(this.folder, this.db, () => {
      const set = "UPDATE log SET size = ?, root = ? WHERE size = ? AND root = ?";
      const moved = this.statement(set).run(batch.new.size, batch.new.root, batch.old.size, batch.old.root);
      if (moved.changes !== 1) throw this.corrupt("its head was changed by somebody else");
      for (const part of batch.parts) this.#addPart(part);
      for (const tile of batch.tiles) {
        this.statement("INSERT INTO tiles VALUES (?, ?, ?)").run(tile.level, tile.index, tile.data);
      }
      for (const attachment of batch.attachments) this.#attach(attachment);
    });
    guarded(this.folder, () => this.#acknowledged.write(batch.new));
  }

  async publish({ size, note }: Published): Promise<void> {
    const digest = sha256(Buffer.from(`${size}\n${note}`));
    transact(this.folder, this.db, () => {
      this.statement("INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?)").run(size, digest, note);
    });
  }

  async auditor(): Promise<LogReader> {
    return openSqliteReader(this.folder, this.origin);
  }

  override async close(): Promise<void> {
    if (!this.#lock.isOpen) return;
    await super.close();
    this.#acknowledged.close();
    this.#lock.close();
  }

  /** A part that completes its bundle takes the earlier pieces in. */
  #addPart({ bundle, from, to, data }: BundlePart): void {
    const first = bundle * tileWidth;
    const insert = this.statement("INSERT INTO pieces VALUES (?, ?, ?)");
    if (from === 0 || to < tileWidth) {
      insert.run(first + from, to - from, data);
      return;
    }
    const sql = "SELECT data FROM pieces WHERE first >= ? AND first < ? ORDER BY first";
    const pieces = this.statement(sql).all(first, first + tileWidth);
    this.statement("DELETE FROM pieces WHERE first >= ? AND first < ?").run(first, first + tileWidth);
    insert.run(first, tileWidth, Buffer.concat([...pieces.map((piece) => piece["data"] as Uint8Array), data]));
  }

  #attach({ index, leafHash, data }: Attachment): void {
    const digest = sha256(data);
    const insert = "INSERT INTO attachments VALUES (?, ?, ?, ?) ON CONFLICT (leaf) DO NOTHING";
    if (this.statement(insert).run(index, leafHash, digest, data).changes === 1) return;
    const there = this.statement("SELECT digest FROM attachments WHERE leaf = ?").get(leafHash)?.["digest"];
    if (!isBytes(there) || !equal(there, digest)) {
      throw new SteleError("refused", `leaf ${toHex(leafHash)} has another attachment already`);
    }
  }
}

/** The lock is a database of its own, so that readers of the log are not kept out. */
function takeLock(folder: string): DatabaseSync {
  const lock = new DatabaseSync(join(folder, "lock.db"), { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    throw error;
  }
  return lock;
}

function create(db: DatabaseSync, origin: string): void {
  db.exec("BEGIN IMMEDIATE");
  db.exec(layout);
  db.prepare("INSERT INTO log VALUES (1, ?, ?, 0, ?)").run(format, origin, emptyRoot);
  db.exec("COMMIT");
}

function transact(folder: string, db: DatabaseSync, work: () => void): void {
  guarded(folder, () => {
    db.exec("BEGIN IMMEDIATE");
    try {
      work();
      db.exec("COMMIT");
    } catch (error) {
      // A full disk has rolled back on its own already.
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  });
}
