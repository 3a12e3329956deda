import { expect } from "chai";

import { challengeStates, drawnChunk } from "../../sdk/audit/challenges.js";
import type { Hex } from "../../sdk/common/bytes.js";
import { OpenClock__factory } from "../../typechain-types/index.js";
import type { MemberLabel } from "./audit.js";
import { DatasetWalk } from "./datasetWalk.js";
import { DAY, type DatasetWorld, plain } from "./datasetWorld.js";

/** What walks did, so that a test can see that they were no idle ones. */
export class WalkReport {
  readonly accepted = new Map<string, number>();
  readonly refused = new Map<string, number>();
  /** Acts of a suspended member that went through, acts while halted, challenges re-armed and lapsed, outages. */
  readonly seen = new Map<string, number>();

  count(of: "accepted" | "refused" | "seen", key: string): void {
    this[of].set(key, (this[of].get(key) ?? 0) + 1);
  }
}

/** Walks, and holds chain, model and invariants to each other at every step. */
export async function walk(world: DatasetWorld, seed: number, steps: number, report: WalkReport): Promise<void> {
  const it = await DatasetWalk.begin(world, seed);
  for (let step = 0; step < steps; step++) {
    await it.next(1n + BigInt(it.below(40) === 0 ? it.below(100_000) : it.below(300)));
    if (it.below(8) === 0) {
      await disturb(it, report);
      continue;
    }
    const act = it.draw();
    const expected = it.model.violations(act);
    const text = `seed ${seed} step ${step}: ${act.kind} by ${act.by}`;
    const error = await it.send(act);
    if (error === undefined) {
      expect(expected, text).to.deep.equal([]);
      const drawBlock = "challenge" in act ? it.model.challenges[act.challenge]!.drawBlock : 0n;
      const hash = act.kind === "draw" ? await it.hashOf(drawBlock) : ("0x" as Hex);
      it.model.apply(act, () => hash);
      const acting = it.model.memberOf(act.by);
      if (acting !== undefined && it.model.suspended.has(acting)) report.count("seen", "by a suspended member");
      if (it.model.halted) report.count("seen", "while halted");
      if (act.kind === "draw" && it.model.challenges[act.challenge]!.state === "pending")
        report.count("seen", "re-armed");
      report.count("accepted", act.kind);
    } else {
      expect(expected, text).to.include(error);
      report.count("refused", error);
    }
    await checkTouched(it, "challenge" in act ? act.challenge : it.model.challenges.length - 1, text);
  }
  await checkAll(it, `seed ${seed}, in the end`, report);
}

/** D7 to D9: a challenge is as the model has it, and its end is final, since the model never leaves an end. */
async function checkTouched(it: DatasetWalk, challenge: number, text: string): Promise<void> {
  if (challenge < 0) return;
  const { dataset, respondent, office, state, ...rest } = it.model.challenges[challenge]!;
  const kept = plain(await it.world.datasets.challengeOf(challenge + 1));
  expect(kept, text).to.deep.equal({
    ...rest,
    datasetId: it.model.datasets[dataset]!.id,
    respondent: it.world.member(respondent),
    office: it.world.member(office),
    state: BigInt(challengeStates.indexOf(state)),
  });
}

async function checkAll(it: DatasetWalk, text: string, report: WalkReport): Promise<void> {
  const { datasets } = it.world;
  expect(await datasets.challengeCount(), text).to.equal(BigInt(it.model.challenges.length));
  for (let i = 0; i < it.model.challenges.length; i++) await checkTouched(it, i, `${text}: challenge ${i + 1}`);
  await checkQuotas(it, text);
  for (const [place, dataset] of it.model.datasets.entries()) {
    const { id, holder, content, retiredAt } = dataset;
    const kept = await datasets.datasetOf(id);
    expect([kept.root, kept.size, kept.holder], `D1 ${text}`).to.deep.equal([
      content.root,
      content.size,
      it.world.member(holder),
    ]);
    expect(kept.retiredAt, `D2 ${text}`).to.equal(retiredAt);
    const vouched = await datasets.mirrorsOf(id);
    expect(new Set(vouched).size, `D4 ${text}`).to.equal(vouched.length);
    const standings = await Promise.all(vouched.map((member) => datasets.standingOf(id, member)));
    const now = standings.filter(({ vouchedAt }) => vouchedAt !== 0n).length;
    expect(kept.mirrors, `D4 ${text}`).to.equal(BigInt(now));
    expect(vouched, `D3 the holder is no mirror, ${text}`).not.to.include(it.world.member(holder));
    for (const member of new Set<MemberLabel>([holder, ...dataset.standings.keys()])) {
      const standing = await datasets.standingOf(id, it.world.member(member));
      expect(plain(standing), `${text}: ${member}`).to.deep.equal({ ...it.model.standing(place, member) });
      const ended = it.model.challenges.filter((one) => one.dataset === place && one.respondent === member);
      const count = (state: string) => BigInt(ended.filter((one) => one.state === state).length);
      expect([standing.answered, standing.missed], `D10 ${text}`).to.deep.equal([count("answered"), count("missed")]);
    }
  }
  for (const challenge of it.model.challenges) {
    if (challenge.drawnAt !== 0n) expect(challenge.drawnAt >= challenge.openedAt, `D7 ${text}`).to.equal(true);
    else if (it.model.reading(challenge) === "lapsed") report.count("seen", "lapsed");
  }
  await checkHashes(it, text);
}

