import type { DatabaseSync, StatementSync } from "node:sqlite";

import { fromHex, toHex, type Hex } from "../../common/bytes.js";

/** Entries that a cache holds at most. */
const cacheLimit = 1 << 17;

/** Accounts, engagements and subjects by number, and sources by theirs. Numbers never leave the index. */
export class Terms {
  readonly #find: StatementSync;
  readonly #add: StatementSync;
  readonly #read: StatementSync;
  readonly #remove: StatementSync;
  readonly #findSource: StatementSync;
  readonly #addSource: StatementSync;
  readonly #readSource: StatementSync;
  readonly #countSource: StatementSync;
  readonly #dropSource: StatementSync;
  readonly #numbers = new Map<Hex, number>();
  readonly #values = new Map<number, Hex>();
  readonly #sources = new Map<string, number>();
  readonly #uris = new Map<number, string>();
  /** Changes of the numbers of rows of sources, not written yet. */
  readonly #rows = new Map<number, number>();

  constructor(db: DatabaseSync) {
    this.#find = db.prepare("SELECT id FROM terms WHERE value = ?");
    this.#add = db.prepare("INSERT INTO terms (value) VALUES (?)");
    this.#read = db.prepare("SELECT value FROM terms WHERE id = ?");
    this.#remove = db.prepare("DELETE FROM terms WHERE id = ?");
    this.#findSource = db.prepare("SELECT id FROM sources WHERE uri = ?");
    this.#addSource = db.prepare("INSERT INTO sources (uri, rows) VALUES (?, 0)");
    this.#readSource = db.prepare("SELECT uri FROM sources WHERE id = ?");
    this.#countSource = db.prepare("UPDATE sources SET rows = rows + ? WHERE id = ?");
    this.#dropSource = db.prepare("DELETE FROM sources WHERE id = ? AND rows <= 0");
  }

  /** Number of a term, if it has one. */
  find(value: Hex): number | undefined {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    const id = this.#find.get(fromHex(value))?.["id"] as number | undefined;
    if (id !== undefined) this.#keep(value, id);
    return id;
  }

  /** Number of a term, which gets one now if it has none. */
  number(value: Hex): number {
    const known = this.find(value);
    if (known !== undefined) return known;
    const id = Number(this.#add.run(fromHex(value)).lastInsertRowid);
    this.#keep(value, id);
    return id;
  }

  value(id: number): Hex {
    const known = this.#values.get(id);
    if (known !== undefined) return known;
    const value = toHex(this.#read.get(id)!["value"] as Uint8Array);
    this.#keep(value, id);
    return value;
  }

  /** Forgets a term that no event uses any more. */
  remove(id: number): void {
    const value = this.#values.get(id);
    this.#values.delete(id);
    if (value !== undefined) this.#numbers.delete(value);
    else this.#numbers.clear();
    this.#remove.run(id);
  }

  /** Number of a source, for one more row. */
  source(uri: string): number {
    let id = this.#sources.get(uri) ?? (this.#findSource.get(uri)?.["id"] as number | undefined);
    id ??= Number(this.#addSource.run(uri).lastInsertRowid);
    if (this.#sources.size >= cacheLimit) this.#sources.clear();
    this.#sources.set(uri, id);
    this.#rows.set(id, (this.#rows.get(id) ?? 0) + 1);
    return id;
  }

  uri(id: number): string {
    const known = this.#uris.get(id) ?? (this.#readSource.get(id)!["uri"] as string);
    if (this.#uris.size >= cacheLimit) this.#uris.clear();
    this.#uris.set(id, known);
    return known;
  }

  /** One row less of a source; one without rows is forgotten. */
  releaseSource(id: number): void {
    this.#countSource.run(-1, id);
    if (this.#dropSource.run(id).changes === 0) return;
    this.#sources.clear();
    this.#uris.delete(id);
  }

  /** Writes the numbers of rows down; call before the transaction ends. */
  flush(): void {
    for (const [id, rows] of this.#rows) this.#countSource.run(rows, id);
    this.#rows.clear();
  }

  /** Forgets what was read, after a transaction was rolled back. */
  reset(): void {
    for (const cache of [this.#numbers, this.#values, this.#sources, this.#uris, this.#rows]) cache.clear();
  }

  #keep(value: Hex, id: number): void {
    if (this.#numbers.size >= cacheLimit) this.#numbers.clear();
    if (this.#values.size >= cacheLimit) this.#values.clear();
    this.#numbers.set(value, id);
    this.#values.set(id, value);
  }
}
