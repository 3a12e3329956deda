import { closeSync, existsSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { dirname } from "node:path";

import { SteleError } from "../../common/errors.js";
import { makeFolder } from "../../common/node/folders.js";
import { guarded } from "../../log/sqlite-errors.js";

/** What has become of an import. `undoing`: its effects are being taken back. */
export type ImportState = "open" | "finished" | "undoing" | "undone";

/** Facts of a step, as JSON. */
export type Facts = Readonly<Record<string, unknown>>;

const layout = `
  CREATE TABLE run (
    one INTEGER PRIMARY KEY CHECK (one = 1), format INTEGER, terms TEXT, state TEXT, begun INTEGER, changed INTEGER
  ) STRICT;
  CREATE TABLE steps (step TEXT PRIMARY KEY, facts TEXT, undone INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
`;
const format = 1;

/**
 * The journal of one import, in a file of its own that one process at a time has open; the lock goes with the process,
 * however it ends. What was written is durable on return.
 */
export class ImportJournal {
  readonly #file: string;
  readonly #db: DatabaseSync;

  private constructor(file: string, db: DatabaseSync) {
    this.#file = file;
    this.#db = db;
  }

  /** @throws SteleError `busy` where another process has it open, `corrupt` */
  static open(file: string): ImportJournal {
    return guarded(file, () => {
      makeFolder(dirname(file), 0o700);
      closeSync(openSync(file, "a", 0o600));
      const db = new DatabaseSync(file, { timeout: 0 });
      try {
        db.exec(
          "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = PERSIST; PRAGMA synchronous = FULL; BEGIN IMMEDIATE",
        );
        if (db.prepare("SELECT 1 FROM sqlite_master").get() === undefined) db.exec(layout);
        db.exec("COMMIT");
        return new ImportJournal(file, db);
      } catch (error) {
        db.close();
        throw error;
      }
    });
  }

  /** The terms as text and the state; undefined for a journal that was just made. */
  read():
    | { readonly terms: string; readonly state: ImportState; readonly begun: bigint; readonly changed: bigint }
    | undefined {
    return guarded(this.#file, () => {
      const row = this.#db.prepare("SELECT * FROM run").get();
      if (row === undefined) return undefined;
      if (row["format"] !== format) {
        throw new SteleError("corrupt", "is no journal that this version reads", { place: { file: this.#file } });
      }
      const [begun, changed] = [BigInt(row["begun"] as number), BigInt(row["changed"] as number)];
      return { terms: String(row["terms"]), state: row["state"] as ImportState, begun, changed };
    });
  }

  begin(terms: string, time: bigint): void {
    this.#run("INSERT INTO run VALUES (1, ?, ?, 'open', ?, ?)", format, terms, time, time);
  }

  setState(state: ImportState, time: bigint): void {
    this.#run("UPDATE run SET state = ?, changed = ?", state, time);
  }

  find(step: string): { readonly facts: Facts; readonly undone: boolean } | undefined {
    const row = guarded(this.#file, () => this.#db.prepare("SELECT facts, undone FROM steps WHERE step = ?").get(step));
    return row === undefined ? undefined : { facts: read(row["facts"]), undone: row["undone"] === 1 };
  }

  /** Writes steps, all or none. */
  write(steps: Iterable<readonly [step: string, facts: Facts]>): void {
    guarded(this.#file, () => {
      const insert = this.#db.prepare("INSERT OR REPLACE INTO steps VALUES (?, ?, 0)");
      this.#db.exec("BEGIN IMMEDIATE");
      try {
        for (const [step, facts] of steps) insert.run(step, textOf(facts));
        this.#db.exec("COMMIT");
      } catch (error) {
        if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
        throw error;
      }
    });
  }

  markUndone(step: string): void {
    this.#run("UPDATE steps SET undone = 1 WHERE step = ?", step);
  }

  /** Steps in the order of their names, a page at a time. */
  *steps(): Generator<{ readonly step: string; readonly facts: Facts; readonly undone: boolean }> {
    const page = this.#db.prepare("SELECT * FROM steps WHERE step > ? ORDER BY step LIMIT 1000");
    for (let after = ""; ;) {
      const rows = guarded(this.#file, () => page.all(after));
      for (const row of rows)
        yield { step: String(row["step"]), facts: read(row["facts"]), undone: row["undone"] === 1 };
      const last = rows.at(-1);
      if (last === undefined) return;
      after = String(last["step"]);
    }
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }

  #run(sql: string, ...values: (string | number | bigint)[]): void {
    guarded(this.#file, () => this.#db.prepare(sql).run(...values));
  }
}

/** Whether there is a journal. */
export function hasJournal(file: string): boolean {
  return existsSync(file);
}

function textOf(facts: Facts): string {
  return JSON.stringify(facts, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}

function read(text: unknown): Facts {
  return JSON.parse(String(text)) as Facts;
}
