import { randomBytes } from "node:crypto";
import { DatabaseSync, type StatementSync } from "node:sqlite";

import { hmacSha256 } from "../../common/node/hmac.js";

/**
 * Keys of rows with their lines, to find one that comes twice. They lie in a private temporary file of SQLite, which
 * keeps a part in memory and goes with the process; keyed digests stand for the keys, so that no name is left there.
 */
export class SeenKeys {
  readonly #db = new DatabaseSync("");
  readonly #digest = hmacSha256(randomBytes(32));
  readonly #insert: StatementSync;
  readonly #find: StatementSync;

  constructor() {
    this.#db.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8192;");
    this.#db.exec("CREATE TABLE seen (key BLOB PRIMARY KEY, line INTEGER) STRICT, WITHOUT ROWID; BEGIN");
    this.#insert = this.#db.prepare("INSERT OR IGNORE INTO seen VALUES (?, ?)");
    this.#find = this.#db.prepare("SELECT line FROM seen WHERE key = ?");
  }

  /** @returns the line that has the key already; undefined where it is new */
  add(key: string, line: number): number | undefined {
    const digest = this.#digest(key).subarray(0, 16);
    if (this.#insert.run(digest, line).changes === 1) return undefined;
    return Number(this.#find.get(digest)?.["line"]);
  }

  close(): void {
    this.#db.close();
  }
}
