/** The main job: `npm start`. Shows the suite on real input, chapter by chapter. */
import "../sdk/cli/quiet.js";

import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";

import { SteleError, sentenceOf } from "../sdk/common/errors.js";
import { startProgress } from "../sdk/cli/progress.js";
import { chapters } from "./chapters/index.js";
import type { Narrator } from "./chapters/types.js";

/** npm runs scripts in the project's folder; paths are meant from where the user stands. */
const fromUser = (path: string): string => resolve(process.env["INIT_CWD"] ?? process.cwd(), path);

const names = Object.keys(chapters);
const help = `Usage: npm start [-- [CHAPTER…] [--data FOLDER] [--keep FOLDER]]

Shows Stele on real input, on a chain inside this process, one chapter a module. Ends by itself.

Chapters (all, where none is named):
${Object.entries(chapters)
  .map(([name, { summary }]) => `  ${name.padEnd(14)} ${summary}`)
  .join("\n")}

Options:
  --data FOLDER  record this folder instead of samples/audit; it is only read
  --keep FOLDER  keep the logs and keys in this new or empty folder instead of throwing them away
  --help         this text
`;

interface Arguments {
  readonly chapters: readonly string[];
  readonly data: string | undefined;
  readonly keep: string | undefined;
  readonly help: boolean;
}

function readArguments(argv: readonly string[]): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { data: { type: "string" }, keep: { type: "string" }, help: { type: "boolean", short: "h" } },
    });
    const unknown = positionals.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Error(`there is no chapter "${unknown}"; there is ${names.join(", ")}`);
    return { chapters: positionals, data: values.data, keep: values.keep, help: values.help ?? false };
  } catch (cause) {
    throw new SteleError("usage", `${sentenceOf(cause)}; npm start -- --help explains`, { cause });
  }
}

async function openWorkspace(keep: string | undefined): Promise<{ folder: string; release(): Promise<void> }> {
  if (keep === undefined) {
    const folder = await mkdtemp(join(tmpdir(), "stele-"));
    return { folder, release: () => rm(folder, { recursive: true, force: true }) };
  }
  const folder = fromUser(keep);
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    const why = (cause as { code?: unknown }).code === "EEXIST" ? "it is a file" : sentenceOf(cause);
    throw new SteleError("refused", `cannot be made: ${why}; --keep takes a new or empty folder`, {
      place: { file: keep },
      cause,
    });
  });
  if ((await readdir(folder)).length > 0) {
    throw new SteleError("refused", "is not empty; --keep takes a new or empty folder", { place: { file: keep } });
  }
  return { folder, release: () => Promise.resolve() };
}

function narrator(): Narrator {
  let number = 0;
  return {
    step: (title) => void process.stdout.write(`\n${++number}. ${title}\n`),
    say: (sentence) => void process.stdout.write(`   ${sentence}\n`),
    show: (block) => void process.stdout.write(`${block}\n`),
    progress: (label, total) => startProgress(process.stdout, label, total),
  };
}

async function main(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const asked = readArguments(argv);
  if (asked.help) return void process.stdout.write(help);
  const started = performance.now();
  const wanted = names.filter((name) => asked.chapters.length === 0 || asked.chapters.includes(name));
  const workspace = await openWorkspace(asked.keep);
  const data = asked.data === undefined ? undefined : fromUser(asked.data);
  try {
    const voice = narrator();
    for (const name of wanted) {
      const own = join(workspace.folder, name);
      await mkdir(own);
      const { run } = await chapters[name]!.load();
      await run({ data, workspace: own, signal }, voice);
    }
  } finally {
    await workspace.release();
  }
  if (asked.keep !== undefined) process.stdout.write(`Logs and keys are in ${asked.keep}.\n`);
  process.stdout.write(`\nDone in ${((performance.now() - started) / 1000).toFixed(1)} s.\n`);
}

const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort());
try {
  await main(process.argv.slice(2), interrupt.signal);
} catch (error) {
  process.stderr.write(`stele: ${interrupt.signal.aborted ? "interrupted" : sentenceOf(error)}\n`);
  process.exitCode = error instanceof SteleError && error.code === "usage" ? 2 : 1;
}
