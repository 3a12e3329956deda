import { type BaseContract, id, ZeroHash } from "ethers";

import { readEngagement } from "../../sdk/audit/engagement-state.js";
import { engagementIdOf, supports } from "../../sdk/audit/engagements.js";
import { capabilities } from "../../sdk/chain/capabilities.js";
import type { Eip1193 } from "../../sdk/chain/deployment/executor.js";
import { decodeRevert, RevertError } from "../../sdk/chain/errors.js";
import type { ContractName } from "../../sdk/chain/suite.js";
import type { Hex } from "../../sdk/common/bytes.js";
import {
  Engagements__factory,
  LogRegistry__factory,
  Members__factory,
  OpenClock__factory,
  type LogRegistry,
} from "../../typechain-types/index.js";
import type { TeamTime } from "../../sdk/audit/team.js";
import type { AuditSuite, OpenedLog } from "./audit.js";
import { type Attempt, EngagementModel, type ModelLog, people, type Person, scope } from "./engagementModel.js";
import { signCheckpoint, TestTree } from "./logs.js";

const forever = 2n ** 40n - 1n;
const nobody = "0x00000000000000000000000000000000000000aa";
const tree = new TestTree();
const [grown, lie] = [tree.root(10n), new TestTree("lie", 0n, 1n).root(10n)];
const hindrances = {
  "not active": "EngagementsNotActive",
  "not staffed": "EngagementsNotStaffed",
  "not accredited": "EngagementsNotAccredited",
  auditee: "EngagementsConflict",
} as const;
const { AUDIT_OFFICE, AUDITOR, LOG_OWNER, DATASET_HOLDER } = capabilities;
const usual = {
  office: AUDIT_OFFICE | AUDITOR,
  firm: AUDITOR,
  otherOffice: AUDIT_OFFICE | AUDITOR,
  agency: LOG_OWNER | DATASET_HOLDER,
} as const;
const grants = [AUDIT_OFFICE | AUDITOR, AUDITOR, AUDITOR | LOG_OWNER, AUDIT_OFFICE, LOG_OWNER | DATASET_HOLDER, 0n];

/** With what each world begins: two offices that audit, so that there is something to act in from the start. */
const openings: readonly Attempt[] = [0, 1].map((actor) => ({
  act: "open",
  actor,
  wait: 1n,
  engagement: 9,
  accounts: [2, 3],
  auditee: 3 + actor,
  start: 0n,
  length: 15n * 86_400n,
  lineages: [0, 1, 2],
  choice: 9,
}));

/** Plays attempts on the chain and holds every answer against the model's. */
export class EngagementWalk {
  readonly model = new EngagementModel();
  /** How often each act went through, and how many answers were compared. */
  readonly done: Record<string, number> = {};
  compared = 0;
  readonly #logs: OpenedLog[];
  readonly #addresses: Readonly<Record<Person, string>>;
  readonly #contracts: Readonly<Record<string, BaseContract>>;

