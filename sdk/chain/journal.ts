import { join } from "node:path";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";

import type { Hex } from "../common/bytes.js";
import { SteleError, sentenceOf } from "../common/errors.js";
import { makeFolder } from "../common/node/folders.js";
import type { Fees } from "./fees.js";
import type { Receipt } from "./intent.js";

/** `pending` until final; `failed`: reverted in a block; `lost`: somebody else used the nonce; `cancelled` by us. */
export type JournalState = "pending" | "done" | "failed" | "lost" | "cancelled";

/** One signed transaction of an intent. */
export interface Attempt {
  readonly hash: Hex;
  readonly raw: Hex;
  readonly fees: Fees;
  readonly gasLimit: bigint;
  /** Uses up the nonce without the intent's effect. */
  readonly cancels: boolean;
}

/** An intent as the journal holds it. */
export interface JournalEntry {
  readonly key: string;
  /** Whether the caller gave the key. */
  readonly named: boolean;
  readonly label: string;
  readonly to: string | null;
  readonly data: string;
  readonly value: bigint;
  readonly nonce: number;
  readonly state: JournalState;
  readonly receipt: Receipt | null;
}

/** A block that the journal counts on: the one of its last final transaction. */
export interface Anchor {
  readonly number: number;
  readonly hash: Hex;
}

const tables = `
  CREATE TABLE IF NOT EXISTS intent (
    key TEXT PRIMARY KEY, named INTEGER NOT NULL, label TEXT NOT NULL, target TEXT, data TEXT NOT NULL,
    value TEXT NOT NULL, nonce INTEGER NOT NULL UNIQUE, state TEXT NOT NULL, receipt TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS attempt (
    hash TEXT PRIMARY KEY, key TEXT NOT NULL, raw TEXT NOT NULL, fees TEXT NOT NULL, gas TEXT NOT NULL,
    cancels INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS attempts ON attempt (key);
  CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;`;

/**
 * The sender's memory: every transaction is here, durably, before it leaves the machine. One file for an account on a
 * chain (chain id and genesis), open in one process at a time; the lock goes with the process, however it ends.
 */
export class Journal {
  readonly file: string;
  readonly #db: DatabaseSync;

  /** @throws SteleError `busy` where another process has it open, `corrupt` where the file is damaged */
  constructor(folder: string, chainId: bigint, genesis: Hex, account: string) {
    makeFolder(folder);
    this.file = join(folder, `${chainId}-${genesis.slice(2, 18)}-${account.toLowerCase()}.sqlite`);
    this.#db = openExclusively(this.file, account);
  }

  find(key: string): JournalEntry | undefined {
    const row = this.#db.prepare("SELECT * FROM intent WHERE key = ?").get(key);
    return row === undefined ? undefined : readEntry(row);
  }

  /** Pending intents by nonce. */
  pending(): JournalEntry[] {
    return this.#db.prepare("SELECT * FROM intent WHERE state = 'pending' ORDER BY nonce").all().map(readEntry);
  }

  /** The signed transactions of a pending or lost intent, oldest first. */
  attempts(key: string): Attempt[] {
    return this.#db.prepare("SELECT * FROM attempt WHERE key = ? ORDER BY rowid").all(key).map(readAttempt);
  }

