import { expect } from "chai";
import type { LogDescription } from "ethers";

import { elapsed, type Outage } from "../../sdk/chain/open-clock.js";
import { PERIODS } from "./authority.js";

interface OpenRecovery {
  readonly proposer: bigint;
  readonly seconder: bigint;
  readonly newAccount: string;
  readonly since: bigint;
  vetoed: boolean;
  granted?: { readonly arbiter: bigint; readonly since: bigint };
}

interface Person {
  account: string;
  held: boolean;
  readonly retired: Set<string>;
  readonly proposals: Map<string, Set<bigint>>;
  recovery?: OpenRecovery | undefined;
}

/**
 * What the events of Subjects say, judged event by event: whoever changes an account must have gone through every step
 * that protects it. Knows nothing of the contract's state.
 */
export class SubjectsTrace {
  readonly people = new Map<string, Person>();
  readonly outages: Outage[] = [];
  /** Members that are suspended now. */
  readonly suspended = new Set<bigint>();
  #claimed = "";

  /** Takes one event of the second `now`. */
  take({ name, args }: LogDescription, now: bigint): void {
    const subject = String(args[0]);
    if (name === "SubjectEnrolled") {
      expect(this.people.has(subject), "A7: a subject enrolled twice").to.equal(false);
      const fresh = { account: String(args[1]), held: Boolean(args[3]), retired: new Set<string>() };
      this.people.set(subject, { ...fresh, proposals: new Map() });
      return;
    }
    const person = this.people.get(subject);
    if (!person) return;
    if (name === "SubjectClaimed") {
      expect(person.held, "A10: claimed though not held").to.equal(true);
      expect(person.recovery, "A12: claimed while contested").to.equal(undefined);
      this.#claimed = subject;
    } else if (name === "RecoveryProposed") {
      const proposers = person.proposals.get(String(args[1])) ?? new Set();
      person.proposals.set(String(args[1]), proposers.add(BigInt(args[2])));
    } else if (name === "RecoverySeconded") {
      this.#second(person, String(args[1]), BigInt(args[2]), BigInt(args[3]), now);
    } else if (name === "RecoveryVetoed") {
      expect(args[1], "A12: vetoed by another than the present account").to.equal(person.account);
      expect(person.recovery?.vetoed, "a veto after a veto").to.equal(false);
      person.recovery!.vetoed = true;
    } else if (name === "RecoveryDecided") {
      this.#decide(person, BigInt(args[1]), Boolean(args[2]), now);
    } else if (name === "RecoveryClosed") {
      const { recovery } = person;
      const vetoed = recovery?.vetoed && !recovery.granted;
      expect(vetoed || this.#isDisowned(recovery), "closed without a veto or a suspension").to.equal(true);
      person.recovery = undefined;
    } else if (name === "AccountChanged") {
      this.#change(subject, person, String(args[1]), String(args[2]), now);
    }
  }

  /** Whether a member that proposed, seconded or granted it is suspended. */
  #isDisowned(recovery: OpenRecovery | undefined): boolean {
    const backers = [recovery?.proposer, recovery?.seconder, recovery?.granted?.arbiter];
    return backers.some((member) => member !== undefined && this.suspended.has(member));
  }

  #second(person: Person, newAccount: string, seconder: bigint, proposer: bigint, now: bigint): void {
    expect(person.recovery, "seconded while one is open").to.equal(undefined);
    expect(proposer, "A10: seconded by its own proposer").not.to.equal(seconder);
    const proposed = person.proposals.get(newAccount)?.has(proposer);
    expect(proposed, "A10: seconded without another member's proposal").to.equal(true);
    person.recovery = { proposer, seconder, newAccount, since: now, vetoed: false };
  }

  #decide(person: Person, arbiter: bigint, granted: boolean, now: bigint): void {
    const { recovery } = person;
    expect(recovery?.vetoed, "decided though nobody vetoed").to.equal(true);
    expect([recovery!.proposer, recovery!.seconder], "A10: a backer is the arbiter").not.to.include(arbiter);
    if (granted) recovery!.granted = { arbiter, since: now };
  }

  #change(subject: string, person: Person, from: string, to: string, now: bigint): void {
    expect(from).to.equal(person.account);
    expect(person.retired.has(to), "A7: an earlier account returned").to.equal(false);
    if (this.#claimed !== subject) {
      const { recovery } = person;
      expect(recovery?.newAccount, "A10: not the account that was seconded").to.equal(to);
      expect(this.#isDisowned(recovery), "A14: a suspended member stands behind it").to.equal(false);
      expect(recovery!.vetoed, "A10: a veto was passed over").to.equal(recovery!.granted !== undefined);
      const since = recovery!.granted?.since ?? recovery!.since;
      const period = recovery!.granted ? PERIODS.arbitrated : PERIODS.recovery;
      expect(elapsed(this.outages, since, now) >= period, "A10: before its time").to.equal(true);
    }
    this.#claimed = "";
    person.retired.add(from);
    person.account = to;
    person.held = false;
    person.recovery = undefined;
  }
}
