import {
  type DeskPolicy,
  isOver,
  maxComplaints,
  maxRounds,
  type Outcome,
  periodOf,
  type RecordState,
  stateAt,
  statusAt,
} from "../../sdk/records/desk.js";

/** A record as the model knows it. Accounts and subjects are names; the test maps them to addresses and ids. */
export interface ModelRecord {
  readonly name: string;
  readonly log: string;
  readonly index: bigint;
  readonly policy: DeskPolicy;
  /** The subject it commits to, and the holder of its one-time address. */
  readonly subject: string | undefined;
  readonly address: string | undefined;
  readonly time: bigint;
  readonly anchoredBy: bigint;
  readonly retention: bigint | undefined;
  state: RecordState;
  noticedAt: bigint;
  since: bigint;
  rounds: { address: bigint; opening: bigint };
  opened: boolean;
  correctedBy: bigint;
  readonly evidence: Set<string>;
  readonly complaints: Map<string, { phase: "open" | "answered" | "appealed" | "ruled" | "lapsed"; since: bigint }>;
}

/** One try of somebody; `opening` is the subject whose commitment is opened, undefined for the one-time address. */
export type DeskAct = { readonly by: string; readonly record: ModelRecord } & (
  | { readonly kind: "acknowledge" | "appeal"; readonly opening: string | undefined }
  | { readonly kind: "dispute"; readonly opening: string | undefined; readonly evidence: string }
  | { readonly kind: "attestService" | "withdraw" | "complain" | "appealComplaint" }
  | { readonly kind: "answer" | "rule"; readonly round: bigint; readonly outcome: Outcome }
  | { readonly kind: "correct"; readonly to: ModelRecord; readonly opened: string | undefined }
  | { readonly kind: "answerComplaint" | "lapseComplaint"; readonly subject: string }
  | { readonly kind: "ruleComplaint"; readonly subject: string; readonly outcome: Outcome }
);

/** The desk as its documents describe it, written apart from the contract. */
export class DeskModel {
  now = 0n;
  /** Declared outages, in order. */
  readonly outages: { from: bigint; until: bigint }[] = [];
  readonly suspended = new Set<string>();
  /** Who holds the account of a subject, and which subjects' accounts a member keeps. */
  readonly subjects: ReadonlySet<string>;
  readonly held: ReadonlySet<string>;
  /** Records of the last complaints of each subject. */
  readonly #places = new Map<string, ModelRecord[]>();

  constructor(subjects: readonly string[], held: readonly string[]) {
    this.subjects = new Set(subjects);
    this.held = new Set(held);
  }

  elapsed(since: bigint): bigint {
    let open = this.now - since;
    for (const { from, until } of this.outages) {
      const [start, end] = [from > since ? from : since, until < this.now ? until : this.now];
      if (end > start) open -= end - start;
    }
    return open;
  }

  stateOf(record: ModelRecord): RecordState {
    return stateAt(record, record.policy, this.elapsed(record.since));
  }

  openComplaints(record: ModelRecord): bigint {
    const phases = [...record.complaints.values()].map(({ phase }) => phase);
    return BigInt(phases.filter((phase) => phase === "open" || phase === "appealed").length);
  }

  statusOf(record: ModelRecord) {
    return statusAt(
      { ...record, openComplaints: this.openComplaints(record) },
      { ...record, aboutSomebody: (record.subject ?? record.address) !== undefined },
      record.policy,
      this.elapsed(record.since),
      this.now,
    );
  }

