/** `npm run check`: holds the repository to its rules. Names as arguments pick some. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import { SteleError, sentenceOf } from "../../sdk/common/errors.js";
import { bindings, codeSize } from "./artifacts.js";
import { coverage } from "./coverage.js";
import { licences, lockFile } from "./dependencies.js";
import { docs } from "./docs.js";
import { gas } from "./gas.js";
import { hygiene } from "./hygiene.js";
import { imports } from "./imports.js";
import { packaged } from "./package.js";
import { authority } from "./roles.js";
import { sizes } from "./sizes.js";
import { format, lint, types } from "./tools.js";
import type { Check } from "./types.js";

/** Quick ones first. */
const checks: readonly Check[] = [
  bindings,
  format,
  lint,
  types,
  imports,
  sizes,
  docs,
  authority,
  licences,
  lockFile,
  hygiene,
  codeSize,
  gas,
  packaged,
  coverage,
];

interface Result {
  readonly name: string;
  readonly seconds: number;
  readonly problems: readonly string[];
}

async function runOne(check: Check): Promise<Result> {
  const start = performance.now();
  const problems = await check.run(process.cwd()).catch((error: unknown) => [sentenceOf(error)]);
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  console.log(`${problems.length === 0 ? "ok  " : "FAIL"} ${check.name} (${seconds} s): ${check.holds}`);
  for (const problem of problems.slice(0, 40)) console.log(`       ${problem}`);
  if (problems.length > 40) console.log(`       and ${problems.length - 40} more`);
  return { name: check.name, seconds, problems };
}

async function main(names: readonly string[]): Promise<number> {
  for (const name of names) {
    if (!checks.some((check) => check.name === name)) {
      const known = checks.map((check) => check.name).join(", ");
      throw new SteleError("usage", `no check is called ${name}; there are ${known}`);
    }
  }
  const results: Result[] = [];
  for (const check of checks) {
    if (names.length === 0 || names.includes(check.name)) results.push(await runOne(check));
  }
  const report = process.env["STELE_CHECK_REPORT"];
  if (report !== undefined) {
    await mkdir(dirname(report), { recursive: true });
    const failed = results.filter((result) => result.problems.length > 0);
    const failures = failed.map(({ name, problems }) => `check ${name}: ${problems[0] ?? ""}`);
    const counts = { passed: results.length - failures.length, failed: failures.length, skipped: 0, failures };
    await writeFile(report, JSON.stringify(counts, null, 2));
  }
  return results.every((result) => result.problems.length === 0) ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = 1;
}
