import type { ChallengeState } from "../../sdk/audit/challenges.js";
import { chunksOf } from "../../sdk/audit/datasets/description.js";
import { possessionAhead, signPossession } from "../../sdk/audit/possession.js";
import { capabilities } from "../../sdk/chain/capabilities.js";
import type { Hex } from "../../sdk/common/bytes.js";
import { Engagements__factory } from "../../typechain-types/index.js";
import type { ActorLabel, MemberLabel } from "./audit.js";
import { type DatasetAct, DatasetModel, holders, mirrors } from "./datasetModel.js";
import { DAY, type DatasetWorld, testDataset } from "./datasetWorld.js";

const ACTORS: readonly ActorLabel[] = [
  ...new Set<ActorLabel>([...mirrors, ...holders, "otherOffice", "officeAuditor", "firmAuditor", "outsider"]),
];
const YEARS = 3_650n * DAY;
const { AUDITOR, AUDIT_OFFICE, DATASET_HOLDER, LOG_OWNER, MIRROR } = capabilities;

/** Acts and how often they are tried. */
const WEIGHTS: Record<DatasetAct["kind"], number> = {
  confirm: 6,
  withdraw: 2,
  retire: 1,
  challenge: 12,
  draw: 12,
  answer: 10,
  markMissed: 3,
};
const KINDS = Object.entries(WEIGHTS).flatMap(([kind, times]) =>
  Array<string>(times).fill(kind),
) as DatasetAct["kind"][];

/** A random walk of agencies, mirrors, auditors and strangers over a handful of datasets. */
export class DatasetWalk {
  readonly #names = new Map<string, string>();
  #random: number;
  /** Challenges still to come of a flood. */
  #flood = 0;

  private constructor(
    readonly world: DatasetWorld,
    readonly model: DatasetModel,
    seed: number,
  ) {
    this.#random = seed;
  }

  static async begin(world: DatasetWorld, seed: number): Promise<DatasetWalk> {
    const walk = new DatasetWalk(world, new DatasetModel(await world.datasets.answerPeriod()), seed);
    await walk.#prepare();
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

  /** Something that somebody tries; in most cases something that has to go through. */
  draw(): DatasetAct {
    if (this.#flood > 0) {
      this.#flood--;
      return { kind: "challenge", by: "officeAuditor", dataset: 0, respondent: "agency", engagement: 0 };
    }
    if (this.below(80) === 0) this.#flood = 20;
    const kind = this.pick(KINDS);
    let act = this.#draw(kind);
    // One in four breaks a rule, and mostly one alone.
    const broken = this.below(4) === 0 ? 1 : 0;
    for (let i = 0; i < 60 && this.model.violations(act).length !== broken; i++) act = this.#draw(kind);
    return act;
  }

  /** Sends at the model's time; the name of the error that refused it, undefined where none did. */
  async send(act: DatasetAct): Promise<string | undefined> {
    return this.sendTo(this.world.address, act.by, await this.#encode(act));
  }

  async sendTo(to: string, by: ActorLabel | { readonly address: string }, data: string): Promise<string | undefined> {
    const from = typeof by === "string" ? this.world.audit.actor(by).address : by.address;
    await this.#request("evm_setNextBlockTimestamp", [Number(this.model.now)]);
    try {
      await this.#request("eth_sendTransaction", [{ from, to, data, gas: "0x1e8480" }]);
      return undefined;
    } catch (error) {
      return this.#names.get(selectorIn(error)) ?? String(error);
    }
  }

  /** Sets the model's clock and block to those of the next transaction. */
  async next(wait: bigint): Promise<void> {
    this.model.now += wait;
    this.model.block = BigInt(await this.#request("eth_blockNumber", [])) + 1n;
  }

  async mine(blocks: number): Promise<void> {
    await this.#request("hardhat_mine", [`0x${blocks.toString(16)}`, "0x1"]);
    this.model.now = await this.world.audit.now();
  }

  async hashOf(block: bigint): Promise<Hex> {
    return (await this.world.audit.deployed.provider.getBlock(Number(block)))!.hash as Hex;
  }

  #request(method: string, params: unknown[]): Promise<string> {
    return this.world.audit.deployed.provider.send(method, params) as Promise<string>;
  }

  #draw(kind: DatasetAct["kind"]): DatasetAct {
    const dataset = this.below(this.model.datasets.length);
    const by = this.pick(ACTORS);
    switch (kind) {
      case "confirm": {
        const late = this.pick([-8n * DAY, -DAY, -possessionAhead, -60n, 0n, possessionAhead, possessionAhead + 1n]);
        const time = this.model.now + late + BigInt(this.below(50));
        const signer = this.pick(this.below(6) === 0 ? ACTORS : mirrors);
        return { kind, by, dataset, signer, time, forged: this.below(4) === 0 };
      }
      case "withdraw":
      case "retire":
        return { kind, by, dataset };
      case "challenge": {
        const respondent = this.pick([this.model.datasets[dataset]!.holder, ...mirrors]);
        return { kind, by, dataset, respondent, engagement: this.below(this.model.engagements.length) };
      }
      case "draw":
      case "markMissed":
        return this.#about(kind, by);
      case "answer":
        return this.#answer(by);
    }
  }

  /** About a challenge, mostly one that is where the act wants it. */
  #about(kind: "draw" | "markMissed", by: ActorLabel): DatasetAct {
    const challenge = this.#challenge(kind === "draw" ? "pending" : "drawn");
    return challenge === undefined ? { kind: "withdraw", by, dataset: 0 } : { kind, by, challenge };
  }

