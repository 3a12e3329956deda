import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { latestTime } from "../../common/time.js";
import { operations, type Operation } from "../event.js";
import type { EventLine } from "../line.js";
import { readWhat } from "./digest.js";
import { idSpan } from "./layout.js";
import { Cursor, StatedCursor, type Filter, type Row, type Rows } from "./pages.js";
import { reachOf, type Reach } from "./reach.js";
import type { IndexedLog, IndexStore } from "./store.js";

/** What is asked. At least one of auditor, subject and engagement; all that is given has to hold. */
export interface Question {
  /** Account. */
  readonly auditor?: Hex | undefined;
  /** A dataset's root, a record's leaf hash or an account. */
  readonly subject?: Hex | undefined;
  readonly engagement?: Hex | undefined;
  /** First second. */
  readonly from?: bigint | undefined;
  /** The second after the last. */
  readonly to?: bigint | undefined;
  readonly operations?: readonly Operation[] | undefined;
  /** Only what failed. */
  readonly failed?: boolean | undefined;
}

/**
 * The answer to a question: lines by the time of their headers, then by log (in the order in which they were first
 * followed) and index. Lines whose own time lies in the
 * window, but whose header's does not, come last. Memory stays flat, and the answer may be read while the index follows
 * its logs: what is added after the question is not in it, and what is erased before a line is reached is not shown.
 */
export class Answer implements AsyncIterable<EventLine> {
  /** How far the answer is complete, and what could not be looked at. */
  readonly reach: Reach;
  readonly #store: IndexStore;
  readonly #filter: Filter | undefined;
  readonly #logs: ReadonlyMap<number, IndexedLog>;

  constructor(store: IndexStore, question: Question) {
    this.#store = store;
    const logs = store.logs();
    this.#logs = new Map(logs.map((log) => [log.n, log]));
    this.#filter = filterOf(store, question);
    this.reach = reachOf(store, logs, question);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<EventLine> {
    const filter = this.#filter;
    if (filter === undefined) return;
    for (const rows of [this.#merged(filter), this.#stated(filter)]) yield* rows;
  }

  /** Number of lines, without reading them. */
  count(): number {
    const filter = this.#filter;
    if (filter === undefined) return 0;
    let sum = 0;
    for (const rows of this.#cursors(filter)) sum += rows.count();
    return sum + (isWindow(filter) ? new StatedCursor(this.#store, filter).count() : 0);
  }

  #cursors(filter: Filter): Cursor[] {
    return Array.from({ length: this.#store.segments }, (_, segment) => new Cursor(this.#store, filter, segment));
  }

  /** Rows of all segments in one order. Each segment is in order, and there are few of them. */
  async *#merged(filter: Filter): AsyncGenerator<EventLine> {
    for (let open = this.#cursors(filter); ;) {
      open = open.filter((cursor) => cursor.peek() !== undefined);
      const next = open.reduce<Rows | undefined>((first, cursor) => {
        return first === undefined || isBefore(cursor.peek()!, first.peek()!) ? cursor : first;
      }, undefined);
      if (next === undefined) return;
      const line = this.#line(next.peek()!);
      next.take();
      if (line !== undefined) yield line;
    }
  }

  async *#stated(filter: Filter): AsyncGenerator<EventLine> {
    if (!isWindow(filter)) return;
    const rows = new StatedCursor(this.#store, filter);
    for (let row = rows.peek(); row !== undefined; row = rows.peek()) {
      rows.take();
      const line = this.#line(row);
      if (line !== undefined) yield line;
    }
  }

  /** Undefined for what was added after the question. */
  #line(row: Row): EventLine | undefined {
    const log = this.#logs.get(Math.floor(row.id / idSpan));
    const index = BigInt(row.id % idSpan);
    if (log === undefined || index >= log.size) return undefined;
    const { terms } = this.#store;
    return {
      logId: log.logId,
      index,
      time: BigInt(row.time),
      source: terms.uri(row.source),
      sequence: BigInt(row.sequence),
      ...readWhat(row.what),
      auditor: terms.value(row.auditor),
      ...(row.engagement === null ? {} : { engagement: terms.value(row.engagement) }),
      ...(row.subject === null ? {} : { subject: terms.value(row.subject) }),
      ...(row.stated === null ? {} : { stated: BigInt(row.stated) }),
    };
  }
}

function isBefore(a: Row, b: Row): boolean {
  return a.time < b.time || (a.time === b.time && a.id < b.id);
}

function isWindow({ from, to }: Filter): boolean {
  return from > 0 || to <= Number(latestTime);
}

/** Undefined where the index holds nothing of what is asked for. */
function filterOf(store: IndexStore, question: Question): Filter | undefined {
  const { auditor, subject, engagement, from = 0n, to = latestTime + 1n } = question;
  if (auditor === undefined && subject === undefined && engagement === undefined) {
    throw new SteleError("usage", "ask for an auditor, a dataset or an engagement");
  }
  const terms: { role: Filter["terms"][number]["role"]; id: number }[] = [];
  // The rarest first: its index is the one that is read.
  for (const [role, value] of [
    ["subject", subject],
    ["auditor", auditor],
    ["engagement", engagement],
  ] as const) {
    if (value === undefined) continue;
    const id = store.terms.find(value.toLowerCase() as Hex);
    if (id === undefined) return undefined;
    terms.push({ role, id });
  }
  const wanted = question.operations ?? [];
  const failed = question.failed === true;
  const whats = wanted.length === 0 && !failed ? [] : whatsOf(wanted.length === 0 ? operations : wanted, failed);
  return { terms, whats, from: Number(from), to: Number(to) };
}

function whatsOf(wanted: readonly Operation[], failed: boolean): number[] {
  return wanted.flatMap((operation) => {
    const what = 2 * operations.indexOf(operation);
    return failed ? [what + 1] : [what, what + 1];
  });
}