  /** One above the highest nonce ever used here. */
  nextNonce(): number {
    return Number(this.#fact("nextNonce") ?? "0");
  }

  /** The block of the last final transaction. */
  anchor(): Anchor | undefined {
    const text = this.#fact("anchor");
    return text === undefined ? undefined : (JSON.parse(text) as Anchor);
  }

  /** Stores an intent with its first signed transaction; an earlier, failed one of the same key makes way. */
  begin(entry: Omit<JournalEntry, "state" | "receipt">, attempt: Attempt): void {
    this.#atomically(() => {
      const { key, named, label, to, data, value, nonce } = entry;
      this.#db.prepare("DELETE FROM intent WHERE key = ? AND state <> 'pending'").run(key);
      this.#db.prepare("DELETE FROM attempt WHERE key = ?").run(key);
      this.#db
        .prepare("INSERT INTO intent VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', NULL)")
        .run(key, named ? 1 : 0, label, to, data, value.toString(), nonce);
      this.#insertAttempt(key, attempt);
      this.#setFact("nextNonce", String(Math.max(nonce + 1, this.nextNonce())));
    });
  }

  /** Stores a further signed transaction with the intent's nonce. */
  addAttempt(key: string, attempt: Attempt): void {
    this.#atomically(() => this.#insertAttempt(key, attempt));
  }

  /** Writes down how an intent ended. One that nobody can ask for again is forgotten. */
  settle(key: string, state: Exclude<JournalState, "pending">, receipt: Receipt | null): void {
    this.#atomically(() => {
      this.#db
        .prepare("UPDATE intent SET state = ?, receipt = ? WHERE key = ?")
        .run(state, receipt === null ? null : writeReceipt(receipt), key);
      this.#db.prepare("DELETE FROM intent WHERE key = ? AND named = 0").run(key);
      if (state !== "lost") this.#db.prepare("DELETE FROM attempt WHERE key = ?").run(key);
      if (receipt !== null && receipt.blockNumber >= (this.anchor()?.number ?? 0)) {
        this.#setFact("anchor", JSON.stringify({ number: receipt.blockNumber, hash: receipt.blockHash }));
      }
    });
  }

  close(): void {
    this.#db.close();
  }

  #insertAttempt(key: string, { hash, raw, fees, gasLimit, cancels }: Attempt): void {
    const feesText = JSON.stringify(fees, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value));
    this.#db
      .prepare("INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?)")
      .run(hash, key, raw, feesText, gasLimit.toString(), cancels ? 1 : 0);
  }

  #fact(name: string): string | undefined {
    const row = this.#db.prepare("SELECT value FROM fact WHERE name = ?").get(name);
    return row === undefined ? undefined : String(row["value"]);
  }

  #setFact(name: string, value: string): void {
    this.#db.prepare("INSERT OR REPLACE INTO fact VALUES (?, ?)").run(name, value);
  }

  #atomically(change: () => void): void {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      change();
      this.#db.exec("COMMIT");
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }
}

function openExclusively(file: string, account: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { timeout: 0 });
    // With this locking mode the first write takes the file for as long as the process has it open.
    // No write-ahead log: SQLite cuts one short at a changed byte, and what was signed must not be forgotten in silence.
    db.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA;");
    db.exec(`BEGIN IMMEDIATE; ${tables} COMMIT;`);
    return db;
  } catch (cause) {
    db?.close();
    const code = (cause as { errcode?: number }).errcode ?? 0;
    if ((code & 0xff) === 5) {
      throw new SteleError("busy", `another process is sending from account ${account}; wait for it or stop it`, {
        cause,
      });
    }
    if ((code & 0xff) === 11 || (code & 0xff) === 26) {
      const sentence = "is damaged; restore it from a backup, or move it away once nothing sent from here is pending";
      throw new SteleError("corrupt", sentence, { place: { file }, cause });
    }
    throw new SteleError("missing", `cannot be opened: ${sentenceOf(cause)}`, { place: { file }, cause });
  }
}

type Row = Record<string, SQLOutputValue>;

function readEntry(row: Row): JournalEntry {
  return {
    key: String(row["key"]),
    named: row["named"] === 1,
    label: String(row["label"]),
    to: row["target"] === null ? null : String(row["target"]),
    data: String(row["data"]),
    value: BigInt(String(row["value"])),
    nonce: Number(row["nonce"]),
    state: String(row["state"]) as JournalState,
    receipt: row["receipt"] === null ? null : readReceipt(String(row["receipt"])),
  };
}

function readAttempt(row: Row): Attempt {
  const fees = JSON.parse(String(row["fees"]), (name, value: unknown) =>
    name === "type" || typeof value !== "string" ? value : BigInt(value),
  ) as Fees;
  return {
    hash: String(row["hash"]) as Hex,
    raw: String(row["raw"]) as Hex,
    fees,
    gasLimit: BigInt(String(row["gas"])),
    cancels: row["cancels"] === 1,
  };
}

function writeReceipt(receipt: Receipt): string {
  return JSON.stringify({ ...receipt, gasUsed: `${receipt.gasUsed}`, gasPrice: `${receipt.gasPrice}` });
}

function readReceipt(text: string): Receipt {
  const raw = JSON.parse(text) as Receipt & { gasUsed: string; gasPrice: string };
  return { ...raw, gasUsed: BigInt(raw.gasUsed), gasPrice: BigInt(raw.gasPrice) };
}
