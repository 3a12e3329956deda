import { id, type Interface, ZeroHash } from "ethers";

import type { Outcome } from "../../sdk/records/desk.js";
import { BY_ADDRESS, byOpening, CONTENT, type Desk, PERIODS, REASON, RETENTION, type TestLog } from "./desk.js";
import { type DeskAct, DeskModel, type ModelRecord, roundOf } from "./deskModel.js";

/** Whoever tries something. The first ones are subjects. */
const SUBJECTS = ["person", "stranger", "heldPerson"] as const;
const ACTORS = [...SUBJECTS, "key", "owner", "otherOwner", "arbiter", "otherArbiter", "ombudsman", "outsider"] as const;
type Actor = (typeof ACTORS)[number];

/** Acts and how often they are tried; rare are those that end a record for good. */
const WEIGHTS: Record<DeskAct["kind"], number> = {
  acknowledge: 3,
  attestService: 2,
  dispute: 12,
  answer: 12,
  appeal: 8,
  rule: 8,
  withdraw: 1,
  correct: 1,
  complain: 5,
  answerComplaint: 6,
  appealComplaint: 4,
  ruleComplaint: 4,
  lapseComplaint: 1,
};
const KINDS = Object.entries(WEIGHTS).flatMap(([kind, weight]) => Array(weight).fill(kind)) as DeskAct["kind"][];

/** Who may be right for an act; tried in most cases, so that acts often succeed. */
const RIGHT: Record<DeskAct["kind"], readonly Actor[]> = {
  acknowledge: [...SUBJECTS, "key"],
  dispute: [...SUBJECTS, "key"],
  appeal: [...SUBJECTS, "key"],
  attestService: ["ombudsman"],
  answer: ["owner"],
  withdraw: ["owner"],
  correct: ["owner"],
  rule: ["arbiter"],
  complain: SUBJECTS,
  appealComplaint: SUBJECTS,
  answerComplaint: ["owner"],
  ruleComplaint: ["arbiter"],
  lapseComplaint: ACTORS,
};

/** A random walk of many actors over the records of three logs, one of them frozen, one with notice. */
export class DeskWalk {
  readonly model = new DeskModel(SUBJECTS, ["heldPerson"]);
  readonly records: ModelRecord[] = [];
  readonly #logs = new Map<string, TestLog>();
  readonly #subjectIds: Record<string, string> = {};
  readonly #addresses: Record<string, string> = {};
  readonly #names = new Map<string, string>();
  #random: number;

  private constructor(
    readonly desk: Desk,
    seed: number,
  ) {
    this.#random = seed;
  }

  static async begin(desk: Desk, seed: number): Promise<DeskWalk> {
    const walk = new DeskWalk(desk, seed);
    await walk.#meet();
    const plain = await desk.openLog();
    const noticed = await desk.openLog({ noticeNeeded: true, disputePeriod: 0n });
    const frozen = await desk.openLog({ answerPeriod: 500n });
    for (const log of [plain, noticed, frozen]) await walk.#fill(log);
    await desk.freeze(frozen);
    walk.model.now = await desk.now();
    return walk;
  }

