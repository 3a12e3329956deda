import type { SQLOutputValue, StatementSync } from "node:sqlite";

import type { Wallet } from "ethers";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { parseWith } from "../../common/schema.js";
import { guarded } from "../../log/sqlite-errors.js";
import { Custody } from "./custody.js";
import { createDatabase, openDatabase, transact, wipe, type OpenRoster } from "./layout.js";
import { personSchema, type Person } from "./person.js";
import { decodeJson, encodeJson } from "./sealing.js";

/** People that are read at once. */
const PAGE = 1_000;

/** People that are written at once: lookups fall anywhere in their index, so a larger batch writes fewer pages a person. */
const BATCH = 10_000;

const columns = "staff, subject, account, sealed";
type Row = Readonly<Record<string, SQLOutputValue>>;

/** A person to add, with the key of the account where the department holds it. */
export interface NewPerson {
  readonly person: Person;
  readonly wallet?: Pick<Wallet, "address" | "privateKey">;
}

/** Who is who: staff number, pseudonym and account of a department's people, encrypted on disk. */
export class Roster {
  /** Keys of held accounts. */
  readonly custody: Custody;
  readonly #open: OpenRoster;
  readonly #statements = new Map<string, StatementSync>();

  private constructor(open: OpenRoster) {
    this.#open = open;
    this.custody = new Custody(open);
  }

  /**
   * Makes an empty roster.
   * @param key 32 bytes
   * @throws SteleError `refused` where the folder holds one
   */
  static async create(folder: string, key: Uint8Array): Promise<Roster> {
    return new Roster(createDatabase(folder, key));
  }

  /** @throws SteleError `missing` where there is none, `refused` where the key is another one's, `corrupt` */
  static async open(folder: string, key: Uint8Array): Promise<Roster> {
    return new Roster(openDatabase(folder, key));
  }

  /** People in it. */
  get size(): number {
    return Number(this.#row("SELECT count(*) AS size FROM people")?.["size"]);
  }

  /** Undefined where nobody has the number. @throws SteleError `corrupt` where what is stored was changed */
  person(staffNumber: string): Person | undefined {
    return this.#find("staff", staffNumber.normalize("NFC"));
  }

  bySubject(subject: Hex): Person | undefined {
    return this.#find("subject", subject.toLowerCase());
  }

  byAccount(account: Hex): Person | undefined {
    return this.#find("account", account.toLowerCase());
  }

  /** @throws SteleError `missing` where nobody has the number */
  require(staffNumber: string): Person {
    const person = this.person(staffNumber);
    if (person === undefined)
      throw new SteleError("missing", `nobody on the roster has the staff number ${staffNumber}`);
    return person;
  }

  /**
   * Adds people, 10,000 at a time; each such batch is durable as a whole.
   * @returns how many
   * @throws SteleError `refused` where a staff number, subject or account is there already
   */
  async add(people: Iterable<Person> | AsyncIterable<Person>): Promise<number> {
    let count = 0;
    let batch: NewPerson[] = [];
    const flush = (): void => {
      this.addAll(batch);
      count += batch.length;
      batch = [];
    };
    for await (const person of people) if (batch.push({ person }) === BATCH) flush();
    flush();
    return count;
  }

  /** Adds people and keys of held accounts, all or none. */
  addAll(people: readonly NewPerson[]): void {
    transact(this.#open, () => {
      for (const { person, wallet } of people) {
        this.#insert(person);
        if (wallet !== undefined) this.custody.keep(wallet);
      }
    });
  }

  /** Replaces what is known of a person, by staff number. @throws SteleError `missing`, `refused` */
  update(person: Person): void {
    this.updateAll([person]);
  }

  /** The same for several, all or none. */
  updateAll(people: readonly Person[]): void {
    transact(this.#open, () => {
      for (const person of people) this.#replace(person);
    });
    wipe(this.#open);
  }

