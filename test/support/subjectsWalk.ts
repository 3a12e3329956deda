import { expect } from "chai";
import { id, ZeroAddress } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";

import { capabilities } from "../../sdk/chain/capabilities.js";
import { actors } from "./actors.js";
import { deployAuthority, FOREVER, PERIODS } from "./authority.js";
import { SubjectsTrace } from "./subjectsTrace.js";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;
const DOMAIN = id("employment");
const DAY = 86_400n;

// Subjects under random officers, arbiters, account holders and thieves, judged by the trace of its events: the walk
// that the quick and the slow test take.

interface Act {
  readonly name: string;
  readonly by: number;
  readonly subject: number;
  readonly account: number;
  readonly yes: boolean;
  readonly wait: bigint;
}

async function deployed() {
  const authority = await deployAuthority(ethers);
  const { subjects, account, consent } = authority;
  const both = capabilities.SUBJECT_OFFICER | capabilities.ARBITER;
  const officers: string[] = [];
  for (const name of ["Office", "Other", "Third", "Fourth"]) {
    officers.push((await authority.enrolMember(name, both)).administrator.address);
  }
  const commitments = [id("one"), id("two")];
  const people = await Promise.all(commitments.map((commitment) => subjects.subjectId(1, DOMAIN, commitment)));
  const wallets = await Promise.all(["a", "b", "c", "d", "e", "f"].map(account));
  const sign = (type: "Bind" | "Hold") =>
    Promise.all(people.map((s) => Promise.all(wallets.map((wallet) => consent(wallet, s, FOREVER, type)))));
  const consents = { Bind: await sign("Bind"), Hold: await sign("Hold") };
  const accounts = wallets.map((wallet) => wallet.address);
  return { ...authority, officers, commitments, people, accounts, consents, send: actors(ethers) };
}
type Real = Awaited<ReturnType<typeof deployed>>;

/** Who calls what with which arguments. */
async function callOf(real: Real, { name, by, subject, account, yes }: Act): Promise<readonly [string, unknown[]]> {
  const { subjects, officers, people, accounts, consents, commitments, signers } = real;
  const [officer, person, target] = [officers[by]!, people[subject]!, accounts[account]!];
  const bind = consents.Bind[subject]![account]!;
  const present = await subjects.accountOf(person);
  switch (name) {
    case "enrol":
      return [officers[0]!, [DOMAIN, commitments[subject], target, FOREVER, bind]];
    case "enrolHeld":
      return [officers[0]!, [DOMAIN, commitments[subject], target, FOREVER, consents.Hold[subject]![account]]];
    case "claim":
      return [yes && present !== ZeroAddress ? present : officer, [person, target, FOREVER, bind]];
    case "proposeRecovery":
      return [officer, [person, target, FOREVER, bind]];
    case "secondRecovery": {
      // A proposal that is there, if any, so that walks get far.
      const found = await Promise.all(officers.map((_, i) => subjects.proposalOf(person, i + 1)));
      const proposer = Math.max(
        found.findIndex(({ newAccount }, i) => newAccount !== ZeroAddress && (yes || i !== by)),
        0,
      );
      return [officer, [person, proposer + 1, yes ? target : found[proposer]!.newAccount]];
    }
    case "vetoRecovery":
      return [yes && present !== ZeroAddress ? present : target, [person]];
    case "decideRecovery": {
      const { newAccount } = await subjects.recoveryOf(person);
      return [officer, [person, account === 0 ? target : newAccount, yes]];
    }
    case "withdrawRecovery":
      return [officer, [person]];
    default:
      return [signers.outsider.address, [person]];
  }
}

/** Lets the trace judge what the last block emitted. */
async function judge({ subjects }: Real, trace: SubjectsTrace): Promise<void> {
  const block = await ethers.provider.getBlock("latest");
  const logs = await subjects.queryFilter("*" as never, block!.number, block!.number);
  for (const log of logs) {
    const event = subjects.interface.parseLog(log);
    if (event) trace.take(event, BigInt(block!.timestamp));
  }
}

