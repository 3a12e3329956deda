/**
 * A day of data events end to end: recorded by 16 sources, encrypted and durable; published and anchored every hour;
 * followed into an index; asked. Run by name: it is no part of an ordinary run. With --folder it keeps what it made
 * there and goes on after an interruption.
 */
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { AuditIndex } from "../../sdk/audit/questions/audit-index.js";
import { readInThreads } from "../../sdk/audit/questions/threads.js";
import { Book } from "../../sdk/book/book.js";
import { openBookReader } from "../../sdk/book/reader.js";
import { fromHex } from "../../sdk/common/bytes.js";
import { SteleError } from "../../sdk/common/errors.js";
import { writeAtomically } from "../../sdk/common/node/files.js";
import { BenchChain, sum, type Cost } from "./scale/chain.js";
import { midnight } from "./scale/events.js";
import { metered, nothing, plus, type Taken } from "./scale/meter.js";
import { ask, bytesOf, hashingSeconds, record, scanMilliseconds, type Latencies } from "./scale/stages.js";
import { row, type BenchOptions, type Row } from "./types.js";

const hours = 24;
const threads = 2;
const stages = ["recording", "publishing", "following"] as const;
type Stage = (typeof stages)[number];

/** What earlier runs over the same folder took: a stage's time counts where its work was done. */
interface Progress {
  readonly events: number;
  readonly taken: Record<Stage, Taken>;
  /** The stage that is being measured, while it is. */
  open?: Stage | undefined;
  /** Stages that were cut off: what they took until then is in no figure. */
  interruptions: number;
}

interface Run extends BenchOptions {
  readonly folder: string;
  readonly events: number;
  readonly done: Progress;
}

