import { expect } from "chai";

import { belowFloor, linesOf } from "../../scripts/checks/coverage.js";
import { allowed, licences, lockFile } from "../../scripts/checks/dependencies.js";
import { docs } from "../../scripts/checks/docs.js";
import { differences } from "../../scripts/checks/gas.js";
import { entriesOf, strayFiles } from "../../scripts/checks/package.js";
import { sizes } from "../../scripts/checks/sizes.js";
import { verdict } from "./fixture.js";

describe("rules of the repository, shown to fail", () => {
  it("sizes: a file over its cap, an exception without need, and one that is exceeded", async () => {
    const lines = (count: number) => "x\n".repeat(count);
    const why = "a table that reads best in one piece";
    const exceptions = (map: object) => ({ "scripts/checks/sizes.json": JSON.stringify({ exceptions: map }) });
    const long = { "sdk/log/a.ts": lines(251), "contracts/log/libraries/B.sol": lines(200) };
    expect(await verdict(sizes, { files: { ...exceptions({}), ...long } })).to.deep.equal([
      "sdk/log/a.ts has 251 lines; a SDK module may have 250",
    ]);
    const excused = { "sdk/log/a.ts": { lines: 260, why } };
    expect(await verdict(sizes, { files: { ...exceptions(excused), ...long } })).to.deep.equal([]);
    const over = { ...long, "sdk/log/a.ts": lines(261) };
    expect((await verdict(sizes, { files: { ...exceptions(excused), ...over } })).join()).to.include("may have 260");
    const idle = { "sdk/log/a.ts": lines(9) };
    expect((await verdict(sizes, { files: { ...exceptions(excused), ...idle } })).join()).to.include("needs no excuse");
  });

  it("docs: a dead link, a heading that is not there, a module without README, an unlisted dependency", async () => {
    const files = {
      "package.json": JSON.stringify({ dependencies: { zod: "4.0.0" } }),
      "docs/dependencies.md": "| `gone` | MIT | nothing |\n",
      "docs/a.md": "# One thing\n\n[x](b.md) [y](#one-thing) [z](#another) [w](https://example.org) `[v](c.md)`\n",
      "sdk/log/a.ts": "",
    };
    expect(await verdict(docs, { files })).to.have.members([
      "docs/a.md links to b.md, which is not there",
      "docs/a.md links to #another, a heading that is not there",
      "sdk/log/README.md is missing",
      "docs/dependencies.md says nothing of zod",
      "docs/dependencies.md lists gone, which is no dependency",
    ]);
  });

  it("licences: one that does not fit, one that is missing, one for tools only", async () => {
    const packages = {
      "": {},
      "node_modules/gpl": { version: "1.0.0", license: "GPL-3.0" },
      "node_modules/none": { version: "1.0.0" },
      "node_modules/lgpl": { version: "1.0.0", license: "LGPL-3.0" },
      "node_modules/tool": { version: "1.0.0", license: "LGPL-3.0", dev: true },
      "node_modules/mit": { version: "1.0.0", license: "(MIT OR GPL-2.0)" },
    };
    const problems = await verdict(licences, { files: { "package-lock.json": JSON.stringify({ packages }) } });
    expect(problems).to.deep.equal(["gpl is under GPL-3.0", "none names no licence", "lgpl is under LGPL-3.0"]);
    expect(allowed("MIT AND GPL-2.0", new Set(["MIT"]))).to.equal(false);
  });

  it("lock: a part for another machine left out, a registry named, a version not pinned or not locked", async () => {
    const packages = {
      "": {},
      "node_modules/a": { version: "1.0.0", resolved: "somewhere", optionalDependencies: { "a-darwin-x64": "1.0.0" } },
    };
    const files = {
      "package-lock.json": JSON.stringify({ packages }),
      "package.json": JSON.stringify({ dependencies: { a: "^1.0.0" } }),
    };
    expect(await verdict(lockFile, { files })).to.deep.equal([
      "a-darwin-x64 is not locked; run npm run lock",
      "node_modules/a names the registry it came from",
      "a is not pinned: ^1.0.0",
      "a is ^1.0.0 in package.json and 1.0.0 in the lock",
    ]);
  });

  it("gas: more gas, less gas, an operation that is new or gone", () => {
    expect(
      differences({ a: 1, b: 2, c: 3 }, { a: 1, b: 1, d: 4 }).map((problem) => problem.split(";")[0]),
    ).to.deep.equal([
      '"b" takes 1 gas, 2 in the baseline',
      '"c" of the gas baseline was not measured',
      '"d" is not in the gas baseline',
    ]);
    expect(differences({ a: 1 }, { a: 1 })).to.deep.equal([]);
  });

  it("coverage: a contract below its floor, all contracts below theirs, a report without contracts", () => {
    const lcov = "SF:contracts/A.sol\nDA:1,1\nDA:2,0\nend_of_record\nSF:node_modules/B.sol\nDA:1,0\nend_of_record\n";
    const lines = linesOf(lcov);
    expect(lines).to.deep.equal([{ file: "contracts/A.sol", hit: 1, found: 2 }]);
    expect(belowFloor(lines, { total: 50, file: 50 })).to.deep.equal([]);
    expect(belowFloor(lines, { total: 51, file: 50 })).to.have.length(1);
    expect(belowFloor(lines, { total: 50, file: 51 })).to.have.length(1);
    expect(belowFloor([], { total: 0, file: 0 })).to.have.length(1);
  });

  it("package: files that have no business in it", () => {
    const files = ["dist/sdk/proof/index.js", "README.md", "test/a.test.ts", "dist/typechain-types/hardhat.d.ts"];
    expect(strayFiles(files)).to.deep.equal([
      "test/a.test.ts is packed",
      "dist/typechain-types/hardhat.d.ts is packed",
    ]);
    const manifest = {
      version: "1.0.0",
      devDependencies: {},
      exports: { "./proof": { types: "", import: "" }, "./p": "" },
    };
    expect(entriesOf(manifest)).to.deep.equal(["stele/proof"]);
  });
});
