import { expect } from "chai";

import { bindings, codeSize } from "../../scripts/checks/artifacts.js";
import { hygiene } from "../../scripts/checks/hygiene.js";
import { format, lint, types } from "../../scripts/checks/tools.js";
import { verdict } from "./fixture.js";

const config = ["package.json", ".prettierrc.json", ".oxlintrc.json", ".solhint.json"];
const contract = (body: string) =>
  `// SPDX-License-Identifier: Apache-2.0\npragma solidity 0.8.37;\n\ncontract A {\n${body}}\n`;

describe("checks by other tools, shown to fail", function () {
  this.timeout(60_000);

  it("format: a file that prettier would change", async () => {
    const files = { "sdk/a.ts": "export const a   = 1\n" };
    expect(await verdict(format, { files, copies: config, tools: true })).to.match(/sdk\/a\.ts/);
    const good = { "sdk/a.ts": "export const a = 1;\n" };
    expect(await verdict(format, { files: good, copies: config, tools: true })).to.deep.equal([]);
  });

  it("lint: an `any`, a function of more than 40 lines, a contract without visibility", async () => {
    const long = `export function b(): void {\n${"  console.log(1);\n".repeat(41)}}\n`;
    const files = {
      "sdk/a.ts": "export const a: any = 1;\n",
      "sdk/b.ts": long,
      "contracts/A.sol": contract("    uint256 x;\n"),
    };
    const problems = (await verdict(lint, { files, copies: config, tools: true })).join("\n");
    expect(problems).to.match(/a\.ts.*no-explicit-any/);
    expect(problems).to.match(/b\.ts.*max-lines-per-function/);
    expect(problems).to.match(/A\.sol.*state-visibility/);
  });

  it("types: a number where a string is declared", async () => {
    const files = {
      "a.ts": "export const a: string = 1;\n",
      "tsconfig.json": '{ "compilerOptions": { "strict": true, "types": [] }, "files": ["a.ts"] }',
    };
    expect((await verdict(types, { files, tools: true })).join()).to.match(/a\.ts.*TS2322/);
  });

  it("bindings: a file of typechain-types that differs from the commit, and one that is not committed", async () => {
    const broken = {
      files: { "typechain-types/A.ts": "1", "typechain-types/B.ts": "1" },
      git: true,
      after: { "typechain-types/A.ts": "2", "typechain-types/C.ts": "1" },
    };
    const problems = await verdict(bindings, broken);
    expect(problems).to.have.length(2);
    expect(problems.join()).to.match(/A\.ts differs.*C\.ts differs/);
    expect(await verdict(bindings, { ...broken, after: {} })).to.deep.equal([]);
  });

  it("code size: a contract over 24,576 bytes", async () => {
    const artifact = (bytes: number) =>
      JSON.stringify({ contractName: "Big", deployedBytecode: `0x${"00".repeat(bytes)}` });
    const path = "artifacts/contracts/Big.sol/Big.json";
    const big = await verdict(codeSize, { files: { [path]: artifact(24_577) } });
    expect(big).to.deep.equal(["Big is 24577 bytes long, 1 too many"]);
    expect(await verdict(codeSize, { files: { [path]: artifact(24_576) } })).to.deep.equal([]);
  });

  it("hygiene: a registry's host, a machine's path, a key", async () => {
    // Put together here, so that this file holds none of them.
    const files = {
      "a.ts": `const host = "https://registry.${"npmjs"}.org/x";\n`,
      "b.md": `Look at /${"home"}/someone/stele.\n`,
      "c.json": `{"privateKey": "0x${"ab".repeat(32)}"}\n`,
      "d.json": `"-----BEGIN ${"PRIVATE"} KEY-----"`,
      "fine.ts": "const work = 1;\n",
    };
    const problems = (await verdict(hygiene, { files, git: true })).join("\n");
    for (const part of [
      "a.ts:1 holds the host",
      "b.md:1 holds a path",
      "c.json:1 holds a secret",
      "d.json:1 holds a p",
    ])
      expect(problems).to.include(part);
    expect(problems).not.to.include("fine.ts");
  });
});
