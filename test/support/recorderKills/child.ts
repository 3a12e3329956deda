/**
 * A process that does random operations until it is killed, or for a number of them. Says `open`, and for each result that
 * it was handed out a line of JSON.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import process from "node:process";

import { DatasetStore } from "../../../sdk/audit/datasets/store.js";
import type { Recorded } from "../../../sdk/audit/recorder/operations.js";
import type { Hex } from "../../../sdk/common/bytes.js";
import { fromHex } from "../../../sdk/common/bytes.js";
import { seeded } from "../proxy.js";
import { auditor, openRecording } from "../recording.js";

interface Task {
  readonly seed: number;
  readonly operations: number;
  /** Datasets that were there before, and leaf hashes of records that may be erased. */
  readonly roots: readonly Hex[];
  readonly records: readonly Hex[];
}

const [folder = "", text = ""] = process.argv.slice(2);
const task = JSON.parse(text) as Task;
const random = seeded(task.seed);
const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];
const roots = [...task.roots];
const records = [...task.records];

const { recorder, close } = await openRecording(folder, { auditor });
const mirror = await DatasetStore.open(join(folder, "mirror"));
process.stdout.write("open\n");

async function* upper(inputs: readonly { read(): AsyncIterable<Uint8Array> }[]): AsyncGenerator<Uint8Array> {
  for (const input of inputs) yield* input.read();
}

function next(): Promise<Recorded<unknown>> {
  const [dice, root] = [random(), pick(roots)];
  if (dice < 0.3 || root === undefined) return collect();
  if (dice < 0.45) return derive(root);
  if (dice < 0.65) return recorder.readInto(root, join(folder, "out", `${root}-${randomBytes(6).toString("hex")}`));
  if (dice < 0.75) return erase(root);
  if (dice < 0.79) return eraseRecord();
  if (dice < 0.86) return recorder.transfer(root, mirror);
  if (dice < 0.93) return recorder.identity({ change: "added", account: auditor.address, role: "auditor" });
  return recorder.perform({ operation: "read" }, () => Promise.reject(new Error("it was to fail")));
}

async function collect(): Promise<Recorded<unknown>> {
  const collected = await recorder.collect(join(folder, "source", pick(["", "one.csv", "two.txt"])!));
  roots.push(collected.result.dataset.description.root);
  return collected;
}

async function derive(root: Hex): Promise<Recorded<unknown>> {
  const derived = await recorder.derive([root], upper, { mediaType: "text/plain" });
  roots.push(derived.result.description.root);
  return derived;
}

function erase(root: Hex): Promise<Recorded<unknown>> {
  roots.splice(roots.indexOf(root), 1);
  return recorder.erase({ dataset: root, removeCopy: random() < 0.5 }, "retention is over");
}

function eraseRecord(): Promise<Recorded<unknown>> {
  const record = records.pop();
  if (record === undefined) return collect();
  return recorder.erase({ records: [fromHex(record)] }, "asked for");
}

async function work(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    // A dataset may be erased while another operation reads it, and some operations are to fail.
    const done = await next().catch(() => undefined);
    if (done !== undefined) process.stdout.write(`${JSON.stringify({ id: done.id })}\n`);
  }
}

await Promise.all([1, 2, 3].map(() => work(Math.ceil(task.operations / 3))));
await close();
process.stdout.write("end\n");
