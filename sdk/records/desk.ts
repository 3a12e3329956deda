/** What a record can be at the desk, in the order of `IRecordDesk.State`. The last three are final. */
export const recordStates = [
  "recorded",
  "noticed",
  "disputed",
  "answered",
  "appealed",
  "upheld",
  "corrected",
  "withdrawn",
  "lapsed",
] as const;
export type RecordState = (typeof recordStates)[number];

/** What a complaint can be, in the order of `IRecordDesk.Phase`. */
export const complaintPhases = ["none", "open", "answered", "appealed", "ruled", "lapsed"] as const;
export type ComplaintPhase = (typeof complaintPhases)[number];

/** How the desk closes a dispute or a complaint, in the order of `IRecordDesk.Outcome`. */
export const outcomes = ["uphold", "withdraw"] as const;
export type Outcome = (typeof outcomes)[number];

/** Disputes of one record by each of the two standings. */
export const maxRounds = 8n;

/** Complaints of one subject at a time. */
export const maxComplaints = 4n;

/** The parts of a log's policy that the desk's rules read; open seconds, `clockSkew` in block seconds. */
export interface DeskPolicy {
  readonly noticeNeeded: boolean;
  readonly disputePeriod: bigint;
  readonly answerPeriod: bigint;
  readonly appealPeriod: bigint;
  readonly rulingPeriod: bigint;
  readonly clockSkew: bigint;
}

/** What the rules read of a record's entry. */
export interface DeskEntry {
  /** As last written. */
  readonly state: RecordState;
  /** Seconds, 0 for never. */
  readonly noticedAt: bigint;
  /** Complaints to which the owner or the arbiter owes an answer. */
  readonly openComplaints: bigint;
}

/** What decides whether an included record counts. */
export interface DeskFacts {
  /** Whether the header has a subject commitment or a dispute address: whether somebody is to be given notice. */
  readonly aboutSomebody: boolean;
  /** The header's time, seconds. */
  readonly time: bigint;
  /** Upper bound of the time of anchoring, seconds. */
  readonly anchoredBy: bigint;
  /** Seconds that its retention class keeps it valid, 0 for ever; undefined where the policy does not know the class. */
  readonly retention: bigint | undefined;
}

/** Everything about an included record at one moment, as `IRecordDesk.Status` says it. */
export interface DeskStatus {
  readonly state: RecordState;
  readonly noticed: boolean;
  readonly valid: boolean;
  readonly disputed: boolean;
  /** First second in which it is not valid any more, 0 for never. */
  readonly expires: bigint;
}

/** The period in which somebody has to speak, undefined where nobody has to. */
export function periodOf(state: RecordState, policy: DeskPolicy): bigint | undefined {
  switch (state) {
    case "disputed":
      return policy.answerPeriod;
    case "answered":
      return policy.appealPeriod;
    case "appealed":
      return policy.rulingPeriod;
    default:
      return undefined;
  }
}

/**
 * The state as it reads `elapsed` open seconds after the running period began: silence of the owner or the arbiter
 * ends as lapsed, an answer that nobody appealed as upheld.
 */
export function stateAt(entry: Pick<DeskEntry, "state">, policy: DeskPolicy, elapsed: bigint): RecordState {
  const period = periodOf(entry.state, policy);
  if (period === undefined || elapsed <= period) return entry.state;
  return entry.state === "answered" ? "upheld" : "lapsed";
}

/** Whether the record has ended: nothing about it can change any more. */
export function isOver(state: RecordState): boolean {
  return state === "corrected" || state === "withdrawn" || state === "lapsed";
}

/** Whether a dispute, an answer that may be appealed, an appeal or a complaint is open. */
export function isDisputed(state: RecordState, openComplaints: bigint): boolean {
  return (
    state === "disputed" || state === "answered" || state === "appealed" || (openComplaints > 0n && !isOver(state))
  );
}

/** The first second in which a record is not valid any more: counted from the earlier of its two times; 0 for never. */
export function expiryOf(facts: DeskFacts): bigint {
  const { time, anchoredBy, retention } = facts;
  return retention === undefined || retention === 0n ? 0n : (time < anchoredBy ? time : anchoredBy) + retention;
}

/**
 * Everything about an included record, as the contract's `stateOf` says it.
 * @param elapsed open seconds of the running period
 * @param now block seconds
 */
export function statusAt(
  entry: DeskEntry,
  facts: DeskFacts,
  policy: DeskPolicy,
  elapsed: bigint,
  now: bigint,
): DeskStatus {
  const state = stateAt(entry, policy, elapsed);
  const noticed = entry.noticedAt !== 0n;
  const expires = expiryOf(facts);
  const valid =
    facts.retention !== undefined &&
    !isOver(state) &&
    (noticed || !policy.noticeNeeded || !facts.aboutSomebody) &&
    facts.time <= facts.anchoredBy + policy.clockSkew &&
    (expires === 0n || now < expires);
  return { state, noticed, valid, disputed: isDisputed(state, entry.openComplaints), expires };
}