export async function rows(options: BenchOptions): Promise<readonly Row[]> {
  const events = options.events ?? (options.quick ? 2_000 : 100_000);
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "stele-scale-")));
  try {
    await mkdir(folder, { recursive: true });
    const done = await progressIn(folder, events);
    const run: Run = { ...options, folder, events, done };
    const cost = await writeDay(run);
    const asked = await readDay(run);
    return [...stageRows(run), ...costRows(run, cost), ...diskRows(run), ...questionRows(asked)];
  } finally {
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function progressIn(folder: string, events: number): Promise<Progress> {
  const text = await readFile(join(folder, "progress.json"), "utf8").catch(() => undefined);
  const taken = { recording: nothing, publishing: nothing, following: nothing };
  const known = text === undefined ? { events, taken, interruptions: 0 } : (JSON.parse(text) as Progress);
  if (known.open !== undefined) known.interruptions += 1;
  if (known.events === events) return known;
  throw new SteleError("usage", `${folder} holds a measurement of ${known.events} events, not of ${events}`);
}

async function measure<T>({ done, folder }: Run, stage: Stage, work: () => Promise<T>): Promise<T> {
  const keep = () => writeAtomically(join(folder, "progress.json"), `${JSON.stringify(done, null, 2)}\n`);
  done.open = stage;
  await keep();
  const { result, taken } = await metered(work);
  done.taken[stage] = plus(done.taken[stage], taken);
  done.open = undefined;
  await keep();
  return result;
}

/** Records a day, hour by hour, and anchors at the end of each. */
async function writeDay(run: Run): Promise<Cost> {
  const { folder, events, signal, progress } = run;
  const chain = await BenchChain.start(folder, "scale");
  await Book.prepare(join(folder, "book"), chain.config);
  const book = await Book.open(join(folder, "book"));
  try {
    await chain.open(book);
    let cost: Cost = { heads: 0, gas: 0, calldataBytes: 0 };
    for (let hour = 1; hour <= hours; hour++) {
      const end = Math.floor((events * hour) / hours);
      const from = Number(book.log.size());
      if (from < end) await measure(run, "recording", () => record(book, from, end, events, signal));
      if ((await book.log.published(BigInt(end))) === undefined) {
        await measure(run, "publishing", () => book.publish(signal));
      }
      cost = sum(cost, await chain.anchor(book, BigInt(end), midnight + hour * 3_600, signal));
      progress(`hour ${hour} of ${hours}: ${book.log.size()} events recorded and anchored`);
    }
    await requireAnchored(chain, book);
    return cost;
  } finally {
    await book.close();
    await chain.close();
  }
}

async function requireAnchored(chain: BenchChain, book: Book): Promise<void> {
  const { size, root } = await chain.head();
  const same = Buffer.from(fromHex(root)).equals(await book.log.rootAt(size));
  if (!same || size !== book.log.size()) throw new SteleError("refused", "the chain's head is not the log's");
}

interface Asked {
  readonly latencies: readonly Latencies[];
  readonly scan: number;
}

/** Follows the log into an index, beside which it could go on being written, and asks. */
async function readDay(run: Run): Promise<Asked> {
  const { folder, events, signal, progress, quick } = run;
  const book = join(folder, "book");
  const source = await openBookReader(book);
  const index = AuditIndex.open(join(folder, "events.index"));
  try {
    const say = (done: bigint, all: bigint) => {
      if (done % 65_536n === 0n) progress(`${done} of ${all} records followed`);
    };
    const reader = readInThreads(book, threads);
    const follow = () => index.follow(source, { signal, progress: say, digests: reader.digests });
    await measure(run, "following", follow).finally(() => reader.close());
    const [log] = index.reach().logs;
    if (log?.events !== events) throw new SteleError("refused", `${log?.events} events are indexed, not ${events}`);
    progress("asking");
    return { latencies: await ask(index, events, quick ? 10 : 200), scan: await scanMilliseconds(source, events) };
  } finally {
    index.close();
    await source.close();
  }
}

const figure = (name: string, unit: string, value: number, better: "less" | "more" = "less"): Row =>
  row({ name: `audit at scale, ${name}`, unit, value, better });

function stageRows({ events, done }: Run): Row[] {
  const hashing = hashingSeconds(events);
  // Whoever seals or opens a record hashes all its fields.
  const floors: Partial<Record<Stage, { floor: number }>> = {
    recording: { floor: hashing },
    following: { floor: hashing },
  };
  const all = stages.map((stage) => done.taken[stage]).reduce(plus);
  const of = (stage: Stage) => [
    figure(`${stage}`, "s", done.taken[stage].seconds),
    row({
      name: `audit at scale, ${stage}, CPU`,
      unit: "s",
      value: done.taken[stage].cpuSeconds,
      better: "less",
      ...floors[stage],
    }),
    figure(`${stage}, peak memory`, "MB", done.taken[stage].peakBytes / 1e6),
  ];
  return [
    figure("events", "events", events, "more"),
    ...stages.flatMap(of),
    figure("recording, 16 sources, encrypted and durable", "events/s", events / done.taken.recording.seconds, "more"),
    figure("following into the index, 2 threads", "records/s", events / done.taken.following.seconds, "more"),
    figure("all stages", "s", all.seconds),
    figure("interruptions, whose time is in no figure", "times", done.interruptions),
  ];
}

function costRows({ events }: Run, { heads, gas, calldataBytes }: Cost): Row[] {
  return [
    figure("heads of a day, one an hour", "heads", heads),
    figure("heads of a day, gas in all", "gas in all", gas),
    figure("heads of a day, gas an event", "gas/event", gas / events),
    figure("heads of a day, calldata", "bytes", calldataBytes),
  ];
}

function diskRows({ folder, events }: Run): Row[] {
  const parts = Object.entries(bytesOf(folder));
  const whole = parts.reduce((total, [, bytes]) => total + bytes, 0);
  return [
    ...parts.map(([part, bytes]) => figure(`disk, ${part}`, "bytes/event", bytes / events)),
    figure("disk, all", "GB", whole / 1e9),
  ];
}

function questionRows({ latencies, scan }: Asked): Row[] {
  const peer = { name: "full scan, measured on a part", value: scan };
  return latencies.flatMap(({ name, lines, first, full }) => {
    const timed = (what: string, value: number) =>
      row({ name: `audit at scale, ${name}, ${what}`, unit: "ms", value, better: "less", peer });
    return [
      figure(`${name}, lines of an answer, median`, "lines", lines, "more"),
      timed("first line, median", first.median),
      timed("first line, 95 %", first.p95),
      timed("full answer, median", full.median),
      timed("full answer, 95 %", full.p95),
    ];
  });
}
