import { type BaseContract, id, type Log, Wallet, ZeroHash } from "ethers";

import { decodeRevert, RevertError } from "../../sdk/chain/errors.js";
import type { Eip1193 } from "../../sdk/chain/deployment/executor.js";
import { type Hex, toHex } from "../../sdk/common/bytes.js";
import { campaignId } from "../../sdk/rewards/campaign/leaf.js";
import {
  Awards__factory,
  Campaigns__factory,
  MeritPoints__factory,
  Members__factory,
} from "../../typechain-types/index.js";
import { type Attempt, type ModelCampaign, RewardsModel } from "./rewardsModel.js";
import { Category, day, defaultTerms, Granters, type PersonLabel, type RewardsSuite } from "./rewards.js";
import { type Answers, sampled, whole } from "./rewardsAnswers.js";
import { fields, lower, pick, saltOf, treeOf } from "./rewardsParts.js";

const forever = 2n ** 40n - 1n;
const reason = id("reason");
const awarders = ["department", "clerk", "institute", "stranger"] as const;
const people = ["ada", "ben", "cai", "dou", "eva"] as const;
const factories = { Awards: Awards__factory, Campaigns: Campaigns__factory, MeritPoints: MeritPoints__factory };
type Brake = keyof typeof factories;
const brakes = Object.keys(factories) as Brake[];
const halfLives = [day, 30 * day, 365 * day];

interface Played {
  readonly from: string;
  readonly contract: Brake | "Members";
  readonly method: string;
  readonly values: readonly unknown[];
  readonly expected: string | undefined;
}

/** Plays attempts on the chain and holds every answer against the model's. */
export class RewardsWalk {
  readonly model = new RewardsModel();
  /** How often each act went through, and how many answers were compared. */
  readonly done: Record<string, number> = {};
  compared = 0;
  /** Owners that changed, by the act that changed them. */
  readonly moved = new Set<string>();
  readonly #wallets = new Map<string, Wallet>();
  readonly #contracts: Readonly<Record<string, BaseContract>>;

