import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { expect } from "chai";
import fc from "fast-check";

import {
  capabilities,
  capabilityNames,
  formatCapabilities,
  parseCapabilities,
  roleName,
  roles,
} from "../../../sdk/chain/capabilities.js";

const require = createRequire(import.meta.url);

/** A node of the compiler's syntax tree, as far as constants of a library need it. */
interface Node {
  readonly nodeType: string;
  readonly name?: string;
  readonly nodes?: readonly Node[];
  readonly value?: Node | string;
  readonly operator?: string;
  readonly leftExpression?: Node;
  readonly rightExpression?: Node;
}

/** The constants of a library, by the Solidity compiler's own reading of its source. */
async function constants(file: string, library: string): Promise<Record<string, bigint>> {
  const content = await readFile(new URL(`../../../${file}`, import.meta.url), "utf8");
  const solc = require("solc") as { compile(input: string): string };
  const settings = { stopAfter: "parsing", outputSelection: { "*": { "": ["ast"] } } };
  const output = JSON.parse(
    solc.compile(JSON.stringify({ language: "Solidity", sources: { [file]: { content } }, settings })),
  ) as { sources: Record<string, { ast: Node }> };
  const found = output.sources[file]?.ast.nodes?.find((node) => node.name === library);
  return Object.fromEntries((found?.nodes ?? []).map((node) => [node.name ?? "", evaluate(node.value)]));
}

function evaluate(node: Node | string | undefined): bigint {
  if (typeof node === "object" && node.nodeType === "Literal" && typeof node.value === "string") {
    return BigInt(node.value);
  }
  if (typeof node === "object" && node.nodeType === "BinaryOperation" && node.operator === "<<") {
    return evaluate(node.leftExpression) << evaluate(node.rightExpression);
  }
  throw new Error("a constant is neither a number nor a shifted one: teach this test to read it");
}

describe("capabilities and roles", () => {
  it("are those of contracts/authority/Capabilities.sol, name by name and bit by bit", async () => {
    const found = await constants("contracts/authority/Capabilities.sol", "Capabilities");
    expect(Object.keys(found)).to.have.length.above(0);
    expect(found).to.deep.equal(capabilities);
  });

  it("are those of contracts/authority/Roles.sol, beside the manager's own ADMIN", async () => {
    const found = await constants("contracts/authority/Roles.sol", "Roles");
    expect({ ADMIN: 0n, ...found }).to.deep.equal(roles);
  });

  it("are single bits, none used twice, in ascending order", () => {
    const bits = capabilityNames.map((name) => capabilities[name]);
    expect(bits.every((bit) => (bit & (bit - 1n)) === 0n && bit > 0n)).to.equal(true);
    expect([...new Set(bits)].sort((a, b) => (a < b ? -1 : 1))).to.deep.equal(bits);
  });

  it("are read from names with spaces and in any order", () => {
    expect(parseCapabilities("WITNESS, LOG_OWNER")).to.equal(capabilities.WITNESS | capabilities.LOG_OWNER);
    expect(parseCapabilities(" NONE ")).to.equal(0n);
  });

  for (const [text, reason] of [
    ["", '"" is no capability'],
    ["LOG_OWNER,", '"" is no capability'],
    ["log_owner", '"log_owner" is no capability'],
    ["LOG_OWNER,NONE", '"NONE" is no capability'],
    ["constructor", '"constructor" is no capability'],
    ["WITNESS,WITNESS", "WITNESS is named twice"],
  ] as const) {
    it(`are refused in "${text}"`, () => expect(() => parseCapabilities(text)).to.throw(reason));
  }

  it("come back from what was written, for every set of known bits", () => {
    fc.assert(
      fc.property(fc.subarray([...capabilityNames]), (names) => {
        const bits = names.reduce((sum, name) => sum | capabilities[name], 0n);
        expect(parseCapabilities(formatCapabilities(bits))).to.equal(bits);
      }),
    );
  });

  it("show bits that this version does not know, and an administrator's ALL", () => {
    expect(formatCapabilities((1n << 40n) | capabilities.MIRROR)).to.equal("MIRROR,BIT_40");
    expect(formatCapabilities(2n ** 128n - 1n)).to.equal("ALL");
    expect(() => formatCapabilities(2n ** 128n)).to.throw("128 bits");
    expect(() => formatCapabilities(-1n)).to.throw("128 bits");
  });

  it("name a role, also one that the suite does not use", () => {
    expect(roleName(3n)).to.equal("GUARDIAN");
    expect(roleName(9n)).to.equal("ROLE_9");
  });
});