  /** A number from 0 to below `limit`; xorshift32, so that a seed is a walk. */
  below(limit: number): number {
    this.#random ^= this.#random << 13;
    this.#random ^= this.#random >>> 17;
    this.#random ^= this.#random << 5;
    return (this.#random >>> 0) % limit;
  }

  pick<T>(of: readonly T[]): T {
    return of[this.below(of.length)]!;
  }

  /** Something that somebody tries; in most cases something that should be accepted. */
  draw(): DeskAct {
    const kind = this.pick(KINDS);
    let act = this.#draw(kind);
    const tries = this.below(4) === 0 ? 0 : 100;
    for (let i = 0; i < tries && this.model.violations(act).length > 0; i++) act = this.#draw(kind);
    return act;
  }

  #draw(kind: DeskAct["kind"]): DeskAct {
    const record = this.pick(this.records);
    const by = this.below(8) === 0 ? this.pick(ACTORS) : this.pick(RIGHT[kind]);
    const outcome: Outcome = this.below(20) === 0 ? "withdraw" : "uphold";
    const own = SUBJECTS.find((subject) => subject === by) ?? this.pick(SUBJECTS);
    const opening = by === "key" || this.below(6) === 0 ? undefined : this.below(8) === 0 ? this.pick(SUBJECTS) : own;
    const evidence = this.below(3) === 0 ? "" : `evidence ${this.below(6)}`;
    const opened = this.below(2) === 0 ? undefined : this.pick(SUBJECTS);
    const round = roundOf(record) + (this.below(12) === 0 ? 1n : 0n);
    const whole = { by, record, round, outcome, opening, evidence, opened, to: this.pick(this.records) };
    const subject = { subject: this.pick(SUBJECTS) };
    const names = kind === "answerComplaint" || kind === "ruleComplaint" || kind === "lapseComplaint";
    return { ...whole, kind, ...(names ? subject : {}) } as unknown as DeskAct;
  }

