/**
 * Import into a book: vouchers of samples/audit, 17 fields each, sealed and durable, one process. Live append: data
 * events, from sources that each wait for their record before they make the next.
 */
import { createReadStream } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { auditEvent, auditEventSchema } from "../../sdk/audit/event.js";
import { Book } from "../../sdk/book/book.js";
import type { NewRecord } from "../../sdk/book/writer.js";
import { sha256Into } from "../../sdk/common/sha256.js";
import { openLog } from "../../sdk/log/log.js";
import { readCsv } from "../../sdk/records/intake/csv.js";
import type { Draft } from "../../sdk/records/intake/draft.js";
import { KeyStore } from "../../sdk/records/keys.js";
import type { RecordInput } from "../../sdk/records/record.js";
import { createRecords, type SealedRecord } from "../../sdk/records/sealed.js";
import { row, type BenchOptions, type Row } from "./types.js";

const samples = fileURLToPath(new URL("../../samples/audit/", import.meta.url));
const [source, schema] = ["urn:example:ledger", "urn:example:schema:voucher:v1"];
const batchSize = 1_000;

/** Hashes that the format asks for: of 19 fields (`$stele` has two) a salt is two and a leaf one, and 18 inner nodes. */
const hashesPerRecord = 3 * 19 + 18;

