import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import { id, type Result, Wallet, ZeroHash } from "ethers";

import { type Hex, toHex } from "../../sdk/common/bytes.js";
import { drawnChunk } from "../../sdk/audit/challenges.js";
import { chunkLength } from "../../sdk/audit/datasets/description.js";
import { type SignedPossession, signPossession } from "../../sdk/audit/possession.js";
import type { Eip1193 } from "../../sdk/chain/deployment/executor.js";
import { Datasets__factory } from "../../typechain-types/index.js";
import { type ActorLabel, type AuditSuite, deployAudit, type MemberLabel } from "./audit.js";
import { ReferenceTree } from "./referenceTree.js";
import { referenceLeafHash } from "./virtualTree.js";

/** States of a challenge, as the contract counts them. */
export const State = { None: 0n, Pending: 1n, Drawn: 2n, Answered: 3n, Missed: 4n } as const;

export const MINUTE = 60n;
export const DAY = 86_400n;

/** A ciphertext in memory, its chunks and their tree. */
export interface TestDataset {
  readonly bytes: Uint8Array;
  readonly root: Hex;
  readonly size: bigint;
  chunk(index: bigint | number): Uint8Array;
  proof(index: bigint | number): Uint8Array[];
}

/** A ciphertext of so many bytes, always the same for a seed. */
export function testDataset(size: number, seed = 1): TestDataset {
  const bytes = new Uint8Array(size);
  let state = seed >>> 0;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return datasetOf(bytes);
}

/** The tree over the chunks of some bytes. */
export function datasetOf(bytes: Uint8Array): TestDataset {
  const chunk = (index: bigint | number) => bytes.subarray(Number(index) * chunkLength).subarray(0, chunkLength);
  const count = Math.ceil(bytes.length / chunkLength);
  const tree = new ReferenceTree(Array.from({ length: count }, (_, i) => referenceLeafHash(chunk(i))));
  return {
    bytes,
    root: toHex(tree.root()),
    size: BigInt(bytes.length),
    chunk,
    proof: (index) => tree.inclusionProof(Number(index)),
  };
}

/** What a getter answered, as an object. */
export function plain(answer: object): Record<string, unknown> {
  return (answer as Result).toObject();
}

export interface RegisterWish {
  readonly by?: ActorLabel;
  readonly mediaType?: string;
  readonly promised?: number;
  readonly possessions?: readonly SignedPossession[];
}

/** The suite with its cast, and what agencies, mirrors and auditors do with datasets. */
export class DatasetWorld {
  private constructor(
    readonly audit: AuditSuite,
    readonly helpers: NetworkHelpers,
    readonly chainId: bigint,
    readonly address: Hex,
  ) {}

  static async deploy(provider: Eip1193, helpers: NetworkHelpers): Promise<DatasetWorld> {
    const audit = await deployAudit(provider);
    const { chainId } = await audit.deployed.provider.getNetwork();
    return new DatasetWorld(audit, helpers, chainId, audit.suite.address("Datasets"));
  }

  /** The contract with all it inherits, read by nobody in particular. */
  get datasets() {
    return Datasets__factory.connect(this.address, this.audit.deployed.provider);
  }

  get members() {
    return this.audit.suite.contract("Members");
  }

  as(label: ActorLabel) {
    return this.audit.as(label, "Datasets");
  }

  member(label: ActorLabel): bigint {
    return this.audit.actor(label).member;
  }

  async idOf(dataset: TestDataset, holder: MemberLabel = "agency"): Promise<Hex> {
    return (await this.datasets.datasetFor(this.member(holder), dataset.root, dataset.size)) as Hex;
  }

  register(dataset: TestDataset, wish: RegisterWish = {}) {
    const { by = "agency", mediaType = "application/zip", promised = 2, possessions = [] } = wish;
    return this.as(by).register(dataset.root, dataset.size, mediaType, promised, [...possessions]);
  }

  /** Registers; the id. */
  async registered(dataset: TestDataset, wish: RegisterWish & { readonly by?: MemberLabel } = {}): Promise<Hex> {
    await this.register(dataset, wish);
    return this.idOf(dataset, wish.by);
  }

  /** Signed by an actor or any wallet; a minute ago unless told. */
  async possession(by: ActorLabel | Wallet, datasetId: Hex, time?: bigint): Promise<SignedPossession> {
    const signer = typeof by === "string" ? this.audit.actor(by).wallet : by;
    const registry = { chainId: this.chainId, address: this.address };
    return signPossession(signer, registry, { datasetId, time: time ?? (await this.audit.now()) - MINUTE });
  }

