import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program of node_modules/.bin (or the PATH) and collects what it says. */
export function execute(
  program: string,
  args: readonly string[],
  options: { cwd: string; env?: Readonly<Record<string, string>>; milliseconds?: number },
): Promise<Outcome> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: options.milliseconds ?? 600_000,
    shell: process.platform === "win32",
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output: Buffer.concat(chunks).toString("utf8") }));
  });
}

/** The lines of an outcome that says no, as problems; none where it says yes. */
export function problemsOf(outcome: Outcome, keep: (line: string) => boolean = () => true): readonly string[] {
  if (outcome.code === 0) return [];
  const lines = outcome.output.split("\n").map((line) => line.trimEnd());
  const kept = lines.filter((line) => line.trim() !== "" && keep(line));
  return kept.length > 0 ? kept : [`failed with exit code ${outcome.code}: ${outcome.output.trim().slice(-500)}`];
}

/** Folders that hold nothing of ours. */
const foreign = new Set([
  "node_modules",
  ".git",
  "artifacts",
  "cache",
  "generated",
  "dist",
  "coverage",
  "typechain-types",
  ".stele",
]);

/** Own files below a folder, as slash-separated paths relative to `root`, sorted. Empty where it is not there. */
export function filesUnder(root: string, folder: string, keep: (path: string) => boolean): readonly string[] {
  const found: string[] = [];
  const walk = (at: string) => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) {
        if (!foreign.has(entry.name)) walk(path);
      } else if (entry.isFile()) {
        const name = relative(root, path).split(sep).join("/");
        if (keep(name)) found.push(name);
      }
    }
  };
  try {
    walk(join(root, folder));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return found.sort();
}

export function readText(root: string, path: string): Promise<string> {
  return readFile(join(root, path), "utf8");
}

export async function readJson<T>(root: string, path: string): Promise<T> {
  return JSON.parse(await readText(root, path)) as T;
}
