import { z } from "zod";

const uint = (bits: number, least = 0) =>
  z
    .int()
    .min(least)
    .max(Math.min(2 ** bits - 1, Number.MAX_SAFE_INTEGER));

const mostCosigners = 8;
const cosigners = z
  .array(uint(32, 1))
  .max(mostCosigners)
  .refine((members) => members.every((member, i) => i === 0 || member > members[i - 1]!), {
    error: "is not in ascending order, each member once",
  });

/**
 * A policy as governance writes it down; see ILogPolicies for what each number means. Periods in seconds. What the
 * contract would refuse is refused here too, but for members that are not enrolled: a call to publish waits for its delay
 * before anybody learns that it cannot be executed.
 */
export const policySchema = z
  .strictObject({
    kind: z.string().min(1),
    burst: uint(48, 1),
    rate: uint(32, 1),
    witnesses: uint(8),
    mirrors: uint(8),
    silence: uint(32, 1),
    anchoring: uint(32, 1),
    clockSkew: uint(32).max(86_400),
    noticeNeeded: z.boolean(),
    disputePeriod: uint(32),
    answerPeriod: uint(32, 1),
    appealPeriod: uint(32, 1),
    rulingPeriod: uint(32, 1),
    supervisor: uint(32, 1),
    arbiter: uint(32, 1),
    ombudsman: uint(32, 1),
    eligibleWitnesses: cosigners,
    eligibleMirrors: cosigners,
    /** Seconds that a record of each class stays valid; 0 for ever. */
    retention: z.array(uint(32)).min(1).max(16),
  })
  .superRefine(({ supervisor, arbiter, ombudsman, ...rules }, { addIssue }) => {
    const refuse = (field: string, message: string) => addIssue({ code: "custom", path: [field], message });
    if (arbiter === supervisor) refuse("arbiter", "is the supervisor too");
    if (arbiter === ombudsman) refuse("arbiter", "is the ombudsman too");
    if (rules.witnesses > available(rules.eligibleWitnesses)) refuse("witnesses", "is more than are eligible");
    if (rules.mirrors > available(rules.eligibleMirrors)) refuse("mirrors", "is more than are eligible");
  });

/** Where none is named, every member with the capability is eligible. */
function available(eligible: readonly number[]): number {
  return eligible.length === 0 ? mostCosigners : eligible.length;
}
