import { network } from "hardhat";

import { cosign, DAY, deployLogs, type LogSuite, type TestLog, TestTree } from "../../test/support/logs.js";
import { gasOf, intrinsic, USED_SLOT } from "./gas.js";
import { type Row, row } from "./types.js";

// Gas is exact: fixed genesis time, fixed keys, fixed block times.
const MIDNIGHT = 1_767_225_600n; // 2026-01-01 00:00:00 UTC
const OLD = 1_000_000n;
const NEW = 1_010_000n;

/** Gas of heads: what an owner pays, in whole transactions with their 21,000 and their calldata. */
export async function rows(): Promise<readonly Row[]> {
  const connection = await network.create({ override: { initialDate: new Date(Number(MIDNIGHT) * 1000) } });
  const { ethers, networkHelpers } = connection;
  const suite = await deployLogs(ethers);
  await networkHelpers.time.increaseTo(MIDNIGHT + 3_600n);
  const alone = await suite.openLog("alone", await suite.publish());
  const witnessed = await suite.openLog("witnessed", await suite.publish({ policy: { witnesses: 2n } }));

  const first = await advance(suite, alone, 0n, OLD, false);
  await advance(suite, witnessed, 0n, OLD, true);
  await networkHelpers.time.increase(100);
  const plain = await advance(suite, alone, OLD, NEW, false);
  const cosigned = await advance(suite, witnessed, OLD, NEW, true);
  const included = await inclusion(suite, alone);
  // The first day filed makes the array; every later day adds to it.
  await networkHelpers.time.increaseTo(MIDNIGHT + DAY + 3_600n);
  await advance(suite, alone, NEW, 1_020_000n, false);
  await networkHelpers.time.increaseTo(MIDNIGHT + 2n * DAY + 3_600n);
  const crossing = await advance(suite, alone, 1_020_000n, 1_030_000n, false);

  const gas = (name: string, used: { gas: number; floor: number }) =>
    row({ name, unit: "gas", value: used.gas, floor: used.floor, better: "less" });
  return [
    gas("log advance, 1.00M to 1.01M entries, no witness", plain),
    gas("log advance, 1.00M to 1.01M entries, 2 witnesses", cosigned),
    gas("log advance, first head", first),
    gas("log advance, first of a UTC day", crossing),
    gas("log inclusion check, 1.01M entries", included),
  ];
}

async function advance(
  { registry, people }: LogSuite,
  log: TestLog,
  oldSize: bigint,
  newSize: bigint,
  witnessed: boolean,
): Promise<{ gas: number; floor: number }> {
  const tree = new TestTree();
  const statement = { logId: log.id, size: newSize, root: tree.root(newSize), time: MIDNIGHT };
  const [one, two] = people.witnesses;
  const witnesses = witnessed
    ? [await cosign(registry, one.administrator, statement), await cosign(registry, two.administrator, statement)]
    : [];
  const proof = tree.consistency(oldSize, newSize);
  const owner = registry.connect(log.owner.administrator);
  const tx = await owner.advance(log.id, oldSize, newSize, tree.root(newSize), proof, witnesses, []);
  // Two slots that hold something are rewritten: no head can cost less.
  return { gas: await gasOf(tx), floor: intrinsic(tx) + 2 * USED_SLOT };
}

async function inclusion({ registry }: LogSuite, log: TestLog): Promise<{ gas: number; floor: number }> {
  const tree = new TestTree();
  const index = 654_321n;
  const call = await registry.isIncluded.populateTransaction(
    log.id,
    tree.leaf(index),
    index,
    tree.inclusion(index, NEW),
  );
  const tx = await log.owner.administrator.sendTransaction(call);
  return { gas: await gasOf(tx), floor: intrinsic(tx) };
}