export async function rows(options: BenchOptions): Promise<readonly Row[]> {
  const count = options.quick ? 500 : 20_000;
  const folder = await mkdtemp(join(tmpdir(), "stele-bench-"));
  try {
    await imported(join(folder, "warm"), options.quick ? 50 : 2_000, options);
    options.progress(`importing ${count} vouchers into a book`);
    const whole = await imported(join(folder, "book"), count, options);
    const { sealing, appending } = await parts(folder, count, options);
    const part = (name: string, value: number, floor?: number): Row => {
      const figure = { name: `book import, ${name}`, unit: "µs CPU/record", value, better: "less" } as const;
      return row(floor === undefined ? figure : { ...figure, floor });
    };
    return [
      row({ name: "book import, sealed and durable", unit: "records/s", value: whole.perSecond, better: "more" }),
      part("all of it", whole.all),
      part("reading, checking and spooling", whole.checking),
      part("sealing and storing keys", sealing, hashing(count)),
      part("appending to the log", appending),
      ...(await live(folder, options)),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Sources at the same time, each with one record under way, and one source with a thousand. */
const waysToAppend = [
  { sources: 1, call: 1, name: "1 source" },
  { sources: 4, call: 1, name: "4 sources" },
  { sources: 16, call: 1, name: "16 sources" },
  { sources: 1, call: batchSize, name: "1 source, 1,000 a call" },
];

async function live(folder: string, options: BenchOptions): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { sources, call, name } of waysToAppend) {
    const events = call === 1 ? (options.quick ? 2 : 200) * sources : (options.quick ? 1 : 20) * call;
    options.progress(`appending ${events} events from ${name}`);
    const { perSecond, cpu } = await appended(join(folder, name), events, sources, call, options);
    const figure = (unit: string, value: number, better: "more" | "less"): Row =>
      row({ name: `book append, live, ${name}`, unit, value, better });
    rows.push(figure("records/s", perSecond, "more"), figure("µs CPU/record", cpu, "less"));
  }
  return rows;
}

async function appended(folder: string, count: number, sources: number, call: number, { signal }: BenchOptions) {
  const book = await newBook(folder);
  let made = 0;
  const write = async (own: string, calls: number): Promise<void> => {
    for (let i = 0; i < calls; i++) {
      signal.throwIfAborted();
      await book.append(Array.from({ length: call }, () => eventOf(own, made++)));
    }
  };
  const all = (calls: number) =>
    Promise.all(Array.from({ length: sources }, (_, i) => write(`urn:example:desk:${i}`, calls)));
  await all(1);
  const started = performance.now();
  const cpu = cpuClock(count);
  await all(count / sources / call);
  const figures = { perSecond: (1000 * count) / (performance.now() - started), cpu: cpu() };
  await book.close();
  return figures;
}

/** A data event, 15 fields with the two of `$stele`. */
function eventOf(own: string, i: number): NewRecord {
  const draft = {
    id: i.toString(16).padStart(32, "0"),
    operation: "read",
    subject: `0x${"ab".repeat(32)}`,
    time: 1_772_366_400n,
    auditor: `0x${"cd".repeat(20)}`,
    engagement: `0x${"ef".repeat(32)}`,
    data: { outcome: "done", bytes: 1024 },
  } as const;
  return { source: own, schema: auditEventSchema, time: draft.time, payload: (place) => auditEvent(draft, place) };
}

/** Rows of the vouchers, month after month. */
async function* drafts(count: number): AsyncGenerator<Draft> {
  const files = (await readdir(samples)).filter((file) => file.startsWith("vouchers")).sort();
  let left = count;
  for (const file of files) {
    for await (const draft of readCsv(createReadStream(join(samples, file)), file)) {
      if (left-- === 0) return;
      yield draft;
    }
  }
}

async function newBook(folder: string): Promise<Book> {
  await Book.prepare(folder, {
    format: 1,
    kind: "audit.books",
    name: "bench",
    chainId: 31_337n,
    registry: `0x${"11".repeat(20)}`,
    logId: `0x${"22".repeat(32)}`,
    keyEpoch: 0,
    source,
    schema,
    retentionClass: 0,
    recipients: [],
  });
  return Book.open(folder);
}

async function imported(folder: string, count: number, { signal }: BenchOptions) {
  const book = await newBook(folder);
  const started = performance.now();
  const cpu = cpuClock(count);
  let checking = 0;
  await book.import(drafts(count), {
    signal,
    onProgress: ({ phase }) => {
      if (phase === "checking") checking = cpu();
    },
  });
  const perSecond = (1000 * count) / (performance.now() - started);
  const all = cpu();
  await book.close();
  return { perSecond, all, checking };
}

/** Sealing alone and appending alone, of the same vouchers. */
async function parts(folder: string, count: number, { signal }: BenchOptions) {
  const payloads = (await Array.fromAsync(drafts(count))).map(({ data }) => data);
  const keys = await KeyStore.open(join(folder, "keys"), { journal: join(folder, "journal") });
  const log = await openLog(join(folder, "log"), { origin: "example.org/bench" });
  try {
    const sealingCpu = cpuClock(count);
    const sealed: SealedRecord[] = [];
    for await (const record of createRecords(keys, inputs(payloads), { signal })) sealed.push(record);
    const sealing = sealingCpu();
    const appendingCpu = cpuClock(count);
    for (let at = 0; at < count; at += batchSize) {
      const batch = sealed.slice(at, at + batchSize);
      await log.append(
        batch.map(({ entry }) => entry),
        batch.map(({ attachment }) => attachment),
      );
    }
    return { sealing, appending: appendingCpu() };
  } finally {
    await log.close();
    await keys.close();
  }
}

function* inputs(payloads: readonly unknown[]): Generator<RecordInput> {
  const key = { kty: "OKP", crv: "X25519", x: "3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08" };
  const recipients = [{ id: "owner", publicKey: key }];
  const fixed = { logId: new Uint8Array(32).fill(0x22), source, schema, retentionClass: 0n, recipients };
  for (const [n, payload] of payloads.entries()) {
    yield { ...fixed, sequence: BigInt(n), time: 1_772_366_400n, payload };
  }
}

/** Floor of sealing: the hashes that the format asks for, by the platform's fastest hash, one after the other. */
function hashing(count: number): number {
  const input = new Uint8Array(100);
  const digest = new Uint8Array(32);
  const cpu = cpuClock(count);
  for (let i = 0; i < count * hashesPerRecord; i++) {
    input[0] = i;
    sha256Into(input, digest, 0);
  }
  return cpu();
}

/** Microseconds of the process's own computing since the call, a record: other processes do not count. */
function cpuClock(count: number): () => number {
  const start = process.cpuUsage();
  return () => process.cpuUsage(start).user / count;
}
