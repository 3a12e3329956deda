/** Checks of what the compiler makes. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { execute, readJson } from "./support.js";
import type { Check } from "./types.js";

export const bindings: Check = {
  name: "bindings",
  holds: "typechain-types is what a build makes of the contracts",
  async run(root) {
    if (existsSync(join(root, "hardhat.config.ts"))) {
      const build = await execute("hardhat", ["build"], { cwd: root });
      if (build.code !== 0) return [`the contracts do not build: ${build.output.trim().slice(-500)}`];
    }
    const status = await execute("git", ["status", "--porcelain", "--", "typechain-types"], { cwd: root });
    const changed = status.output.split("\n").filter((line) => line !== "");
    return changed.map((line) => `${line.slice(3)} differs from what is committed; run npm run build and commit it`);
  },
};

/** EIP-170. */
const largest = 24_576;

export const codeSize: Check = {
  name: "code size",
  holds: `no contract is larger than ${largest} bytes`,
  async run(root) {
    const folder = join(root, "artifacts", "contracts");
    const names = await readdir(folder, { recursive: true });
    const problems: string[] = [];
    for (const name of names.filter((path) => path.endsWith(".json"))) {
      const { contractName, deployedBytecode } = await readJson<{ contractName?: string; deployedBytecode?: string }>(
        folder,
        name,
      );
      const bytes = ((deployedBytecode ?? "0x").length - 2) / 2;
      if (bytes > largest) problems.push(`${contractName} is ${bytes} bytes long, ${bytes - largest} too many`);
    }
    return names.length === 0 ? ["there are no artifacts; run npm run build"] : problems;
  },
};
