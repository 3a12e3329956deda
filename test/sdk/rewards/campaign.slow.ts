import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { openCampaign } from "../../../sdk/rewards/campaign/campaign.js";

const script = fileURLToPath(new URL("../../support/campaignFiling.ts", import.meta.url));

interface Filed {
  readonly root?: string;
  readonly leaves: readonly number[];
  readonly memory: readonly number[];
}

/** Files a campaign in a process of its own. @param killAt how many leaves are durable when it is killed, if it is */
async function fileIn(folder: string, count: number, killAt = Infinity): Promise<Filed> {
  const child = spawn(process.execPath, ["--no-warnings", "--import", "tsx", script, folder, String(count)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [leaves, memory]: [number[], number[]] = [[], []];
  let root: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as { leaves?: number; memory?: number; root?: string };
    if (said.leaves !== undefined) leaves.push(said.leaves);
    if (said.memory !== undefined) memory.push(said.memory);
    root = said.root;
    if ((leaves.at(-1) ?? 0) >= killAt) child.kill("SIGKILL");
  }
  return root === undefined ? { leaves, memory } : { root, leaves, memory };
}

describe("a campaign of many awards", function () {
  this.timeout(1_200_000);
  let base: string;

  before(async () => (base = await mkdtemp(join(tmpdir(), "stele-campaign-"))));
  after(() => rm(base, { recursive: true }));

  it("1, 2: is the same campaign however often its filing was killed, and counts only when it is complete", async () => {
    const count = 120_000;
    const whole = await fileIn(join(base, "whole"), count);
    const folder = join(base, "killed");
    let durable = 0;
    for (const killAt of [1, 9_000, 20_000, 33_000, 50_000]) {
      const { leaves, root } = await fileIn(folder, count, killAt);
      expect(root, "killed before it was complete").to.equal(undefined);
      expect(leaves[0], "what was durable was not filed again").to.be.greaterThan(durable);
      durable = leaves.at(-1)!;
      const opened = await openCampaign(folder).catch((error: unknown) => (error as { code?: string }).code);
      expect(opened).to.equal("missing");
    }
    expect((await fileIn(folder, count)).root).to.equal(whole.root);
    const campaign = await openCampaign(folder);
    expect(campaign.size).to.equal(BigInt(count));
    await campaign.close();
  });

  it("1: files a million awards in flat memory", async () => {
    const { memory, root } = await fileIn(join(base, "million"), 1_000_000);
    expect(root).to.not.equal(undefined);
    const [early, late] = [memory.slice(20, 40), memory.slice(-20)].map((some) => Math.max(...some)) as [
      number,
      number,
    ];
    expect(late - early, "bytes that eight hundred thousand awards added").to.be.lessThan(150_000_000);
  });
});
