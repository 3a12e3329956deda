import { getBytes, id, type TransactionResponse, ZeroHash } from "ethers";
import { network } from "hardhat";

import {
  BY_ADDRESS,
  byOpening,
  CONTENT,
  type Desk,
  deployDesk,
  openTo,
  REASON,
  UPHOLD,
} from "../../test/support/desk.js";
import { referenceLeafHash, VirtualTree } from "../../test/support/virtualTree.js";
import { FRESH_SLOT, USED_SLOT, gasOf, intrinsic } from "./gas.js";
import { type Row, row } from "./types.js";

// Gas is exact: fixed genesis time, fixed keys, fixed block times.
const MIDNIGHT = 1_767_225_600n; // 2026-01-01 00:00:00 UTC
const SIZE = 1_010_000n;

/** Gas of disputes about a record of a large log, in whole transactions with their 21,000 and their calldata. */
export async function rows(): Promise<readonly Row[]> {
  const { ethers, networkHelpers } = await network.create({
    override: { initialDate: new Date(Number(MIDNIGHT) * 1000) },
  });
  const world = await deployDesk(ethers);
  await networkHelpers.time.increaseTo(MIDNIGHT + 3_600n);
  const show = await anchored(world);
  const { desk, oneTime, person, owner } = world;
  const [one, two] = [show(0), show(1)];

  const byKey = await desk.connect(oneTime).dispute(one, BY_ADDRESS, REASON, ZeroHash);
  const opened = await desk.connect(person.account).dispute(two, byOpening(openTo(person)), REASON, ZeroHash);
  const answered = await desk.connect(owner.administrator).answer(one.logId, one.index, 1, UPHOLD, CONTENT);
  const read = await oneTime.sendTransaction(await desk.stateOf.populateTransaction(one));
  const complained = await desk.connect(person.account).complain(one.logId, one.index, REASON);

  const gas = async (name: string, tx: TransactionResponse, writing: number) =>
    row({ name, unit: "gas", value: await gasOf(tx), floor: intrinsic(tx) + writing, better: "less" });
  return [
    await gas("record dispute by one-time address, 1.01M entries", byKey, FRESH_SLOT),
    await gas("record dispute by opening, 1.01M entries", opened, FRESH_SLOT),
    await gas("record answer", answered, USED_SLOT),
    await gas("record state, 1.01M entries", read, 0),
    await gas("record complaint", complained, 2 * FRESH_SLOT + USED_SLOT),
  ];
}

/** Two records deep in a log that is otherwise the same leaf over and over. */
async function anchored(world: Desk) {
  const log = await world.openLog({ burst: SIZE });
  const wish = { subject: openTo(world.person), disputeAddress: world.oneTime.address, time: MIDNIGHT };
  const places = [654_321n, 700_001n] as const;
  for (let i = 0; i < places.length; i++) await log.add(wish);
  const leaves = log.headers.map((header, i) => [places[i]!, referenceLeafHash(header)] as const);
  const tree = new VirtualTree(referenceLeafHash(getBytes(id("common"))), new Map(leaves));
  const registry = world.registry.connect(world.owner.administrator);
  await registry.advance(log.logId, 0, SIZE, tree.root(SIZE), [], [], []);
  return (which: 0 | 1) => {
    const index = places[which];
    return { logId: log.logId, index, header: log.headers[which]!, proof: tree.inclusion(index, SIZE) };
  };
}