  /**
   * Erases a person and the key of a held account: overwritten in the file and its journal. Backups are the owner's.
   * @returns whether there was one
   */
  remove(staffNumber: string): boolean {
    const person = this.person(staffNumber);
    if (person === undefined) return false;
    transact(this.#open, () => {
      this.#statement("DELETE FROM people WHERE staff = ?").run(this.#lookups(person)[0]);
      this.custody.drop(person.account);
    });
    wipe(this.#open);
    return true;
  }

  /** Everybody, in the order in which they were added; memory holds a thousand. */
  async *people(): AsyncGenerator<Person> {
    const sql = `SELECT n, ${columns} FROM people WHERE n > ? ORDER BY n LIMIT ${PAGE}`;
    for (let after = 0; ;) {
      const rows = guarded(this.#open.file, () => this.#statement(sql).all(after));
      for (const row of rows) yield this.#reveal(row);
      const last = rows.at(-1);
      if (last === undefined) return;
      after = Number(last["n"]);
    }
  }

  close(): void {
    if (this.#open.db.isOpen) this.#open.db.close();
  }

  #insert(person: Person): void {
    const [staff, subject, account, sealed] = this.#sealed(person);
    const sql = `INSERT INTO people (${columns}) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`;
    if (this.#statement(sql).run(staff, subject, account, sealed).changes !== 1) throw this.#taken(person);
  }

  #replace(person: Person): void {
    const [staff, subject, account, sealed] = this.#sealed(person);
    const sql = "UPDATE OR IGNORE people SET subject = ?, account = ?, sealed = ? WHERE staff = ?";
    if (this.#statement(sql).run(subject, account, sealed, staff).changes === 1) return;
    this.require(person.staffNumber);
    throw this.#taken(person);
  }

  /** The columns of a person. */
  #sealed(person: Person): [Uint8Array, Uint8Array, Uint8Array, Uint8Array] {
    const known = parseWith(personSchema, { ...person, staffNumber: person.staffNumber.normalize("NFC") });
    const lookups = this.#lookups(known);
    return [...lookups, this.#open.sealer.seal("person", encodeJson(known), lookups)];
  }

  #taken({ staffNumber, account, subject }: Person): SteleError {
    const others = (found: Person | undefined): boolean => found !== undefined && found.staffNumber !== staffNumber;
    const what = others(this.byAccount(account))
      ? `account ${account}`
      : others(this.bySubject(subject))
        ? `subject ${subject}`
        : `staff number ${staffNumber}`;
    return new SteleError("refused", `the roster has the ${what} already`);
  }

  #find(kind: "staff" | "subject" | "account", text: string): Person | undefined {
    const row = this.#row(`SELECT ${columns} FROM people WHERE ${kind} = ?`, this.#open.sealer.lookup(kind, text));
    return row === undefined ? undefined : this.#reveal(row);
  }

  #reveal(row: Row): Person {
    const place = [row["staff"], row["subject"], row["account"]] as Uint8Array[];
    const opened = this.#open.sealer.open("person", row["sealed"] as Uint8Array, place);
    if (opened !== undefined) return parseWith(personSchema, decodeJson(opened)) as Person;
    throw new SteleError("corrupt", "holds an entry that was changed or moved; restore the roster from a backup", {
      place: { file: this.#open.file },
    });
  }

  #lookups(person: Pick<Person, "staffNumber" | "subject" | "account">): [Uint8Array, Uint8Array, Uint8Array] {
    const { sealer } = this.#open;
    const { staffNumber, subject, account } = person;
    return [sealer.lookup("staff", staffNumber), sealer.lookup("subject", subject), sealer.lookup("account", account)];
  }

  #row(sql: string, ...values: Uint8Array[]): Row | undefined {
    return guarded(this.#open.file, () => this.#statement(sql).get(...values));
  }

  #statement(sql: string): StatementSync {
    if (!this.#open.db.isOpen) throw new SteleError("usage", "the roster is closed");
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.#open.db.prepare(sql)));
    return statement;
  }
}