  #answer(by: ActorLabel): DatasetAct {
    const challenge = this.#challenge("drawn");
    if (challenge === undefined) return { kind: "withdraw", by, dataset: 0 };
    const { dataset, chunk, respondent } = this.model.challenges[challenge]!;
    const given = this.model.datasets[this.below(6) === 0 ? this.below(this.model.datasets.length) : dataset]!.content;
    const at = (chunk + (this.below(8) === 0 ? 1n : 0n)) % chunksOf(given.size);
    const bytes = given.chunk(at);
    const cut = this.below(12) === 0 ? bytes.subarray(1) : bytes;
    return { kind: "answer", by: this.below(4) === 0 ? by : respondent, challenge, chunk: cut, proof: given.proof(at) };
  }

  #challenge(state: ChallengeState): number | undefined {
    const places = this.model.challenges.map((_, place) => place);
    const fit = places.filter((place) => this.model.challenges[place]!.state === state);
    const among = fit.length === 0 || this.below(6) === 0 ? places : fit;
    // Mostly one of the latest: of the others many have lapsed.
    return this.below(4) === 0 ? this.pick(among) : among[Math.max(0, among.length - 1 - this.below(6))];
  }

  async #encode(act: DatasetAct): Promise<string> {
    const { datasets } = this.world;
    const contract = datasets.interface;
    switch (act.kind) {
      case "confirm": {
        const registry = { chainId: this.world.chainId, address: this.world.address };
        const datasetId = this.model.datasets[act.dataset]!.id;
        const time = act.forged ? act.time + 1n : act.time;
        const word = await signPossession(this.world.audit.actor(act.signer).wallet, registry, { datasetId, time });
        return contract.encodeFunctionData("confirm", [datasetId, [{ ...word, time: act.time }]]);
      }
      case "withdraw":
      case "retire":
        return contract.encodeFunctionData(act.kind as "retire", [this.model.datasets[act.dataset]!.id]);
      case "challenge": {
        const { id } = this.model.engagements[act.engagement]!;
        const respondent = this.world.member(act.respondent);
        return contract.encodeFunctionData("challenge", [this.model.datasets[act.dataset]!.id, respondent, id]);
      }
      case "draw":
      case "markMissed":
        return contract.encodeFunctionData(act.kind as "draw", [act.challenge + 1]);
      case "answer":
        return contract.encodeFunctionData("answer", [act.challenge + 1, act.chunk, act.proof]);
    }
  }

  /** Two agencies with three datasets, one content twice; an office with two engagements, and another office. */
  async #prepare(): Promise<void> {
    const { world, model } = this;
    await world.setCapabilities("agency", LOG_OWNER | DATASET_HOLDER | MIRROR);
    await world.setCapabilities("office", AUDIT_OFFICE | AUDITOR | MIRROR);
    await world.setCapabilities("firm", AUDITOR | MIRROR);
    const contents = [testDataset(3_000), testDataset(700, 2), testDataset(3_000)];
    for (const [i, holder] of (["agency", "agency", "otherAgency"] as const).entries()) {
      const content = contents[i]!;
      const id = await world.registered(content, { by: holder });
      model.datasets.push({ id, holder, content, retiredAt: 0n, standings: new Map() });
    }
    await this.#engage("office", "agency", ["officeAuditor", "firmAuditor"]);
    await this.#engage("office", "otherAgency", ["officeAuditor", "office"]);
    await this.#engage("otherOffice", "agency", ["otherOffice", "firmAuditor"]);
    for (const contract of [world.datasets, world.members, Engagements__factory.connect(world.address)]) {
      contract.interface.forEachError((error) => this.#names.set(error.selector, error.name));
    }
    model.now = await world.audit.now();
  }

  async #engage(office: MemberLabel, auditee: MemberLabel, team: readonly ActorLabel[]): Promise<void> {
    const { audit } = this.world;
    const addresses = team.map((label) => audit.actor(label).address);
    const until = (await audit.now()) + YEARS;
    const id = await audit.openEngagement({ by: office, auditee: this.world.member(auditee), until, team: addresses });
    this.model.engagements.push({ id, office, auditee, team, closed: false });
  }
}

function selectorIn(error: unknown): string {
  const names = Object.getOwnPropertyNames(error as object);
  const text = JSON.stringify(error, names) + JSON.stringify(error);
  return /"(?:data|result)?":?"?(0x[0-9a-f]{8})[0-9a-f]*"/.exec(text)?.[1] ?? "";
}
