import { closeSync, existsSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";

import { fromHex, toHex, type Hex } from "../../common/bytes.js";
import { SteleError, sentenceOf } from "../../common/errors.js";
import { makeFolder } from "../../common/node/folders.js";
import { guarded, told } from "../../log/sqlite-errors.js";
import type { AwardContent } from "./content.js";

/** One award that an import is going to grant. */
export interface PlannedAward {
  /** Counted from 0: index of the campaign's leaf, or place in batch after batch. */
  readonly position: bigint;
  /** Line of the file. */
  readonly line: number;
  readonly subject: Hex;
  readonly account: Hex;
  readonly evidence?: bigint;
  readonly content: AwardContent;
}

const tables = `
  CREATE TABLE IF NOT EXISTS award (
    position INTEGER PRIMARY KEY, line INTEGER NOT NULL, subject BLOB NOT NULL UNIQUE, account BLOB NOT NULL,
    evidence INTEGER, content TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;`;

const insertion = 1024;

/**
 * What an import grants, fixed before the first of it is: to whom, by which account, resting on which record. Whatever
 * becomes of file and roster afterwards, an import that was begun goes on with the same awards. One file, readable by
 * its owner alone; it holds no staff number and no name.
 */
export class AwardPlan {
  readonly file: string;
  readonly #db: DatabaseSync;
  readonly #page: StatementSync;

  private constructor(file: string, db: DatabaseSync) {
    this.file = file;
    this.#db = db;
    this.#page = db.prepare("SELECT * FROM award WHERE position >= ? AND position < ? ORDER BY position");
  }

  /** Opens the plan of an import, empty at first. */
  static open(file: string): AwardPlan {
    makeFolder(dirname(file), 0o700);
    let db: DatabaseSync | undefined;
    try {
      closeSync(openSync(file, "a", 0o600));
      db = new DatabaseSync(file);
      db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${tables}`);
      return new AwardPlan(file, db);
    } catch (cause) {
      db?.close();
      const sentence = `is no plan of an import that can be read (${sentenceOf(cause)}); restore it from a backup`;
      throw new SteleError("corrupt", sentence, { place: { file }, cause });
    }
  }

  /** @throws SteleError `missing` where the import has none */
  static openExisting(file: string): AwardPlan {
    if (existsSync(file)) return AwardPlan.open(file);
    throw new SteleError("missing", "there is no plan of an import here", { place: { file } });
  }

  /** Awards in it; undefined while it is not complete. */
  get size(): bigint | undefined {
    const size = this.fact("size");
    return size === undefined ? undefined : BigInt(size);
  }

  /**
   * Fills the plan; what an interrupted run left in it is thrown away.
   * @throws SteleError `input` where two lines are about one person
   */
  async fill(
    awards: AsyncIterable<Omit<PlannedAward, "position">>,
    onProgress?: (done: bigint) => void,
  ): Promise<bigint> {
    if (this.size !== undefined) throw new SteleError("usage", `${this.file} is complete already`);
    guarded(this.file, () => this.#db.exec("DELETE FROM award"));
    const insert = this.#db.prepare("INSERT INTO award VALUES (?, ?, ?, ?, ?, ?)");
    let size = 0n;
    this.#db.exec("BEGIN");
    try {
      for await (const award of awards) {
        this.#insert(insert, size, award);
        size += 1n;
        if (size % BigInt(insertion) !== 0n) continue;
        this.#db.exec("COMMIT; BEGIN");
        onProgress?.(size);
      }
      this.#db.prepare("INSERT INTO fact VALUES ('size', ?)").run(`${size}`);
      this.#db.exec("COMMIT");
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw told(this.file, error);
    }
    onProgress?.(size);
    return size;
  }

  #insert(insert: StatementSync, position: bigint, award: Omit<PlannedAward, "position">): void {
    const { line, subject, account, evidence, content } = award;
    try {
      insert.run(position, line, fromHex(subject, 32), fromHex(account, 20), evidence ?? null, JSON.stringify(content));
    } catch (cause) {
      if (((cause as { errcode?: number }).errcode ?? 0) % 256 !== 19) throw cause;
      const first = this.#db.prepare("SELECT line FROM award WHERE subject = ?").get(fromHex(subject, 32));
      const sentence = `is about the same person as line ${String(first?.["line"])}`;
      throw new SteleError("input", sentence, { place: { line }, cause });
    }
  }

  /** Awards from a position on, to below another. */
  awards(from: bigint, to: bigint): PlannedAward[] {
    return this.#page.all(from, to).map((row) => ({
      position: BigInt(row["position"] as number),
      line: Number(row["line"]),
      subject: toHex(row["subject"] as Uint8Array),
      account: toHex(row["account"] as Uint8Array),
      ...(row["evidence"] === null ? {} : { evidence: BigInt(row["evidence"] as number) }),
      content: JSON.parse(String(row["content"])) as AwardContent,
    }));
  }

  /** All awards in order; memory holds a page. */
  *all(page = 1024n): Generator<PlannedAward> {
    const size = this.size ?? 0n;
    for (let from = 0n; from < size; from += page) yield* this.awards(from, from + page);
  }

  /** The award to a person. */
  bySubject(subject: Hex): PlannedAward | undefined {
    const row = this.#db.prepare("SELECT position FROM award WHERE subject = ?").get(fromHex(subject, 32));
    if (row === undefined) return undefined;
    const position = BigInt(row["position"] as number);
    return this.awards(position, position + 1n)[0];
  }

  /**
   * A fact that is fixed once; a rehearsal fixes nothing.
   * @returns the one that holds: this, or an earlier one
   */
  fix(name: string, value: string, { rehearsal = false }: { readonly rehearsal?: boolean | undefined } = {}): string {
    if (rehearsal) return this.fact(name) ?? value;
    this.#write("INSERT OR IGNORE INTO fact VALUES (?, ?)", name, value);
    return this.fact(name)!;
  }

  /** A fact that may change. */
  set(name: string, value: string): void {
    this.#write("INSERT OR REPLACE INTO fact VALUES (?, ?)", name, value);
  }

  unset(name: string): void {
    this.#db.prepare("DELETE FROM fact WHERE name = ?").run(name);
  }

  /** Names of facts that begin so. */
  names(prefix: string): string[] {
    const rows = this.#db.prepare("SELECT name FROM fact WHERE substr(name, 1, ?) = ?").all(prefix.length, prefix);
    return rows.map((row) => String(row["name"]));
  }

  fact(name: string): string | undefined {
    const row = this.#db.prepare("SELECT value FROM fact WHERE name = ?").get(name);
    return row === undefined ? undefined : String(row["value"]);
  }

  close(): void {
    this.#db.close();
  }

  #write(sql: string, ...values: readonly string[]): void {
    guarded(this.file, () => this.#db.prepare(sql).run(...values));
  }
}

/** A stretch of a plan that one transaction grants. */
export interface Batch {
  readonly number: bigint;
  readonly from: bigint;
  readonly to: bigint;
}

/** Cuts a plan into batches. */
export function batchesOf(size: bigint, most: bigint): Batch[] {
  const batches: Batch[] = [];
  for (let from = 0n; from < size; from += most) {
    batches.push({ number: BigInt(batches.length), from, to: from + most < size ? from + most : size });
  }
  return batches;
}
