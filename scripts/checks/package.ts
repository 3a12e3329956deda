import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { execute, filesUnder, readJson, type Outcome } from "./support.js";
import type { Check } from "./types.js";

interface Manifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, { types: string; import: string } | string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** What a stranger's program does with the package: imports each entry, and verifies a proof. */
function consumer(entries: readonly string[]): string {
  const imports = entries.map((entry, index) => `import * as entry${index} from "${entry}";`);
  const names = entries.map((entry, index) => `  ["${entry}", entry${index}],`);
  return `${imports.join("\n")}
import { leafHash, nodeHash, verifyInclusion } from "stele/proof";
import { LogRegistry__factory, type LogRegistry } from "stele/contracts";

const entries: readonly (readonly [string, object])[] = [
${names.join("\n")}
];
for (const [name, entry] of entries) if (Object.keys(entry).length === 0) throw new Error(name + " exports nothing");

const leaves: readonly Uint8Array[] = [0, 1, 2].map((byte) => leafHash(new Uint8Array([byte])));
const [a, b, c] = leaves;
if (a === undefined || b === undefined || c === undefined) throw new Error("no leaves");
const root: Uint8Array = nodeHash(nodeHash(a, b), c);
const good: boolean = verifyInclusion(b, 1n, 3n, root, [a, c]);
const bad: boolean = verifyInclusion(b, 0n, 3n, root, [a, c]);
if (!good || bad) throw new Error("the proof is not told from a wrong one");

const head: keyof LogRegistry = "headOf";
if (LogRegistry__factory.createInterface().getFunction(head) === null) throw new Error("the bindings lack headOf");
console.log("proof verified");
`;
}

const compilerOptions = {
  target: "es2023",
  module: "nodenext",
  lib: ["es2024"],
  types: ["node"],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
};

/** Subpaths that carry code (not JSON), as specifiers. */
export function entriesOf(manifest: Manifest): readonly string[] {
  const code = Object.entries(manifest.exports).filter(
    ([path, value]) => typeof value !== "string" && !path.includes("*"),
  );
  return code.map(([path]) => `stele${path.slice(1)}`);
}

/** Packed files that have no business in a package. */
export function strayFiles(files: readonly string[]): readonly string[] {
  const meant = /^(dist\/|contracts\/|README\.md$|LICENSE$|NOTICE$|CHANGELOG\.md$|package\.json$)/;
  return files.filter((file) => !meant.test(file) || /hardhat|\.test\./.test(file)).map((file) => `${file} is packed`);
}

async function pack(root: string, folder: string): Promise<{ file: string; problems: readonly string[] }> {
  const outcome = await execute("npm", ["pack", "--json", "--silent", "--pack-destination", folder], { cwd: root });
  const [file] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  if (outcome.code !== 0 || file === undefined) throw new Error(`npm pack failed: ${outcome.output.slice(-1500)}`);
  const listing = await execute("tar", ["-tzf", file], { cwd: folder });
  const files = listing.output.split("\n").flatMap((line) => (line === "" ? [] : [line.replace(/^package\//, "")]));
  return { file: join(folder, file), problems: strayFiles(files) };
}

async function bundle(project: string, entry: string): Promise<readonly string[]> {
  await writeFile(join(project, "page.ts"), `import * as module from "${entry}";\nconsole.log(Object.keys(module));\n`);
  const esbuild = [
    "page.ts",
    "--bundle",
    "--platform=browser",
    "--format=esm",
    "--outfile=page.js",
    "--log-level=error",
  ];
  const outcome = await execute("esbuild", esbuild, { cwd: project });
  return outcome.code === 0 ? [] : [`${entry} cannot be bundled for browsers: ${outcome.output.trim()}`];
}

/** The entries that are promised to browsers. */
function browserEntries(root: string): readonly string[] {
  const verifiers = filesUnder(root, "sdk", (path) => /^sdk\/[^/]+\/verify\.ts$/.test(path));
  return ["stele/proof", ...verifiers.map((path) => `stele/${path.split("/")[1]}/verify`)];
}

export const packaged: Check = {
  name: "package",
  holds: "the packed SDK works in a fresh TypeScript project without Hardhat, and its browser part in a bundle",
  async run(root) {
    const folder = await mkdtemp(join(tmpdir(), "stele-package-"));
    try {
      const manifest = await readJson<Manifest>(root, "package.json");
      const { file, problems } = await pack(root, folder);
      const project = join(folder, "project");
      await mkdir(project);
      return [...problems, ...(await tryOut(root, project, file, manifest))];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function tryOut(root: string, project: string, file: string, manifest: Manifest): Promise<readonly string[]> {
  const { ethers, typescript, "@types/node": nodeTypes } = manifest.devDependencies;
  await writeFile(join(project, "package.json"), JSON.stringify({ name: "stranger", private: true, type: "module" }));
  await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
  await writeFile(join(project, "consumer.ts"), consumer(entriesOf(manifest)));
  const wanted = [file, `ethers@${ethers}`, `typescript@${typescript}`, `@types/node@${nodeTypes}`];
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline"];
  const bin = join(project, "node_modules", ".bin");
  const steps: readonly [string, string, readonly string[]][] = [
    ["it installs", "npm", ["install", ...quiet, ...wanted]],
    ["a strict compiler accepts it", join(bin, "tsc"), ["--pretty", "false"]],
    ["its entries load and verify a proof", "node", ["consumer.js"]],
    ["the stele program runs", join(bin, "stele"), ["--help"]],
    ["the stele program knows its version", join(bin, "stele"), ["--version"]],
  ];
  const problems: string[] = [];
  for (const [what, program, args] of steps) {
    const outcome = await execute(program, args, { cwd: project }).catch((error: Error): Outcome => ({
      code: null,
      output: error.message,
    }));
    if (outcome.code !== 0) problems.push(`not true that ${what}: ${outcome.output.trim().slice(-1500)}`);
    if (what === "it installs" && outcome.code !== 0) return problems;
  }
  if (existsSync(join(project, "node_modules", "hardhat"))) problems.push("the package brings Hardhat along");
  for (const entry of browserEntries(root)) problems.push(...(await bundle(project, entry)));
  return problems;
}
