import {
  challengesLeft,
  type ChallengeReading,
  type ChallengeState,
  drawnChunk,
  isChunkAt,
  isKept,
  readChallenge,
} from "../../sdk/audit/challenges.js";
import { chunksOf } from "../../sdk/audit/datasets/description.js";
import { isTimely } from "../../sdk/audit/possession.js";
import { elapsed, type Outage } from "../../sdk/chain/open-clock.js";
import { fromHex, type Hex } from "../../sdk/common/bytes.js";
import type { ActorLabel, MemberLabel } from "./audit.js";
import type { TestDataset } from "./datasetWorld.js";

/** What somebody tries; numbers are places in the model's lists. */
export type DatasetAct = { readonly by: ActorLabel } & (
  | { readonly kind: "confirm"; dataset: number; signer: ActorLabel; time: bigint; forged: boolean }
  | { readonly kind: "withdraw" | "retire"; dataset: number }
  | { readonly kind: "challenge"; dataset: number; respondent: MemberLabel; engagement: number }
  | { readonly kind: "draw" | "markMissed"; challenge: number }
  | { readonly kind: "answer"; challenge: number; chunk: Uint8Array; proof: Uint8Array[] }
);

export interface ModelStanding {
  vouchedAt: bigint;
  withdrawnAt: bigint;
  answeredAt: bigint;
  missedAt: bigint;
  answered: bigint;
  missed: bigint;
}

export interface ModelDataset {
  readonly id: Hex;
  readonly holder: MemberLabel;
  readonly content: TestDataset;
  retiredAt: bigint;
  /** In the order of their first statement. */
  readonly standings: Map<MemberLabel, ModelStanding>;
}

export interface ModelChallenge {
  readonly dataset: number;
  readonly respondent: MemberLabel;
  readonly office: MemberLabel;
  readonly openedAt: bigint;
  drawnAt: bigint;
  drawBlock: bigint;
  chunk: bigint;
  state: ChallengeState;
}

export interface ModelEngagement {
  readonly id: Hex;
  readonly office: MemberLabel;
  readonly auditee: MemberLabel;
  readonly team: readonly ActorLabel[];
  closed: boolean;
}

/** Whom a delegate acts for. Delegates have `AUDITOR` alone, administrators all that their member has. */
const delegates: Partial<Record<ActorLabel, MemberLabel>> = { officeAuditor: "office", firmAuditor: "firm" };

export const holders: readonly MemberLabel[] = ["agency", "otherAgency"];
export const mirrors: readonly MemberLabel[] = ["mirrorOne", "mirrorTwo", "office", "firm", "agency"];
const auditors: readonly MemberLabel[] = ["office", "firm", "otherOffice"];

/** The contract as its rules say it, on top of the SDK's twins. */
export class DatasetModel {
  /** Of the next transaction. */
  now = 0n;
  block = 0n;
  halted = false;
  readonly outages: Outage[] = [];
  readonly suspended = new Set<MemberLabel>();
  readonly datasets: ModelDataset[] = [];
  readonly challenges: ModelChallenge[] = [];
  readonly engagements: ModelEngagement[] = [];
  readonly #answerPeriod: bigint;

  constructor(answerPeriod: bigint) {
    this.#answerPeriod = answerPeriod;
  }

  memberOf(actor: ActorLabel): MemberLabel | undefined {
    return actor === "outsider" ? undefined : (delegates[actor] ?? (actor as MemberLabel));
  }

  standing(dataset: number, member: MemberLabel): ModelStanding {
    const known = this.datasets[dataset]!.standings.get(member);
    return known ?? { vouchedAt: 0n, withdrawnAt: 0n, answeredAt: 0n, missedAt: 0n, answered: 0n, missed: 0n };
  }