  async confirmed(datasetId: Hex, ...mirrors: readonly ActorLabel[]): Promise<void> {
    const words = await Promise.all(mirrors.map((mirror) => this.possession(mirror, datasetId)));
    await this.as("outsider").confirm(datasetId, words);
  }

  /** Challenges; the challenge's id. */
  async challenged(
    datasetId: Hex,
    engagement: Hex,
    respondent: MemberLabel = "agency",
    by: ActorLabel = "officeAuditor",
  ) {
    await this.as(by).challenge(datasetId, this.member(respondent), engagement);
    return this.datasets.challengeCount();
  }

  /** Lets the block of the draw pass, draws; the chunk's index. */
  async drawn(challengeId: bigint): Promise<bigint> {
    await this.helpers.mine(1);
    await this.as("outsider").draw(challengeId);
    return (await this.datasets.challengeOf(challengeId)).chunk;
  }

  /**
   * Does what the proposer of the block of the draw can do: tries blocks until one draws a chunk that suits it.
   * @returns how many blocks it took
   */
  async propose(challengeId: bigint, size: bigint, suits: (chunk: bigint) => boolean): Promise<number> {
    const { provider } = this.audit.deployed;
    const now = await this.audit.now();
    for (let tries = 1; tries < 1_000; tries++) {
      const snapshot = await this.helpers.takeSnapshot();
      await this.helpers.time.increaseTo(now + BigInt(tries));
      const block = await provider.getBlock("latest");
      if (suits(drawnChunk(block!.hash as Hex, challengeId, size))) return tries;
      await snapshot.restore();
    }
    throw new Error("no block suits");
  }

  /** Challenges and has exactly this chunk drawn. */
  async askedFor(
    chunk: bigint,
    size: bigint,
    datasetId: Hex,
    engagement: Hex,
    respondent: MemberLabel = "agency",
  ): Promise<bigint> {
    const challengeId = await this.challenged(datasetId, engagement, respondent);
    await this.propose(challengeId, size, (drawn) => drawn === chunk);
    await this.as("outsider").draw(challengeId);
    return challengeId;
  }

  /** Challenges and draws. */
  async asked(
    datasetId: Hex,
    engagement: Hex,
    respondent: MemberLabel = "agency",
  ): Promise<{ readonly challengeId: bigint; readonly chunk: bigint }> {
    const challengeId = await this.challenged(datasetId, engagement, respondent);
    return { challengeId, chunk: await this.drawn(challengeId) };
  }

  answer(challengeId: bigint, dataset: TestDataset, chunk: bigint, by: ActorLabel = "agency") {
    return this.as(by).answer(challengeId, dataset.chunk(chunk), dataset.proof(chunk));
  }

  async halt(): Promise<void> {
    await this.datasets.connect(this.audit.deployed.guardian).halt();
  }

  /** Lets deadlines stand still from now on. */
  async outage(seconds: bigint): Promise<void> {
    const clock = this.audit.suite.contract("OpenClock").connect(this.audit.deployed.guardian);
    await clock.declareOutage(seconds, ZeroHash);
  }

  async suspend(label: MemberLabel): Promise<void> {
    await this.members.connect(this.audit.deployed.registrar).suspend(this.member(label), ZeroHash);
  }

  async setCapabilities(label: MemberLabel, capabilities: bigint): Promise<void> {
    await this.members.connect(this.audit.deployed.governor).setCapabilities(this.member(label), capabilities);
  }

  /** A funded delegate of a member, with a key of its own. */
  async delegate(of: MemberLabel, label: string, granted: bigint): Promise<Wallet> {
    const { deployer, provider } = this.audit.deployed;
    const wallet = new Wallet(id(label), provider);
    await deployer.sendTransaction({ to: wallet.address, value: 10n ** 18n });
    await this.audit.as(of, "Members").nameDelegate(wallet.address, granted, 2n ** 40n - 1n);
    await this.members.connect(wallet).acceptDelegation(this.member(of));
    return wallet;
  }

  /** Goes to exactly `seconds` after a moment, in a block of its own. */
  async until(moment: bigint, seconds: bigint): Promise<void> {
    await this.helpers.time.increaseTo(moment + seconds);
  }
}