  private constructor(
    private readonly suite: AuditSuite,
    private readonly provider: Eip1193,
  ) {
    const { agency, otherAgency } = suite.logs;
    this.#logs = [agency, otherAgency];
    const lower = (person: Person) => suite.actor(person).address.toLowerCase();
    this.#addresses = Object.fromEntries(people.map((person) => [person, lower(person)])) as Record<Person, string>;
    const at = (name: ContractName) => suite.suite.address(name);
    const { runner } = suite.suite;
    this.#contracts = {
      Engagements: Engagements__factory.connect(at("Engagements"), runner),
      Members: Members__factory.connect(at("Members"), runner),
      LogRegistry: LogRegistry__factory.connect(at("LogRegistry"), runner),
      OpenClock: OpenClock__factory.connect(at("OpenClock"), runner),
    };
  }

  static async open(suite: AuditSuite, provider: Eip1193): Promise<EngagementWalk> {
    const walk = new EngagementWalk(suite, provider);
    walk.#logs.push(await suite.openLog("agency", "second"));
    for (const { lineage, logId } of walk.#logs) {
      walk.model.logs.push({ lineage, logId, frozen: false, lastAdvance: 0n, latestOverdue: 0n });
    }
    for (const [i, { owner, logId }] of walk.#logs.entries()) {
      await suite.as(owner, "LogRegistry").advance(logId, 0, 10, grown, [], [], []);
      walk.model.logs[i]!.lastAdvance = await suite.now();
    }
    walk.model.now = await suite.now();
    await walk.#readMembers();
    for (const opening of openings) await walk.attempt(opening);
    return walk;
  }

  /** One attempt: the chain has to answer what the model answers. @returns what is wrong, or nothing */
  async attempt(attempt: Attempt): Promise<string | undefined> {
    const { model } = this;
    const before = model.now;
    model.now += attempt.wait;
    const played = this.#play(attempt);
    if (played === undefined) {
      model.now = before;
      return undefined;
    }
    const { from, contract, method, values, expected, after } = played;
    const refusal = await this.#send(from, contract, method, values);
    if (expected !== "any" && refusal !== expected) {
      return `${attempt.act}: the chain says ${refusal ?? "yes"}, the model ${expected ?? "yes"}`;
    }
    if (refusal === undefined) {
      this.done[attempt.act] = (this.done[attempt.act] ?? 0) + 1;
      await after?.();
    }
    return undefined;
  }

  /** Asks the chain and the model the same questions. @returns what differs */
  async compare(choice: number): Promise<string[]> {
    const { model } = this;
    const wrong: string[] = model.violations();
    const engagement = model.engagements[choice % Math.max(1, model.engagements.length)];
    if (engagement === undefined) return wrong;
    const contract = this.suite.suite.contract("Engagements");
    const hold = (what: string, chain: unknown, expected: unknown) => {
      this.compared++;
      if (String(chain) !== String(expected)) wrong.push(`${what}: the chain says ${chain}, the model ${expected}`);
    };
    hold("isActive", await contract.isActive(engagement.id), model.isActive(engagement));
    const { supported, support } = model.supportOf(engagement);
    const answer = await contract.supportOf(engagement.id);
    hold("E5: supported", answer.supported, supported);
    hold("E5: support", answer.support.map((one) => supports[Number(one)]).join(), support.join());
    for (const person of people) {
      const account = this.#addresses[person];
      const expected = model.mayAct(engagement, account);
      const said = await contract.requireAuditor(engagement.id, account).then(
        () => true,
        (error: unknown) => (decodeRevert(error) as RevertError).revert.name,
      );
      hold(`requireAuditor of ${person}`, said, expected === true ? true : hindrances[expected]);
    }
    return wrong;
  }

  /** Reads every engagement back: terms, team history and standing as the model has them. @returns what differs */
  async readBack(): Promise<string[]> {
    const wrong: string[] = [];
    const source = { provider: this.suite.deployed.provider, fromBlock: 0, range: 37 };
    for (const engagement of this.model.engagements) {
      const read = await readEngagement(this.suite.suite, engagement.id, source);
      for (const [field, value] of Object.entries(engagement.terms)) {
        const found = read[field as keyof typeof engagement.terms];
        if (found !== value) wrong.push(`E2: ${field} is ${found} and was ${value}`);
      }
      const [team, expected] = [read.team, this.model.history(engagement)].map((times) => textOf(times));
      if (team !== expected) wrong.push(`E6: the team is ${team}, the model's ${expected}`);
      this.compared += read.team.length + 6;
    }
    return wrong;
  }

  #play(attempt: Attempt): Played | undefined {
    if (["open", "staff", "release", "close"].includes(attempt.act)) return this.#playEngagement(attempt);
    if (["heartbeat", "mark", "freeze", "succeed"].includes(attempt.act)) return this.#playLog(attempt);
    return this.#playAuthority(attempt) ?? this.#playBrake(attempt);
  }

  #playEngagement({ act, actor, engagement, accounts, ...rest }: Attempt): Played {
    const { model } = this;
    const team = accounts.map((one) => this.#addresses[people[one]!]);
    const contract = "Engagements";
    if (act !== "open") {
      const meant = model.engagements[engagement % Math.max(1, model.engagements.length)];
      const known = meant?.id ?? (id("none") as Hex);
      // 0 is whoever is entitled: else little would go through.
      const other = actor === 0 && meant?.terms.office === this.suite.actor("otherOffice").member;
      const from = this.#addresses[other ? "otherOffice" : people[actor]!];
      const expected =
        act === "close" ? model.close(from, known) : model[act as "staff" | "release"](from, known, team);
      return { from, contract, method: act, values: act === "close" ? [known] : [known, team], expected };
    }
    const { auditee, start, length, lineages: chosen, choice } = rest;
    const from = this.#addresses[people[actor]!];
    const ref = id(`reference ${choice} ${engagement}`);
    const office = model.accounts.get(from)!.member;
    const window = { from: model.now + start, until: model.now + start + length };
    const lineages = chosen.map((one) => model.logs[one]?.lineage ?? (id("no log") as Hex));
    if (choice > 0) lineages.sort();
    const engagementId = engagementIdOf(this.suite.suite.manifest.suiteId, office, ref);
    const terms = { scope, auditee: BigInt(auditee), ...window };
    const expected = model.open(from, engagementId, terms, lineages, team);
    const values = [ref, auditee, scope, window.from, window.until, lineages, team];
    return { from, contract, method: "open", values, expected };
  }

  #playLog({ act, engagement }: Attempt): Played {
    const { model } = this;
    const place = engagement % this.#logs.length;
    const [log, kept] = [this.#logs[place]!, model.logs[place]!];
    const owner = this.#addresses[log.owner as Person];
    const contract = "LogRegistry";
    if (act === "mark") {
      const expected = model.mark(kept);
      return { from: this.#addresses.outsider, contract, method: "markOverdue", values: [kept.logId], expected };
    }
    if (act === "freeze") return this.#playFreeze(log, kept);
    const after = async () => this.#readLog(kept);
    if (act === "heartbeat") {
      return { from: owner, contract, method: "heartbeat", values: [kept.logId, []], expected: "any", after };
    }
    const from = this.suite.actor("supervisor").address;
    return { from, contract, method: "succeed", values: [kept.logId, nobody], expected: "any", after };
  }

  /** Only the first epoch, whose head has entries and whose key is known. */
  #playFreeze(log: OpenedLog, kept: ModelLog): Played {
    const registry = this.suite.suite.contract("LogRegistry") as unknown as LogRegistry;
    const statement = { logId: log.logId, keyEpoch: 0n, size: 10n, root: lie };
    const values = signCheckpoint(registry, log.key, statement).then((signature) => [
      log.logId,
      0,
      10,
      lie,
      signature,
      grown,
      [],
    ]);
    const after = async () => this.#readLog(kept);
    const from = this.#addresses.outsider;
    return { from, contract: "LogRegistry", method: "proveSplitView", values, expected: "any", after };
  }

  #playAuthority({ act, choice, accounts, length }: Attempt): Played | undefined {
    const { deployed, actor } = this.suite;
    const contract = "Members";
    const label = (["firm", "otherOffice", "agency", "office"] as const)[choice >> 1]!;
    const { member } = actor(label);
    const after = async () => this.#readMembers();
    const governor = { from: deployed.governor.address, contract, expected: "any", after };
    if (act === "reinstate") {
      const suspended = [...this.model.members].find(([, { active }]) => !active)?.[0] ?? member;
      return { ...governor, method: "reinstate", values: [suspended] };
    }
    if (act === "suspend") {
      return { ...governor, from: deployed.registrar.address, method: "suspend", values: [member, ZeroHash] };
    }
    const granted = choice % 2 === 0 ? usual[label] : grants[(accounts[0] ?? 0) % grants.length];
    if (act === "capabilities") return { ...governor, method: "setCapabilities", values: [member, granted] };
    if (act === "validity") {
      const until = choice < 6 ? forever : this.model.now + length;
      return { ...governor, method: "setValidity", values: [member, 0n, until] };
    }
    return act === "delegate" ? this.#playDelegate(choice, length) : undefined;
  }

  /** A delegate changes hands: leaves, or accepts what some administrator offers. */
  #playDelegate(choice: number, length: bigint): Played {
    const account = (["officeAuditor", "firmAuditor"] as const)[choice % 2]!;
    const by = (["office", "firm", "agency"] as const)[choice % 3]!;
    const expiry = choice < 5 ? forever : this.model.now + length;
    const [from, address] = [this.#addresses[by], this.#addresses[account]];
    const after = async () => {
      await this.#send(address, "Members", "resign", []);
      await this.#send(address, "Members", "acceptDelegation", [this.suite.actor(by).member]);
      await this.#readMembers();
    };
    const values = [address, AUDITOR, expiry];
    return { from, contract: "Members", method: "nameDelegate", values, expected: "any", after };
  }

  #playBrake({ act, wait }: Attempt): Played {
    const { model, suite } = this;
    const [guardian, governor] = [suite.deployed.guardian.address, suite.deployed.governor.address];
    const { clock } = model;
    const play = (from: string, contract: string, method: string, values: readonly unknown[], after: () => void) => ({
      from,
      contract,
      method,
      values,
      expected: "any",
      after: async () => after(),
    });
    switch (act) {
      case "haltEngagements":
        return play(guardian, "Engagements", "halt", [], () => (model.halted = true));
      case "resumeEngagements":
        return play(governor, "Engagements", "resume", [], () => (model.halted = false));
      case "haltRegistry":
        return play(guardian, "LogRegistry", "halt", [], () => {
          clock.halts = { ...clock.halts, halted: true, haltedAt: model.now };
        });
      case "resumeRegistry":
        return play(governor, "LogRegistry", "resume", [], () => {
          clock.halts = { ...clock.halts, halted: false, resumedAt: model.now };
        });
      case "outage":
        return play(guardian, "OpenClock", "declareOutage", [9n * wait, ZeroHash], () => {
          const last = clock.outages.at(-1);
          if (last !== undefined && last.until >= model.now) last.until += 9n * wait;
          else clock.outages.push({ from: model.now, until: model.now + 9n * wait });
        });
      default:
        return play(guardian, "OpenClock", "endOutage", [], () => (clock.outages.at(-1)!.until = model.now));
    }
  }

  /** Sends at the model's time, whatever comes of it. @returns the name of the refusal */
  async #send(from: string, contract: string, method: string, values: Values): Promise<string | undefined> {
    const target = this.#contracts[contract]!;
    const data = target.interface.encodeFunctionData(method, [...(await values)]);
    const to = await target.getAddress();
    const latest = await this.suite.now();
    if (this.model.now <= latest) this.model.now = latest + 1n;
    await this.provider.request({ method: "evm_setNextBlockTimestamp", params: [Number(this.model.now)] });
    try {
      await this.provider.request({ method: "eth_sendTransaction", params: [{ from, to, data, gas: "0x1e8480" }] });
      return undefined;
    } catch (error) {
      const refusal = decodeRevert(error);
      if (!(refusal instanceof RevertError)) throw error;
      return refusal.revert.name;
    }
  }

  async #readLog(kept: ModelLog): Promise<void> {
    const registry = this.suite.suite.contract("LogRegistry");
    kept.logId = (await registry.currentOf(kept.lineage)) as Hex;
    const [{ status, lastAdvance }] = await registry.headOf(kept.logId);
    kept.frozen = status === 2n;
    kept.lastAdvance = lastAdvance;
  }

  async #readMembers(): Promise<void> {
    const members = this.suite.suite.contract("Members");
    const count = Number(await members.memberCount());
    for (let member = 1n; member <= count; member++) {
      const { status, capabilities: held, validFrom, validUntil, adminEpoch } = await members.memberInfo(member);
      this.model.members.set(member, { active: status === 1n, capabilities: held, validFrom, validUntil, adminEpoch });
    }
    for (const address of Object.values(this.#addresses)) {
      const { member, capabilities: held, expiry, adminEpoch } = await members.accountInfo(address);
      this.model.accounts.set(address, { member, capabilities: held, expiry, adminEpoch });
    }
  }
}

type Values = readonly unknown[] | Promise<readonly unknown[]>;

/** A transaction, what the model says of it ("any" where it has no say), and what follows where it goes through. */
interface Played {
  readonly from: string;
  readonly contract: string;
  readonly method: string;
  readonly values: Values;
  readonly expected: string | undefined;
  readonly after?: () => Promise<void>;
}

function textOf(times: readonly TeamTime[]): string {
  return times.map(({ auditor, member, from, until }) => `${auditor} for ${member}: ${from}-${until ?? ""}`).join("; ");
}
