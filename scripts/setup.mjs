/**
 * Makes a clone ready, then runs a command in it. Plain JavaScript for Node 20 and later, because it runs before
 * anything is installed.
 *
 *   node scripts/setup.mjs                                installs and builds what is missing or stale
 *   node scripts/setup.mjs run [--no-build] TARGET ARGS   the same, then runs TARGET (a .ts file of this project or a
 *                                                         program of node_modules/.bin) under the project's own Node
 *
 * Why it exists: Hardhat needs Node 22 and has a native part that `npm ci` under Node 20 leaves out without a word. So
 * the packages are installed by a newer Node that npm itself brings, and an installation without that part is repaired.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { inspect, install } from "./setup/installation.mjs";
import { SetupError, command, majorOf, nodeFor, say, windows } from "./setup/node.mjs";

/** @param {string} root @param {(path: string) => boolean} keep @returns {string[]} */
function filesUnder(root, keep) {
  return readdirSync(root, { withFileTypes: true }).flatMap((entry) => {
    const path = join(root, entry.name);
    return entry.isDirectory() ? filesUnder(path, keep) : keep(path) ? [path] : [];
  });
}

/**
 * Changes whenever a build would give something else.
 * @param {string} root
 */
export function buildKey(root) {
  const hash = createHash("sha256");
  const sources = filesUnder(join(root, "contracts"), (path) => path.endsWith(".sol")).sort();
  for (const path of [...sources, join(root, "hardhat.config.ts"), join(root, "package-lock.json")]) {
    hash.update(path.slice(root.length)).update("\0").update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex");
}

/**
 * Changes whenever an installation has to be looked at again.
 * @param {string} root
 */
export function installKey(root) {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  return [lock, process.versions.node, process.platform, process.arch].join(" ");
}

/** @typedef {{ install?: string, build?: string, tolerated?: string[] }} Stamp */

/** @param {string} root */
const stampPath = (root) => join(root, "node_modules", ".stele-setup.json");

/** @param {string} root @returns {Stamp} */
function readStamp(root) {
  try {
    return JSON.parse(readFileSync(stampPath(root), "utf8"));
  } catch {
    return {};
  }
}

/** @param {string} root @param {Stamp} stamp */
const writeStamp = (root, stamp) => writeFileSync(stampPath(root), JSON.stringify(stamp));

/** Whether the stamp of an earlier run still speaks of what is there. @param {string} root @param {Stamp} stamp */
function installedAsStamped(root, stamp) {
  const edr = join(root, "node_modules", "@nomicfoundation");
  return (
    stamp.install === installKey(root) &&
    nodeFor(root) !== null &&
    existsSync(edr) &&
    readdirSync(edr).some((name) => name.startsWith("edr-"))
  );
}

/** @param {string} root */
function ensureInstalled(root) {
  const stamp = readStamp(root);
  if (installedAsStamped(root, stamp)) return;
  const before = inspect(root, { tolerated: stamp.tolerated ?? [] });
  if (before.faults.length === 0) return writeStamp(root, { ...stamp, install: installKey(root) });
  say(`${before.faults.join("; ")}.`);
  install(root);
  const { optional } = inspect(root);
  const after = inspect(root, { tolerated: optional });
  if (after.faults.length > 0) {
    throw new SetupError(`The installation is still incomplete: ${after.faults.join("; ")}.`);
  }
  writeStamp(root, { install: installKey(root), tolerated: optional });
}

/** @param {string} root */
function ensureBuilt(root) {
  const key = buildKey(root);
  const stamp = readStamp(root);
  const outputs = ["artifacts/build-info", "generated", "typechain-types/index.ts"];
  if (stamp.build === key && outputs.every((path) => existsSync(join(root, path)))) return;
  say("building the contracts.");
  const { program, args, env } = command(root, "hardhat", ["build"]);
  const result = spawnSync(program, args, { cwd: root, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  if (result.status !== 0) {
    throw new SetupError(`The contracts do not build:\n${result.stdout}${result.stderr}`.trimEnd());
  }
  writeStamp(root, { ...stamp, build: key });
}

/** @param {number} pid */
function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * Runs `work` while no other setup works in this folder.
 * @param {string} root
 * @param {() => void} work
 */
function exclusively(root, work) {
  const lock = join(root, ".stele", "setup.lock");
  mkdirSync(dirname(lock), { recursive: true });
  for (let told = false; ;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
      const fresh = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0) < 5000;
      const holder = Number(existsSync(lock) ? readFileSync(lock, "utf8") : "");
      if (holder > 0 ? !alive(holder) : !fresh) rmSync(lock, { force: true });
      else if (!told) say("waiting for another setup in this folder.");
      told = true;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    }
  }
  try {
    work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/**
 * Installs and builds what is missing or stale.
 * @param {string} root
 * @param {{ build?: boolean }} [options]
 */
export function ensure(root, options = {}) {
  const work = () => {
    ensureInstalled(root);
    if (options.build !== false) ensureBuilt(root);
  };
  const stamp = readStamp(root);
  const current = installedAsStamped(root, stamp) && (options.build === false || stamp.build === buildKey(root));
  try {
    if (current) work();
    else exclusively(root, work);
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code ?? "";
    if (["EACCES", "EROFS", "EPERM"].includes(code)) {
      throw new SetupError("This folder cannot be written; copy the project to a folder of yours.");
    }
    if (code === "ENOSPC") throw new SetupError("The disk is full; free about 2 GB and run the command again.");
    throw error;
  }
}

/**
 * @param {string} root
 * @param {string} target
 * @param {readonly string[]} args
 * @returns {Promise<number>} exit code
 */
function run(root, target, args) {
  const how = command(root, target, args);
  const child = spawn(how.program, how.args, { cwd: root, env: how.env, stdio: "inherit", shell: windows });
  // The child decides what an interruption means.
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => void child.kill(signal));
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal === null ? 1 : constants.signals[signal])));
  });
}

/** @param {readonly string[]} args */
async function main(args) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  if (majorOf(process.versions.node) < 20) {
    throw new SetupError(`Node ${process.versions.node} is too old; install Node 20 or later.`);
  }
  const [verb, ...rest] = args;
  if (verb === undefined) {
    ensure(root);
    say("ready.");
    return 0;
  }
  const build = rest[0] !== "--no-build";
  const [target, ...passed] = build ? rest : rest.slice(1);
  if (verb !== "run" || target === undefined) {
    throw new SetupError("Usage: node scripts/setup.mjs [run [--no-build] TARGET ARGS...]");
  }
  ensure(root, { build });
  return run(root, target, passed);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(process.argv.slice(2)).then(
    (code) => (process.exitCode = code),
    (error) => {
      console.error(error instanceof SetupError ? error.message : error);
      process.exitCode = 1;
    },
  );
}
