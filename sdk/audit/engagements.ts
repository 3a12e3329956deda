import { AbiCoder, keccak256 } from "ethers";

import { capabilities } from "../chain/capabilities.js";
import type { Hex } from "../common/bytes.js";

/** An engagement as the chain keeps it; times are block seconds. */
export interface Engagement {
  /** SHA-256 of the scope document. */
  readonly scope: Hex;
  readonly office: bigint;
  readonly auditee: bigint;
  /** The first second in which the team may act, and the first in which it may not any more. */
  readonly from: bigint;
  readonly until: bigint;
  readonly openedAt: bigint;
  /** 0 while it is not closed. */
  readonly closedAt: bigint;
}

/** The id of an engagement, open or not yet: the twin of `Engagements.engagementFor`. */
export function engagementIdOf(suiteId: Hex, office: bigint, ref: string): Hex {
  const types = ["string", "bytes32", "uint32", "bytes32"];
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, ["stele.engagement", suiteId, office, ref])) as Hex;
}

/** What of a member decides whether it may act. */
export interface MemberRecord {
  readonly active: boolean;
  readonly capabilities: bigint;
  readonly validFrom: bigint;
  readonly validUntil: bigint;
  readonly adminEpoch: bigint;
}

/** What of an account decides for whom it may act; `member` is 0 for nobody's. */
export interface AccountRecord {
  readonly member: bigint;
  readonly capabilities: bigint;
  readonly expiry: bigint;
  readonly adminEpoch: bigint;
}

/** Whether a member may use all bits of a capability now. */
export function memberHolds(member: MemberRecord, capability: bigint, now: bigint): boolean {
  const { active, capabilities: held, validFrom, validUntil } = member;
  return active && now >= validFrom && now < validUntil && (capability & ~held) === 0n;
}

/**
 * For which member an account may use all bits of a capability now, 0 for none: the twin of `Members.hasCapability`.
 * @param member the record of the account's member
 */
export function actsFor(account: AccountRecord, member: MemberRecord, capability: bigint, now: bigint): bigint {
  const stands = account.adminEpoch === member.adminEpoch && now < account.expiry;
  const own = (capability & ~account.capabilities) === 0n;
  return account.member !== 0n && stands && own && memberHolds(member, capability, now) ? account.member : 0n;
}

/** Whether an engagement is active now: the twin of `Engagements.isActive`. */
export function isActive(engagement: Engagement, office: MemberRecord, now: bigint): boolean {
  const { from, until, closedAt } = engagement;
  return closedAt === 0n && now >= from && now < until && memberHolds(office, capabilities.AUDIT_OFFICE, now);
}

/** Why an account may not act in an engagement, in the order in which the contract asks. */
export type Hindrance = "not active" | "not staffed" | "not accredited" | "auditee";

/** What the contract asks of an account that wants to act in an engagement. */
export interface Candidate {
  /** The record of the engagement's office. */
  readonly office: MemberRecord;
  /** Whether the account is on the team now. */
  readonly staffed: boolean;
  /** The member for which it is accredited as an auditor now, 0 for none. */
  readonly accreditedFor: bigint;
}

/** Whether an account may act in an engagement now, or why not: the twin of `Engagements.requireAuditor`. */
export function mayAct(engagement: Engagement, candidate: Candidate, now: bigint): true | Hindrance {
  if (!isActive(engagement, candidate.office, now)) return "not active";
  if (!candidate.staffed) return "not staffed";
  if (candidate.accreditedFor === 0n) return "not accredited";
  return candidate.accreditedFor === engagement.auditee ? "auditee" : true;
}

/** What an engagement can expect of a log, from good to worst, in the order of the contract's `Support`. */
export const supports = ["sound", "overdue", "frozen", "defaulted"] as const;
export type Support = (typeof supports)[number];

/** What of a log decides; of its latest epoch, but for the mark, which is the lineage's. */
export interface LogStanding {
  readonly frozen: boolean;
  /** Silent now for longer than its policy allows: see `isSilent` of sdk/chain/silence.ts. */
  readonly silent: boolean;
  /** Block seconds of the latest mark, 0 for none. */
  readonly latestOverdue: bigint;
}

/** What one log is for an engagement. */
export function supportBy(log: LogStanding, openedAt: bigint): Support {
  if (log.latestOverdue >= openedAt) return "defaulted";
  if (log.frozen) return "frozen";
  return log.silent ? "overdue" : "sound";
}

/** Whether all logs of an engagement are sound, and what each is: the twin of `Engagements.supportOf`. */
export function supportOf(
  logs: readonly LogStanding[],
  openedAt: bigint,
): { readonly supported: boolean; readonly support: readonly Support[] } {
  const support = logs.map((log) => supportBy(log, openedAt));
  return { supported: support.every((one) => one === "sound"), support };
}
