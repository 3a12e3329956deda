/**
 * `npm test` and `npm run test:slow`: mocha under Hardhat, on every test file of that kind or on the files named. What
 * follows a `--flag` goes to `hardhat test mocha` as it is (`npm test -- --grep WORD`).
 */
import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { relative, resolve } from "node:path";

import { sentenceOf, SteleError } from "../../sdk/common/errors.js";

type Kind = "quick" | "slow";

/** Test files of a kind, sorted. */
function filesOf(kind: Kind): string[] {
  const pattern = kind === "slow" ? "test/**/*.slow.ts" : "test/**/*.test.ts";
  return globSync(pattern).sort();
}

/** Splits arguments into test files and what goes on to Hardhat. */
function parse(args: readonly string[]): { files: string[]; passed: string[] } {
  const files = args.filter((arg) => /\.(test|slow)\.ts$/.test(arg));
  for (const file of files) {
    // A file is named from where the user stands, which npm leaves.
    if (!existsSync(fromUser(file))) throw new SteleError("missing", `there is no test file ${file}`);
  }
  return { files: files.map(fromUser), passed: args.filter((arg) => !files.includes(arg)) };
}

function fromUser(file: string): string {
  return relative(process.cwd(), resolve(process.env["INIT_CWD"] ?? process.cwd(), file));
}

function main(): number {
  const [kind, ...args] = process.argv.slice(2);
  if (kind !== "quick" && kind !== "slow") throw new SteleError("usage", "npm test -- [FILE...] [--grep WORD]");
  const { files, passed } = parse(args);
  const chosen = files.length > 0 ? files : filesOf(kind);
  if (chosen.length === 0) throw new SteleError("missing", `there is no ${kind} test`);
  // Several files pay for a second process; slow tests measure themselves against the machine and run alone.
  const parallel = kind === "quick" && chosen.length > 3 && process.env["STELE_TEST_PARALLEL"] !== "0";
  const env = { ...process.env, ...(parallel ? { STELE_TEST_PARALLEL: "1" } : {}) };
  const run = spawnSync("hardhat", ["test", "mocha", ...chosen, ...passed], {
    stdio: "inherit",
    env,
    shell: process.platform === "win32",
  });
  return run.status ?? 1;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = 1;
}
