/** Checks that are somebody else's tool with this project's configuration. */
import { existsSync } from "node:fs";
import { join } from "node:path";

import { execute, problemsOf } from "./support.js";
import type { Check } from "./types.js";

export const format: Check = {
  name: "format",
  holds: "every file is as prettier writes it",
  async run(root) {
    const outcome = await execute("prettier", ["--check", "--log-level", "warn", "."], { cwd: root });
    return problemsOf(outcome, (line) => !line.includes("Code style issues"));
  },
};

export const lint: Check = {
  name: "lint",
  holds: "oxlint and solhint find nothing, warnings included",
  async run(root) {
    const typescript = await execute("oxlint", ["--deny-warnings", "--format", "unix"], { cwd: root });
    if (!existsSync(join(root, "contracts"))) return problemsOf(typescript);
    const args = ["--noPoster", "--disc", "--max-warnings", "0", "--formatter", "unix", "contracts/**/*.sol"];
    const solidity = await execute("solhint", args, { cwd: root });
    return [typescript, solidity].flatMap((outcome) => problemsOf(outcome, (line) => line.includes(":")));
  },
};

export const types: Check = {
  name: "types",
  holds: "TypeScript accepts every file under its strict settings",
  async run(root) {
    return problemsOf(await execute("tsc", ["--noEmit", "--pretty", "false"], { cwd: root }));
  },
};
