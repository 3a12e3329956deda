import type { HardhatEthers } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import { id, type Result, Wallet, ZeroHash } from "ethers";

import { fromHex, type Hex, toHex } from "../../sdk/common/bytes.js";
import { leafHash } from "../../sdk/proof/merkle.js";
import { type ActContent, actToSign, actTypes, deskDomain, recordIdOf } from "../../sdk/records/acts.js";
import { noAddress, noSubject, subjectCommitment } from "../../sdk/records/commitments.js";
import { encodeHeader } from "../../sdk/records/header.js";
import type { IRecordDesk, LogPolicies, LogRegistry, RecordDesk } from "../../typechain-types/index.js";
import { type Account, type Authority, deployAuthority, type TestMember, type TestSubject } from "./authority.js";
import { ReferenceTree } from "./referenceTree.js";

export const Capability = {
  SUBJECT_OFFICER: 1n << 0n,
  LOG_OWNER: 1n << 16n,
  ARBITER: 1n << 19n,
  SUPERVISOR: 1n << 20n,
  OMBUDSMAN: 1n << 21n,
} as const;

export const State = {
  Recorded: 0n,
  Noticed: 1n,
  Disputed: 2n,
  Answered: 3n,
  Appealed: 4n,
  Upheld: 5n,
  Corrected: 6n,
  Withdrawn: 7n,
  Lapsed: 8n,
} as const;

export const Phase = { None: 0n, Open: 1n, Answered: 2n, Appealed: 3n, Ruled: 4n, Lapsed: 5n } as const;

export const UPHOLD = 0n;
export const WITHDRAW = 1n;

/** Hashes that stand for something off chain. */
export const REASON = id("reason") as Hex;
export const EVIDENCE = id("evidence") as Hex;
export const CONTENT = id("content") as Hex;

/** Periods of the policy that tests use unless they say otherwise, in seconds; all different. */
export const PERIODS = { dispute: 10_000n, answer: 2_000n, appeal: 3_000n, ruling: 4_000n, skew: 60n } as const;

/** Seconds of the retention classes: for ever, and a day. */
export const RETENTION = [0n, 86_400n] as const;

/** What a test wants of a record; about nobody unless it says so. */
export interface RecordWish {
  readonly subject?: { readonly id: string; readonly salt: string };
  readonly disputeAddress?: string;
  readonly time?: bigint;
  readonly retentionClass?: bigint;
}

/** A log and its tree, in memory. */
export class TestLog {
  readonly name: string;
  readonly logId: string;
  readonly #registry: LogRegistry;
  readonly headers: Uint8Array[] = [];
  anchored = 0;
  #tree = new ReferenceTree([]);

  /** @param registry connected to the owner's account */
  constructor(registry: LogRegistry, name: string, logId: string) {
    this.name = name;
    this.#registry = registry;
    this.logId = logId;
  }

  /** Forgets what the chain does not know: after a fixture was loaded again. False where the log itself is gone. */
  async sync(): Promise<boolean> {
    const head = await this.#registry.headOf(this.logId).catch(() => undefined);
    if (head === undefined) return false;
    this.headers.length = this.anchored = Number(head.head.size);
    this.#grow();
    return true;
  }

