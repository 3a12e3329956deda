/** What is installed, what should be, and how it gets there. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { SetupError, majorOf, nodeFor, say, windows } from "./node.mjs";

/**
 * @typedef {{ version?: string, os?: string[], cpu?: string[], libc?: string[], optional?: boolean, dev?: boolean,
 *   peer?: boolean, devOptional?: boolean, inBundle?: boolean, link?: boolean }} LockEntry
 * @typedef {{ platform: string, arch: string, libc: string | null }} Host
 */

/** @returns {Host} */
export function thisHost() {
  if (process.platform !== "linux" || process.report === undefined) {
    return { platform: process.platform, arch: process.arch, libc: null };
  }
  // Without this the report may look names up in the network.
  Object.assign(process.report, { excludeNetwork: true });
  const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return {
    platform: "linux",
    arch: process.arch,
    libc: report.header.glibcVersionRuntime === undefined ? "musl" : "glibc",
  };
}

/**
 * Whether npm installs a package on this host.
 * @param {LockEntry} entry
 * @param {Host} host
 */
export function fits(entry, host) {
  /** @param {string[] | undefined} list @param {string} value */
  const allows = (list, value) =>
    list === undefined ||
    (!list.includes(`!${value}`) && (list.includes(value) || list.every((item) => item.startsWith("!"))));
  return (
    allows(entry.os, host.platform) &&
    allows(entry.cpu, host.arch) &&
    (host.libc === null || allows(entry.libc, host.libc))
  );
}

/**
 * Compares what the lock file asks for with what is in node_modules.
 * @param {Record<string, LockEntry>} wanted `packages` of package-lock.json
 * @param {(path: string) => string | null} installedVersion version in a package's folder, null where it is not there
 * @param {Host} host
 * @returns {{ required: string[], optional: string[] }} names of packages that are missing or of another version
 */
export function missingPackages(wanted, installedVersion, host) {
  /** @type {{ required: string[], optional: string[] }} */
  const missing = { required: [], optional: [] };
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "" || entry.link === true || entry.version === undefined || !fits(entry, host)) continue;
    if (installedVersion(path) === entry.version) continue;
    const bucket = entry.optional === true || entry.devOptional === true ? missing.optional : missing.required;
    bucket.push(path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
  }
  return missing;
}

/**
 * What is wrong with an installation, in words; empty where it works. `tolerated` are optional packages that an earlier
 * complete installation did without.
 * @param {string} root
 * @param {{ host?: Host, tolerated?: readonly string[], loads?: (root: string) => boolean }} [options]
 * @returns {{ faults: string[], optional: string[] }}
 */
export function inspect(root, options = {}) {
  const modules = join(root, "node_modules");
  if (!existsSync(join(modules, ".package-lock.json"))) {
    return { faults: ["the packages are not installed"], optional: [] };
  }
  /** @param {string} path */
  const installedVersion = (path) => {
    try {
      return JSON.parse(readFileSync(join(root, path, "package.json"), "utf8")).version;
    } catch {
      return null;
    }
  };
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const { required, optional } = missingPackages(lock.packages, installedVersion, options.host ?? thisHost());
  const faults = [];
  if (required.length > 0) faults.push(`${required.length} packages are missing or outdated (${some(required)})`);
  const unexpected = optional.filter((name) => !(options.tolerated ?? []).includes(name));
  if (unexpected.length > 0) faults.push(`parts for this machine are missing (${some(unexpected)})`);
  if (nodeFor(root) === null) faults.push("the project's own Node is missing");
  else if (faults.length === 0 && !(options.loads ?? loadsNativePart)(root)) {
    faults.push("Hardhat's native part does not load");
  }
  return { faults, optional };
}

/** @param {string[]} names */
const some = (names) => names.slice(0, 3).join(", ") + (names.length > 3 ? ", ..." : "");

/** Whether Hardhat's native part (EDR) loads under the project's Node. @param {string} root */
export function loadsNativePart(root) {
  const node = nodeFor(root);
  if (node === null) return false;
  return spawnSync(node, ["-e", "require('@nomicfoundation/edr')"], { cwd: root, stdio: "ignore" }).status === 0;
}

/**
 * The command that installs the packages: npm, run by a Node that is new enough.
 * @param {string} userVersion
 * @param {string} wantedVersion the project's own Node
 * @returns {{ program: string, args: string[], why: string }}
 */
export function installCommand(userVersion, wantedVersion) {
  const ci = ["ci", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retry-mintimeout=2000"];
  if (majorOf(userVersion) >= 22) return { program: "npm", args: ci, why: "" };
  return {
    program: "npx",
    args: ["--yes", "--package", `node@${wantedVersion}`, "npm", ...ci],
    why: `, with Node ${wantedVersion} from npm because Node ${userVersion} is too old for Hardhat`,
  };
}

/**
 * One sentence for a failed npm. Never names a host.
 * @param {{ code: number | null, error?: NodeJS.ErrnoException | undefined, output: string }} result
 */
export function explainFailure({ code, error, output }) {
  if (error?.code === "ENOENT") return "npm is not on the PATH; install Node 20 or later together with npm.";
  if (/\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED)\b/.test(output)) {
    return "The npm registry cannot be reached; check the network or npm's proxy settings and run the command again.";
  }
  if (/\bENOSPC\b/.test(output)) return "The disk is full; free about 2 GB and run the command again.";
  if (/\b(EACCES|EROFS|EPERM)\b/.test(output)) {
    return "npm may not write where it has to; make this folder and npm's cache writable and run the command again.";
  }
  const said = output
    .split("\n")
    .map((line) => line.replace(/^npm (error|ERR!)\s*/i, "").trim())
    .find((line) => line !== "" && !line.startsWith("code "));
  return `npm failed (exit code ${code})${said === undefined ? "" : `: ${hideHosts(said)}`}`;
}

/** @param {string} text */
export const hideHosts = (text) => text.replace(/\b(https?:\/\/)[^/\s"']+/g, "$1...");

/** @param {string} root */
export function install(root) {
  const pinned = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies.node;
  const { program, args, why } = installCommand(process.versions.node, pinned);
  say(`installing the packages${why}; this takes about a minute, once.`);
  const result = spawnSync(program, args, {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    shell: windows,
    maxBuffer: 1 << 28,
  });
  if (result.status !== 0) {
    const output = `${result.stderr ?? ""}\n${result.stdout ?? ""}`;
    const error = /** @type {NodeJS.ErrnoException | undefined} */ (result.error);
    throw new SetupError(explainFailure({ code: result.status, error, output }));
  }
}
