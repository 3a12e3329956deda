import { id } from "ethers";
import fc from "fast-check";

import {
  actsFor,
  isActive,
  mayAct,
  memberHolds,
  supportOf,
  type AccountRecord,
  type Engagement,
  type Hindrance,
  type MemberRecord,
  type Support,
} from "../../sdk/audit/engagements.js";
import { teamHistory, wasOnTeam, type TeamEvent, type TeamTime } from "../../sdk/audit/team.js";
import { capabilities } from "../../sdk/chain/capabilities.js";
import { couldAct, isSilent, type RunningClock } from "../../sdk/chain/silence.js";
import type { Hex } from "../../sdk/common/bytes.js";

/** Accounts that try things, in the order of the numbers in an attempt. */
export const people = [
  "office",
  "otherOffice",
  "officeAuditor",
  "firm",
  "firmAuditor",
  "agency",
  "otherAgency",
  "outsider",
] as const;
export type Person = (typeof people)[number];

/** What can happen; the frequent things more than once. */
export const acts: readonly string[] = [
  "open open open staff staff staff staff release release release close close",
  "suspend reinstate reinstate capabilities validity delegate delegate",
  "heartbeat heartbeat mark mark freeze succeed succeed",
  "haltEngagements resumeEngagements resumeEngagements resumeEngagements",
  "haltRegistry resumeRegistry resumeRegistry outage endOutage endOutage",
].flatMap((line) => line.split(" "));

/** One attempt; its numbers choose among what is there. */
export interface Attempt {
  readonly act: string;
  readonly actor: number;
  /** Seconds since the last block. */
  readonly wait: bigint;
  readonly engagement: number;
  readonly accounts: readonly number[];
  readonly auditee: number;
  /** Of a window: seconds from the block to its start, and its length. */
  readonly start: bigint;
  readonly length: bigint;
  readonly lineages: readonly number[];
  readonly choice: number;
}

const day = 86_400n;

export const anyAttempt: fc.Arbitrary<Attempt> = fc.record({
  act: fc.constantFrom(...acts),
  actor: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(people.length - 1) }),
  wait: fc.oneof(
    { weight: 3, arbitrary: fc.bigInt({ min: 1n, max: 3_600n }) },
    { weight: 1, arbitrary: fc.bigInt({ min: 1n, max: 2n * day }) },
  ),
  engagement: fc.nat(5),
  accounts: fc.array(
    fc.oneof(
      // Mostly accounts that can be auditors.
      { weight: 6, arbitrary: fc.constantFrom(2, 3, 4) },
      { weight: 1, arbitrary: fc.nat(people.length - 1) },
    ),
    { maxLength: 3 },
  ),
  auditee: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(3, 4) }, fc.nat(15)),
  start: fc.oneof(
    { weight: 4, arbitrary: fc.bigInt({ min: -day, max: day / 4n }) },
    { weight: 1, arbitrary: fc.bigInt({ min: -day - 1n, max: -day + 1n }) },
  ),
  length: fc.oneof(
    { weight: 4, arbitrary: fc.bigInt({ min: 1n, max: 20n * day }) },
    { weight: 1, arbitrary: fc.bigInt({ min: -1n, max: day }) },
  ),
  lineages: fc.oneof(
    { weight: 4, arbitrary: fc.subarray([0, 1, 2]) },
    { weight: 1, arbitrary: fc.array(fc.nat(3), { maxLength: 4 }) },
  ),
  choice: fc.nat(7),
});

/** What is kept of a log's latest epoch and of its lineage. */
export interface ModelLog {
  readonly lineage: Hex;
  logId: Hex;
  frozen: boolean;
  lastAdvance: bigint;
  latestOverdue: bigint;
}

interface ModelEngagement {
  readonly id: Hex;
  terms: Engagement;
  readonly lineages: readonly Hex[];
  readonly events: TeamEvent[];
}

/** Seconds of silence that the policy allows. */
export const silence = day;

/**
 * What Engagements and the marks of LogRegistry should answer, told with the rules of the SDK. Records of Members are
 * given; what follows from them is the model's.
 */
export class EngagementModel {
  now = 0n;
  halted = false;
  readonly clock: { outages: { from: bigint; until: bigint }[]; halts: RunningClock["halts"] } = {
    outages: [],
    halts: { halted: false, haltedAt: 0n, resumedAt: 0n },
  };
  readonly members = new Map<bigint, MemberRecord>();
  readonly accounts = new Map<string, AccountRecord>();
  readonly logs: ModelLog[] = [];
  readonly engagements: ModelEngagement[] = [];

  /** The member for which an account holds a capability now, 0 for none. */
  holds(account: string, capability: bigint): bigint {
    const record = this.accounts.get(account);
    const member = record === undefined ? undefined : this.members.get(record.member);
    return record === undefined || member === undefined ? 0n : actsFor(record, member, capability, this.now);
  }

  /** The error that the opening meets, or nothing. */
  open(
    by: string,
    engagementId: Hex,
    terms: Pick<Engagement, "scope" | "auditee" | "from" | "until">,
    lineages: readonly Hex[],
    team: readonly string[],
  ): string | undefined {
    if (this.halted) return "HaltableHalted";
    const office = this.holds(by, capabilities.AUDIT_OFFICE);
    if (office === 0n) return "MembersMissingCapability";
    if (this.engagements.some((one) => one.id === engagementId)) return "EngagementsExists";
    if (!this.members.has(terms.auditee)) return "EngagementsUnknownMember";
    if (terms.auditee === office) return "EngagementsConflict";
    const { from, until } = terms;
    if (from >= until || this.now >= until || this.now > from + day) return "EngagementsInvalidWindow";
    for (const [i, lineage] of lineages.entries()) {
      if (i > 0 && lineages[i - 1]! >= lineage) return "EngagementsUnordered";
      if (!this.logs.some((log) => log.lineage === lineage)) return "EngagementsUnknownLog";
    }
    const opened = {
      id: engagementId,
      terms: { ...terms, office, openedAt: this.now, closedAt: 0n },
      lineages,
      events: [],
    };
    const refusal = this.#join(opened, team);
    if (refusal === undefined) this.engagements.push(opened);
    return refusal;
  }

