import { type Contract, id, type TransactionResponse } from "ethers";
import { network } from "hardhat";

import { capabilities } from "../../sdk/chain/capabilities.js";
import { testContract } from "../../test/support/compile.js";
import { FOREVER, PERIODS } from "../../test/support/authority.js";
import { deployRecovery } from "../../test/support/recovery.js";
import { COLD_CALL, COLD_SLOT, FRESH_SLOT, gasOf, intrinsic } from "./gas.js";
import { type Row, row } from "./types.js";

// Gas is exact: fixed genesis time, fixed keys, fixed block times.
const MIDNIGHT = 1_767_225_600n; // 2026-01-01 00:00:00 UTC

/** Gas of asking who may act and what time it is, as one contract asks another, and of enrolling people. */
export async function rows(): Promise<readonly Row[]> {
  const { ethers, networkHelpers } = await network.create({
    override: { initialDate: new Date(Number(MIDNIGHT) * 1000) },
  });
  const world = await deployRecovery(ethers);
  const { subjects, members, clock, signers, office, other, person, consent, account } = world;
  await networkHelpers.time.increaseTo(MIDNIGHT + 3_600n);
  const probe = (await (await testContract("AuthorityProbe", signers.admin)).deploy()) as Contract;
  const clerk = await world.nameDelegate(office, "clerk", capabilities.ARBITER);
  const target = await members.getAddress();
  const [capability] = (await probe.getFunction("measureCapability")(target, clerk.address, capabilities.ARBITER)) as [
    bigint,
  ];
  const open = (await probe.getFunction("measureElapsed")(await clock.getAddress(), MIDNIGHT)) as bigint;

  const newcomer = await account("newcomer");
  const place = [id("employment"), id("newcomer")] as const;
  const signature = await consent(newcomer, await subjects.subjectId(office.id, ...place), FOREVER);
  const officer = subjects.connect(office.administrator);
  const enrolled = await officer.enrol(...place, newcomer.address, FOREVER, signature);
  const proposed = await world.propose(office);
  const seconded = await world.second(other, office);
  await networkHelpers.time.increase(PERIODS.recovery);
  const completed = await subjects.connect(signers.outsider).completeRecovery(person.id);

  const sent = async (name: string, tx: TransactionResponse, slots: number) =>
    row({ name, unit: "gas", value: await gasOf(tx), floor: intrinsic(tx) + slots * FRESH_SLOT, better: "less" });
  const asked = (name: string, value: bigint, slots: number) =>
    row({ name, unit: "gas", value: Number(value), floor: COLD_CALL + slots * COLD_SLOT, better: "less" });
  return [
    asked("member capability, asked by a contract, cold", capability, 2),
    asked("open time after the last outage, asked by a contract, cold", open, 1),
    await sent("subject enrolment", enrolled, 2),
    await sent("recovery proposal", proposed, 2),
    await sent("recovery seconded", seconded, 3),
    await sent("recovery completed", completed, 1),
  ];
}