  private constructor(
    private readonly world: RewardsSuite,
    private readonly provider: Eip1193,
  ) {
    const { suite } = world;
    const all = { ...factories, Members: Members__factory };
    this.#contracts = Object.fromEntries(
      Object.entries(all).map(([name, factory]) => [name, factory.connect(suite.address(name as Brake), suite.runner)]),
    );
  }

  static async open(world: RewardsSuite, provider: Eip1193): Promise<RewardsWalk> {
    const walk = new RewardsWalk(world, provider);
    const { model } = walk;
    for (const label of awarders) model.members.set(lower(world, label), world.actor(label).member);
    model.members.set(lower(world, "stranger"), 0n);
    for (const label of people) {
      const { address, wallet } = world.actor(label);
      walk.#wallets.set(address.toLowerCase(), wallet);
      model.ties.set(address.toLowerCase(), world.subject(label));
      const member = world.actor(label === "eva" ? "institute" : "department").member;
      model.subjects.set(world.subject(label), { account: address.toLowerCase(), member });
    }
    const kinds = [
      { open: false, points: 10n, validity: 0n, category: Category.Training },
      { open: true, points: 3n, validity: 20n * BigInt(day), category: Category.Mission },
      { open: true, points: 1n, validity: 0n, category: Category.Training },
    ];
    for (const { open, points, validity, category } of kinds) {
      const granters = open ? Granters.Anyone : Granters.Publisher;
      const typeId = await world.publishType({ ...defaultTerms, granters, points, validity, category });
      model.types.push({ id: typeId, publisher: 1n, open, points, validity, category });
    }
    model.now = await world.now();
    const opening = (act: string, actor: number, picks: number[], choice: number) =>
      walk.attempt({ act, actor, wait: 1n, picks, choice });
    await opening("scale", 0, [0], 2);
    await opening("scale", 2, [0], 1);
    await opening("scale", 0, [2], 0);
    return walk;
  }

  /** One attempt: the chain has to answer what the model answers. @returns what is wrong, or nothing */
  async attempt(attempt: Attempt): Promise<string | undefined> {
    const { model } = this;
    if (attempt.act === "replace") return this.#replace(attempt);
    const latest = await this.world.now();
    model.now = latest + attempt.wait;
    const played = await this.#play(attempt);
    if (played === undefined) {
      model.now = latest;
      return undefined;
    }
    const { refusal, logs } = await this.#send(played);
    if (refusal !== played.expected) {
      return `${attempt.act}: the chain says ${refusal ?? "yes"}, the model ${played.expected ?? "yes"}`;
    }
    if (refusal !== undefined) {
      model.now = await this.world.now();
      return undefined;
    }
    this.done[attempt.act] = (this.done[attempt.act] ?? 0) + 1;
    return this.#onlyMigrationMoves(attempt.act, logs);
  }

  /** Asks the chain and the model the same questions. @returns what differs */
  async compare(choice: number): Promise<readonly string[]> {
    this.model.now = await this.world.now();
    return this.#told(await sampled(this.world, this.model, choice));
  }

  /** The whole state once more, from the chain and from its events alone. @returns what differs */
  async readBack(): Promise<readonly string[]> {
    return this.#told(await whole(this.world, this.model));
  }

  #told({ compared, wrong }: Answers): readonly string[] {
    this.compared += compared;
    return wrong;
  }

  async #play({ act, actor, picks, choice }: Attempt): Promise<Played | undefined> {
    const { model } = this;
    const from = lower(this.world, awarders[actor]!);
    const type = pick(model.types, choice)!;
    const accounts = picks.map((one) => this.#anybody(one));
    // Mostly something that can be given back, where it is to be given back.
    const back = act.startsWith("reinstate") && choice % 4 > 0;
    const tokens = [...model.tokens.keys()];
    const revoked = tokens.filter((one) => model.standingOf(one) === 2n);
    const token = pick(back && revoked.length > 0 ? revoked : tokens, picks[0]!);
    const grantOf = { typeId: type.id, expires: 0n, evidenceLog: ZeroHash, accounts, evidence: [] };
    const awards = { from, contract: "Awards" } as const;
    const points = { from, contract: "MeritPoints" } as const;
    switch (act) {
      case "award":
        return { ...awards, method: "grant", values: [grantOf], expected: model.award(from, type, accounts) };
      case "sign": {
        const nonce = BigInt(choice % 12);
        const values = await this.#signed(grantOf, nonce);
        const expected = model.sign(lower(this.world, "department"), nonce, type, accounts);
        return { ...awards, from: lower(this.world, "stranger"), method: "grantBySignature", values, expected };
      }
      case "revoke":
      case "reinstate":
      case "revokeBatch":
      case "reinstateBatch": {
        if (token === undefined) return undefined;
        const whole = act.endsWith("Batch");
        const expected = model.setRevoked(from, token, whole, act.startsWith("revoke"));
        return { ...awards, method: act, values: [whole ? token >> 32n : token, reason], expected };
      }
      case "migrate": {
        const ids = picks.flatMap((one) => pick([...model.tokens.keys()], one) ?? []);
        model.migrate([...ids, 99n]);
        return { ...awards, method: "migrate", values: [[...ids, 99n]], expected: undefined };
      }
      case "scale": {
        const [category, halfLife] = [1n + BigInt(picks[0]! % 4), halfLives[choice % 3]!];
        const expected = model.scale(from, category, BigInt(halfLife));
        return { ...points, method: "openScale", values: [category, halfLife], expected };
      }
      case "points": {
        const own = choice % 5 === 0 ? accounts : picks.map((one) => this.#peopleOf(from, one));
        return { ...points, method: "grant", values: [type.id, own], expected: model.give(from, type, own) };
      }
      case "adjust": {
        const grant = pick(model.grants, choice);
        if (grant === undefined) return undefined;
        const position = picks[0]! % (grant.accounts.length + (choice % 9 === 0 ? 1 : 0));
        const taken = 1n + BigInt(picks.at(-1)! % Number(grant.points));
        const expected = model.adjust(from, grant, position, taken);
        const grantId = model.grants.indexOf(grant) + 1;
        return { ...points, method: "adjust", values: [grantId, grant.accounts, [position], taken, reason], expected };
      }
      case "migratePoints": {
        const of = pick([...model.scales.keys()], choice)!;
        for (const account of accounts) model.gather(of, account);
        return { ...points, method: "migrate", values: [of, accounts], expected: undefined };
      }
      default:
        return ["suspend", "restore", "halt", "resume"].includes(act)
          ? this.#playAuthority(act, choice)
          : this.#playCampaign({ act, actor, picks, choice });
    }
  }

  async #playCampaign({ act, actor, picks, choice }: Omit<Attempt, "wait">): Promise<Played | undefined> {
    const { model } = this;
    const from = lower(this.world, awarders[actor]!);
    const shared = { from, contract: "Campaigns" } as const;
    if (act === "open") {
      const type = pick(model.types, choice)!;
      const subjects = picks.map((one) => this.world.subject(people[one % people.length]!));
      const campaign = this.#campaign(subjects, type.id, type.validity === 0n ? 0n : model.now + type.validity, from);
      const { root, size, expires } = campaign.terms;
      const expected = model.open(from, type, campaign);
      return { ...shared, method: "open", values: [root, size, expires, type.id], expected };
    }
    const back = act.startsWith("reinstate") && picks[0]! % 4 > 0;
    const found = model.campaigns.filter(({ over, revoked }) => (act === "reinstateLeaf" ? revoked.size > 0 : over));
    const campaign = pick(back && found.length > 0 ? found : model.campaigns, choice);
    if (campaign === undefined) return undefined;
    const { terms } = campaign;
    const [single] = back ? campaign.revoked : [];
    const index = single ?? BigInt(picks[0]! % (Number(terms.size) + (picks[0]! > 240 ? 1 : 0)));
    if (act === "materialise") return this.#playMaterialise(campaign, picks);
    if (act === "revokeLeaf" || act === "reinstateLeaf") {
      const expected = model.setLeaf(from, campaign, index, act === "revokeLeaf");
      return { ...shared, method: act, values: [terms, index, reason], expected };
    }
    if (act !== "revokeCampaign" && act !== "reinstateCampaign") return undefined;
    const expected = model.setCampaign(from, campaign, act === "revokeCampaign");
    return { ...shared, method: act, values: [terms, reason], expected };
  }

  /** Mostly signed by the leaf's own person, for the right place. */
  async #playMaterialise(campaign: ModelCampaign, picks: readonly number[]): Promise<Played> {
    const { model, world } = this;
    const { terms, subjects } = campaign;
    const shown = BigInt(picks[0]! % subjects.length);
    const index = picks.at(-1)! > 230 ? (shown + 1n) % terms.size : shown;
    const subject = subjects[Number(shown)]!;
    const by = picks[0]! > 230 ? this.#anybody(picks[0]!, false) : model.subjects.get(subject)!.account;
    const leaf = { subject, evidenceLog: ZeroHash, evidenceIndex: 0n, content: ZeroHash, salt: saltOf(Number(shown)) };
    const proof = treeOf(subjects).inclusion(shown, terms.size).map(toHex);
    const Materialise = fields("bytes32 campaignId, uint64 index, bytes32 subject, uint40 deadline");
    const statement = { campaignId: campaign.id, index, subject, deadline: forever };
    const signature = await this.#wallets.get(by)!.signTypedData(this.#domain(), { Materialise }, statement);
    const expected = model.materialise(by, campaign, index, shown);
    const from = lower(world, "stranger");
    const values = [terms, leaf, index, proof, forever, signature];
    return { from, contract: "Awards", method: "materialise", values, expected };
  }

  #playAuthority(act: string, choice: number): Played | undefined {
    const { model, world } = this;
    const { guardian, governor, registrar } = world.deployed;
    const { member } = world.actor("institute");
    if (act === "suspend" || act === "restore") {
      if (model.suspended.has(member) === (act === "suspend")) return undefined;
      if (act === "suspend") model.suspended.add(member);
      else model.suspended.delete(member);
      const [from, method] = act === "suspend" ? [registrar.address, "suspend"] : [governor.address, "reinstate"];
      return {
        from,
        contract: "Members",
        method,
        values: act === "suspend" ? [member, reason] : [member],
        expected: undefined,
      };
    }
    const contract = brakes.find((name) => model.halted[name]) ?? brakes[choice % 3]!;
    if (model.halted[contract] === (act === "halt")) return undefined;
    model.halted[contract] = act === "halt";
    return {
      from: (act === "halt" ? guardian : governor).address,
      contract,
      method: act,
      values: [],
      expected: undefined,
    };
  }

  /** A claim where the account is held, a recovery that nobody vetoes otherwise. */
  async #replace({ choice }: Attempt): Promise<undefined> {
    const { model, world } = this;
    const subject = world.subject(people[choice % people.length]! as PersonLabel);
    const wallet = new Wallet(id(`account ${this.#wallets.size}`));
    const Bind = fields("bytes32 subject, address account, uint40 deadline");
    const domain = { ...this.#domain(), name: "Stele Subjects", verifyingContract: world.suite.address("Subjects") };
    const statement = { subject, account: wallet.address, deadline: forever };
    const consent = await wallet.signTypedData(domain, { Bind }, statement);
    const subjects = world.as("department", "Subjects");
    if ((await subjects.subjectInfo(subject)).held) {
      await subjects.claim(subject, wallet.address, forever, consent);
    } else {
      await subjects.proposeRecovery(subject, wallet.address, forever, consent);
      await world.as("union", "Subjects").secondRecovery(subject, world.actor("department").member, wallet.address);
      await this.provider.request({ method: "evm_increaseTime", params: [8 * day] });
      await world.as("stranger", "Subjects").completeRecovery(subject);
    }
    const account = wallet.address.toLowerCase();
    this.#wallets.set(account, wallet);
    model.replace(subject, account);
    model.now = await world.now();
    this.done["replace"] = (this.done["replace"] ?? 0) + 1;
    return undefined;
  }

  /** People's accounts of now and before, and now and then somebody who is none. */
  #anybody(choice: number, strangers = true): string {
    if (strangers && choice % 17 === 0) return lower(this.world, "stranger");
    return pick([...this.model.ties.keys()], choice)!;
  }

  /** An account of somebody whom the member enrolled, of now or before. */
  #peopleOf(account: string, choice: number): string {
    const { ties, subjects, members } = this.model;
    const own = [...ties].filter(([, subject]) => subjects.get(subject)!.member === members.get(account));
    return pick(own, choice)?.[0] ?? lower(this.world, "stranger");
  }

  #campaign(subjects: readonly Hex[], typeId: bigint, expires: bigint, by: string): ModelCampaign {
    const size = BigInt(subjects.length);
    const issuer = this.model.members.get(by)!;
    const terms = { root: toHex(treeOf(subjects).root(size)), size, typeId, issuer, expires };
    const campaign = {
      terms,
      id: campaignId(this.world.suite.manifest.suiteId, terms),
      subjects,
      revoked: new Set<bigint>(),
    };
    return { ...campaign, openedAt: this.model.now, over: false, batch: 0n };
  }

  async #signed(grant: Record<string, unknown>, nonce: bigint): Promise<unknown[]> {
    const types =
      "uint32 typeId, uint40 expires, bytes32 evidenceLog, address[] accounts, uint64[] evidence, uint256 nonce, uint40 deadline";
    const { wallet } = this.world.actor("department");
    const statement = { ...grant, nonce, deadline: forever };
    const signature = await wallet.signTypedData(this.#domain(), { Grant: fields(types) }, statement);
    return [grant, wallet.address, nonce, forever, signature];
  }

  #domain() {
    const { suite } = this.world;
    const { chainId } = suite.manifest;
    return { name: "Stele Awards", version: "1", chainId, verifyingContract: suite.address("Awards") as string };
  }

  /** Of all that went through only a migration changes an owner, and only to the account that its holder has now. */
  #onlyMigrationMoves(act: string, logs: readonly Log[]): string | undefined {
    const { interface: abi } = this.#contracts["Awards"]!;
    for (const log of logs) {
      const parsed = abi.parseLog(log);
      if (parsed?.name !== "Transfer" || BigInt(log.topics[1]!) === 0n) continue;
      this.moved.add(act);
      const [, to, token] = parsed.args as unknown as [string, string, bigint];
      if (act !== "migrate") return `${act} moved ${token}`;
      if (to.toLowerCase() !== this.model.holderOf(token)) return `${token} moved to ${to}, which is not its holder's`;
    }
    return undefined;
  }

  /** Sends at the model's time, whatever comes of it. */
  async #send({ from, contract, method, values }: Played): Promise<{ refusal?: string; logs: readonly Log[] }> {
    const target = this.#contracts[contract]!;
    const data = target.interface.encodeFunctionData(method, [...values]);
    const to = await target.getAddress();
    await this.provider.request({ method: "evm_setNextBlockTimestamp", params: [Number(this.model.now)] });
    try {
      const params = [{ from, to, data, gas: "0x4c4b40" }];
      const hash = (await this.provider.request({ method: "eth_sendTransaction", params })) as string;
      const receipt = await this.world.deployed.provider.getTransactionReceipt(hash);
      return { logs: receipt!.logs };
    } catch (error) {
      const refusal = decodeRevert(error);
      if (!(refusal instanceof RevertError)) throw error;
      return { refusal: refusal.revert.name, logs: [] };
    }
  }
}
