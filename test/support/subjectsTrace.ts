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
      this.#second(person, String(args[1]), BigInt(args[2]), now);
    } else if (name === "RecoveryVetoed") {
      expect(args[1], "A12: vetoed by another than the present account").to.equal(person.account);
      expect(person.recovery?.vetoed, "a veto after a veto").to.equal(false);
      person.recovery!.vetoed = true;
    } else if (name === "RecoveryDecided") {
      this.#decide(person, BigInt(args[1]), Boolean(args[2]), now);
    } else if (name === "RecoveryClosed") {
      expect(person.recovery?.vetoed && !person.recovery.granted, "closed though nobody vetoed").to.equal(true);
      person.recovery = undefined;
    } else if (name === "AccountChanged") {
      this.#change(subject, person, String(args[1]), String(args[2]), now);
    }
  }

  #second(person: Person, newAccount: string, seconder: bigint, now: bigint): void {
    expect(person.recovery, "seconded while one is open").to.equal(undefined);
    const others = [...(person.proposals.get(newAccount) ?? [])].filter((proposer) => proposer !== seconder);
    expect(others, "A10: seconded without another member's proposal").not.to.deep.equal([]);
    person.recovery = { proposer: others[0]!, seconder, newAccount, since: now, vetoed: false };
  }

  #decide(person: Person, arbiter: bigint, granted: boolean, now: bigint): void {
    const { recovery } = person;
    expect(recovery?.vetoed, "decided though nobody vetoed").to.equal(true);
    expect(arbiter, "A10: the seconder is the arbiter").not.to.equal(recovery!.seconder);
    if (granted) recovery!.granted = { arbiter, since: now };
  }

  #change(subject: string, person: Person, from: string, to: string, now: bigint): void {
    expect(from).to.equal(person.account);
    expect(person.retired.has(to), "A7: an earlier account returned").to.equal(false);
    if (this.#claimed !== subject) {
      const { recovery } = person;
      expect(recovery?.newAccount, "A10: not the account that was seconded").to.equal(to);
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
