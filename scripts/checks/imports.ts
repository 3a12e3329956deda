import { builtinModules } from "node:module";
import { posix } from "node:path";

import { filesUnder, readJson, readText } from "./support.js";
import type { Check } from "./types.js";

/** What each part of the SDK may import from the others (itself always). */
const sdkMayImport: Readonly<Record<string, readonly string[]>> = {
  common: [],
  proof: ["common"],
  records: ["common", "proof"],
  log: ["common", "proof"],
  contracts: ["common"],
  chain: ["common", "proof", "records", "log", "contracts"],
  book: ["common", "proof", "records", "log", "contracts", "chain"],
  audit: ["common", "proof", "records", "log", "contracts", "chain", "book"],
  rewards: ["common", "proof", "records", "log", "contracts", "chain", "book"],
  testing: ["common", "proof", "records", "log", "contracts", "chain"],
  cli: ["common", "proof", "records", "log", "contracts", "chain", "book", "audit", "rewards", "testing"],
};

/** Contract modules whose implementation others may import, and what these two may import themselves. */
const contractsMayImport: Readonly<Record<string, readonly string[]>> = { authority: [], log: ["authority"] };

/**
 * Packages that contracts may use: OpenZeppelin for standards and access; PRB Math for powers of two with a fraction,
 * by which points decay, because it is reviewed, widely deployed, and pure functions without state.
 */
const contractPackages = ["@openzeppelin/contracts/", "@prb/math/src/"];

/** Files that run in a browser, with everything they import. */
const inBrowser = (path: string) =>
  (/^(sdk\/(common|proof)|web)\//.test(path) && !path.startsWith("sdk/common/node/")) ||
  /^sdk\/[^/]+\/verify\.ts$/.test(path);

interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
}

/** Imports of a TypeScript or Solidity text. Comments are dropped first. */
export function importsOf(text: string): readonly Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const statements = code.matchAll(
    /^\s*(?:import|export)\b(\s+type\b)?(?:[\s\w*{},$]*?\bfrom\b)?\s*["']([^"'\n]+)["']/gm,
  );
  const calls = code.matchAll(/\bimport\(\s*["']([^"'\n]+)["']\s*\)/g);
  return [
    ...[...statements].map((match) => ({ from: match[2] ?? "", typeOnly: match[1] !== undefined })),
    ...[...calls].map((match) => ({ from: match[1] ?? "", typeOnly: false })),
  ];
}

/** Where a relative import leads, as a path from the root; null for a package. */
export function target(file: string, from: string): string | null {
  if (!from.startsWith(".")) return null;
  return posix.join(posix.dirname(file), from).replace(/\.js$/, ".ts");
}

const packageOf = (from: string) => from.split("/", from.startsWith("@") ? 2 : 1).join("/");
const isNode = (from: string) => from.startsWith("node:") || builtinModules.includes(from);

/** What is wrong with one import of a contract. */
export function solidityProblem(file: string, from: string): string | null {
  const path = target(file, from);
  if (path === null) {
    return contractPackages.some((allowed) => from.startsWith(allowed)) ? null : `${file} imports ${from}`;
  }
  const [, own = ""] = file.split("/");
  const [top, module = "", folder] = path.split("/");
  if (top !== "contracts") return `${file} imports ${path}, which is no contract of the suite`;
  const allowed = contractsMayImport[own] ?? Object.keys(contractsMayImport);
  if (module === own || allowed.includes(module)) return null;
  if (folder === "interfaces" && contractsMayImport[own] === undefined) return null;
  return `${file} imports ${path}: ${own} may import ${[...allowed, "no other module"].join(", ")}`;
}

/** What is wrong with one import of the SDK. */
export function sdkProblem(file: string, one: Import, packages: ReadonlySet<string>): string | null {
  const path = target(file, one.from);
  if (path === null) {
    if (isNode(one.from)) return null;
    if (/^(hardhat|@nomicfoundation\/)/.test(one.from)) return `${file} imports ${one.from}: the SDK knows no Hardhat`;
    return packages.has(packageOf(one.from)) ? null : `${file} imports ${one.from}, which is no dependency`;
  }
  const [, own = ""] = file.split("/");
  const [top, module = ""] = path.split("/");
  if (top === "typechain-types") {
    return sdkMayImport[own]?.includes("contracts") === true || own === "contracts"
      ? null
      : `${file} imports ${path}: only sdk/chain and above know the bindings`;
  }
  if (top !== "sdk") return `${file} imports ${path}, which is outside of the SDK`;
  const allowed = sdkMayImport[own];
  if (allowed === undefined) return `scripts/checks/imports.ts does not say what sdk/${own} may import`;
  return module === own || allowed.includes(module) ? null : `${file} imports ${path}: ${own} may not import ${module}`;
}

/** Chains of imports by which browser code reaches a module of Node. */
export function browserProblems(graph: ReadonlyMap<string, readonly Import[]>): readonly string[] {
  const problems: string[] = [];
  for (const entry of [...graph.keys()].filter(inBrowser)) {
    const seen = new Set<string>();
    const visit = (file: string, chain: readonly string[]) => {
      if (seen.has(file)) return;
      seen.add(file);
      for (const one of graph.get(file) ?? []) {
        if (one.typeOnly) continue;
        if (isNode(one.from))
          problems.push(`${[...chain, file].join(" > ")} imports ${one.from}, which no browser has`);
        const next = target(file, one.from);
        if (next !== null) visit(next, [...chain, file]);
      }
    };
    visit(entry, []);
  }
  return problems;
}

export const imports: Check = {
  name: "imports",
  holds: "imports point one way, the SDK knows no Hardhat, browser code knows no Node",
  async run(root) {
    const problems: (string | null)[] = [];
    for (const file of filesUnder(root, "contracts", (path) => path.endsWith(".sol"))) {
      const found = importsOf(await readText(root, file));
      problems.push(...found.map((one) => solidityProblem(file, one.from)));
    }
    const manifest = await readJson<Record<string, Record<string, string>>>(root, "package.json");
    const packages = new Set(Object.keys({ ...manifest["dependencies"], ...manifest["peerDependencies"] }));
    const graph = new Map<string, readonly Import[]>();
    for (const folder of ["sdk", "web"]) {
      for (const file of filesUnder(root, folder, (path) => /\.tsx?$/.test(path))) {
        graph.set(file, importsOf(await readText(root, file)));
      }
    }
    for (const [file, found] of graph) {
      if (file.startsWith("sdk/")) problems.push(...found.map((one) => sdkProblem(file, one, packages)));
    }
    return [...new Set([...problems.filter((problem) => problem !== null), ...browserProblems(graph)])];
  },
};
