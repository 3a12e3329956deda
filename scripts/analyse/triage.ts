import type { Finding } from "./slither.js";

/** Why a finding stays: a rule of Slither, `Contract.function`, and a sentence. */
export interface Excuse {
  readonly check: string;
  readonly where: string;
  readonly why: string;
}

/** `Contract.function` that a finding is about. */
export function placeOf(finding: Finding): string {
  return finding.description.trim().split("(", 1)[0] ?? "";
}

/** Findings without a reason, and reasons without a finding. */
export function judge(
  findings: readonly Finding[],
  excuses: readonly Excuse[],
): { open: readonly Finding[]; stale: readonly Excuse[] } {
  const covers = (excuse: Excuse, finding: Finding) =>
    excuse.check === finding.check && excuse.where === placeOf(finding) && excuse.why.length > 20;
  return {
    open: findings.filter((finding) => !excuses.some((excuse) => covers(excuse, finding))),
    stale: excuses.filter((excuse) => !findings.some((finding) => covers(excuse, finding))),
  };
}
