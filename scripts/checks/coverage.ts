import { globSync, rmSync } from "node:fs";
import { join } from "node:path";

import { execute, readJson, readText } from "./support.js";
import type { Check } from "./types.js";

interface Floors {
  /** Per cent of the lines of all contracts together. */
  readonly total: number;
  /** Per cent of the lines of each contract. */
  readonly file: number;
}

interface Lines {
  readonly file: string;
  readonly hit: number;
  readonly found: number;
}

/** Lines of the project's own contracts in an lcov report. */
export function linesOf(lcov: string): readonly Lines[] {
  return lcov.split("end_of_record").flatMap((record) => {
    const file = /^SF:(.*)$/m.exec(record)?.[1]?.replace(/^.*?(contracts\/)/, "$1") ?? "";
    const counts = [...record.matchAll(/^DA:\d+,(\d+)/gm)].map((match) => Number(match[1]));
    if (!file.startsWith("contracts/") || counts.length === 0) return [];
    return [{ file, hit: counts.filter((count) => count > 0).length, found: counts.length }];
  });
}

/** What lies below its floor. */
export function belowFloor(lines: readonly Lines[], floors: Floors): readonly string[] {
  const percent = (hit: number, found: number) => (100 * hit) / found;
  const hit = lines.reduce((sum, one) => sum + one.hit, 0);
  const found = lines.reduce((sum, one) => sum + one.found, 0);
  if (found === 0) return ["the coverage report speaks of no contract of the suite"];
  const problems = lines
    .filter((one) => percent(one.hit, one.found) < floors.file)
    .map((one) => `${one.file}: ${one.hit} of ${one.found} lines run in tests, the floor is ${floors.file} %`);
  if (percent(hit, found) < floors.total) {
    problems.push(`all contracts: ${percent(hit, found).toFixed(1)} % of lines, the floor is ${floors.total} %`);
  }
  return problems;
}

export const coverage: Check = {
  name: "coverage",
  holds: "tests run the lines of the contracts",
  async run(root) {
    const { coverage: floors } = await readJson<{ coverage: Floors }>(root, "scripts/checks/limits.json");
    const files = globSync(["test/contracts/**/*.test.ts", "test/invariants/**/*.test.ts"], { cwd: root }).sort();
    const report = join(root, "coverage", "lcov.info");
    rmSync(report, { force: true });
    // Instrumented code is no binding: the committed ones stay as they are.
    const args = ["--no-typechain", "test", "mocha", ...files, "--coverage"];
    const run = await execute("hardhat", args, { cwd: root, milliseconds: 1_200_000 });
    const lcov = await readText(root, "coverage/lcov.info").catch(() => "");
    // Whether tests pass is for npm test to say: those that measure gas fail on instrumented code.
    if (lcov === "") return [`the tests do not run under coverage: ${run.output.trim().slice(-1500)}`];
    return belowFloor(linesOf(lcov), floors);
  },
};
