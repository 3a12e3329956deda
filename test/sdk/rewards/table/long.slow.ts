import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { execute } from "../../../../scripts/checks/support.js";

interface Found {
  readonly rows: string;
  readonly problems: string;
  readonly read: number;
  /** Of the process's memory from before the check to its most, MiB. */
  readonly growth: number;
}

describe("a long table", function () {
  this.timeout(600_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "stele-long-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function read(...args: string[]): Promise<Found> {
    const child = new URL("long.child.ts", import.meta.url).pathname;
    const flags = ["--max-old-space-size=64", "--import", "tsx", child, folder, ...args];
    const { code, output } = await execute(process.execPath, flags, { cwd: process.cwd() });
    expect(code, output).to.equal(0);
    const line = output.split("\n").find((text) => text.startsWith("{")) ?? "";
    console.log(`      ${args.join(" ")} lines: ${line}`);
    return JSON.parse(line) as Found;
  }

  it("I2: of a million lines is checked and read within 64 MiB of heap, memory flat", async () => {
    const found = await read("1000000");
    expect(found).to.include({ rows: "1000000", problems: "0", read: 1_000_000 });
    expect(found.growth).to.be.below(192);
  });

  it("I2: of a million lines with ten thousand hostile ones is checked within the same, every problem listed", async () => {
    const found = await read("1000000", "hostile");
    expect(BigInt(found.rows)).to.equal(990_000n);
    expect(BigInt(found.problems)).to.be.at.least(10_000n);
    expect(found.growth).to.be.below(192);
    expect(statSync(join(folder, "long.errors.csv")).size).to.be.above(500_000);
  });
});
