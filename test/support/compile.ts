import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { ContractFactory, type InterfaceAbi, type Signer } from "ethers";
import hre from "hardhat";

// Contracts that only tests need (harnesses, adversaries) live in test/contracts-src, one a file of the same name.
// Hardhat never sees them, so they stay out of the package, the bindings and the coverage.

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = "test/contracts-src";
const cache = path.join(root, "cache", "test-contracts");
const require = createRequire(import.meta.url);

interface Compiled {
  readonly abi: InterfaceAbi;
  readonly bytecode: string;
}

interface SolcOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: Record<string, Record<string, { abi: InterfaceAbi; evm: { bytecode: { object: string } } }>>;
}

const inProcess = new Map<string, Promise<Compiled>>();

/** A factory of the contract `name` of test/contracts-src/`name`.sol, compiled as the suite's own contracts are. */
export async function testContract(name: string, signer: Signer): Promise<ContractFactory> {
  let compiled = inProcess.get(name);
  if (compiled === undefined) {
    compiled = compile(name);
    inProcess.set(name, compiled);
  }
  const { abi, bytecode } = await compiled;
  return new ContractFactory(abi, bytecode, signer);
}

async function compile(name: string): Promise<Compiled> {
  const entry = `${folder}/${name}.sol`;
  const sources: Record<string, { content: string }> = {};
  await collect(entry, sources);
  const compiler = hre.config.solidity.profiles["default"]?.compilers[0];
  if (compiler === undefined) throw new Error("hardhat.config.ts names no compiler");
  const settings = {
    ...compiler.settings,
    outputSelection: { [entry]: { [name]: ["abi", "evm.bytecode.object"] } },
  };
  const input = JSON.stringify({ language: "Solidity", sources, settings });
  const file = path.join(cache, `${createHash("sha256").update(compiler.version).update(input).digest("hex")}.json`);
  const kept = await readFile(file, "utf8").catch(() => undefined);
  if (kept !== undefined) return JSON.parse(kept) as Compiled;

  const solc = require("solc") as { compile(input: string): string };
  const output = JSON.parse(solc.compile(input)) as SolcOutput;
  const errors = (output.errors ?? []).filter((error) => error.severity === "error");
  if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join("\n"));
  const contract = output.contracts?.[entry]?.[name];
  if (contract === undefined) throw new Error(`${entry} has no contract ${name}`);
  const compiled: Compiled = { abi: contract.abi, bytecode: `0x${contract.evm.bytecode.object}` };
  await mkdir(cache, { recursive: true });
  await writeFile(`${file}.${process.pid}`, JSON.stringify(compiled));
  await rename(`${file}.${process.pid}`, file);
  return compiled;
}

/** Reads a source and all that it imports, under the names by which the compiler will look for them. */
async function collect(name: string, sources: Record<string, { content: string }>): Promise<void> {
  if (sources[name] !== undefined) return;
  const onDisk = name.startsWith("@") ? path.join(root, "node_modules", name) : path.join(root, name);
  const content = await readFile(onDisk, "utf8");
  sources[name] = { content };
  for (const [, imported = ""] of content.matchAll(/^\s*import\s[^;]*?["']([^"']+)["'];/gm)) {
    await collect(imported.startsWith(".") ? path.posix.join(path.posix.dirname(name), imported) : imported, sources);
  }
}
