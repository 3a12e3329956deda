import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import type { AuditIndex } from "../../../sdk/audit/questions/audit-index.js";
import type { Question } from "../../../sdk/audit/questions/answer.js";
import type { Book } from "../../../sdk/book/book.js";
import type { RecordSource } from "../../../sdk/book/source.js";
import { sha256Into } from "../../../sdk/common/sha256.js";
import { auditorOf, datasetOf, daySeconds, engagementOf, eventOf, midnight, mixed, sources } from "./events.js";
import { percentile } from "./meter.js";

/** Fields of an event that succeeded. */
const eventFields = 14;

/** Records that one source hands over at once: what a collector writes in a moment. */
const callRecords = 256;

/** Records events `from` to below `to` through all sources at once, each waiting for its own calls. */
export async function record(book: Book, from: number, to: number, events: number, signal: AbortSignal): Promise<void> {
  let next = from;
  const source = async (): Promise<void> => {
    while (next < to) {
      signal.throwIfAborted();
      const end = Math.min(next + callRecords, to);
      const batch = Array.from({ length: end - next }, (_, i) => eventOf(next + i, events));
      next = end;
      await book.append(batch);
    }
  };
  await Promise.all(Array.from({ length: sources }, source));
}

/** Seconds of hashing that the format asks for to seal a part of the events, scaled: no sealing could be faster. */
export function hashingSeconds(events: number): number {
  const part = Math.min(events, 20_000);
  const [input, digest] = [new Uint8Array(100), new Uint8Array(32)];
  // Of n fields, counting the two of the format's own, a salt is two hashes, a leaf is one, and there are n-1 inner nodes.
  const hashes = 4 * (eventFields + 2) - 1;
  const started = process.cpuUsage();
  for (let i = 0; i < part * hashes; i++) {
    input[0] = i;
    sha256Into(input, digest, 0);
  }
  return (process.cpuUsage(started).user / 1e6) * (events / part);
}

/** Latencies of one kind of question, in milliseconds, and the lines of an answer. */
export interface Latencies {
  readonly name: string;
  readonly asked: number;
  readonly lines: number;
  readonly first: { readonly median: number; readonly p95: number };
  readonly full: { readonly median: number; readonly p95: number };
}

/** Asks many random questions of each kind. */
export async function ask(index: AuditIndex, events: number, times: number): Promise<readonly Latencies[]> {
  const hour = (n: number) => {
    const from = BigInt(midnight + (mixed(n) % (daySeconds - 3_600)));
    return { from, to: from + 3_600n };
  };
  const kinds: readonly (readonly [string, (n: number) => Question])[] = [
    ["one auditor", (n) => ({ auditor: auditorOf(mixed(n)) })],
    ["one dataset", (n) => ({ subject: datasetOf(mixed(n), events) })],
    ["one engagement, one hour", (n) => ({ engagement: engagementOf(mixed(n)), ...hour(n) })],
    [
      "one auditor in one engagement, failed only",
      (n) => ({
        auditor: auditorOf(mixed(n)),
        engagement: engagementOf(mixed(n + 1)),
        failed: true,
      }),
    ],
  ];
  const found: Latencies[] = [];
  for (const [name, question] of kinds) found.push(await latencies(index, name, times, question));
  return found;
}

async function latencies(
  index: AuditIndex,
  name: string,
  times: number,
  question: (n: number) => Question,
): Promise<Latencies> {
  const [first, full, lines]: [number[], number[], number[]] = [[], [], []];
  for (let n = 0; n < times; n++) {
    const started = performance.now();
    let [count, firstAt] = [0, 0];
    for await (const _ of index.ask(question(n))) if (count++ === 0) firstAt = performance.now() - started;
    full.push(performance.now() - started);
    first.push(firstAt === 0 ? full.at(-1)! : firstAt);
    lines.push(count);
  }
  const both = (values: readonly number[]) => ({ median: percentile(values, 0.5), p95: percentile(values, 0.95) });
  return { name, asked: times, lines: percentile(lines, 0.5), first: both(first), full: both(full) };
}

/** Milliseconds that a full scan of the log would take for any question: opening a part of its records, scaled. */
export async function scanMilliseconds(source: RecordSource, events: number): Promise<number> {
  const part = Math.min(events, 20_000);
  const wanted = auditorOf(1);
  let found = 0;
  const started = performance.now();
  for await (const { record } of source.records(0n, BigInt(part))) {
    if (record?.payload["auditor"] === wanted) found++;
  }
  if (found < 0) throw new Error("counted wrong");
  return ((performance.now() - started) * events) / part;
}

/** Bytes on disk by part. */
export function bytesOf(folder: string): Readonly<Record<string, number>> {
  const log = join(folder, "book", "log");
  const db = new DatabaseSync(join(log, "log.db"), { readOnly: true });
  // Pages of the entries are counted and the rest taken for attachments: counting those would read them all.
  const sql = "SELECT sum(pgsize) AS bytes FROM dbstat WHERE name IN ('pieces', 'tiles', 'checkpoints')";
  const entries = Number(db.prepare(sql).get()?.["bytes"] ?? 0);
  db.close();
  return {
    log: entries,
    attachments: sizeOf(log) - entries,
    keys: sizeOf(join(folder, "book", "keys")),
    index: sizeOf(join(folder, "events.index")) + sizeOf(join(folder, "events.index-journal")),
  };
}

function sizeOf(path: string): number {
  if (!existsSync(path)) return 0;
  if (!statSync(path).isDirectory()) return statSync(path).size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
