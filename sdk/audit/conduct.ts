import type { Hex } from "../common/bytes.js";
import type { Operation } from "./event.js";

/** A span of time, in seconds; without an end it goes on. */
export interface Span {
  readonly from: bigint;
  /** The first second that does not belong to it. */
  readonly until?: bigint | undefined;
}

/** A span in which an account could act for a member. */
export interface MemberSpan extends Span {
  readonly member: bigint;
}

/**
 * Operations that nobody does without an engagement. What is left (transfer, restore, erase, identity) the holder of
 * the data may do by itself.
 */
export const audited: ReadonlySet<Operation> = new Set<Operation>(["collect", "read", "derive"]);

/** What can be wrong with an event's engagement. */
export const conductFaults = [
  "unnamed", // it names no engagement, and its operation needs one
  "stranger", // it names none, and the account did not act for the log's owner
  "unknown", // it names an engagement that was not on the chain
  "auditee", // the engagement is with another member than the log's owner
  "early", // before the engagement's window
  "late", // after the engagement's window
  "closed", // after the engagement was closed
  "office", // the engagement's office could not run audits
  "team", // the account was not on the engagement's team
  "accreditation", // the account could not act as an auditor for any member but the auditee
] as const;
export type ConductFault = (typeof conductFaults)[number];

/** What the rule needs to know of an event. */
export interface Conduct {
  readonly operation: Operation;
  /** Seconds, of the record's header. */
  readonly time: bigint;
  readonly engagement?: Hex | undefined;
}

/** What the chain says of the engagement that an event names. */
export interface EngagementTerms {
  readonly office: bigint;
  readonly auditee: bigint;
  /** Seconds; the window may begin up to a day earlier. */
  readonly openedAt: bigint;
  /** The window, in seconds. */
  readonly from: bigint;
  readonly until: bigint;
  /** Seconds; absent while it is not closed. */
  readonly closedAt?: bigint | undefined;
}

/** What the chain says of everybody that an event is about. */
export interface ConductFacts {
  /** Member that owns the log. */
  readonly owner: bigint;
  /** Seconds by which the clocks of an agency and of the chain may differ. */
  readonly skew: bigint;
  /** Of the engagement that the event names; absent where the chain has none. */
  readonly engagement?: EngagementTerms | undefined;
  /** When the engagement's office could run audits. */
  readonly office: readonly Span[];
  /** When the event's account was on that engagement's team. */
  readonly team: readonly Span[];
  /** When it was accredited as an auditor, and for whom. */
  readonly accredited: readonly MemberSpan[];
  /** When it could act for a member at all, and for whom. */
  readonly belonged: readonly MemberSpan[];
}

/**
 * The rule: is an event inside of an engagement? Each condition has to hold at some moment within the skew of the
 * event's time, so clocks that differ by no more accuse nobody.
 * @returns what is wrong; empty where nothing is
 */
export function conductOf(event: Conduct, facts: ConductFacts): readonly ConductFault[] {
  const near: Span = { from: event.time - facts.skew, until: event.time + facts.skew + 1n };
  if (event.engagement === undefined) return withoutEngagement(event, facts, near);
  const { engagement } = facts;
  if (engagement === undefined || !meets(near, { from: engagement.openedAt })) return ["unknown"];
  const { auditee, from, until, closedAt } = engagement;
  const accredited = facts.accredited.filter(({ member }) => member !== auditee);
  const faults: Record<ConductFault, boolean> = {
    unnamed: false,
    stranger: false,
    unknown: false,
    auditee: auditee !== facts.owner,
    early: !meets(near, { from }),
    late: !meets(near, { from: 0n, until }),
    closed: closedAt !== undefined && !meets(near, { from: 0n, until: closedAt }),
    office: !facts.office.some((span) => meets(near, span)),
    team: !facts.team.some((span) => meets(near, span)),
    accreditation: !accredited.some((span) => meets(near, span)),
  };
  return conductFaults.filter((fault) => faults[fault]);
}

function withoutEngagement(event: Conduct, facts: ConductFacts, near: Span): readonly ConductFault[] {
  if (audited.has(event.operation)) return ["unnamed"];
  const own = facts.belonged.some((span) => span.member === facts.owner && meets(near, span));
  return own ? [] : ["stranger"];
}

/** Whether two spans have a second in common. */
export function meets(a: Span, b: Span): boolean {
  const from = a.from > b.from ? a.from : b.from;
  return [a.until, b.until].every((until) => until === undefined || from < until);
}