/** D6, without the model: what the chain holds of all challenges. */
async function checkQuotas(it: DatasetWalk, text: string): Promise<void> {
  const spent = new Map<string, number>();
  for (let i = 1n; i <= (await it.world.datasets.challengeCount()); i++) {
    const { office, respondent, openedAt } = await it.world.datasets.challengeOf(i);
    const key = `${office} ${respondent} ${openedAt / DAY}`;
    spent.set(key, (spent.get(key) ?? 0) + 1);
  }
  for (const [key, times] of spent) expect(times, `D6 ${text}: ${key}`).to.be.lessThanOrEqual(16);
}

/** D7, without the model: each chunk is the one that its block's hash draws. */
async function checkHashes(it: DatasetWalk, text: string): Promise<void> {
  for (let i = 1n; i <= (await it.world.datasets.challengeCount()); i++) {
    const { chunk, drawBlock, drawnAt, datasetId } = await it.world.datasets.challengeOf(i);
    if (drawnAt === 0n) continue;
    const { size } = await it.world.datasets.datasetOf(datasetId);
    expect(chunk, `D7 ${text}`).to.equal(drawnChunk(await it.hashOf(drawBlock), i, size));
  }
}

/** What happens around: suspensions, halts, outages, closings, quiet days and many blocks. */
async function disturb(it: DatasetWalk, report: WalkReport): Promise<void> {
  const { members, datasets } = it.world;
  const { guardian, governor, registrar, suite } = it.world.audit.deployed;
  switch (it.below(9)) {
    case 0:
    case 1:
    case 2: {
      const member = it.pick(["agency", "mirrorOne", "office", "firm"] as const);
      const id = it.world.member(member);
      const suspended = it.model.suspended.has(member);
      const data = suspended
        ? members.interface.encodeFunctionData("reinstate", [id])
        : members.interface.encodeFunctionData("suspend", [id, `0x${"01".repeat(32)}`]);
      expect(await it.sendTo(await members.getAddress(), suspended ? governor : registrar, data)).to.equal(undefined);
      if (suspended) it.model.suspended.delete(member);
      else it.model.suspended.add(member);
      return;
    }
    case 3: {
      if (!it.model.halted && it.below(3) !== 0) return;
      const act = it.model.halted ? "resume" : "halt";
      const data = datasets.interface.encodeFunctionData(act as "halt");
      expect(await it.sendTo(it.world.address, it.model.halted ? governor : guardian, data)).to.equal(undefined);
      it.model.halted = !it.model.halted;
      return;
    }
    case 4: {
      const clock = OpenClock__factory.connect(suite.address("OpenClock"), it.world.audit.deployed.provider);
      const data = clock.interface.encodeFunctionData("declareOutage", [1 + it.below(60_000), `0x${"02".repeat(32)}`]);
      await it.sendTo(suite.address("OpenClock"), guardian, data);
      const count = Number(await clock.outageCount());
      const outages = await Promise.all(Array.from({ length: count }, (_, i) => clock.outageAt(i)));
      it.model.outages.splice(0, it.model.outages.length, ...outages.map(({ from, until }) => ({ from, until })));
      report.count("seen", "outage");
      return;
    }
    case 5:
      it.model.now += BigInt(it.below(12) === 0 ? 35n * DAY : DAY / 3n);
      return;
    case 6: {
      // Later on only, and never the first: challenges have to come from somewhere.
      const engagement = it.model.engagements[2]!;
      if (it.below(10) !== 0 || engagement.closed) return;
      const data = suite.contract("Engagements").interface.encodeFunctionData("close", [engagement.id]);
      engagement.closed = (await it.sendTo(suite.address("Engagements"), "otherOffice", data)) === undefined;
      return;
    }
    default:
      await it.mine(100 + it.below(250));
  }
}
