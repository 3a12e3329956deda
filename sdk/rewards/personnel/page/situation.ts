import type { RecordState } from "../../../records/desk.js";
import { isOver, maxRounds, periodOf, type DeskPolicy } from "../../../records/desk.js";

/** What the page needs to know of a record at the desk, all at one moment. Times in block seconds. */
export interface DeskReading {
  /** Now, with expired periods counted. */
  readonly state: RecordState;
  readonly noticed: boolean;
  readonly valid: boolean;
  readonly disputed: boolean;
  readonly anchoredBy: bigint;
  /** 0 for never. */
  readonly expires: bigint;
  /** Open seconds since the running period began. */
  readonly elapsed: bigint;
  /** Open seconds since the first dispute became possible; undefined where it has not, for want of notice. */
  readonly disputable: bigint | undefined;
  /** Disputes so far under the one-time address, and by opening the commitment. */
  readonly addressRounds: bigint;
  readonly openingRounds: bigint;
  /** Whether the latest dispute was by opening. */
  readonly opened: boolean;
  readonly openComplaints: bigint;
  /** Entry of the correction, where it was corrected. */
  readonly correctedBy: bigint;
  readonly policy: DeskPolicy;
}

/** Who has to speak next. */
export type Speaker = "you" | "office" | "arbiter";

/** Something that ends. */
export interface Deadline {
  readonly who: Speaker;
  readonly what: string;
  /** What silence leads to. */
  readonly otherwise: string;
  /** Open seconds that are left: declared outages do not count. */
  readonly left: bigint;
}

/** What the person can do next. */
export type NextStep = "acknowledge" | "dispute" | "dispute again" | "appeal";

/** How a record stands, in words, and what follows. */
export interface Situation {
  /** One word for the state. */
  readonly title: string;
  readonly sentence: string;
  /** Shown in any case where it is under dispute. */
  readonly disputed: boolean;
  /** Whether it counts now. */
  readonly counts: boolean;
  /** Why it is over, where it is. */
  readonly over: "corrected" | "withdrawn" | "lapsed" | "expired" | undefined;
  readonly deadlines: readonly Deadline[];
  readonly steps: readonly NextStep[];
}

/**
 * How a record stands for its person, by the desk's rules.
 * @param now block seconds
 * @param byAddress whether the person acts under the one-time address, or else by opening
 */
export function situationOf(reading: DeskReading, now: bigint, byAddress: boolean): Situation {
  const { state, disputed, expires } = reading;
  const expired = expires !== 0n && now >= expires;
  const over = isOver(state) ? (state as Situation["over"]) : expired ? "expired" : undefined;
  const steps = stepsOf(reading, byAddress);
  return {
    ...wordsOf(reading, expired),
    disputed,
    counts: reading.valid,
    over,
    deadlines: isOver(state) ? [] : deadlinesOf(reading, steps),
    steps,
  };
}

function wordsOf(reading: DeskReading, expired: boolean): Pick<Situation, "title" | "sentence"> {
  const { state, noticed, policy, correctedBy, openComplaints } = reading;
  const words: Record<RecordState, [string, string]> = {
    recorded:
      noticed || !policy.noticeNeeded
        ? ["Recorded", "It counts."]
        : [
            "Not acknowledged",
            "It does not count before you acknowledge it, or an ombudsman attests that you were told.",
          ],
    noticed: ["Acknowledged", "It counts; you know of it."],
    disputed: ["Under dispute", "It is disputed, and says so to everybody; the office has to answer."],
    answered: ["Answered, under dispute", "The office upholds it. You can appeal; until then it stays disputed."],
    appealed: ["Under appeal", "It is disputed, and says so to everybody; the arbiter has to rule."],
    upheld: ["Upheld", "The dispute is over, and the record stands."],
    corrected: ["Corrected", `It does not count any more; entry ${correctedBy} stands in its place.`],
    withdrawn: ["Withdrawn", "It does not count any more: it was taken back, by the office or by a ruling."],
    lapsed: ["Lapsed", "It does not count any more: who had to answer for it was silent."],
  };
  const [title, sentence] = words[state];
  if (isOver(state)) return { title, sentence };
  if (expired) return { title: "Expired", sentence: "It does not count any more: its time is over." };
  if (openComplaints > 0n && (state === "recorded" || state === "noticed" || state === "upheld")) {
    return { title: `${title}, under dispute`, sentence: `${sentence} Somebody complained about it; that is open.` };
  }
  return { title, sentence };
}

function stepsOf(reading: DeskReading, byAddress: boolean): readonly NextStep[] {
  const { state, noticed, policy, addressRounds, openingRounds, disputable } = reading;
  if (isOver(state)) return [];
  if (state === "answered") return ["appeal"];
  if (periodOf(state, policy) !== undefined) return [];
  const rounds = byAddress ? addressRounds : openingRounds;
  const steps: NextStep[] = [];
  if (!noticed && state === "recorded") steps.push("acknowledge");
  const inTime = disputable === undefined || policy.disputePeriod === 0n || disputable <= policy.disputePeriod;
  if (rounds === 0n && inTime) steps.push("dispute");
  else if (rounds < maxRounds) steps.push("dispute again");
  return steps;
}

const running: Readonly<Partial<Record<RecordState, Omit<Deadline, "left">>>> = {
  disputed: { who: "office", what: "answer the dispute", otherwise: "the record lapses" },
  answered: { who: "you", what: "appeal", otherwise: "the record is upheld" },
  appealed: { who: "arbiter", what: "rule on the appeal", otherwise: "the record lapses" },
};

function deadlinesOf(reading: DeskReading, steps: readonly NextStep[]): readonly Deadline[] {
  const { state, policy, elapsed, disputable } = reading;
  const period = periodOf(state, policy);
  const now = running[state];
  if (period !== undefined && now !== undefined) return [{ ...now, left: period - elapsed }];
  if (!steps.includes("dispute") || disputable === undefined || policy.disputePeriod === 0n) return [];
  const otherwise = "a dispute needs new evidence";
  return [{ who: "you", what: "dispute it", otherwise, left: policy.disputePeriod - disputable }];
}

/** Seconds for people: whole days, or hours where less than two days are left. */
export function daysText(seconds: bigint): string {
  if (seconds < 0n) return "over";
  const [days, hours] = [seconds / 86_400n, seconds / 3_600n];
  if (days >= 2n) return `${days} days`;
  return hours === 1n ? "1 hour" : hours === 0n ? "less than an hour" : `${hours} hours`;
}
