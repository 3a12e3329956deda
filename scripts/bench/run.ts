import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

import { SteleError } from "../../sdk/common/errors.js";
import limits from "./limits.json" with { type: "json" };
import { modules, type Listed } from "./modules.js";
import type { Row } from "./types.js";

export interface RunOptions {
  readonly only?: readonly string[];
  readonly quick?: boolean;
  readonly events?: number | undefined;
  readonly folder?: string | undefined;
  readonly progress?: (sentence: string) => void;
}

interface Answer {
  rows?: readonly Row[];
  error?: string;
  progress?: string;
}

/**
 * Runs bench modules one after the other, each in a process of its own.
 * @throws SteleError where a module fails, or its figure and limits.json disagree about unit or direction
 */
export async function runBench(options: RunOptions = {}): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const listed of select(options.only ?? [], options.quick === true)) {
    options.progress?.(`${listed.name} ...`);
    const found = await runModule(listed, options);
    found.forEach(checkAgainstLimits);
    rows.push(...found);
  }
  return rows;
}

/** Modules by name; all of them for no name, but those that run by name only. @param whole those too */
export function select(names: readonly string[], whole = false, from: readonly Listed[] = modules): readonly Listed[] {
  for (const name of names) {
    if (!from.some((listed) => listed.name === name)) {
      const known = from.map((listed) => listed.name).join(", ");
      throw new SteleError("usage", `no bench module is called ${name}; there are ${known}`);
    }
  }
  if (names.length === 0) return from.filter((listed) => whole || listed.byName !== true);
  return from.filter((listed) => names.includes(listed.name));
}

/** A figure must mean the same as its limit. */
export function checkAgainstLimits(row: Row): void {
  const table: Readonly<Record<string, { unit: string; better: string } | undefined>> = limits;
  const limit = table[row.name];
  if (limit !== undefined && (limit.unit !== row.unit || limit.better !== row.better)) {
    throw new SteleError("usage", `"${row.name}" is in ${row.unit} (${row.better}), limits.json says otherwise`);
  }
  if (!Number.isFinite(row.value)) throw new SteleError("usage", `"${row.name}" is no number`);
}

/** Limits that no row of a full run speaks of. */
export function unmeasured(rows: readonly Row[]): readonly string[] {
  return Object.keys(limits).filter((name) => !rows.some((row) => row.name === name));
}

function runModule(listed: Listed, options: RunOptions): Promise<readonly Row[]> {
  const child = fork(
    fileURLToPath(new URL("child.ts", import.meta.url)),
    [listed.name, JSON.stringify({ quick: options.quick === true, events: options.events, folder: options.folder })],
    // What a module prints is not the report.
    { execArgv: ["--import", "tsx", "--expose-gc"], stdio: ["ignore", "ignore", "inherit", "ipc"] },
  );
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new SteleError("refused", `bench module ${listed.name}: ${why}`));
    child.on("message", (answer: Answer) => {
      if (answer.progress !== undefined) options.progress?.(`${listed.name}: ${answer.progress}`);
      else if (answer.rows !== undefined) resolve(answer.rows);
      else fail(answer.error ?? "an answer without rows");
    });
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code, signal) => fail(`ended early (${signal ?? code})`));
  });
}