  /** How a challenge stands now. */
  reading(challenge: ModelChallenge): ChallengeReading {
    const { openedAt, drawnAt } = challenge;
    const sinceDrawn = drawnAt === 0n ? 0n : this.#since(drawnAt);
    const moment = { block: this.block, sinceOpened: this.#since(openedAt), sinceDrawn };
    return readChallenge(challenge, moment, this.#answerPeriod)!;
  }

  left(office: MemberLabel, respondent: MemberLabel): bigint {
    const theirs = this.challenges.filter((one) => one.office === office && one.respondent === respondent);
    return challengesLeft(
      theirs.map((one) => one.openedAt),
      this.now,
    );
  }

  /** Every rule that the act breaks, by the name of the error; none where it has to go through. */
  violations(act: DatasetAct): string[] {
    switch (act.kind) {
      case "confirm":
        return this.#confirm(act);
      case "withdraw":
        if (!this.#owes(act.by, mirrors)) return ["MembersMissingCapability"];
        return this.standing(act.dataset, this.memberOf(act.by)!).vouchedAt === 0n ? ["DatasetsNotMirror"] : [];
      case "retire":
        if (!this.#owes(act.by, holders)) return ["MembersMissingCapability"];
        return [
          ...when(this.memberOf(act.by) !== this.datasets[act.dataset]!.holder, "DatasetsNotHolder"),
          ...when(this.datasets[act.dataset]!.retiredAt !== 0n, "DatasetsRetiredAlready"),
        ];
      case "challenge":
        return this.#challenge(act);
      case "draw":
        return this.#draw(act.by, this.challenges[act.challenge]!);
      case "markMissed":
        return this.#inState(this.challenges[act.challenge]!, "drawn", ["overdue", "DatasetsNotMissed"]);
      case "answer":
        return this.#answer(act);
    }
  }

  /** @param hashOf hash of a block that the chain still knows */
  apply(act: DatasetAct, hashOf: (block: bigint) => Hex): void {
    const member = this.memberOf(act.by)!;
    switch (act.kind) {
      case "confirm":
        this.#change(act.dataset, this.memberOf(act.signer)!, { vouchedAt: act.time });
        return;
      case "withdraw":
        this.#change(act.dataset, member, { vouchedAt: 0n, withdrawnAt: this.now });
        return;
      case "retire":
        this.datasets[act.dataset]!.retiredAt = this.now;
        return;
      case "challenge":
        this.challenges.push({
          dataset: act.dataset,
          respondent: act.respondent,
          office: this.engagements[act.engagement]!.office,
          openedAt: this.now,
          drawnAt: 0n,
          drawBlock: this.block + 1n,
          chunk: 0n,
          state: "pending",
        });
        return;
      case "draw":
        this.#applyDraw(act.challenge, hashOf);
        return;
      case "answer":
      case "markMissed":
        this.#end(this.challenges[act.challenge]!, act.kind === "answer");
    }
  }

  #applyDraw(place: number, hashOf: (block: bigint) => Hex): void {
    const challenge = this.challenges[place]!;
    if (this.reading(challenge) === "unarmed") {
      challenge.drawBlock = this.block + 1n;
      return;
    }
    const { size } = this.datasets[challenge.dataset]!.content;
    challenge.chunk = drawnChunk(hashOf(challenge.drawBlock), BigInt(place + 1), size);
    challenge.drawnAt = this.now;
    challenge.state = "drawn";
  }

  #end(challenge: ModelChallenge, answered: boolean): void {
    challenge.state = answered ? "answered" : "missed";
    const before = this.standing(challenge.dataset, challenge.respondent);
    const after = answered
      ? { answered: before.answered + 1n, answeredAt: this.now }
      : { missed: before.missed + 1n, missedAt: this.now };
    this.#change(challenge.dataset, challenge.respondent, after);
  }

  #change(dataset: number, member: MemberLabel, change: Partial<ModelStanding>): void {
    this.datasets[dataset]!.standings.set(member, { ...this.standing(dataset, member), ...change });
  }

  #confirm(act: DatasetAct & { kind: "confirm" }): string[] {
    const { dataset, signer, time } = act;
    const member = this.memberOf(signer);
    if (member === undefined || !this.#can(signer, mirrors)) {
      return ["MembersMissingCapability", ...when(this.halted, "HaltableHalted")];
    }
    return [
      ...when(this.halted, "HaltableHalted"),
      ...when(member === this.datasets[dataset]!.holder, "DatasetsIneligible"),
      ...when(!isTimely(time, this.standing(dataset, member), this.now), "DatasetsPossessionTime"),
      ...when(act.forged, "DatasetsInvalidPossession"),
    ];
  }

