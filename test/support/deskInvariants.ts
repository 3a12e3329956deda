import { expect } from "chai";

import { complaintPhases, isOver, recordStates } from "../../sdk/records/desk.js";
import type { Desk } from "./desk.js";
import type { DeskAct, ModelRecord } from "./deskModel.js";
import { DeskWalk } from "./deskWalk.js";

const SUBJECTS_OWN = ["acknowledge", "dispute", "appeal"];
const OWNERS_OWN = ["answer", "correct", "withdraw", "answerComplaint"];

/** What a walk did, so that a test can see that it was no idle one. */
export interface WalkReport {
  readonly accepted: Map<string, number>;
  readonly refused: Map<string, number>;
  /** Answers of a suspended owner, records that lapsed, that expired, deadlines moved by an outage. */
  suspendedOwner: number;
  lapsed: number;
  expired: number;
  outages: number;
}

/** Walks, and holds chain, model and invariants to each other at every step. */
export async function walk(desk: Desk, seed: number, steps: number): Promise<WalkReport> {
  const it = await DeskWalk.begin(desk, seed);
  const report: WalkReport = {
    accepted: new Map(),
    refused: new Map(),
    suspendedOwner: 0,
    lapsed: 0,
    expired: 0,
    outages: 0,
  };
  const last = new Map<string, Reading>();
  const target = await desk.desk.getAddress();
  for (let step = 0; step < steps; step++) {
    it.model.now += 1n + BigInt(it.below(60) === 0 ? it.below(3_500) : it.below(20));
    if (it.below(20) === 0) {
      await govern(it, report);
      continue;
    }
    const act = it.draw();
    const expected = it.model.violations(act);
    const text = `seed ${seed} step ${step}: ${act.kind} of ${act.record.name} by ${act.by}`;
    const error = await it.send(it.addressOf(act.by), target, it.encode(act));
    if (error === undefined) {
      expect(expected, text).to.deep.equal([]);
      expectRightful(act, text);
      if (it.model.suspended.has("owner") && OWNERS_OWN.includes(act.kind)) report.suspendedOwner++;
      it.model.apply(act);
      count(report.accepted, act.kind);
    } else {
      expect(expected, text).to.include(error);
      count(report.refused, error);
    }
    await check(it, act.record, last, report, text);
  }
  for (const record of it.records) await check(it, record, last, report, `seed ${seed}, in the end: ${record.name}`);
  return report;
}

interface Reading {
  readonly state: string;
  readonly expired: boolean;
}

/** R1 and R2, without the model: who did it, and what the record says of whom. */
function expectRightful(act: DeskAct, text: string): void {
  if (SUBJECTS_OWN.includes(act.kind)) {
    expect(act.by, text).to.be.oneOf([act.record.subject, act.record.address]);
  }
  if (OWNERS_OWN.includes(act.kind)) expect(act.by, text).to.equal("owner");
  if (act.kind === "rule" || act.kind === "ruleComplaint") expect(act.by, text).to.equal("arbiter");
}

/** Chain against model, and now against before. */
async function check(
  it: DeskWalk,
  record: ModelRecord,
  last: Map<string, Reading>,
  report: WalkReport,
  text: string,
): Promise<void> {
  const { desk } = it.desk;
  const log = it.logOf(record);
  const id = log.recordId(record.index);
  const status = await it.desk.status(log, record.index);
  const state = recordStates[Number(status.state)]!;
  const { noticed, valid, disputed, expires } = status;
  expect({ state, noticed, valid, disputed, expires }, text).to.deep.equal(it.model.statusOf(record));
  expect(await desk.flagsOf(id), text).to.deep.equal([status.state, noticed, disputed]);

  const entry = await it.desk.entry(log, record.index);
  expect(
    [entry.addressRounds, entry.openingRounds, entry.correctedBy, entry.openComplaints, entry.noticedAt],
    text,
  ).to.deep.equal([
    record.rounds.address,
    record.rounds.opening,
    record.correctedBy,
    it.model.openComplaints(record),
    record.noticedAt,
  ]);
  for (const [subject, complaint] of record.complaints) {
    const kept = await desk.complaintOf(id, it.subjectId(subject));
    expect([complaintPhases[Number(kept.phase)], kept.since], text).to.deep.equal([complaint.phase, complaint.since]);
  }

  // R3: what is over stays over, and what has expired or ended is never valid.
  const before = last.get(record.name);
  const expired = expires !== 0n && it.model.now >= expires;
  if (before !== undefined && isOver(before.state as never)) expect(state, text).to.equal(before.state);
  if (before?.expired === true) expect(expired, text).to.equal(true);
  if (expired || isOver(state)) expect(valid, text).to.equal(false);
  if (expired && before?.expired !== true) report.expired++;
  if (state === "lapsed" && before?.state !== "lapsed") report.lapsed++;
  last.set(record.name, { state, expired });
}

/** Suspends or reinstates the owner and the arbiter, declares and ends outages. */
async function govern(it: DeskWalk, report: WalkReport): Promise<void> {
  const { members, clock } = it.desk;
  const name = it.pick(["owner", "arbiter"] as const);
  const { id } = it.desk[name];
  const suspended = it.model.suspended.has(name);
  switch (it.below(10)) {
    case 0:
    case 1:
    case 2:
    case 3: {
      const data = suspended
        ? members.interface.encodeFunctionData("reinstate", [id])
        : members.interface.encodeFunctionData("suspend", [id, `0x${"01".repeat(32)}`]);
      const from = it.addressOf(suspended ? "governor" : "registrar");
      expect(await it.send(from, await members.getAddress(), data)).to.equal(undefined);
      if (suspended) it.model.suspended.delete(name);
      else it.model.suspended.add(name);
      break;
    }
    case 4:
    case 5:
    case 6: {
      const data = clock.interface.encodeFunctionData("declareOutage", [1 + it.below(6_000), `0x${"02".repeat(32)}`]);
      await it.send(it.addressOf("guardian"), await clock.getAddress(), data);
      await readOutages(it, report);
      break;
    }
    case 7:
    case 8:
      await it.send(
        it.addressOf("guardian"),
        await clock.getAddress(),
        clock.interface.encodeFunctionData("endOutage"),
      );
      await readOutages(it, report);
      break;
    default:
      it.model.now += BigInt(it.below(4_000));
      await it.desk.ethers.provider.send("evm_setNextBlockTimestamp", [Number(it.model.now)]);
      await it.desk.ethers.provider.send("evm_mine", []);
  }
}

async function readOutages(it: DeskWalk, report: WalkReport): Promise<void> {
  const { clock } = it.desk;
  const outages = [];
  for (let i = 0n; i < (await clock.outageCount()); i++) {
    const { from, until } = await clock.outageAt(i);
    outages.push({ from, until });
  }
  report.outages = outages.length;
  it.model.outages.splice(0, it.model.outages.length, ...outages);
}

function count(of: Map<string, number>, key: string): void {
  of.set(key, (of.get(key) ?? 0) + 1);
}

/** Several walks as one. */
export function addReports(reports: readonly WalkReport[]): WalkReport {
  const total: WalkReport = {
    accepted: new Map(),
    refused: new Map(),
    suspendedOwner: 0,
    lapsed: 0,
    expired: 0,
    outages: 0,
  };
  for (const report of reports) {
    for (const of of ["accepted", "refused"] as const) {
      for (const [key, times] of report[of]) total[of].set(key, (total[of].get(key) ?? 0) + times);
    }
    for (const of of ["suspendedOwner", "lapsed", "expired", "outages"] as const) total[of] += report[of];
  }
  return total;
}