  /** Every reason for which the desk must refuse; none: it must accept. */
  violations(act: DeskAct): string[] {
    const reasons: string[] = [];
    const refuse = (wrong: boolean, error: string) => wrong && reasons.push(error);
    const { record } = act;
    const state = this.stateOf(record);
    const running = (wanted: RecordState) => {
      refuse(record.state !== wanted, "RecordDeskWrongState");
      refuse(
        record.state === wanted && this.elapsed(record.since) > periodOf(wanted, record.policy)!,
        "RecordDeskTooLate",
      );
    };
    switch (act.kind) {
      case "acknowledge":
        refuse(!this.#isSubject(act), "RecordDeskNotSubject");
        refuse(state !== "recorded", "RecordDeskWrongState");
        break;
      case "attestService":
        refuse(act.by !== "ombudsman", "MembersMissingCapability");
        refuse(state !== "recorded", "RecordDeskWrongState");
        break;
      case "dispute":
        reasons.push(...this.#disputeViolations(act, state));
        break;
      case "answer":
        refuse(act.by !== "owner", this.#strangerToDuty(act.by));
        refuse(act.round !== roundOf(record), "RecordDeskWrongRound");
        running("disputed");
        break;
      case "appeal":
        refuse(!this.#isSubject(act) || !this.#speaksIn(record.opened, act.opening), "RecordDeskNotSubject");
        running("answered");
        break;
      case "rule":
        refuse(act.by !== "arbiter" || this.suspended.has("arbiter"), this.#strangerToRuling(act.by));
        refuse(act.round !== roundOf(record), "RecordDeskWrongRound");
        running("appealed");
        break;
      case "withdraw":
        refuse(act.by !== "owner", this.#strangerToDuty(act.by));
        refuse(isOver(state), "RecordDeskWrongState");
        break;
      case "correct":
        refuse(act.by !== "owner", this.#strangerToDuty(act.by));
        refuse(isOver(state), "RecordDeskWrongState");
        refuse(!this.#corrects(act), "RecordDeskNotACorrection");
        break;
      default:
        reasons.push(...this.#complaintViolations(act, state));
    }
    return reasons;
  }

  /** What changes when the desk accepts. */
  apply(act: DeskAct): void {
    const { record } = act;
    const begin = (state: RecordState) => Object.assign(record, { state, since: this.now });
    switch (act.kind) {
      case "acknowledge":
      case "attestService":
        Object.assign(record, { state: "noticed", noticedAt: this.now });
        break;
      case "dispute":
        if (act.evidence !== "") record.evidence.add(evidenceKey(act));
        record.rounds[act.opening === undefined ? "address" : "opening"]++;
        record.opened = act.opening !== undefined;
        if (record.noticedAt === 0n) record.noticedAt = this.now;
        begin("disputed");
        break;
      case "answer":
        if (act.outcome === "uphold") begin("answered");
        else record.state = "withdrawn";
        break;
      case "appeal":
        begin("appealed");
        break;
      case "rule":
        if (act.outcome === "uphold") begin("upheld");
        else record.state = "withdrawn";
        break;
      case "withdraw":
        record.state = "withdrawn";
        break;
      case "correct":
        Object.assign(record, { state: "corrected", correctedBy: act.to.index });
        break;
      default:
        this.#applyComplaint(act);
    }
  }

  #isSubject(act: DeskAct & { opening: string | undefined }): boolean {
    const { record, opening, by } = act;
    return opening === undefined ? record.address === by : record.subject === opening && opening === by;
  }

  #speaksIn(opened: boolean, opening: string | undefined): boolean {
    return opened === (opening !== undefined) || (!opened && !this.held.has(opening!));
  }

  #disputeViolations(act: DeskAct & { kind: "dispute" }, state: RecordState): string[] {
    const { record, opening, evidence } = act;
    if (!this.#isSubject(act)) return ["RecordDeskNotSubject"];
    const reasons: string[] = [];
    const underWay = state === "disputed" || state === "answered" || state === "appealed";
    const takesOver = opening !== undefined && !record.opened && !this.held.has(opening);
    if (isOver(state) || (underWay && !takesOver)) reasons.push("RecordDeskWrongState");
    const before = record.rounds[opening === undefined ? "address" : "opening"];
    if (before === maxRounds) reasons.push("RecordDeskTooManyRounds");
    if (evidence === "" ? before > 0n : record.evidence.has(evidenceKey(act)))
      reasons.push("RecordDeskNeedsNewEvidence");
    const start = record.policy.noticeNeeded ? record.noticedAt : record.anchoredBy;
    const { disputePeriod } = record.policy;
    const late = disputePeriod !== 0n && start !== 0n && this.elapsed(start) > disputePeriod;
    if (evidence === "" && before === 0n && late) reasons.push("RecordDeskTooLate");
    return reasons;
  }

  #complaintViolations(act: DeskAct, state: RecordState): string[] {
    const { record, by, kind } = act;
    const subject = "subject" in act ? act.subject : by;
    const complaint = record.complaints.get(subject);
    const reasons = isOver(state) ? ["RecordDeskWrongState"] : [];
    const due = (phase: string, period: bigint) => {
      if (complaint?.phase !== phase) reasons.push("RecordDeskWrongPhase");
      else if (this.elapsed(complaint.since) > period) reasons.push("RecordDeskTooLate");
    };
    const { answerPeriod, appealPeriod, rulingPeriod } = record.policy;
    if ((kind === "complain" || kind === "appealComplaint") && !this.subjects.has(by))
      reasons.push("RecordDeskNotSubject");
    if (kind === "complain") {
      if (complaint !== undefined) reasons.push("RecordDeskComplainedBefore");
      if (this.#freePlace(by) === undefined) reasons.push("RecordDeskTooManyComplaints");
    } else if (kind === "answerComplaint") {
      if (by !== "owner") reasons.push(this.#strangerToDuty(by));
      due("open", answerPeriod);
    } else if (kind === "appealComplaint") due("answered", appealPeriod);
    else if (kind === "ruleComplaint") {
      if (by !== "arbiter" || this.suspended.has("arbiter")) reasons.push(this.#strangerToRuling(by));
      due("appealed", rulingPeriod);
    } else if (complaint === undefined || !["open", "appealed"].includes(complaint.phase)) {
      reasons.push("RecordDeskWrongPhase");
    } else if (this.elapsed(complaint.since) <= (complaint.phase === "open" ? answerPeriod : rulingPeriod)) {
      reasons.push("RecordDeskTooEarly");
    }
    return reasons;
  }

  #applyComplaint(act: DeskAct): void {
    const { record, by, kind } = act;
    const subject = "subject" in act ? act.subject : by;
    const set = (phase: "open" | "answered" | "appealed" | "ruled" | "lapsed") =>
      record.complaints.set(subject, { phase, since: this.now });
    if (kind === "complain") {
      const places = this.#places.get(by) ?? [];
      places[this.#freePlace(by)!] = record;
      this.#places.set(by, places);
      set("open");
    } else if (kind === "answerComplaint") set("answered");
    else if (kind === "appealComplaint") set("appealed");
    else if (kind === "ruleComplaint") {
      set("ruled");
      if (act.outcome === "withdraw") record.state = "withdrawn";
    } else {
      set("lapsed");
      record.state = "lapsed";
    }
  }

  /** The first of the subject's places that is empty, or whose complaint is done with. */
  #freePlace(subject: string): number | undefined {
    const places = this.#places.get(subject) ?? [];
    for (let i = 0; i < Number(maxComplaints); i++) {
      const record = places[i];
      if (record === undefined || isOver(this.stateOf(record))) return i;
      const { phase, since } = record.complaints.get(subject)!;
      if (phase === "ruled" || phase === "lapsed") return i;
      if (phase === "answered" && this.elapsed(since) > record.policy.appealPeriod) return i;
    }
    return undefined;
  }

  #corrects(act: DeskAct & { kind: "correct" }): boolean {
    const { record, to, opened } = act;
    if (record.log !== to.log || to.index <= record.index || isOver(this.stateOf(to))) return false;
    if (record.subject === undefined || to.subject === undefined) {
      return record.subject === to.subject && record.address === to.address && opened === undefined;
    }
    if (opened !== undefined) return record.subject === opened && to.subject === opened;
    return record.address !== undefined && record.address === to.address;
  }

  /** A member's administrator has every capability as far as duties go, so it is merely not the owner. */
  #strangerToDuty(by: string): string {
    return ["arbiter", "otherArbiter", "ombudsman", "otherOwner"].includes(by)
      ? "RecordDeskNotOwner"
      : "MembersMissingCapability";
  }

  #strangerToRuling(by: string): string {
    return by === "otherArbiter" ? "RecordDeskNotArbiter" : "MembersMissingCapability";
  }
}

/** Number of the latest dispute, 0 before the first. */
export function roundOf(record: ModelRecord): bigint {
  return record.rounds.address + record.rounds.opening;
}

function evidenceKey(act: { opening: string | undefined; evidence: string }): string {
  return `${act.opening ?? ""}/${act.evidence}`;
}
