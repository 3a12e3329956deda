/** A file of 100,000 awards, granted by campaign: checked, planned, committed to, opened on chain. One process. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { network } from "hardhat";

import { importAwards, planFile, type AwardImport, type AwardsImported } from "../../sdk/rewards/granting/import.js";
import type { Stage } from "../../sdk/rewards/granting/work.js";
import { encodeLeaf } from "../../sdk/rewards/campaign/leaf.js";
import { leafOf } from "../../sdk/rewards/granting/by-campaign.js";
import { AwardPlan } from "../../sdk/rewards/granting/plan.js";
import { ImportSecret } from "../../sdk/rewards/granting/secrets.js";
import { Tree } from "../../sdk/log/tree.js";
import { grantingChain, madeUpRoster, rosterKey, writeAwards } from "../../test/support/granting.js";
import { deployRewards } from "../../test/support/rewards.js";
import { metered } from "./scale/meter.js";
import { row, type BenchOptions, type Row } from "./types.js";

export async function rows(options: BenchOptions): Promise<readonly Row[]> {
  const count = options.events ?? (options.quick ? 2_000 : 100_000);
  const folder = await mkdtemp(join(tmpdir(), "stele-awards-"));
  const chain = await network.create();
  try {
    const rewards = await deployRewards(chain.provider);
    options.progress(`making a roster and a file of ${count} people`);
    const roster = await madeUpRoster(join(folder, "roster"), count);
    const file = join(folder, "awards.csv");
    await writeAwards(file, count);
    const told = stages(options);
    const handlers = { onProgress: told.onProgress, signal: options.signal };
    const department = rewards.actor("department");
    const granting = await grantingChain(chain.provider, rewards, department, folder, handlers);
    const typeId = await rewards.publishType({ points: 0n });
    const wanted = { ...terms, file, folder: join(folder, "imports"), roster, typeId, issuer: department.member };
    const before = process.memoryUsage.rss();
    const { result, taken } = await metered(() => importAwards(wanted, granting));
    await granting.close();
    roster.close();
    return rowsOf(count, taken, before, told.seconds(), hashing(wanted, result), gasOf(result));
  } finally {
    await chain.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const terms = { key: rosterKey, way: "campaign", expires: 0n, points: false, batch: 500n } as const;

function gasOf({ steps }: AwardsImported): number {
  return steps.reduce((sum, { submission }) => sum + Number("gasUsed" in submission ? submission.gasUsed : 0n), 0);
}

/** When each stage began. */
function stages({ progress }: BenchOptions) {
  const began = new Map<Stage, number>();
  return {
    onProgress: (stage: Stage): void => {
      if (began.has(stage)) return;
      began.set(stage, performance.now());
      progress(`${stage}`);
    },
    /** Until the next stage began. */
    seconds: (): ReadonlyMap<Stage, number> => {
      const all = [...began];
      return new Map(all.map(([stage, at], i) => [stage, ((all[i + 1]?.[1] ?? performance.now()) - at) / 1_000]));
    },
  };
}

/** The hashing alone: secrets, contents, leaves and tree of a plan that lies in memory. */
function hashing({ folder, key }: Pick<AwardImport, "folder" | "key">, { id }: AwardsImported): number {
  const plan = AwardPlan.openExisting(planFile(folder, id));
  try {
    const awards = [...plan.all()];
    const secret = new ImportSecret(key, id);
    const start = performance.now();
    const tree = new Tree();
    for (const award of awards) tree.add(encodeLeaf(leafOf(award, secret)));
    tree.root();
    return (performance.now() - start) / 1_000;
  } finally {
    plan.close();
  }
}

function rowsOf(
  count: number,
  taken: { readonly seconds: number; readonly cpuSeconds: number; readonly peakBytes: number },
  before: number,
  seconds: ReadonlyMap<Stage, number>,
  floor: number,
  gas: number,
): Row[] {
  const name = `import of ${count.toLocaleString("en-US")} awards from CSV by campaign`;
  const figure = (what: string, unit: string, value: number): Row =>
    row({ name: `${name}, ${what}`, unit, value, better: "less" });
  return [
    row({ name, unit: "s", value: taken.seconds, better: "less", floor }),
    figure("CPU", "s", taken.cpuSeconds),
    ...[...seconds].map(([stage, value]) => figure(stage, "s", value)),
    figure("peak memory", "MB", taken.peakBytes / 1e6),
    figure("memory on top", "MB", (taken.peakBytes - before) / 1e6),
    figure("gas in all", "gas in all", gas),
  ];
}
