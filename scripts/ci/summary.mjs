/** Closes .ci/run: one line a step, the names of what failed, and one line that counts everything. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * @typedef {{ passed: number, failed: number, skipped: number, failures: readonly string[] }} Counts
 * @typedef {{ name: string, code: number, seconds: number, report: Counts | null }} Step
 */

/**
 * What a step counts for. One that failed without naming a failure (a crash, a time-out) counts as one failure more.
 * @param {Step} step
 * @returns {Counts}
 */
export function countsOf({ name, code, report }) {
  const own = report ?? { passed: code === 0 ? 1 : 0, failed: 0, skipped: 0, failures: [] };
  if (code === 0 || own.failed > 0) return own;
  const why = code === 124 || code === 137 ? "ran out of time" : `ended with exit code ${code}`;
  return { ...own, failed: own.failed + 1, failures: [...own.failures, `${name} ${why}`] };
}

/**
 * @param {readonly Step[]} steps
 * @returns {{ lines: string[], failed: number }}
 */
export function summary(steps) {
  const counted = steps.map((step) => ({ step, counts: countsOf(step) }));
  const total = { passed: 0, failed: 0, skipped: 0 };
  const lines = [];
  for (const { step, counts } of counted) {
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
    lines.push(`${step.name}: ${counts.passed} passed, ${counts.failed} failed${skipped} in ${step.seconds} s`);
  }
  for (const { counts } of counted) lines.push(...counts.failures.map((failure) => `FAILED ${failure}`));
  // A run without anything in it has not shown anything.
  if (total.passed + total.failed === 0) total.failed = 1;
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
  lines.push(`${total.passed} passed, ${total.failed} failed${skipped}`);
  return { lines, failed: total.failed };
}

/** @param {string} path @returns {Counts | null} */
function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folder = process.argv[2] ?? ".stele/ci";
  const rows = readFileSync(join(folder, "steps.tsv"), "utf8").trim().split("\n");
  const steps = rows.map((row) => {
    const [name = "", code, seconds] = row.split("\t");
    const report = readReport(join(folder, `${name}.report.json`));
    return { name, code: Number(code), seconds: Number(seconds), report };
  });
  const { lines, failed } = summary(steps);
  console.log(`\n${lines.join("\n")}`);
  process.exitCode = failed === 0 ? 0 : 1;
}
