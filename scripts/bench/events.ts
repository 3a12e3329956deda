/** Data events through the recorder: intent, work, record, result; sealed and durable, one process. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { DatasetStore } from "../../sdk/audit/datasets/store.js";
import { Recorder } from "../../sdk/audit/recorder.js";
import { Book } from "../../sdk/book/book.js";
import { sha256Into } from "../../sdk/common/sha256.js";
import { fieldsOf } from "../../sdk/records/fields.js";
import { row, type BenchOptions, type Row } from "./types.js";

/** Operations that wait at the same time, for each source. */
const inFlight = 256;
const auditor = `0x${"a1".repeat(20)}`;
const engagement = `0x${"e1".repeat(32)}` as const;
const subject = `0x${"5a".repeat(32)}`;

export async function rows(options: BenchOptions): Promise<readonly Row[]> {
  const count = options.quick ? 200 : 20_000;
  const folder = await mkdtemp(join(tmpdir(), "stele-bench-"));
  try {
    await recorded(join(folder, "warm"), 1, options.quick ? 20 : 2_000);
    const found: Row[] = [];
    let floor = 0;
    for (const sources of [1, 4, 16]) {
      options.signal.throwIfAborted();
      options.progress(`${count} events of ${sources} sources`);
      const { perSecond, cpu, fields } = await recorded(join(folder, String(sources)), sources, count);
      const many = sources === 1 ? "1 source" : `${sources} sources`;
      found.push(row({ name: `data events, ${many}`, unit: "events/s", value: perSecond, better: "more" }));
      floor = hashing(count, fields);
      found.push(
        row({ name: `data events, ${many}, all of it`, unit: "µs CPU/event", value: cpu, better: "less", floor }),
      );
    }
    options.progress("events one after the other");
    const alone = await recorded(join(folder, "alone"), 1, options.quick ? 20 : 1_000, 1);
    const [name, unit] = ["data event, alone, from intent to result", "ms"];
    return [...found, row({ name, unit, value: 1000 / alone.perSecond, better: "less" })];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function recorded(folder: string, sources: number, count: number, waiting = inFlight) {
  await Book.prepare(join(folder, "book"), {
    format: 1,
    kind: "audit.events",
    name: "bench",
    chainId: 31_337n,
    registry: `0x${"11".repeat(20)}`,
    logId: `0x${"22".repeat(32)}`,
    keyEpoch: 0,
    source: "urn:example:agency:0",
    schema: "urn:example:schema:1",
    retentionClass: 0,
    recipients: [],
  });
  const book = await Book.open(join(folder, "book"));
  const datasets = await DatasetStore.open(join(folder, "datasets"));
  const recorder = await Recorder.open(book, datasets, { auditor, engagement });
  try {
    const voices = await Promise.all(
      Array.from({ length: sources }, (_, i) => recorder.as({ source: `urn:example:agency:${i}` })),
    );
    const started = performance.now();
    const before = process.cpuUsage();
    let left = count;
    const caller = async (voice: Recorder): Promise<void> => {
      while (left-- > 0) await voice.perform({ operation: "read", subject }, touch);
    };
    await Promise.all(voices.flatMap((voice) => Array.from({ length: waiting }, () => caller(voice))));
    const perSecond = (1000 * count) / (performance.now() - started);
    const cpu = process.cpuUsage(before).user / count;
    const { complete } = await book.openRecord(0n);
    return { perSecond, cpu, fields: fieldsOf(complete).length };
  } finally {
    await recorder.close();
    await book.close();
  }
}

/** An operation without content: what is measured is its record. */
async function touch() {
  return { data: { bytes: 65_536 }, handOut: () => undefined };
}

/** Microseconds an event of the hashes that the format asks for: a salt is two, a leaf one, and the nodes between. */
function hashing(count: number, fields: number): number {
  const input = new Uint8Array(100);
  const digest = new Uint8Array(32);
  const before = process.cpuUsage();
  for (let i = 0; i < count * (4 * fields - 1); i++) {
    input[0] = i;
    sha256Into(input, digest, 0);
  }
  return process.cpuUsage(before).user / count;
}
