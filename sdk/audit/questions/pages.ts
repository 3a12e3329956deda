import type { IndexStore } from "./store.js";

/** A row of the index, as it is stored. */
export interface Row {
  readonly id: number;
  readonly time: number;
  readonly source: number;
  readonly sequence: number;
  readonly what: number;
  readonly auditor: number;
  readonly engagement: number | null;
  readonly subject: number | null;
  readonly stated: number | null;
}

/** A question in the index's own numbers. */
export interface Filter {
  /** At least one; the first says which index is read. */
  readonly terms: readonly { readonly role: "auditor" | "engagement" | "subject"; readonly id: number }[];
  /** Operations with outcomes; none for all. */
  readonly whats: readonly number[];
  /** Seconds, `to` excluded. */
  readonly from: number;
  readonly to: number;
}

/** Rows in order, one ahead. */
export interface Rows {
  peek(): Row | undefined;
  take(): void;
}

const columns = "id, time, source, sequence, what, auditor, engagement, subject, stated";
const pageRows = 256;

/**
 * Reads pages by the key of the last row (keyset), so that every page costs the same. A page is read again from the last
 * row taken where something was erased since: what is buffered never outlives an erasure.
 */
abstract class Pages implements Rows {
  protected readonly store: IndexStore;
  #page: Row[] = [];
  #at = 0;
  #erasures = -1;
  #last: Row | undefined;
  #ended = false;

  constructor(store: IndexStore) {
    this.store = store;
  }

  peek(): Row | undefined {
    if (this.#at === this.#page.length || this.#erasures !== this.store.erasures) this.#fill();
    return this.#page[this.#at];
  }

  take(): void {
    this.#last = this.#page[this.#at++];
  }

  #fill(): void {
    if (this.#ended) return;
    // Erasures only take rows away, so an end stays one.
    this.#erasures = this.store.erasures;
    this.#page = this.after(this.#last, pageRows);
    this.#at = 0;
    this.#ended = this.#page.length === 0;
  }

  protected abstract after(last: Row | undefined, limit: number): Row[];
}

/** Rows of one segment, by time and number. */
export class Cursor extends Pages {
  readonly #filter: Filter;
  readonly #segment: number;
  readonly #where: string;
  readonly #values: readonly number[];

  constructor(store: IndexStore, filter: Filter, segment: number) {
    super(store);
    this.#filter = filter;
    this.#segment = segment;
    [this.#where, this.#values] = conditions(filter);
  }

  /** First the rest of the last row's second, then later ones: both are ranges of the index. */
  protected after(last: Row | undefined, limit: number): Row[] {
    const { from, to } = this.#filter;
    if (last === undefined) return this.#read("time >= ? AND time < ?", [from, to], limit);
    const same = this.#read("time = ? AND id > ?", [last.time, last.id], limit);
    if (same.length === limit) return same;
    return [...same, ...this.#read("time > ? AND time < ?", [last.time, to], limit - same.length)];
  }

  count(): number {
    const { from, to } = this.#filter;
    const sql = `SELECT count(*) AS n FROM events WHERE segment = ? AND ${this.#where} AND time >= ? AND time < ?`;
    return this.store.row(sql, this.#segment, ...this.#values, from, to)!["n"] as number;
  }

  #read(range: string, values: readonly number[], limit: number): Row[] {
    const index = `by_${this.#filter.terms[0]!.role}`;
    const sql =
      `SELECT ${columns} FROM events INDEXED BY ${index} WHERE segment = ? AND ${this.#where} AND ${range} ` +
      "ORDER BY time, id LIMIT ?";
    return this.store.rowsOf(sql, this.#segment, ...this.#values, ...values, limit) as unknown as Row[];
  }
}

/** Rows whose header's time lies outside the window and whose own lies in it, by their own time. */
export class StatedCursor extends Pages {
  readonly #filter: Filter;
  readonly #where: string;
  readonly #values: readonly number[];

  constructor(store: IndexStore, filter: Filter) {
    super(store);
    this.#filter = filter;
    const [where, values] = conditions(filter);
    this.#where = `${where} AND (time < ? OR time >= ?)`;
    this.#values = [...values, filter.from, filter.to];
  }

  protected after(last: Row | undefined, limit: number): Row[] {
    const { from, to } = this.#filter;
    if (last === undefined) return this.#read("stated >= ? AND stated < ?", [from, to], limit);
    const same = this.#read("stated = ? AND id > ?", [last.stated!, last.id], limit);
    if (same.length === limit) return same;
    return [...same, ...this.#read("stated > ? AND stated < ?", [last.stated!, to], limit - same.length)];
  }

  count(): number {
    const { from, to } = this.#filter;
    const sql = `SELECT count(*) AS n FROM events WHERE stated >= ? AND stated < ? AND ${this.#where}`;
    return this.store.row(sql, from, to, ...this.#values)!["n"] as number;
  }

  #read(range: string, values: readonly number[], limit: number): Row[] {
    const sql =
      `SELECT ${columns} FROM events INDEXED BY by_stated WHERE stated IS NOT NULL AND ${range} AND ${this.#where} ` +
      "ORDER BY stated, id LIMIT ?";
    return this.store.rowsOf(sql, ...values, ...this.#values, limit) as unknown as Row[];
  }
}

function conditions({ terms, whats }: Filter): [where: string, values: number[]] {
  const where = terms.map(({ role }) => `${role} = ?`);
  if (whats.length > 0) where.push(`what IN (${whats.map(() => "?").join(", ")})`);
  return [where.join(" AND "), [...terms.map(({ id }) => id), ...whats]];
}
