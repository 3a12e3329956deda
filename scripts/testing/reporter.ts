import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";

import Mocha from "mocha";

/** What a test run came to, for .ci/run. */
export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  /** Tests that said why they did not run. */
  readonly skipped: number;
  /** Full names of the tests that failed. */
  readonly failures: readonly string[];
  /** Milliseconds by test file, slowest first. */
  readonly files: Readonly<Record<string, number>>;
}

const { EVENT_RUN_END, EVENT_TEST_END, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING } =
  Mocha.Runner.constants;

/** Mocha's own reporter, which also writes a {@link TestReport} to the file named by STELE_TEST_REPORT. */
export class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const path = process.env["STELE_TEST_REPORT"];
    if (path === undefined) return;
    const failures: string[] = [];
    const files: Record<string, number> = {};
    let passed = 0;
    let skipped = 0;
    runner.on(EVENT_TEST_PASS, () => passed++);
    runner.on(EVENT_TEST_PENDING, () => skipped++);
    runner.on(EVENT_TEST_FAIL, (test) => failures.push(test.fullTitle()));
    runner.on(EVENT_TEST_END, (test) => {
      const file = test.file === undefined ? "unknown" : relative(process.cwd(), test.file);
      files[file] = (files[file] ?? 0) + (test.duration ?? 0);
    });
    runner.once(EVENT_RUN_END, () => {
      const slowest = Object.fromEntries(Object.entries(files).sort((a, b) => b[1] - a[1]));
      const report: TestReport = { passed, failed: failures.length, skipped, failures, files: slowest };
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, JSON.stringify(report, null, 2));
    });
  }
}
