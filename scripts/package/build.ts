/** Makes dist/, which is what the package ships: the SDK and the bindings as JavaScript, and the ABIs as JSON. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { SteleError } from "../../sdk/common/errors.js";

interface Artifact {
  readonly contractName: string;
  readonly abi: readonly unknown[];
}

/** ABIs of the project's own contracts and of the AccessManager it deploys. */
function writeAbis(folder: string): void {
  const sources = ["artifacts/contracts/**/*.json", "artifacts/@openzeppelin/**/AccessManager.json"];
  mkdirSync(folder, { recursive: true });
  for (const path of globSync(sources)) {
    const { contractName, abi } = JSON.parse(readFileSync(path, "utf8")) as Artifact;
    if (abi.length > 0) writeFileSync(join(folder, `${contractName}.json`), `${JSON.stringify(abi, null, 1)}\n`);
  }
}

rmSync("dist", { recursive: true, force: true });
const compiled = spawnSync("tsc", ["-p", "tsconfig.build.json"], {
  stdio: "inherit",
  shell: process.platform === "win32",
});
if (compiled.status !== 0) throw new SteleError("refused", "the SDK does not compile");
writeAbis("dist/abi");
const program = "dist/sdk/cli/main.js";
if (existsSync(program)) chmodSync(program, 0o755);
