import { capabilities } from "../../chain/capabilities.js";
import { parseInstant } from "../../common/time.js";
import { conductOf, type ConductFault } from "../conduct.js";
import { operationOf, type AuditEvent } from "../event.js";
import type { EngagementHistory } from "./engagement-history.js";
import type { Membership } from "./membership.js";
import type { Fault } from "./tally.js";

/** What the chain's history says, as far as events are judged by it. */
export interface EventContext {
  /** Member that owns the log. */
  readonly owner: bigint;
  readonly skew: bigint;
  readonly now: bigint;
  readonly members: Membership;
  readonly engagements: EngagementHistory;
  /** Whether an event carries its auditor's signature. */
  authorizationOf(event: AuditEvent): "authorized" | "absent" | "forged";
}

/** Something wrong with an event; not `final` while what the chain has yet to say could put it in order. */
export interface EventFault {
  readonly fault: Fault;
  readonly final: boolean;
}

const words: Readonly<Record<ConductFault, string>> = {
  unnamed: "names no engagement, and its operation needs one",
  stranger: "names no engagement, and the account did not act for the log's owner",
  unknown: "names an engagement that was not on the chain",
  auditee: "names an engagement with another auditee than the log's owner",
  early: "happened before its engagement's window",
  late: "happened after its engagement's window",
  closed: "happened after its engagement was closed",
  office: "happened while its engagement's office could not run audits",
  team: "was done by an account that was not on the engagement's team",
  accreditation: "was done by an account that was not accredited as an auditor",
};

/** Holds an event against the engagements and members of its time, and against its auditor's signature. */
export function checkEvent(event: AuditEvent, context: EventContext): EventFault[] {
  const { owner, skew, now, members, engagements } = context;
  const { auditor, engagement } = event;
  const time = parseInstant(event.time);
  const operation = operationOf(event);
  const terms = engagement === undefined ? undefined : engagements.get(engagement);
  const faults = conductOf(
    { operation, time, engagement },
    {
      owner,
      skew,
      engagement: terms,
      office: terms === undefined ? [] : members.memberSpans(terms.office, capabilities.AUDIT_OFFICE),
      team: engagement === undefined ? [] : engagements.team(engagement, auditor),
      accredited: members.spans(auditor, capabilities.AUDITOR),
      belonged: members.spans(auditor, 0n),
    },
  );
  // A later block may still lie within the skew of an event that is this recent.
  const final = time + skew < now;
  return [
    ...faults.map((fault) => ({ fault: faultOf(fault, event, operation), final })),
    ...signatureFaults(event, context),
  ];
}

function faultOf(fault: ConductFault, event: AuditEvent, operation: string): Fault {
  const { auditor, engagement } = event;
  const day = event.time.slice(0, 10);
  const failed = event.data.outcome === "failed";
  const check = fault === "accreditation" ? "accreditation" : "conduct";
  const under = engagement === undefined ? "" : ` under ${engagement}`;
  const what = `${operation}${failed ? " (failed)" : ""} by ${auditor}${under} on ${day} ${words[fault]}`;
  // What failed touched nothing, and a stranger may be a servant of the agency whom nobody named a delegate.
  const severity = failed || fault === "stranger" ? "warning" : "alarm";
  const key = [fault, operation, event.data.outcome, auditor, engagement ?? "none", day].join(":");
  return { check, severity, key, what, account: auditor, ...(engagement === undefined ? {} : { engagement }) };
}

function signatureFaults(event: AuditEvent, { authorizationOf }: EventContext): EventFault[] {
  const said = authorizationOf(event);
  const { auditor, engagement } = event;
  if (said === "authorized" || (said === "absent" && engagement === undefined)) return [];
  const day = event.time.slice(0, 10);
  const what =
    said === "forged"
      ? `bears a signature on ${day} that is not ${auditor}'s over this event`
      : `is not signed by ${auditor}, whom it names as its auditor (${day})`;
  // After a kill the recorder tells of what was interrupted, and the auditor is not there to sign that.
  const severity = said === "forged" ? "alarm" : event.data.outcome === "failed" ? "notice" : "warning";
  const key = [said, auditor, engagement ?? "none", severity, day].join(":");
  const more = { account: auditor, ...(engagement === undefined ? {} : { engagement }) };
  return [{ fault: { check: "authorization", severity, key, what, ...more }, final: true }];
}