  staff(by: string, engagementId: Hex, accounts: readonly string[]): string | undefined {
    if (this.halted) return "HaltableHalted";
    const [refusal, engagement] = this.#ofOffice(by, engagementId);
    if (engagement === undefined) return refusal;
    if (this.now >= engagement.terms.until) return "EngagementsNotActive";
    return this.#join(engagement, accounts);
  }

  release(by: string, engagementId: Hex, accounts: readonly string[]): string | undefined {
    const [refusal, engagement] = this.#ofOffice(by, engagementId);
    if (engagement === undefined) return refusal;
    const gone: TeamEvent[] = [];
    for (const auditor of accounts) {
      if (!isOn([...engagement.events, ...gone], auditor)) return "EngagementsNotStaffed";
      gone.push({ kind: "released", auditor, time: this.now });
    }
    engagement.events.push(...gone);
    return undefined;
  }

  close(by: string, engagementId: Hex): string | undefined {
    const [refusal, engagement] = this.#ofOffice(by, engagementId);
    if (engagement === undefined) return refusal;
    engagement.terms = { ...engagement.terms, closedAt: this.now };
    engagement.events.push({ kind: "closed", time: this.now });
    return undefined;
  }

  /** The error that a mark meets, or nothing. */
  mark(log: ModelLog): string | undefined {
    if (!isSilent(this.clock, log.lastAdvance, silence, this.now)) return "LogRegistryNotOverdue";
    if (couldAct(this.clock, log.lastAdvance, log.latestOverdue) > silence) return "LogRegistryAlreadyMarked";
    log.latestOverdue = this.now;
    return undefined;
  }

  isActive({ terms }: ModelEngagement): boolean {
    return isActive(terms, this.members.get(terms.office)!, this.now);
  }

  mayAct({ terms, events }: ModelEngagement, account: string): true | Hindrance {
    const candidate = {
      office: this.members.get(terms.office)!,
      staffed: isOn(events, account),
      accreditedFor: this.holds(account, capabilities.AUDITOR),
    };
    return mayAct(terms, candidate, this.now);
  }

  supportOf({ terms, lineages }: ModelEngagement): { supported: boolean; support: readonly Support[] } {
    const standings = lineages.map((lineage) => {
      const log = this.logs.find((one) => one.lineage === lineage)!;
      return { ...log, silent: isSilent(this.clock, log.lastAdvance, silence, this.now) };
    });
    return supportOf(standings, terms.openedAt);
  }

  history({ events }: ModelEngagement): readonly TeamTime[] {
    return teamHistory(events);
  }

  /** What holds of every engagement at any time, whoever did what: sentences for what does not. */
  violations(): string[] {
    return this.engagements.flatMap((engagement) => {
      const { terms } = engagement;
      const acting = [...this.accounts].filter(([account]) => this.mayAct(engagement, account) === true);
      const held = this.members.get(terms.office);
      return [
        ...acting.filter(([, { member }]) => member === terms.auditee).map(([who]) => `E1: ${who} audits itself`),
        ...(terms.office === terms.auditee ? ["E1: the office audits itself"] : []),
        ...(acting.length > 0 && (this.now < terms.from || this.now >= terms.until || terms.closedAt > 0n)
          ? ["E2: somebody acts outside of the window"]
          : []),
        ...(acting.length > 0 && !memberHolds(held!, capabilities.AUDIT_OFFICE, this.now)
          ? ["E3: somebody acts for an office that may not"]
          : []),
      ];
    });
  }

  #ofOffice(by: string, engagementId: Hex): [string] | [undefined, ModelEngagement] {
    const engagement = this.engagements.find((one) => one.id === engagementId);
    if (engagement === undefined) return ["EngagementsUnknown"];
    const office = this.holds(by, capabilities.AUDIT_OFFICE);
    if (office === 0n) return ["MembersMissingCapability"];
    if (office !== engagement.terms.office) return ["EngagementsNotOffice"];
    return engagement.terms.closedAt > 0n ? ["EngagementsClosedAlready"] : [undefined, engagement];
  }

  #join({ terms, events }: ModelEngagement, accounts: readonly string[]): string | undefined {
    const joined: TeamEvent[] = [];
    for (const auditor of accounts) {
      const member = this.holds(auditor, capabilities.AUDITOR);
      if (member === 0n) return "EngagementsNotAccredited";
      if (member === terms.auditee) return "EngagementsConflict";
      if (isOn([...events, ...joined], auditor)) return "EngagementsAlreadyStaffed";
      joined.push({ kind: "staffed", auditor, member, time: this.now });
    }
    events.push(...joined);
    return undefined;
  }
}

/** Whether the events leave an account on the team; the closing, which ends all, aside. */
function isOn(events: readonly TeamEvent[], account: string): boolean {
  const moves = events.filter(({ kind }) => kind !== "closed");
  return wasOnTeam(teamHistory(moves), account, 2n ** 40n);
}

/** Scope of every engagement here. */
export const scope = id("scope") as Hex;
