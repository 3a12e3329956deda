/** CommonJS, because mocha loads a reporter with `require`. */
const { mkdirSync, writeFileSync } = require("node:fs");
const { dirname, relative } = require("node:path");

const Mocha = require("mocha");

const { EVENT_RUN_END, EVENT_TEST_END, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING } = Mocha.Runner.constants;

/**
 * What a test run came to, for .ci/run. `skipped` counts tests that said why they did not run; `failures` are full
 * names with what went wrong; `files` are milliseconds by test file, slowest first.
 * @typedef {{ passed: number, failed: number, skipped: number, failures: string[], files: Record<string, number> }}
 *   TestReport
 */

/** Mocha's own reporter, which also writes a TestReport to the file named by STELE_TEST_REPORT. */
module.exports = class Reporter extends Mocha.reporters.Spec {
  /** @param {Mocha.Runner} runner @param {Mocha.MochaOptions} options */
  constructor(runner, options) {
    super(runner, options);
    const path = process.env["STELE_TEST_REPORT"];
    if (path !== undefined) record(runner, path);
  }
};

/** @param {Mocha.Runner} runner @param {string} path */
function record(runner, path) {
  /** @type {string[]} */
  const failures = [];
  /** @type {Record<string, number>} */
  const files = {};
  let passed = 0;
  let skipped = 0;
  runner.on(EVENT_TEST_PASS, () => void passed++);
  runner.on(EVENT_TEST_PENDING, () => void skipped++);
  runner.on(EVENT_TEST_FAIL, (test, error) => void failures.push(`${test.fullTitle()}: ${shortened(error)}`));
  runner.on(EVENT_TEST_END, (test) => {
    const file = test.file === undefined ? "unknown" : relative(process.cwd(), test.file);
    files[file] = (files[file] ?? 0) + (test.duration ?? 0);
  });
  runner.once(EVENT_RUN_END, () => {
    const slowest = Object.fromEntries(Object.entries(files).sort((a, b) => b[1] - a[1]));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(
      path,
      JSON.stringify({ passed, failed: failures.length, skipped, failures, files: slowest }, null, 2),
    );
  });
}

/** What went wrong in one line, its middle left out where it is long. @param {{ message?: string }} error */
function shortened(error) {
  const text = (error.message ?? "").replace(/\s+/g, " ").trim();
  return text.length <= 600 ? text : `${text.slice(0, 300)} … ${text.slice(-300)}`;
}