  /** The call that the act is. */
  encode(act: DeskAct): string {
    const contract: Interface = this.desk.desk.interface;
    const { record } = act;
    const log = this.#logs.get(record.log)!;
    const place = [log.logId, record.index] as const;
    const shown = () => log.shown(record.index);
    const outcome = "outcome" in act && act.outcome === "withdraw" ? 1n : 0n;
    const subject = "subject" in act ? this.#subjectIds[act.subject]! : ZeroHash;
    switch (act.kind) {
      case "acknowledge":
        return contract.encodeFunctionData("acknowledge", [shown(), this.#standing(act.opening, record)]);
      case "dispute": {
        const evidence = act.evidence === "" ? ZeroHash : id(act.evidence);
        return contract.encodeFunctionData("dispute", [shown(), this.#standing(act.opening, record), REASON, evidence]);
      }
      case "appeal":
        return contract.encodeFunctionData("appeal", [shown(), this.#standing(act.opening, record), CONTENT]);
      case "correct":
        return contract.encodeFunctionData("correct", [
          shown(),
          this.#logs.get(act.to.log)!.shown(act.to.index),
          act.opened === undefined ? [] : [this.#subjectIds[act.opened]!, saltOf(record), saltOf(act.to)],
        ]);
      case "answer":
      case "rule":
        return contract.encodeFunctionData(act.kind, [...place, act.round, outcome, CONTENT]);
      case "attestService":
      case "withdraw":
      case "complain":
      case "appealComplaint":
        return contract.encodeFunctionData(act.kind, [...place, CONTENT]);
      case "answerComplaint":
        return contract.encodeFunctionData(act.kind, [...place, subject, CONTENT]);
      case "ruleComplaint":
        return contract.encodeFunctionData(act.kind, [...place, subject, outcome, CONTENT]);
      case "lapseComplaint":
        return contract.encodeFunctionData(act.kind, [...place, subject]);
    }
  }

  /** Sends from any account at the model's time; the name of the error that refused it, undefined where none did. */
  async send(from: string, to: string, data: string): Promise<string | undefined> {
    const { provider } = this.desk.ethers;
    await provider.send("evm_setNextBlockTimestamp", [Number(this.model.now)]);
    try {
      await provider.send("eth_sendTransaction", [{ from, to, data, gas: "0x1e8480" }]);
      return undefined;
    } catch (error) {
      return this.#names.get(selectorIn(error)) ?? String(error);
    }
  }

  addressOf(actor: string): string {
    return this.#addresses[actor]!;
  }

  subjectId(subject: string): string {
    return this.#subjectIds[subject]!;
  }

  logOf(record: ModelRecord): TestLog {
    return this.#logs.get(record.log)!;
  }

  #standing(opening: string | undefined, record: ModelRecord) {
    if (opening === undefined) return BY_ADDRESS;
    return byOpening({ id: this.#subjectIds[opening]!, salt: saltOf(record) });
  }

  async #meet(): Promise<void> {
    const { desk } = this;
    const held = await desk.enrolSubject(desk.office, "held person of the walk", { held: true });
    const subjects = { person: desk.person, stranger: desk.stranger, heldPerson: held };
    for (const [name, subject] of Object.entries(subjects)) {
      this.#subjectIds[name] = subject.id;
      this.#addresses[name] = subject.account.address;
    }
    for (const name of ["owner", "otherOwner", "arbiter", "otherArbiter", "ombudsman"] as const) {
      this.#addresses[name] = desk[name].administrator.address;
    }
    this.#addresses["key"] = desk.oneTime.address;
    this.#addresses["outsider"] = desk.signers.outsider.address;
    const { guardian, registrar, governor } = desk.signers;
    Object.assign(this.#addresses, {
      guardian: guardian.address,
      registrar: registrar.address,
      governor: governor.address,
    });
    for (const address of Object.values(this.#addresses)) {
      await desk.ethers.provider.send("hardhat_impersonateAccount", [address]);
    }
    for (const contract of [desk.desk, desk.members, desk.clock]) {
      contract.interface.forEachError((error) => this.#names.set(error.selector, error.name));
    }
  }

  /** Records of every kind: committed and addressed, one or none of it, short-lived, ahead of time, twice alike. */
  async #fill(log: TestLog): Promise<void> {
    const { desk } = this;
    const now = await desk.now();
    const wishes = [
      { subject: "person", address: "key" },
      { subject: "person", address: "key", time: now - 80_000n, retention: 1n },
      { subject: "stranger" },
      { subject: "stranger" },
      { address: "key" },
      { address: "key", retention: 7n },
      {},
      {},
      { subject: "heldPerson", address: "key", retention: 1n },
      { subject: "person", address: "person", time: now + 1_000_000n },
    ] as readonly { subject?: string; address?: string; time?: bigint; retention?: bigint }[];
    this.#logs.set(log.logId, log);
    const policyId = (await desk.registry.headOf(log.logId)).head.policyId;
    const policy = await desk.policies.policyOf(policyId);
    const added: { index: bigint; time: bigint }[] = [];
    for (const { subject, address, time = now, retention = 0n } of wishes) {
      const index = await log.add({
        ...(subject === undefined
          ? {}
          : { subject: { id: this.#subjectIds[subject]!, salt: saltOf({ index: BigInt(added.length) }) } }),
        ...(address === undefined ? {} : { disputeAddress: this.#addresses[address]! }),
        time,
        retentionClass: retention,
      });
      added.push({ index, time });
    }
    await log.anchor();
    for (const [i, { subject, address, retention = 0n }] of wishes.entries()) {
      const { index, time } = added[i]!;
      this.records.push({
        name: `${log.name}/${index}`,
        log: log.logId,
        index,
        policy: {
          noticeNeeded: policy.noticeNeeded,
          disputePeriod: policy.disputePeriod,
          answerPeriod: policy.answerPeriod,
          appealPeriod: policy.appealPeriod,
          rulingPeriod: policy.rulingPeriod,
          clockSkew: PERIODS.skew,
        },
        subject,
        address,
        time,
        anchoredBy: await desk.registry.anchoredBy(log.logId, index),
        retention: RETENTION[Number(retention)],
        state: "recorded",
        noticedAt: 0n,
        since: 0n,
        rounds: { address: 0n, opening: 0n },
        opened: false,
        correctedBy: 0n,
        evidence: new Set(),
        complaints: new Map(),
      });
    }
  }
}

function saltOf(record: { index: bigint }): string {
  return id(`salt of ${record.index}`);
}

/** The selector of the custom error in whatever a node throws. */
function selectorIn(error: unknown): string {
  const text =
    JSON.stringify(error, Object.getOwnPropertyNames(error as object)) +
    JSON.stringify((error as { data?: unknown }).data);
  return /"(?:data|result)?":?"?(0x[0-9a-f]{8})[0-9a-f]*"/.exec(text)?.[1] ?? "";
}
