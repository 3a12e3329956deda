import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";

import { expect } from "chai";

import { buildKey } from "../../scripts/setup.mjs";
import {
  explainFailure,
  fits,
  inspect,
  installCommand,
  loadsNativePart,
  missingPackages,
} from "../../scripts/setup/installation.mjs";
import { command, nodeFor } from "../../scripts/setup/node.mjs";

const host = { platform: "linux", arch: "x64", libc: "glibc" };
const native = { version: "1.0.0", optional: true, os: ["linux"], cpu: ["x64"], libc: ["glibc"] };

/** A project folder whose lock asks for `edr` and its native part. */
function project(root: string, installed: Readonly<Record<string, string>>) {
  const packages = {
    "": {},
    "node_modules/@nomicfoundation/edr": { version: "1.0.0" },
    "node_modules/@nomicfoundation/edr-linux-x64-gnu": native,
    "node_modules/@nomicfoundation/edr-win32-x64-msvc": { ...native, os: ["win32"], libc: undefined },
  };
  writeFileSync(join(root, "package-lock.json"), JSON.stringify({ packages }));
  for (const [name, version] of Object.entries(installed)) {
    mkdirSync(join(root, "node_modules", name), { recursive: true });
    writeFileSync(join(root, "node_modules", name, "package.json"), JSON.stringify({ version }));
  }
  if (Object.keys(installed).length > 0) writeFileSync(join(root, "node_modules", ".package-lock.json"), "{}");
}

describe("setup", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "stele-setup-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const whole = { "@nomicfoundation/edr": "1.0.0", "@nomicfoundation/edr-linux-x64-gnu": "1.0.0" };

  it("finds nothing wrong with a whole installation", () => {
    project(root, whole);
    expect(inspect(root, { host, loads: () => true })).to.deep.equal({ faults: [], optional: [] });
  });

  it("finds a fresh clone not installed", () => {
    project(root, {});
    expect(inspect(root, { host }).faults).to.deep.equal(["the packages are not installed"]);
  });

  it("finds the native part that an install under Node 20 leaves out", () => {
    project(root, { "@nomicfoundation/edr": "1.0.0" });
    expect(inspect(root, { host }).faults).to.deep.equal([
      "parts for this machine are missing (@nomicfoundation/edr-linux-x64-gnu)",
    ]);
  });

  it("finds a native part that is there and does not load", () => {
    project(root, whole);
    expect(inspect(root, { host }).faults).to.deep.equal(["Hardhat's native part does not load"]);
    expect(loadsNativePart(process.cwd())).to.equal(true);
  });

  it("finds a package of another version than the lock's", () => {
    project(root, { ...whole, "@nomicfoundation/edr": "0.9.0" });
    expect(inspect(root, { host }).faults[0]).to.match(/1 packages are missing or outdated/);
  });

  it("tolerates an optional part that a complete installation did without", () => {
    project(root, { "@nomicfoundation/edr": "1.0.0" });
    const tolerated = ["@nomicfoundation/edr-linux-x64-gnu"];
    expect(inspect(root, { host, tolerated, loads: () => true }).faults).to.deep.equal([]);
  });

  it("asks only for packages that fit the machine", () => {
    expect(fits({ os: ["!win32"] }, host)).to.equal(true);
    expect(fits({ os: ["!linux"] }, host)).to.equal(false);
    expect(fits({ os: ["linux"], cpu: ["arm64"] }, host)).to.equal(false);
    expect(fits({ libc: ["musl"] }, host)).to.equal(false);
    const wanted = { "node_modules/a": { version: "1.0.0", os: ["darwin"] }, "node_modules/b": { version: "1.0.0" } };
    expect(missingPackages(wanted, () => null, host)).to.deep.equal({ required: ["b"], optional: [] });
  });

  it("installs through a newer Node where the user's is too old", () => {
    expect(installCommand("20.11.0", "24.9.0")).to.include({ program: "npx" });
    expect(installCommand("20.11.0", "24.9.0").args.slice(0, 5)).to.deep.equal([
      "--yes",
      "--package",
      "node@24.9.0",
      "npm",
      "ci",
    ]);
    expect(installCommand("22.12.0", "24.9.0")).to.include({ program: "npm", why: "" });
  });

  it("says in one sentence why npm failed, without naming a host", () => {
    const failed = (output: string) => explainFailure({ code: 1, output });
    expect(failed("npm error code ENOTFOUND\nnpm error https://some.host/x")).to.match(/^The npm registry cannot be/);
    expect(failed("npm error code EACCES")).to.match(/writable/);
    expect(failed("npm error code ENOSPC")).to.match(/disk is full/);
    expect(failed("npm error code E404\nnpm error 404 GET https://some.host/x")).not.to.include("some.host");
    const error = Object.assign(new Error("spawn npm"), { code: "ENOENT" });
    expect(explainFailure({ code: null, error, output: "" })).to.match(/^npm is not on the PATH/);
  });

  it("runs the project under its own Node, else under the user's where that is new enough", () => {
    expect(nodeFor(root, "20.11.0")).to.equal(null);
    expect(nodeFor(root, "22.12.0")).to.equal(process.execPath);
    mkdirSync(join(root, "node_modules/node/bin"), { recursive: true });
    symlinkSync(process.execPath, join(root, "node_modules/node/bin/node"));
    expect(nodeFor(root, "20.11.0")).to.equal(join(root, "node_modules/node/bin/node"));
    expect(command(root, "x.ts", ["--help"]).args).to.deep.equal(["--import", "tsx", "x.ts", "--help"]);
    expect(() => command(root, "nothing", [])).to.throw("There is no program nothing in node_modules");
  });

  it("builds again whenever a contract changes", () => {
    project(root, whole);
    mkdirSync(join(root, "contracts/log"), { recursive: true });
    writeFileSync(join(root, "hardhat.config.ts"), "");
    writeFileSync(join(root, "contracts/log/A.sol"), "a");
    const before = buildKey(root);
    expect(buildKey(root)).to.equal(before);
    writeFileSync(join(root, "contracts/log/A.sol"), "b");
    expect(buildKey(root)).not.to.equal(before);
  });

  it("passes arguments and the exit code of what it runs through", () => {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, ["scripts/setup.mjs", "run", "--no-build", "scripts/bench/main.ts", ...args], {
        encoding: "utf8",
      });
    expect(run("--help")).to.include({ status: 0 });
    expect(run("nothing")).to.include({ status: 1 });
    expect(run("nothing").stderr).to.include("no bench module is called nothing");
  });
});
