import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { seeded } from "../../../../scripts/samples/random.js";
import { listImports, openImport } from "../../../../sdk/rewards/imports/run.js";
import { newFolder } from "../roster/fixtures.js";
import { refused } from "../table/fixtures.js";

const child = new URL("importer.child.ts", import.meta.url).pathname;
const count = 400;

/** Runs the importer and kills it that many effects after it opened; @returns what it said */
async function life(folder: string, after: number): Promise<string> {
  const process_ = spawn(process.execPath, ["--import", "tsx", child, folder, String(count)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [said, complaints] = ["", ""];
  const made = (): number => (said === "" ? 0 : readdirSync(join(folder, "effects")).length);
  let [begun, opened] = [0, false];
  const timer = setInterval(() => {
    if (said !== "" && !opened) [begun, opened] = [made(), true];
    if (opened && made() - begun >= after) process_.kill("SIGKILL");
  }, 0);
  process_.stdout.on("data", (text: Buffer) => (said += text.toString()));
  process_.stderr.on("data", (text: Buffer) => (complaints += text.toString()));
  await new Promise((resolve) => process_.once("close", resolve));
  clearInterval(timer);
  expect(complaints.replace(/.*(SQLite|trace-warnings).*\n/g, ""), complaints).to.equal("");
  return said;
}

describe("an import under kill -9", () => {
  it("IM2: marks nothing that was not done, does nothing twice, and ends", async function () {
    this.timeout(600_000);
    const random = seeded(5);
    const folder = newFolder();
    let lives = 0;
    for (let said = ""; !said.includes("finished"); lives++) {
      expect(lives, "lives").to.be.below(200);
      said = await life(folder, random.below(40));
    }
    expect(lives).to.be.above(5);
    expect(readdirSync(join(folder, "effects"))).to.have.length(count);
    const [one] = await listImports(join(folder, "imports"));
    expect(one?.state).to.equal("finished");
    const again = openImport(join(folder, "imports"), {
      kind: "kills",
      digest: `0x${"22".repeat(32)}`,
      parameters: {},
    });
    expect((await refused(again)).sentence).to.match(/was imported so already/);
  });
});