class Step implements fc.AsyncCommand<{ trace: SubjectsTrace }, Real> {
  readonly #act: Act;
  constructor(act: Act) {
    this.#act = act;
  }
  check(): boolean {
    return true;
  }
  async run({ trace }: { trace: SubjectsTrace }, real: Real): Promise<void> {
    const { name, wait } = this.#act;
    const { subjects, clock, signers, send } = real;
    const now = BigInt(await time.latest()) + 1n;
    if (name === "wait") {
      await time.increase(wait);
    } else if (name === "outage") {
      await time.setNextBlockTimestamp(now);
      const declared = await send(signers.guardian.address, clock, "declareOutage", [wait, id("storm")]);
      const [from, until] = declared ? await clock.outageAt((await clock.outageCount()) - 1n) : [0n, 0n];
      if (trace.outages.at(-1)?.from === from) trace.outages.pop();
      if (declared) trace.outages.push({ from, until });
    } else if (name === "halt" || name === "resume") {
      await send((name === "halt" ? signers.guardian : signers.governor).address, subjects, name, []);
    } else if (name === "suspend" || name === "reinstate") {
      const member = BigInt(this.#act.by + 1);
      const from = (name === "suspend" ? signers.registrar : signers.governor).address;
      const args = name === "suspend" ? [member, id("collusion")] : [member];
      if (await send(from, real.members, name, args)) {
        if (name === "suspend") trace.suspended.add(member);
        else trace.suspended.delete(member);
      }
    } else {
      // Half of the time with the patience that it takes.
      if (this.#act.yes && /^(complete|close)/.test(name)) await time.increase(wait);
      const [from, args] = await callOf(real, this.#act);
      if (await send(from, subjects, name, args)) await judge(real, trace);
    }
    await invariants(real, trace);
  }
  toString(): string {
    return JSON.stringify(this.#act, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
  }
}

/** What holds whatever happened. */
async function invariants({ subjects, people }: Real, trace: SubjectsTrace): Promise<void> {
  const present: string[] = [];
  for (const subject of people) {
    const person = trace.people.get(subject);
    const account = await subjects.accountOf(subject);
    expect(account, "A10: an account changed without a trace").to.equal(person?.account ?? ZeroAddress);
    if (!person) continue;
    present.push(account);
    expect(await subjects.subjectOf(account)).to.equal(subject);
    const contested = person.recovery !== undefined;
    expect(await subjects.actingAccountOf(subject), "A12: a contested account acts").to.equal(
      contested ? ZeroAddress : account,
    );
    for (const earlier of person.retired) {
      expect(await subjects.subjectOf(earlier), "A7: an earlier account decides").to.equal(`0x${"0".repeat(64)}`);
      expect(await subjects.successorOf(earlier), "A7: a lost link").not.to.equal(ZeroAddress);
    }
  }
  expect(new Set(present).size, "A7: one account, two subjects").to.equal(present.length);
}

/** A11: wherever a walk ended, halted or not, a stranger with patience brings every recovery to its end. */
async function settle(real: Real, trace: SubjectsTrace): Promise<void> {
  const { subjects, people, signers, send } = real;
  for (const subject of people) {
    const { phase } = await subjects.recoveryOf(subject);
    if (phase === 0n) continue;
    await time.increase(PERIODS.arbitrated + 60n * DAY);
    const name = phase === 2n ? "closeRecovery" : "completeRecovery";
    const ended =
      (await send(signers.outsider.address, subjects, name, [subject])) ||
      (await send(signers.outsider.address, subjects, "closeRecovery", [subject]));
    expect(ended, "A11: a stuck recovery").to.equal(true);
    await judge(real, trace);
    await invariants(real, trace);
    expect((await subjects.recoveryOf(subject)).phase).to.equal(0n);
  }
}

const weights = {
  enrol: 1,
  enrolHeld: 1,
  claim: 2,
  proposeRecovery: 6,
  withdrawRecovery: 1,
  secondRecovery: 8,
  vetoRecovery: 3,
  decideRecovery: 4,
  completeRecovery: 4,
  closeRecovery: 2,
  wait: 6,
  outage: 1,
  halt: 1,
  resume: 3,
  suspend: 1,
  reinstate: 3,
};
const acts: fc.Arbitrary<Act> = fc.record({
  name: fc.oneof(...Object.entries(weights).map(([name, weight]) => ({ weight, arbitrary: fc.constant(name) }))),
  by: fc.nat(3),
  subject: fc.nat(1),
  account: fc.nat(5),
  yes: fc.boolean(),
  wait: fc.constantFrom(1n, DAY, 5n * DAY, PERIODS.decision, PERIODS.recovery, PERIODS.arbitrated),
});

/** Random acts; the trace judges each, and afterwards a stranger settles what is open. */
export async function walkSubjects(runs: number, maxCommands: number): Promise<void> {
  const real = await networkHelpers.loadFixture(deployed);
  const snapshot = await networkHelpers.takeSnapshot();
  let changes = 0;
  await fc.assert(
    fc.asyncProperty(fc.commands([acts.map((act) => new Step(act))], { maxCommands, size: "max" }), async (steps) => {
      await snapshot.restore();
      const trace = new SubjectsTrace();
      for (const [subject, name] of ["enrol", "enrolHeld"].entries()) {
        const act = { name, by: 0, subject, account: subject, yes: true, wait: 0n };
        await new Step(act).run({ trace }, real);
        // And a proposal, so that short walks are interesting.
        await new Step({ ...act, name: "proposeRecovery", account: subject + 2 }).run({ trace }, real);
      }
      await fc.asyncModelRun(() => ({ model: { trace }, real }), steps);
      await settle(real, trace);
      for (const person of trace.people.values()) changes += person.retired.size;
    }),
    { numRuns: runs, seed: 1 },
  );
  expect(changes, "walks seldom change an account").to.be.above(runs / 4);
}
