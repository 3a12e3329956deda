import { expect } from "chai";

import { imports, importsOf } from "../../scripts/checks/imports.js";
import { verdict } from "./fixture.js";

const manifest = JSON.stringify({ dependencies: { zod: "4.0.0" }, devDependencies: { chai: "6.0.0" } });
const judge = (files: Readonly<Record<string, string>>) =>
  verdict(imports, { files: { "package.json": manifest, ...files } });

describe("import rules, shown to fail", () => {
  it("reads every form of import, and none out of comments or strings", () => {
    const text = [
      'import { a } from "./a.js";',
      'import type { B } from "./b.js";',
      'import "./c.js";',
      'export * from "./d.js";',
      'const e = await import("./e.js");',
      '// import "./f.js";',
      '/* import "./g.js"; */',
      'export const h = "./h.js";',
      'import {\n  I,\n  type J,\n} from "./i.js";',
    ].join("\n");
    expect(importsOf(text)).to.have.deep.members([
      { from: "./a.js", typeOnly: false },
      { from: "./b.js", typeOnly: true },
      { from: "./c.js", typeOnly: false },
      { from: "./d.js", typeOnly: false },
      { from: "./e.js", typeOnly: false },
      { from: "./i.js", typeOnly: false },
    ]);
  });

  it("refuses a contract that imports another module's implementation, or a module above its own", async () => {
    const problems = await judge({
      "contracts/rewards/A.sol": 'import {B} from "../audit/B.sol";\nimport {C} from "../audit/interfaces/C.sol";\n',
      "contracts/authority/D.sol": 'import {E} from "../log/interfaces/E.sol";\n',
      "contracts/log/F.sol": 'import {G} from "../authority/G.sol";\nimport {H} from "hardhat/console.sol";\n',
    });
    expect(problems).to.have.length(3);
    expect(problems.join("\n")).to.match(/D\.sol imports.*E\.sol[^]*F\.sol imports hardhat[^]*A\.sol imports.*B\.sol/);
  });

  it("refuses an import against the SDK's direction, of Hardhat, of scripts, of a package of development", async () => {
    const problems = await judge({
      "sdk/proof/a.ts": 'import { x } from "../log/x.js";\n',
      "sdk/log/b.ts": 'import hre from "hardhat";\nimport { y } from "../../scripts/y.js";\nimport { z } from "zod";\n',
      "sdk/chain/c.ts": 'import { expect } from "chai";\nimport { w } from "../log/w.js";\n',
      "sdk/records/d.ts": 'import { v } from "../../typechain-types/index.js";\n',
      "sdk/unknown/e.ts": 'import { u } from "../common/u.js";\n',
    });
    expect(problems).to.have.length(6);
    expect(problems.join("\n")).to.include("sdk/proof/a.ts imports sdk/log/x.ts: proof may not import log");
  });

  it("refuses browser code that reaches Node over a chain of imports", async () => {
    const problems = await judge({
      "sdk/records/verify.ts": 'import { a } from "./a.js";\n',
      "sdk/records/a.ts": 'import { readFile } from "node:fs/promises";\n',
      "sdk/records/server.ts": 'import { readFile } from "node:fs/promises";\n',
      "sdk/common/types.ts": 'import type { Stats } from "node:fs";\n',
    });
    expect(problems).to.deep.equal([
      "sdk/records/verify.ts > sdk/records/a.ts imports node:fs/promises, which no browser has",
    ]);
  });
});
