import { expect } from "chai";

import { execute } from "../../../../scripts/checks/support.js";
import { newFolder } from "./fixtures.js";

describe("a long roster", () => {
  it("O5: of 250,000 people is written and read within 64 MiB of heap, memory flat", async function () {
    this.timeout(600_000);
    const child = new URL("long.child.ts", import.meta.url).pathname;
    const flags = ["--max-old-space-size=64", "--import", "tsx", child, newFolder(), "250000"];
    const { code, output } = await execute(process.execPath, flags, { cwd: process.cwd() });
    expect(code, output).to.equal(0);
    const line = output.split("\n").find((text) => text.startsWith("{")) ?? "";
    console.log(`      ${line}`);
    const { seen, growth } = JSON.parse(line) as { seen: number; growth: number };
    expect(seen).to.equal(250_000);
    expect(growth, "MiB").to.be.below(288);
  });
});
