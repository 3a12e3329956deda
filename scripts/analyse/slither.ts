import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { SteleError } from "../../sdk/common/errors.js";
import { execute, readJson } from "../checks/support.js";
import { collectSources } from "./sources.js";

const version = "0.11.6";
const require = createRequire(import.meta.url);

export interface Finding {
  readonly check: string;
  readonly impact: string;
  readonly description: string;
}

interface Solc {
  compile(input: string): string;
}

interface Output {
  readonly errors?: readonly { severity: string; formattedMessage: string }[];
  readonly contracts: Record<string, Record<string, { abi: unknown; evm?: unknown }>>;
}

/** Slither in a Python environment of its own, installed once. */
async function install(root: string): Promise<string> {
  const folder = join(root, "cache", `slither-${version}`);
  const program = join(folder, "bin", "slither");
  if (existsSync(program)) return program;
  const python = await execute("python3", ["-m", "venv", folder], { cwd: root }).catch(() => null);
  if (python?.code !== 0) {
    throw new SteleError("missing", "Slither needs python3 with its venv module; install Python 3.10 or later");
  }
  const pip = ["install", "--quiet", "--disable-pip-version-check", `slither-analyzer==${version}`];
  const { code } = await execute(join(folder, "bin", "pip"), pip, { cwd: root });
  if (code === 0) return program;
  await rm(folder, { recursive: true, force: true });
  throw new SteleError("network", `Slither ${version} cannot be installed; check the network and run again`);
}

/** Compiles for analysis only: the syntax trees, no code. */
async function compile(root: string): Promise<{ input: object; output: Output }> {
  const input = {
    language: "Solidity",
    sources: await collectSources(root),
    settings: { viaIR: true, evmVersion: "cancun", outputSelection: { "*": { "*": ["abi"], "": ["ast"] } } },
  };
  const solc = require("solc") as Solc;
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as Output;
  const errors = (output.errors ?? []).filter((error) => error.severity === "error");
  if (errors.length > 0) throw new SteleError("input", errors.map((error) => error.formattedMessage).join("\n"));
  const empty = { object: "", sourceMap: "", opcodes: "", linkReferences: {} };
  for (const contract of Object.values(output.contracts).flatMap((one) => Object.values(one))) {
    contract.evm = { bytecode: empty, deployedBytecode: empty, methodIdentifiers: {} };
  }
  return { input, output };
}

/**
 * A folder that Slither takes for a Hardhat project built before. Not below this one, whose configuration Hardhat would
 * find from there.
 */
async function prepare(root: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "stele-slither-"));
  await mkdir(join(folder, "artifacts", "build-info"), { recursive: true });
  const { input, output } = await compile(root);
  const build = { _format: "hh-sol-build-info-1", id: "suite", solcVersion: "0.8.37", solcLongVersion: "0.8.37" };
  await writeFile(join(folder, "package.json"), "{}\n");
  await writeFile(join(folder, "hardhat.config.js"), "module.exports = {};\n");
  await writeFile(join(folder, "artifacts/build-info/suite.json"), JSON.stringify({ ...build, input, output }));
  for (const name of ["contracts", "node_modules"]) await symlink(join(root, name), join(folder, name));
  return folder;
}

/** Runs Slither over the suite's own contracts. */
export async function slither(root: string): Promise<readonly Finding[]> {
  const program = await install(root);
  const folder = await prepare(root);
  try {
    return await analyse(program, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function analyse(program: string, folder: string): Promise<readonly Finding[]> {
  const report = join(folder, "findings.json");
  const { output } = await execute(
    program,
    [
      ".",
      "--hardhat-ignore-compile",
      "--compile-force-framework",
      "hardhat",
      // npx and Hardhat look for a project upwards from where npm was called.
      "--npx-disable",
      "--filter-paths",
      "node_modules|@openzeppelin",
      "--exclude-informational",
      "--exclude-optimization",
      "--json",
      report,
    ],
    { cwd: folder },
  );
  if (!existsSync(report)) throw new SteleError("refused", `Slither failed: ${output.trim().slice(-1500)}`);
  const found = await readJson<{ success: boolean; error: string | null; results: { detectors?: Finding[] } }>(
    folder,
    "findings.json",
  );
  if (!found.success) throw new SteleError("refused", `Slither failed: ${found.error}`);
  return found.results.detectors ?? [];
}