  #challenge(act: DatasetAct & { kind: "challenge" }): string[] {
    const { by, respondent, dataset } = act;
    const engagement = this.engagements[act.engagement]!;
    const { holder, retiredAt } = this.datasets[dataset]!;
    const vouches = this.standing(dataset, respondent).vouchedAt !== 0n;
    const kept = isKept(retiredAt === 0n ? undefined : this.#since(retiredAt));
    const inactive = engagement.closed || this.suspended.has(engagement.office);
    return [
      ...when(inactive, "EngagementsNotActive"),
      ...when(!engagement.team.includes(by), "EngagementsNotStaffed"),
      ...when(!this.#can(by, auditors), "EngagementsNotAccredited"),
      ...when(engagement.auditee !== holder, "DatasetsNotAuditee"),
      ...when(respondent === engagement.office || respondent === this.memberOf(by), "DatasetsIneligible"),
      ...when(respondent === holder && !kept, "DatasetsRetiredAlready"),
      ...when(respondent !== holder && !vouches, "DatasetsNotMirror"),
      ...when(this.left(engagement.office, respondent) === 0n, "DatasetsChallengesExhausted"),
    ];
  }

  #draw(by: ActorLabel, challenge: ModelChallenge): string[] {
    const reading = this.reading(challenge);
    if (challenge.state !== "pending") return ["DatasetsChallengeState"];
    if (reading === "lapsed") return ["DatasetsLate"];
    if (reading === "waiting") return ["DatasetsTooEarly"];
    if (reading === "drawable") return [];
    if (by === "outsider") return ["MembersMissingCapability"];
    return when(this.memberOf(by) !== challenge.office, "DatasetsIneligible");
  }

  #answer(act: DatasetAct & { kind: "answer" }): string[] {
    const challenge = this.challenges[act.challenge]!;
    const { holder, content } = this.datasets[challenge.dataset]!;
    const asHolder = challenge.respondent === holder;
    const dataset = { root: fromHex(content.root), size: content.size };
    const right = challenge.chunk < chunksOf(content.size) && isChunkAt(act.chunk, challenge.chunk, dataset, act.proof);
    return [
      ...this.#inState(challenge, "drawn", ["running", "DatasetsLate"]),
      ...when(!this.#owes(act.by, asHolder ? holders : mirrors), "MembersMissingCapability"),
      ...when(this.memberOf(act.by) !== challenge.respondent, "DatasetsNotRespondent"),
      ...when(!right, "DatasetsWrongChunk"),
    ];
  }

  #inState(challenge: ModelChallenge, state: ChallengeState, [reading, error]: readonly [ChallengeReading, string]) {
    if (challenge.state !== state) return ["DatasetsChallengeState"];
    return when(this.reading(challenge) !== reading, error);
  }

  /** May act now, for a member that has the capability and is not suspended. */
  #can(actor: ActorLabel, members: readonly MemberLabel[]): boolean {
    const member = this.memberOf(actor);
    if (member === undefined || this.suspended.has(member) || !members.includes(member)) return false;
    return delegates[actor] === undefined || members === auditors;
  }

  /** May do its member's duty: an administrator always, a delegate with the capability. */
  #owes(actor: ActorLabel, members: readonly MemberLabel[]): boolean {
    return actor !== "outsider" && (delegates[actor] === undefined || members === auditors);
  }

  #since(moment: bigint): bigint {
    return elapsed(this.outages, moment, this.now);
  }
}

function when(condition: boolean, error: string): string[] {
  return condition ? [error] : [];
}