  /** Adds a record off chain. Its time is the chain's. */
  async add(wish: RecordWish = {}): Promise<bigint> {
    const index = BigInt(this.headers.length);
    const place = { logId: fromHex(this.logId), source: fromHex(id("source")), sequence: index };
    const { subject, disputeAddress } = wish;
    this.headers.push(
      encodeHeader({
        ...place,
        time: wish.time ?? BigInt((await this.#registry.runner!.provider!.getBlock("latest"))!.timestamp),
        schema: fromHex(id("schema")),
        retentionClass: wish.retentionClass ?? 0n,
        subjectCommitment:
          subject === undefined
            ? noSubject
            : subjectCommitment(place, { subjectId: fromHex(subject.id), salt: fromHex(subject.salt) }),
        disputeAddress: disputeAddress === undefined ? noAddress : fromHex(disputeAddress),
        payloadCommitment: fromHex(id(`payload ${index}`)),
      }),
    );
    return index;
  }

  /** Anchors what was added. */
  async anchor(): Promise<void> {
    const [old, size] = [this.anchored, this.headers.length];
    this.#grow();
    const proof = old === 0 ? [] : this.#tree.consistencyProof(old);
    await this.#registry.advance(this.logId, old, size, this.#tree.root(), proof, [], []);
    this.anchored = size;
  }

  #grow(): void {
    this.#tree = new ReferenceTree(this.headers.map((header) => leafHash(header)));
  }

  /** Adds and anchors one record. */
  async record(wish: RecordWish = {}): Promise<bigint> {
    const index = await this.add(wish);
    await this.anchor();
    return index;
  }

  shown(index: bigint): IRecordDesk.ShownStruct {
    return {
      logId: this.logId,
      index,
      header: this.headers[Number(index)]!,
      proof: this.#tree.inclusionProof(Number(index), this.anchored),
    };
  }

  recordId(index: bigint): Hex {
    return recordIdOf(this.logId as Hex, index);
  }
}

export type Desk = Awaited<ReturnType<typeof deployDesk>>;

/** Loads a fixture; the logs in memory follow the chain. */
export async function load<T extends { logs: TestLog[] }>(
  helpers: NetworkHelpers,
  fixture: () => Promise<T>,
): Promise<T> {
  const world = await helpers.loadFixture(fixture);
  const there = await Promise.all(world.logs.map((log) => log.sync()));
  world.logs.splice(0, world.logs.length, ...world.logs.filter((_, i) => there[i]));
  return world;
}

/** Deploys authority, logs and desk, with an owner, an arbiter, an ombudsman, a supervisor and two subjects. */
export async function deployDesk(ethers: HardhatEthers) {
  const authority = await deployAuthority(ethers);
  const { members, subjects, clock, manager } = authority;
  const address = (contract: { getAddress(): Promise<string> }) => contract.getAddress();
  const { admin, governor } = authority.signers;
  const policies: LogPolicies = await ethers.deployContract(
    "LogPolicies",
    [await address(manager), await address(members)],
    admin,
  );
  const registry: LogRegistry = await ethers.deployContract(
    "LogRegistry",
    [await address(manager), await address(members), await address(policies), await address(clock), authority.suiteId],
    admin,
  );
  const desk: RecordDesk = await ethers.deployContract(
    "RecordDesk",
    [
      await address(members),
      await address(subjects),
      await address(clock),
      await address(policies),
      await address(registry),
    ],
    admin,
  );
  await authority.restrict(policies, { GOVERNOR: ["publish"] });

  const people = await enrolPeople(authority);
  const { chainId } = await ethers.provider.getNetwork();
  const domain = deskDomain(chainId, await address(desk));
  const now = async (): Promise<bigint> => BigInt((await ethers.provider.getBlock("latest"))!.timestamp);

  /** Publishes a policy; what is not named is as in {@link PERIODS}. */
  const publish = async (
    wish: Partial<Record<string, bigint | boolean>> = {},
    retention: readonly bigint[] = RETENTION,
  ) => {
    const policy = {
      kind: id("test.records"),
      burst: 1_000_000n,
      rate: 1_000n,
      witnesses: 0n,
      mirrors: 0n,
      silence: 2n ** 32n - 1n,
      anchoring: 1_000n,
      clockSkew: PERIODS.skew,
      noticeNeeded: false,
      disputePeriod: PERIODS.dispute,
      answerPeriod: PERIODS.answer,
      appealPeriod: PERIODS.appeal,
      rulingPeriod: PERIODS.ruling,
      supervisor: people.supervisor.id,
      arbiter: people.arbiter.id,
      ombudsman: people.ombudsman.id,
      ...wish,
    };
    await policies.connect(governor).publish(policy, [], [], [...retention]);
    return policies.policyCount();
  };

  const world = { ethers, ...authority, ...people, policies, registry, desk, domain, now, publish };
  const logs: TestLog[] = [];
  return {
    ...world,
    logs,
    /** Opens a log of the owner. */
    async openLog(wish: Partial<Record<string, bigint | boolean>> = {}, owner: TestMember = people.owner) {
      const policyId = await publish(wish);
      const name = `log-${policyId}`;
      const kind = id("test.records");
      const owned = registry.connect(owner.administrator);
      await owned.open(kind, name, policyId, checkpointKey(name).address);
      const lineage = await registry.lineageFor(owner.id, kind, name);
      const log = new TestLog(owned, name, await registry.logIdFor(lineage, 0));
      logs.push(log);
      return log;
    },
    /** Freezes a log: its checkpoint key signs another root than the chain's. */
    async freeze(log: TestLog): Promise<void> {
      const { head, root } = await registry.headOf(log.logId);
      const key = checkpointKey(log.name);
      const signed = { logId: log.logId, keyEpoch: 0n, size: head.size, root: id("another root") };
      const signature = await key.signTypedData(
        { name: "Stele LogRegistry", version: "1", chainId, verifyingContract: await address(registry) },
        checkpointTypes,
        signed,
      );
      await registry.proveSplitView(log.logId, 0, head.size, signed.root, signature, root, []);
    },
    /** Everything about a record, by name. */
    async status(log: TestLog, index: bigint): Promise<IRecordDesk.StatusStructOutput> {
      return named(await desk.stateOf(log.shown(index)));
    },
    /** Number of all disputes of a record so far, by which answers and rulings name the latest. */
    async round(log: TestLog, index: bigint): Promise<bigint> {
      const { addressRounds, openingRounds } = await desk.entryOf(log.recordId(index));
      return addressRounds + openingRounds;
    },
    /** What is stored of a record, by name. */
    async entry(log: TestLog, index: bigint): Promise<IRecordDesk.EntryStructOutput> {
      return named(await desk.entryOf(log.recordId(index)));
    },
    /** An act signed by an account, in the standing of the one-time address or of a subject. */
    async signed(
      account: Account,
      log: TestLog,
      index: bigint,
      content: ActContent,
      options: {
        subject?: { id: string; salt: string };
        deadline?: bigint;
        rounds?: [bigint, bigint];
        domain?: object;
      } = {},
    ): Promise<IRecordDesk.StandingStruct> {
      const entry = await desk.entryOf(log.recordId(index));
      const [addressRounds, openingRounds] = options.rounds ?? [entry.addressRounds, entry.openingRounds];
      const deadline = options.deadline ?? (await now()) + 1_000n;
      const act = actToSign(
        log.recordId(index),
        options.subject?.id as Hex | undefined,
        content,
        { addressRounds, openingRounds },
        deadline,
      );
      const signature = await account.signTypedData({ ...domain, ...options.domain }, actTypes, act);
      return { subject: act.subject, salt: options.subject?.salt ?? ZeroHash, deadline, signature };
    },
  };
}

/** Standing of a caller that is the one-time address. */
export const BY_ADDRESS: IRecordDesk.StandingStruct = {
  subject: ZeroHash,
  salt: ZeroHash,
  deadline: 0n,
  signature: "0x",
};

/** Standing of a caller that is the subject's acting account. */
export function byOpening(subject: { id: string; salt: string }): IRecordDesk.StandingStruct {
  return { subject: subject.id, salt: subject.salt, deadline: 0n, signature: "0x" };
}

/** How a record is open to a subject. */
export function openTo(subject: TestSubject, salt: string = toHex(fromHex(id("salt")))): { id: string; salt: string } {
  return { id: subject.id, salt };
}

const checkpointTypes = {
  Checkpoint: [
    { name: "logId", type: "bytes32" },
    { name: "keyEpoch", type: "uint16" },
    { name: "size", type: "uint64" },
    { name: "root", type: "bytes32" },
  ],
};

function checkpointKey(name: string): Wallet {
  return new Wallet(id(`checkpoint key of ${name}`));
}

/** The same fields as a plain object, as assertions want them. */
function named<T extends object>(result: T): T {
  return (result as unknown as Result).toObject() as T;
}

async function enrolPeople(authority: Authority) {
  const { enrolMember, enrolSubject } = authority;
  const office = await enrolMember("office", Capability.SUBJECT_OFFICER);
  return {
    office,
    secondOffice: await enrolMember("second office", Capability.SUBJECT_OFFICER),
    owner: await enrolMember("owner", Capability.LOG_OWNER),
    otherOwner: await enrolMember("other owner", Capability.LOG_OWNER),
    arbiter: await enrolMember("arbiter", Capability.ARBITER),
    otherArbiter: await enrolMember("other arbiter", Capability.ARBITER),
    ombudsman: await enrolMember("ombudsman", Capability.OMBUDSMAN),
    supervisor: await enrolMember("supervisor", Capability.SUPERVISOR),
    person: await enrolSubject(office, "person"),
    stranger: await enrolSubject(office, "stranger"),
    /** The key of a one-time dispute address. */
    oneTime: await authority.account("one-time key"),
  };
}
