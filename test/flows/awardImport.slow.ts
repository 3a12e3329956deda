import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { expect } from "chai";

import { connect } from "../../sdk/chain/connection.js";
import { writeManifest } from "../../sdk/chain/manifest.js";
import { startAnvil, type Node } from "../support/anvil.js";
import type { ChildSettings } from "../support/awardImports/child.js";
import { temporaryFolders } from "../support/folders.js";
import { madeUpRoster, writeAwards } from "../support/granting.js";
import { deployRewards, type RewardsSuite } from "../support/rewards.js";

// With STELE_AWARD_LINES=1000000 it is a million: minutes more, and the same.
const lines = Number(process.env["STELE_AWARD_LINES"] ?? 100_000);
const minutes = 60_000;

interface Ended {
  readonly root: string;
  readonly size: string;
  readonly sent: number;
  readonly peak: number;
}

/** Runs the import in a process; kills it at the first line for which `dies` says so. @returns its end, if it had one */
function runChild(
  file: string,
  dies: (stage: string, share: number) => boolean = () => false,
): Promise<Ended | undefined> {
  // A small heap, so that what is kept shows and what waits to be collected does not.
  const child = spawn(
    process.execPath,
    ["--max-old-space-size=160", "--import", "tsx", join("test", "support", "awardImports", "child.ts"), file],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let ended: Ended | undefined;
  createInterface(child.stdout).on("line", (line) => {
    const [stage = "", ...rest] = line.split(" ");
    if (stage === "done") {
      const [root = "", size = "", sent = "", peak = ""] = rest;
      ended = { root, size, sent: Number(sent), peak: Number(peak) };
    } else if (dies(stage, Number(rest[0]) / Number(rest[1]))) {
      child.kill("SIGKILL");
    }
  });
  return new Promise((resolve, reject) => {
    child.once("exit", (code, signal) => {
      if (code === 0 || signal === "SIGKILL") resolve(ended);
      else reject(new Error(`the import ended with ${code}`));
    });
  });
}

describe(`an import of ${lines.toLocaleString("en-US")} awards by campaign`, function () {
  this.timeout(40 * minutes);
  const folder = temporaryFolders();
  let node: Node;
  let rewards: RewardsSuite;
  let base: string;

  before(async () => {
    node = await startAnvil({ feeMode: "dynamic", args: ["--accounts", "20"] });
    const connection = await connect(node.profile);
    const request = ({ method, params }: { method: string; params?: unknown }) =>
      connection.transport.request({ method, params: (params ?? []) as readonly unknown[] });
    rewards = await deployRewards({ request });
    base = folder();
    (await madeUpRoster(join(base, "roster"), lines)).close();
    await writeAwards(join(base, "awards.csv"), lines);
    await writeAwards(join(base, "few.csv"), Math.floor(lines / 4));
    await writeManifest(join(base, "manifest.json"), rewards.suite.manifest);
  });
  after(async () => node.stop());

  async function settingsFor(name: string, csv: string, typeId: bigint): Promise<string> {
    const file = join(base, `${name}.json`);
    const settings: ChildSettings = {
      url: node.url,
      manifest: join(base, "manifest.json"),
      folder: join(base, name),
      roster: join(base, "roster"),
      file: join(base, csv),
      typeId: `${typeId}`,
      issuer: `${rewards.actor("department").member}`,
    };
    writeFileSync(file, JSON.stringify(settings));
    return file;
  }

  it("GR4: killed in each of its stages and run again, has the root of an undisturbed run, opened once; memory is flat", async () => {
    const typeId = await rewards.publishType({ points: 0n });
    const few = await runChild(await settingsFor("few", "few.csv", typeId));
    const killed = await settingsFor("killed", "awards.csv", typeId);
    for (const stage of ["check", "plan", "leaves", "grant"]) {
      const share = Math.random() * 0.9;
      console.log(`      killed at ${stage}, ${Math.round(share * 100)} %`);
      const end = await runChild(killed, (now, done) => now === stage && (stage === "grant" || done >= share));
      expect(end, stage).to.equal(undefined);
    }
    const end = (await runChild(killed))!;
    const undisturbed = (await runChild(await settingsFor("undisturbed", "awards.csv", typeId)))!;
    expect([end.root, end.size]).to.deep.equal([undisturbed.root, `${lines}`]);
    expect(undisturbed.sent).to.equal(0); // it is the same import: the campaign was there
    const campaigns = rewards.suite.contract("Campaigns");
    const opened = await campaigns.queryFilter(campaigns.filters.CampaignOpened());
    expect(opened.filter(({ args }) => args.size === BigInt(lines)).length).to.equal(1);
    const [small, large] = [few!.peak, Math.max(end.peak, undisturbed.peak)].map((bytes) => bytes / 2 ** 20);
    console.log(`      peak memory ${small!.toFixed(0)} MiB for a quarter, ${large!.toFixed(0)} MiB for all`);
    expect(large! - small!).to.be.lessThan(128);
  });
});
