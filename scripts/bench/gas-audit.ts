import { id, type TransactionResponse } from "ethers";
import { network } from "hardhat";

import { type Hex, toHex } from "../../sdk/common/bytes.js";
import { DatasetWorld, DAY, type TestDataset, testDataset } from "../../test/support/datasetWorld.js";
import { referenceLeafHash, VirtualTree } from "../../test/support/virtualTree.js";
import { FRESH_SLOT, USED_SLOT, gasOf, intrinsic } from "./gas.js";
import { type Row, row } from "./types.js";

// Gas is exact: fixed genesis time, fixed keys, fixed times of statements.
const MIDNIGHT = 1_767_225_600n; // 2026-01-01 00:00:00 UTC
const NOON = MIDNIGHT + 43_200n;
const GIB = 1n << 30n;

/** Gas of engagements, datasets and challenges, in whole transactions with their 21,000 and their calldata. */
export async function rows(): Promise<readonly Row[]> {
  const { provider, networkHelpers } = await network.create({
    override: { initialDate: new Date(Number(MIDNIGHT) * 1000) },
  });
  const world = await DatasetWorld.deploy(provider, networkHelpers);
  const logs = [await world.audit.openLog("agency", "second"), await world.audit.openLog("agency", "third")];
  await networkHelpers.time.increaseTo(NOON);
  const lineages = [world.audit.logs.agency, ...logs].map((log) => log.lineage).sort();
  const { engagement, rows: engagements } = await ofEngagements(world, lineages);
  return [...engagements, ...(await ofDatasets(world)), ...(await ofChallenges(world, engagement))];
}

async function ofEngagements(world: DatasetWorld, lineages: readonly string[]) {
  const engagements = world.audit.as("office", "Engagements");
  const scope = id("scope document");
  const until = NOON + 90n * DAY;
  const [one, two] = (["officeAuditor", "firmAuditor"] as const).map((label) => world.audit.actor(label).address);
  const auditee = world.member("agency");
  const open = (ref: string, team: string[]) =>
    engagements.open(id(ref), auditee, scope, NOON, until, [...lineages], team);
  const opened = await open("first", [one!, two!]);
  const engagement = (await engagements.engagementFor(world.member("office"), id("first"))) as Hex;
  await open("second", [one!]);
  const second = await engagements.engagementFor(world.member("office"), id("second"));
  const staffed = await engagements.staff(second, [two!]);
  const closed = await engagements.close(second);
  const rows = [
    await gas("engagement opened, 3 logs, team of 2", opened, 8 * FRESH_SLOT),
    await gas("engagement staffed, 1 account", staffed, FRESH_SLOT),
    await gas("engagement closed", closed, USED_SLOT),
  ];
  return { engagement, rows };
}

async function ofDatasets(world: DatasetWorld): Promise<Row[]> {
  const [alone, mirrored] = [testDataset(10, 1), testDataset(10, 2)];
  const registered = await world.register(alone);
  const word = (label: "mirrorOne" | "mirrorTwo", of: Hex) => world.possession(label, of, NOON - 60n);
  const mirroredId = await world.idOf(mirrored);
  const possessions = [await word("mirrorOne", mirroredId), await word("mirrorTwo", mirroredId)];
  const vouched = await world.register(mirrored, { possessions });
  const aloneId = await world.idOf(alone);
  const outsider = world.as("outsider");
  await outsider.confirm(aloneId, [await word("mirrorOne", aloneId)]);
  const confirmed = await outsider.confirm(aloneId, [await word("mirrorTwo", aloneId)]);
  const retired = await world.as("agency").retire(aloneId);
  return [
    await gas("dataset registered, no mirrors", registered, 2 * FRESH_SLOT),
    await gas("dataset registered, 2 mirrors", vouched, 5 * FRESH_SLOT),
    await gas("dataset confirmed by a second mirror", confirmed, FRESH_SLOT + 2 * USED_SLOT),
    await gas("dataset retired", retired, USED_SLOT),
  ];
}

async function ofChallenges(world: DatasetWorld, engagement: Hex): Promise<Row[]> {
  const [small, large] = [alike(GIB), alike(10n * GIB)];
  const [smallId, largeId] = [await world.registered(small.dataset), await world.registered(large.dataset)];
  const ask = (of: Hex) => world.as("officeAuditor").challenge(of, world.member("agency"), engagement);
  const answer = async (of: typeof small, datasetId: Hex) => {
    const challenged = await ask(datasetId);
    const challengeId = await world.datasets.challengeCount();
    // The path to the root costs a little more to the right: always as many turns, so that the figure is exact.
    await world.propose(challengeId, of.dataset.size, (chunk) => chunk < 1n << 23n && turns(chunk) === 10);
    const drawn = await world.as("outsider").draw(challengeId);
    const { chunk } = await world.datasets.challengeOf(challengeId);
    const answered = await world.as("agency").answer(challengeId, of.chunk, of.proof(chunk));
    return { challenged, drawn, answered };
  };
  // The first of a kind write to empty slots; the second ones are what a day has many of.
  await answer(small, smallId);
  await answer(large, largeId);
  const { challenged, drawn, answered } = await answer(small, smallId);
  const { answered: answeredLarge } = await answer(large, largeId);
  await ask(smallId);
  await world.drawn(await world.datasets.challengeCount());
  await world.helpers.time.increase(2n * DAY);
  const missed = await world.as("outsider").markMissed(await world.datasets.challengeCount());
  return [
    await gas("challenge opened", challenged, 2 * FRESH_SLOT + 2 * USED_SLOT),
    await gas("challenge drawn", drawn, USED_SLOT),
    await gas("challenge answered, 1 GiB", answered, 2 * USED_SLOT),
    await gas("challenge answered, 10 GiB", answeredLarge, 2 * USED_SLOT),
    await gas("challenge marked as missed", missed, 2 * USED_SLOT),
  ];
}

/** A dataset of any size whose chunks are all alike. @param size bytes, whole chunks */
function alike(size: bigint) {
  const chunk = testDataset(1_024, 7).bytes;
  const count = size / 1_024n;
  const tree = new VirtualTree(referenceLeafHash(chunk), new Map());
  const dataset: Pick<TestDataset, "root" | "size"> = { root: toHex(tree.root(count)), size };
  return { chunk, dataset: { ...testDataset(1), ...dataset }, proof: (at: bigint) => tree.inclusion(at, count) };
}

/** How often the path from a chunk comes from the right. */
function turns(chunk: bigint): number {
  return [...chunk.toString(2)].filter((bit) => bit === "1").length;
}

async function gas(name: string, tx: TransactionResponse, writing: number): Promise<Row> {
  return row({ name, unit: "gas", value: await gasOf(tx), floor: intrinsic(tx) + writing, better: "less" });
}
