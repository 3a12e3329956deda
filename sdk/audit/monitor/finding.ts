import type { Hex } from "../../common/bytes.js";

/** What a monitor looks for; README.md has a line on each. */
export const checks = [
  "source", // a source of a log does not answer, or answers wrongly
  "checkpoint", // a note that no registered key vouches for, or that nothing leads to
  "split-view", // the log's key signed another history than the chain's
  "ahead", // a signed checkpoint that the chain does not have yet
  "unanchored", // a demand that was not met in time
  "silence", // no head and no heartbeat for longer than the policy allows
  "standing", // marked overdue, frozen, succeeded
  "history", // entries that are not those of the anchored log
  "sequence", // gaps and repetitions of a source
  "clock", // times that run backwards or ahead
  "record", // entries that are no records of the log, payloads that are no events
  "closed", // payloads that the office may not open
  "conduct", // events outside of an engagement
  "accreditation", // auditors without one
  "authorization", // events that their auditor did not sign
  "support", // engagements whose logs do not hold
  "mirrors", // datasets with fewer mirrors than promised
  "challenge", // challenges missed, or not drawn
  "dataset", // datasets never registered, or retired
  "alerts", // alerts that could not be written
] as const;
export type Check = (typeof checks)[number];

/** `alarm`: evidence against somebody. `warning`: something to be mended. `notice`: to be known. */
export type Severity = "alarm" | "warning" | "notice";

/** What a finding is about. */
export interface Subject {
  readonly log?: Hex;
  readonly source?: string;
  readonly index?: bigint;
  readonly engagement?: Hex;
  readonly account?: string;
  readonly dataset?: Hex;
  readonly member?: bigint;
  readonly challenge?: bigint;
}

/** What the chain lets anyone do about a finding. */
export interface Action {
  readonly kind: "proveSplitView" | "demandAnchoring" | "markUnanchored" | "markOverdue" | "draw" | "markMissed";
  readonly contract: "LogRegistry" | "Datasets";
  readonly values: readonly unknown[];
  /** What it does, for people. */
  readonly label: string;
}

/** What became of an action. */
export type Acted =
  | { readonly kind: Action["kind"]; readonly state: "sent"; readonly transaction: string }
  | { readonly kind: Action["kind"]; readonly state: "simulated" | "proposed" }
  /** The chain refused, or could not be reached; the next run tries again. */
  | { readonly kind: Action["kind"]; readonly state: "failed"; readonly reason: string };

/** Something that a check found. */
export interface Finding {
  /** What it is about: the same in every run, as long as the matter is the same. */
  readonly id: string;
  readonly check: Check;
  readonly severity: Severity;
  readonly subject: Subject;
  /** One sentence, without personal data. */
  readonly sentence: string;
  readonly evidence?: Readonly<Record<string, unknown>>;
  /** What could be done, until it was tried. */
  readonly wanted?: Action;
  readonly action?: Acted;
  /** The configuration says that the office knows of it. */
  readonly acknowledged?: true;
}

/** Makes a finding; its id is the check and what tells its matter from others. */
export function finding(
  check: Check,
  severity: Severity,
  key: readonly (string | number | bigint)[],
  sentence: string,
  more: Pick<Finding, "subject" | "evidence" | "wanted"> | { readonly subject: Subject },
): Finding {
  return { id: [check, ...key].join(":"), check, severity, sentence, ...more };
}

const ranks: Readonly<Record<Severity, number>> = { alarm: 0, warning: 1, notice: 2 };

/** Worst first, then by id; of findings with one id the first stays. */
export function sorted(findings: readonly Finding[]): Finding[] {
  const byId = new Map<string, Finding>();
  for (const one of findings) if (!byId.has(one.id)) byId.set(one.id, one);
  return [...byId.values()].toSorted(
    (a, b) => ranks[a.severity] - ranks[b.severity] || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
}

/** Turns what the office knows of already into notices. */
export function acknowledge(findings: readonly Finding[], known: ReadonlySet<string>): Finding[] {
  return findings.map((one) => (known.has(one.id) ? { ...one, severity: "notice", acknowledged: true } : one));
}

/** Whether nothing needs anybody's attention. */
export function isWell(findings: readonly Finding[]): boolean {
  return findings.every(({ severity }) => severity === "notice");
}
