import type { Lock, LockedPackage } from "../lock/complete.js";
import { missingParts } from "../lock/complete.js";
import { readJson } from "./support.js";
import type { Check } from "./types.js";

/** Licences whose works may be used by, and shipped with, an Apache-2.0 work. */
const free = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0 WITH LLVM-exception",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Unlicense",
  "W3C-20150513",
  "WTFPL",
  "Zlib",
]);

/** Licences that are fine for tools of development, which are not shipped. */
const forTools = new Set([
  "CC-BY-3.0",
  "CC-BY-4.0",
  "LGPL-3.0",
  "LGPL-3.0-only",
  "LGPL-3.0-or-later",
  "MPL-2.0",
  "Python-2.0",
]);

/** Packages whose manifest names no licence, with what the licence file they carry says. */
const read: Readonly<Record<string, string>> = {
  "@nomicfoundation/ignition-ui": "MIT",
  "@rocketh/core": "MIT",
  "@rocketh/node": "MIT",
  "hardhat-deploy": "MIT",
  ldenv: "MIT",
  memorystream: "MIT",
  rocketh: "MIT",
  "@digitalbazaar/credentials-context": "BSD-3-Clause AND W3C-20150513",
};

/** Packages that say nothing at all. Tools of development only; docs/dependencies.md says why each is tolerated. */
const silent = new Set(["eip-1193-jsonrpc-provider"]);

/** Whether a licence expression offers a choice, or a whole, that is allowed. */
export function allowed(expression: string, set: ReadonlySet<string>): boolean {
  const text = expression.replace(/^\((.*)\)$/, "$1").trim();
  if (text.includes(" OR ")) return text.split(" OR ").some((part) => allowed(part, set));
  if (text.includes(" AND ")) return text.split(" AND ").every((part) => allowed(part, set));
  return set.has(text);
}

function problemOf(path: string, entry: LockedPackage): string | null {
  const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  const licence = read[name] ?? entry.license;
  // A part for another machine that the lock was completed with; its sibling for this machine speaks for it.
  if (licence === undefined && entry.optional === true && entry.os !== undefined) return null;
  if (licence === undefined && entry.dev === true && silent.has(name)) return null;
  if (licence === undefined) return `${name} names no licence`;
  const set = entry.dev === true ? new Set([...free, ...forTools]) : free;
  return allowed(licence, set) ? null : `${name} is under ${licence}`;
}

export const licences: Check = {
  name: "licences",
  holds: "every dependency's licence allows use under Apache-2.0",
  async run(root) {
    const lock = await readJson<Lock>(root, "package-lock.json");
    const entries = Object.entries(lock.packages).filter(([path]) => path !== "");
    return entries.map(([path, entry]) => problemOf(path, entry)).filter((problem) => problem !== null);
  },
};

export const lockFile: Check = {
  name: "lock",
  holds: "the lock file is complete for every machine, pins exact versions and names no registry",
  async run(root) {
    const lock = await readJson<Lock>(root, "package-lock.json");
    const manifest = await readJson<Record<string, Record<string, string> | undefined>>(root, "package.json");
    const problems = missingParts(lock).map((part) => `${part.name} is not locked; run npm run lock`);
    for (const [path, entry] of Object.entries(lock.packages)) {
      if (entry.resolved !== undefined) problems.push(`${path} names the registry it came from`);
    }
    for (const kind of ["dependencies", "devDependencies"]) {
      for (const [name, version] of Object.entries(manifest[kind] ?? {})) {
        if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) problems.push(`${name} is not pinned: ${version}`);
        const locked = lock.packages[`node_modules/${name}`]?.version;
        if (locked !== version) problems.push(`${name} is ${version} in package.json and ${locked} in the lock`);
      }
    }
    return problems;
  },
};
