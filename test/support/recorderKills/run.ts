import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

import { expect } from "chai";

import { oneFile } from "../oneFile.js";
import { seeded } from "../proxy.js";
import { openRecording, writeFiles } from "../recording.js";
import { Checker, marker } from "./checker.js";

/** What a run of kills came to. */
export interface KillReport {
  readonly kills: number;
  readonly events: number;
  readonly failed: number;
  readonly interrupted: number;
  /** Kills after which the next process to open the book was itself killed. */
  readonly unsupervised: number;
}

interface Ended {
  readonly killed: boolean;
  /** Operations whose results were handed out. */
  readonly ids: readonly string[];
}

/** Kills a recording process again and again, and holds the guarantee after each. */
export async function killRecorder(folder: string, kills: number, seed: number): Promise<KillReport> {
  const random = seeded(seed);
  const programs = build(folder);
  prepare(folder);
  const checker = new Checker();
  let handedOut: string[] = [];
  const report = { kills: 0, unsupervised: 0 };
  for (let round = 0; report.kills < kills; round++) {
    const roots = checker.readable().slice(-12);
    const records = checker.erasable.splice(0, 2);
    const task = { seed: Math.floor(random() * 2 ** 32), operations: 60, roots, records };
    // Every other round at a moment when something becomes durable, else at a random moment.
    const ended = await run(folder, programs, task, round % 2 === 0 ? 1 + Math.floor(random() * 120) : 0, random);
    handedOut.push(...ended.ids);
    if (ended.killed) report.kills++;
    // Now and then the next process finds two kills' work; its opening may itself be killed.
    if (random() < 0.3 && report.kills < kills) {
      report.unsupervised++;
      continue;
    }
    await inspect(folder, checker, handedOut);
    handedOut = [];
  }
  await inspect(folder, checker, handedOut);
  const events = [...checker.events.values()];
  const failed = events.filter(({ data }) => data.outcome === "failed");
  const interrupted = failed.filter(({ data }) => data.error?.code === "interrupted").length;
  return { ...report, events: events.length, failed: failed.length, interrupted };
}

async function inspect(folder: string, checker: Checker, handedOut: readonly string[]): Promise<void> {
  const recording = await openRecording(folder);
  try {
    await checker.follow(recording);
    checker.requireDone(handedOut);
    await checker.check(recording);
    const root = checker.readable().at(-1);
    if (root !== undefined) await checker.read(recording, root);
  } finally {
    await recording.close();
  }
}

async function run(
  folder: string,
  { child: program, points }: ReturnType<typeof build>,
  task: object,
  point: number,
  random: () => number,
): Promise<Ended> {
  const child = spawn(process.execPath, ["--import", points, program, folder, JSON.stringify(task)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, STELE_KILL_AT: String(point), NODE_NO_WARNINGS: "1" },
  });
  const ids: string[] = [];
  let errors = "";
  child.stderr.on("data", (piece: Buffer) => (errors += piece.toString()));
  const ended = once(child, "close");
  for await (const line of createInterface({ input: child.stdout })) {
    // A random moment is what is wanted here; nothing depends on how long it is.
    if (line === "open" && point === 0) void setTimeout(random() * 250).then(() => child.kill("SIGKILL"));
    if (line.startsWith("{") && line.endsWith("}")) ids.push((JSON.parse(line) as { id: string }).id);
  }
  const [code, signal] = (await ended) as [number | null, string | null];
  if (signal === null && code !== 0) expect.fail(errors);
  return { killed: signal === "SIGKILL", ids };
}

function build(folder: string) {
  const [child, points] = ["child", "points"].map((name) =>
    oneFile(join(import.meta.dirname, `${name}.ts`), join(folder, "programs")),
  ) as [string, string];
  return { child, points };
}

function prepare(folder: string): void {
  mkdirSync(join(folder, "out"));
  const line = `${marker},1,2,3\n`;
  writeFiles(join(folder, "source"), {
    "one.csv": line.repeat(400),
    "two.txt": line.repeat(9_000),
    "sub/three.csv": line.repeat(50),
  });
}
