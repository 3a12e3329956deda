import { readFileSync } from "node:fs";
import process from "node:process";

import { commands } from "./commands/index.js";
import { runProgram } from "./run.js";
import { openSession } from "./session.js";

const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort());
process.once("SIGTERM", () => interrupt.abort());

// Whoever reads may stop early (`stele … | head`): what was begun is completed, unheard.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

const { version } = JSON.parse(readFileSync(new URL(import.meta.resolve("stele/package.json")), "utf8")) as {
  version: string;
};

export const exitCode = await runProgram(
  commands,
  process.argv.slice(2),
  {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    // npm run stele moves to the project's folder; paths are meant from where the user stands.
    cwd: process.env["npm_lifecycle_event"] === "stele" ? (process.env["INIT_CWD"] ?? process.cwd()) : process.cwd(),
    env: process.env,
    signal: interrupt.signal,
    openSession,
  },
  version,
);
