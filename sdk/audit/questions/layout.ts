import { closeSync, existsSync, openSync, readSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { SteleError } from "../../common/errors.js";
import { makeFolder } from "../../common/node/folders.js";
import { wipeJournal } from "../../common/node/sqlite.js";
import { guarded } from "../../log/sqlite-errors.js";

/** Raised when the layout changes; an index of another layout is rebuilt, nothing is lost with it. */
const format = 1;

/**
 * Rows of one segment lie together in every index. A new row then touches pages of its own segment alone, which fit
 * into the cache, however large the index has grown; a question asks each segment and merges the answers.
 */
export const segmentRows = 1 << 20;

/** A record's number in the index is its log's number and its index in the log. */
export const idSpan = 2 ** 40;

/** Why a record is only a stub. */
export const stubKinds = ["erased", "not granted", "unproven", "malformed"] as const;
export type StubKind = (typeof stubKinds)[number];

/**
 * `terms` holds every account, engagement and subject once; an event is a row of integers. `runs` holds the first bytes
 * of the leaf hashes of each batch, sorted, to find a record by its hash. `claims` are records that the log says were
 * erased and whose key was still there.
 */
const layout = `
  CREATE TABLE meta (one INTEGER PRIMARY KEY CHECK (one = 1), format INTEGER, rows INTEGER) STRICT;
  CREATE TABLE logs (
    n INTEGER PRIMARY KEY, log_id BLOB UNIQUE, label TEXT, size INTEGER, root BLOB, edge BLOB, anchored INTEGER,
    events INTEGER, other INTEGER
  ) STRICT;
  CREATE TABLE terms (id INTEGER PRIMARY KEY, value BLOB NOT NULL UNIQUE) STRICT;
  CREATE TABLE sources (id INTEGER PRIMARY KEY, uri TEXT NOT NULL UNIQUE, rows INTEGER) STRICT;
  CREATE TABLE events (
    id INTEGER PRIMARY KEY, segment INTEGER, time INTEGER, source INTEGER, sequence INTEGER, what INTEGER,
    auditor INTEGER, engagement INTEGER, subject INTEGER, stated INTEGER
  ) STRICT;
  CREATE INDEX by_auditor ON events (segment, auditor, time);
  CREATE INDEX by_engagement ON events (segment, engagement, time) WHERE engagement IS NOT NULL;
  CREATE INDEX by_subject ON events (segment, subject, time) WHERE subject IS NOT NULL;
  CREATE INDEX by_stated ON events (stated) WHERE stated IS NOT NULL;
  CREATE TABLE stubs (id INTEGER PRIMARY KEY, time INTEGER, why INTEGER, sentence TEXT) STRICT;
  CREATE INDEX stubs_by_time ON stubs (time, why);
  CREATE TABLE claims (id INTEGER PRIMARY KEY) STRICT;
  CREATE TABLE runs (first INTEGER PRIMARY KEY, count INTEGER, data BLOB) STRICT;
`;

/**
 * Opens or begins the database of an index, for this process alone. What is deleted is overwritten, and no journal
 * keeps a copy: the one there is belongs to this process and is wiped by {@link wipeJournal}.
 * @throws SteleError `busy` where another process has it open, `corrupt` where it is none or of another layout
 */
export function openIndex(file: string): DatabaseSync {
  return atIndex(file, () => {
    makeFolder(dirname(file));
    requireIndex(file);
    // What the index says is as confidential as the records; SQLite gives its journal the mode of the database.
    closeSync(openSync(file, "a", 0o600));
    const db = new DatabaseSync(file, { timeout: 0 });
    try {
      db.exec("PRAGMA page_size = 8192; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = PERSIST");
      db.exec("PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY");
      db.exec("PRAGMA cache_size = -98304; PRAGMA cell_size_check = ON; BEGIN IMMEDIATE");
      if (db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'meta'").get() === undefined) {
        db.exec(`${layout} INSERT INTO meta VALUES (1, ${format}, 0)`);
      }
      db.exec("COMMIT");
      const found = db.prepare("SELECT format FROM meta").get()?.["format"];
      if (found !== format) {
        throw new SteleError("corrupt", `the format is ${String(found)}, not ${format}`);
      }
      wipeJournal(file);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** Whatever the file is called, another database or document is not touched. */
function requireIndex(file: string): void {
  if (!existsSync(file) || statSync(file).size === 0) return;
  // After a kill, what a journal holds has to be taken back before anything can be read.
  const db = new DatabaseSync(file, { readOnly: !existsSync(`${file}-journal`), timeout: 0 });
  try {
    const tables = atIndex(file, () => db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all());
    if (tables.length === 0 || tables.some(({ name }) => name === "claims")) return;
    throw new SteleError("refused", "holds another database, not an index; name another file", { place: { file } });
  } finally {
    db.close();
  }
}

function isDatabase(file: string): boolean {
  const handle = openSync(file, "r");
  try {
    const start = Buffer.alloc(15);
    readSync(handle, start, 0, start.length, 0);
    return start.toString("latin1") === "SQLite format 3";
  } finally {
    closeSync(handle);
  }
}

/** Runs work on an index; a damaged one loses nothing but time, and the error says so. */
export function atIndex<T>(file: string, work: () => T): T {
  try {
    return guarded(file, work);
  } catch (error) {
    if (!(error instanceof SteleError) || error.code !== "corrupt") throw error;
    const sentence = "is no index, or a damaged one; throw it away and follow the logs again";
    throw new SteleError("corrupt", sentence, { place: { file }, cause: error });
  }
}

/**
 * Throws an index away, damaged or not.
 * @throws SteleError `refused` where the file is something else
 */
export function removeIndex(file: string): void {
  try {
    requireIndex(file);
  } catch (error) {
    // A damaged index still begins as a database; anything else is somebody's file.
    if (!(error instanceof SteleError) || error.code !== "corrupt" || !isDatabase(file)) throw error;
  }
  wipeJournal(file);
  for (const path of [file, `${file}-journal`]) rmSync(path, { force: true });
}
