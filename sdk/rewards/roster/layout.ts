import { randomBytes, timingSafeEqual } from "node:crypto";
import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { SteleError } from "../../common/errors.js";
import { makeFolder } from "../../common/node/folders.js";
import { wipeJournal } from "../../common/node/sqlite.js";
import { guarded } from "../../log/sqlite-errors.js";
import { rosterIdLength, Sealer } from "./sealing.js";

const format = 1;

/** Lookups and sealed values; nothing in it is readable without the key but the number of people. */
const layout = `
  CREATE TABLE roster (one INTEGER PRIMARY KEY CHECK (one = 1), format INTEGER, id BLOB, proof BLOB) STRICT;
  CREATE TABLE people (
    n INTEGER PRIMARY KEY AUTOINCREMENT, staff BLOB NOT NULL UNIQUE, subject BLOB NOT NULL UNIQUE,
    account BLOB NOT NULL UNIQUE, sealed BLOB NOT NULL
  ) STRICT;
  CREATE TABLE custody (account BLOB PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
`;

/** The database of a roster with the keys that open it. */
export interface OpenRoster {
  readonly file: string;
  readonly db: DatabaseSync;
  readonly sealer: Sealer;
}

/** @throws SteleError `refused` where the folder holds a roster already */
export function createDatabase(folder: string, key: Uint8Array): OpenRoster {
  const file = join(folder, "roster.db");
  makeFolder(folder, 0o700);
  if (existsSync(file)) throw new SteleError("refused", "there is a roster here already", { place: { file } });
  const id = new Uint8Array(randomBytes(rosterIdLength));
  const sealer = new Sealer(key, id);
  return guarded(file, () => {
    closeSync(openSync(file, "a", 0o600));
    const db = connect(file);
    db.exec("BEGIN IMMEDIATE");
    db.exec(layout);
    db.prepare("INSERT INTO roster VALUES (1, ?, ?, ?)").run(format, id, sealer.check);
    db.exec("COMMIT");
    return { file, db, sealer };
  });
}

/**
 * @throws SteleError `missing` where there is none, `refused` where the key is another one's, `corrupt` where the file
 * is no roster
 */
export function openDatabase(folder: string, key: Uint8Array): OpenRoster {
  const file = join(folder, "roster.db");
  if (!existsSync(file)) {
    const sentence = "there is no roster in this folder; make one with stele roster import";
    throw new SteleError("missing", sentence, { place: { file: folder } });
  }
  return guarded(file, () => {
    const db = connect(file);
    try {
      const row = db.prepare("SELECT format, id, proof FROM roster").get();
      const [id, proof] = [row?.["id"], row?.["proof"]];
      if (row?.["format"] !== format || !(id instanceof Uint8Array) || !(proof instanceof Uint8Array)) {
        throw new SteleError("corrupt", "is no roster that this version reads", { place: { file } });
      }
      const sealer = new Sealer(key, id);
      if (proof.length !== sealer.check.length || !timingSafeEqual(proof, sealer.check)) {
        throw new SteleError("refused", "is encrypted with another key", { place: { file } });
      }
      return { file, db, sealer };
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

function connect(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: 10_000 });
  try {
    // A rollback journal that stays can be overwritten; write-ahead files keep old pages for long.
    db.exec("PRAGMA journal_mode = PERSIST; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON");
    db.exec("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768; PRAGMA cell_size_check = ON");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Runs changes whole or not at all. */
export function transact<T>({ file, db }: OpenRoster, work: () => T): T {
  return guarded(file, () => {
    db.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      db.exec("COMMIT");
      return result;
    } catch (error) {
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  });
}

/** Overwrites what removed rows left behind; nobody else writes meanwhile. */
export function wipe({ file, db }: OpenRoster): void {
  guarded(file, () => {
    db.exec("BEGIN EXCLUSIVE");
    try {
      wipeJournal(file);
    } finally {
      db.exec("ROLLBACK");
    }
  });
}
