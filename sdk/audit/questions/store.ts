import type { DatabaseSync, StatementSync } from "node:sqlite";

import { concat, fromHex, toHex, type Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { wipeJournal } from "../../common/node/sqlite.js";
import { Tree } from "../../log/tree.js";
import type { Digest, EventRow, StubRow } from "./digest.js";
import { atIndex, idSpan, openIndex, segmentRows, stubKinds } from "./layout.js";
import { Runs } from "./runs.js";
import { Terms } from "./terms.js";

/** A log as far as it is indexed. */
export interface IndexedLog {
  /** Its number in the index. */
  readonly n: number;
  readonly logId: Hex;
  /** Kind and name, for people. */
  readonly label: string;
  readonly size: bigint;
  /** Root over the headers that were indexed. */
  readonly root: Uint8Array;
  /** Size of the latest head on chain that is known to be one of this log. */
  readonly anchored: bigint | undefined;
  readonly events: number;
  readonly other: number;
}

/** Records that come next in a log, and the tree with them. */
export interface IndexBatch {
  readonly log: number;
  readonly from: bigint;
  readonly digests: readonly Digest[];
  readonly tree: Tree;
}

const insertEvent = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const roles = ["auditor", "engagement", "subject"] as const;

/** The tables of an index, written by one process. What is followed becomes visible a batch at a time. */
export class IndexStore {
  readonly file: string;
  readonly db: DatabaseSync;
  readonly terms: Terms;
  readonly runs: Runs;
  /** Raised by every erasure: what was read before must be read again. */
  erasures = 0;
  #rows: number;
  readonly #statements = new Map<string, StatementSync>();

  constructor(file: string) {
    this.file = file;
    this.db = openIndex(file);
    this.terms = new Terms(this.db);
    this.runs = new Runs(this.db);
    this.#rows = Number(this.row("SELECT rows FROM meta")?.["rows"]);
  }

  /** Segments that hold rows: 0 to below this. */
  get segments(): number {
    return Math.ceil(this.#rows / segmentRows);
  }

  logs(): IndexedLog[] {
    return this.rowsOf("SELECT * FROM logs ORDER BY n").map((row) => ({
      n: row["n"] as number,
      logId: toHex(row["log_id"] as Uint8Array),
      label: String(row["label"]),
      size: BigInt(row["size"] as number),
      root: Uint8Array.from(row["root"] as Uint8Array),
      anchored: row["anchored"] === null ? undefined : BigInt(row["anchored"] as number),
      events: row["events"] as number,
      other: row["other"] as number,
    }));
  }

  log(logId: Hex): IndexedLog | undefined {
    return this.logs().find((log) => log.logId === logId);
  }

  /** The log, which is added where it is new. */
  addLog(logId: Hex, label: string): IndexedLog {
    const known = this.log(logId);
    if (known !== undefined) return known;
    const sql = "INSERT INTO logs (log_id, label, size, root, edge, events, other) VALUES (?, ?, 0, ?, x'', 0, 0)";
    this.write(() => this.statement(sql).run(fromHex(logId, 32), label, new Tree().root()));
    return this.log(logId)!;
  }

  /** Tree over the headers of a log that are indexed. */
  treeOf(log: IndexedLog): Tree {
    const edge = this.row("SELECT edge FROM logs WHERE n = ?", log.n)?.["edge"] as Uint8Array;
    const tree = new Tree();
    for (let at = 0; at < edge.length; at += 33) tree.addNode(edge.slice(at + 1, at + 33), edge[at]!);
    return tree;
  }

  /** Adds what comes next in a log, whole or not at all. */
  add({ log, from, digests, tree }: IndexBatch): void {
    this.write(() => {
      const first = log * idSpan + Number(from);
      let [events, other] = [0, 0];
      digests.forEach(({ time, row }, i) => {
        if (row.kind === "event") this.#addEvent(first + i, time, row, events++);
        else if (row.kind === "stub") this.addStub(first + i, time, row);
        else other++;
      });
      this.runs.add(
        first,
        digests.map(({ leaf }) => leaf),
      );
      this.terms.flush();
      this.statement("UPDATE meta SET rows = rows + ?").run(events);
      const edge = concat(
        ...tree
          .range()
          .toReversed()
          .map(({ height, node }) => concat(Uint8Array.of(height), node)),
      );
      const set =
        "UPDATE logs SET size = ?, root = ?, edge = ?, events = events + ?, other = other + ? WHERE n = ? AND size = ?";
      const values = [tree.size, tree.root(), edge, events, other, log, from] as const;
      if (this.statement(set).run(...values).changes !== 1) {
        throw new SteleError("busy", "this log is being followed into this index already");
      }
    });
    this.#rows = Number(this.row("SELECT rows FROM meta")?.["rows"]);
  }

  /** Keeps only a stub of records, and no copy of what they said. */
  forget(ids: readonly number[]): void {
    if (ids.length === 0) return;
    this.write(() => ids.forEach((id) => this.#forget(id)));
    this.erasures += 1;
    atIndex(this.file, () => wipeJournal(this.file));
  }

  addStub(id: number, time: number, { why, sentence }: StubRow): void {
    const values = [id, time, stubKinds.indexOf(why), sentence ?? null] as const;
    this.statement("INSERT OR REPLACE INTO stubs VALUES (?, ?, ?, ?)").run(...values);
  }

  row(sql: string, ...values: (number | bigint | Uint8Array)[]): Record<string, unknown> | undefined {
    return atIndex(this.file, () => this.statement(sql).get(...values));
  }

  rowsOf(sql: string, ...values: (number | bigint | Uint8Array)[]): Record<string, unknown>[] {
    return atIndex(this.file, () => this.statement(sql).all(...values));
  }

  /** Runs a change as a whole or not at all. */
  write(change: () => void): void {
    atIndex(this.file, () => {
      this.db.exec("BEGIN IMMEDIATE");
      try {
        change();
        this.db.exec("COMMIT");
      } catch (error) {
        if (this.db.isTransaction) this.db.exec("ROLLBACK");
        this.terms.reset();
        throw error;
      }
    });
  }

  statement(sql: string): StatementSync {
    if (!this.db.isOpen) throw new SteleError("usage", `the index ${this.file} is closed`);
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.db.prepare(sql)));
    return statement;
  }

  close(): void {
    if (!this.db.isOpen) return;
    atIndex(this.file, () => wipeJournal(this.file));
    this.db.close();
  }

  #addEvent(id: number, time: number, row: EventRow, before: number): void {
    const { engagement, subject } = row;
    this.statement(insertEvent).run(
      id,
      Math.floor((this.#rows + before) / segmentRows),
      time,
      this.terms.source(row.source),
      row.sequence,
      row.what,
      this.terms.number(row.auditor),
      engagement === undefined ? null : this.terms.number(engagement),
      subject === undefined ? null : this.terms.number(subject),
      row.stated ?? null,
    );
  }

  #forget(id: number): void {
    this.statement("DELETE FROM claims WHERE id = ?").run(id);
    const row = this.row("SELECT * FROM events WHERE id = ?", id);
    if (row === undefined) return;
    this.statement("DELETE FROM events WHERE id = ?").run(id);
    this.statement("UPDATE logs SET events = events - 1 WHERE n = ?").run(Math.floor(id / idSpan));
    this.addStub(id, row["time"] as number, { kind: "stub", why: "erased", sentence: undefined });
    this.terms.releaseSource(row["source"] as number);
    for (const role of roles) {
      const term = row[role] as number | null;
      if (term !== null && !this.#isUsed(term)) this.terms.remove(term);
    }
  }

  #isUsed(term: number): boolean {
    for (let segment = 0; segment < this.segments; segment++) {
      for (const role of roles) {
        if (this.row(`SELECT 1 FROM events WHERE segment = ? AND ${role} = ? LIMIT 1`, segment, term)) return true;
      }
    }
    return false;
  }
}
