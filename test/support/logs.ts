import type { HardhatEthers } from "@nomicfoundation/hardhat-ethers/types";
import { type AddressLike, id, toBeHex, type TypedDataField, type Wallet } from "ethers";

import type { ILogPolicies, LogPolicies, LogRegistry } from "../../typechain-types/index.js";
import { type Account, type Authority, deployAuthority, type TestMember } from "./authority.js";
import { referenceLeafHash, VirtualTree } from "./virtualTree.js";

/** Capabilities of the log module, as in contracts/authority/Capabilities.sol. */
export const Capability = {
  LOG_OWNER: 1n << 16n,
  WITNESS: 1n << 17n,
  MIRROR: 1n << 18n,
  ARBITER: 1n << 19n,
  SUPERVISOR: 1n << 20n,
  OMBUDSMAN: 1n << 21n,
} as const;

export const DAY = 86_400n;
export const KIND = id("test.events");

/** One for each office; `owner` and `other` both own logs. Ids ascend in this order. */
export interface LogPeople {
  readonly owner: TestMember;
  readonly other: TestMember;
  readonly supervisor: TestMember;
  readonly arbiter: TestMember;
  readonly ombudsman: TestMember;
  readonly witnesses: readonly [TestMember, TestMember, TestMember];
  readonly mirror: TestMember;
}

/** The log module on top of the authority's. */
export interface LogSuite extends Authority {
  readonly ethers: HardhatEthers;
  readonly policies: LogPolicies;
  readonly registry: LogRegistry;
  readonly people: LogPeople;
  /** Publishes a policy: {@link policyOf} the people here, with changes. */
  publish(changes?: PolicyChanges): Promise<bigint>;
  /** Opens a log of `owner`; its checkpoint key is the account "key of NAME". */
  openLog(name: string, policyId: bigint, owner?: TestMember): Promise<TestLog>;
}

export interface TestLog {
  readonly id: string;
  readonly name: string;
  readonly lineage: string;
  readonly owner: TestMember;
  readonly key: Account;
}

export interface PolicyChanges {
  readonly policy?: Partial<ILogPolicies.PolicyStruct>;
  readonly eligibleWitnesses?: readonly bigint[];
  readonly eligibleMirrors?: readonly bigint[];
  readonly retention?: readonly bigint[];
}

/** A lenient policy without witnesses: a million at once, 1,000 a second, a day everywhere. */
export function policyFor(people: LogPeople): ILogPolicies.PolicyStruct {
  return {
    kind: KIND,
    burst: 1_000_000n,
    rate: 1_000n,
    witnesses: 0n,
    mirrors: 0n,
    silence: DAY,
    anchoring: DAY,
    clockSkew: 60n,
    noticeNeeded: false,
    disputePeriod: 0n,
    answerPeriod: DAY,
    appealPeriod: DAY,
    rulingPeriod: DAY,
    supervisor: people.supervisor.id,
    arbiter: people.arbiter.id,
    ombudsman: people.ombudsman.id,
  };
}

export async function deployLogs(ethers: HardhatEthers): Promise<LogSuite> {
  const authority = await deployAuthority(ethers);
  const { manager, members, clock, suiteId, signers } = authority;
  const policies = await ethers.deployContract("LogPolicies", [manager, members], signers.admin);
  const registry = await ethers.deployContract(
    "LogRegistry",
    [manager, members, policies, clock, suiteId],
    signers.admin,
  );
  await authority.restrict(policies, { GOVERNOR: ["publish"] });
  await authority.restrict(registry, { GUARDIAN: ["halt"], GOVERNOR: ["resume"] });
  const people = await enrolPeople(authority);

  return {
    ...authority,
    ethers,
    policies,
    registry,
    people,
    async publish(changes = {}) {
      await policies
        .connect(signers.governor)
        .publish(
          { ...policyFor(people), ...changes.policy },
          [...(changes.eligibleWitnesses ?? [])],
          [...(changes.eligibleMirrors ?? [])],
          [...(changes.retention ?? [0n])],
        );
      return policies.policyCount();
    },
    async openLog(name, policyId, owner = people.owner) {
      const key = await authority.account(`key of ${name}`);
      const { kind } = await policies.policyOf(policyId);
      await registry.connect(owner.administrator).open(kind, name, policyId, key.address);
      const lineage = await registry.lineageFor(owner.id, kind, name);
      return { id: await registry.currentOf(lineage), name, lineage, owner, key };
    },
  };
}

async function enrolPeople(authority: Authority): Promise<LogPeople> {
  const enrol = (name: string, capability: bigint) => authority.enrolMember(name, capability);
  return {
    owner: await enrol("owner", Capability.LOG_OWNER),
    other: await enrol("other", Capability.LOG_OWNER | Capability.WITNESS | Capability.MIRROR),
    supervisor: await enrol("supervisor", Capability.SUPERVISOR),
    arbiter: await enrol("arbiter", Capability.ARBITER),
    ombudsman: await enrol("ombudsman", Capability.OMBUDSMAN),
    witnesses: [
      await enrol("witness 1", Capability.WITNESS),
      await enrol("witness 2", Capability.WITNESS),
      await enrol("witness 3", Capability.WITNESS),
    ],
    mirror: await enrol("mirror", Capability.MIRROR),
  };
}

const checkpointTypes = {
  Checkpoint: [
    field("logId", "bytes32"),
    field("keyEpoch", "uint16"),
    field("size", "uint64"),
    field("root", "bytes32"),
  ],
};
const cosignatureTypes = { Cosignature: timedFields() };
const holdingTypes = { Holding: timedFields() };

function timedFields(): TypedDataField[] {
  return [field("logId", "bytes32"), field("size", "uint64"), field("root", "bytes32"), field("time", "uint40")];
}

function field(name: string, type: string): TypedDataField {
  return { name, type };
}

async function domainOf(registry: LogRegistry) {
  const { chainId } = await registry.runner!.provider!.getNetwork();
  return { name: "Stele LogRegistry", version: "1", chainId, verifyingContract: await registry.getAddress() };
}

/** What a log's checkpoint key signs. */
export async function signCheckpoint(
  registry: LogRegistry,
  key: Wallet,
  checkpoint: { logId: string; keyEpoch: bigint; size: bigint; root: string },
): Promise<string> {
  return key.signTypedData(await domainOf(registry), checkpointTypes, checkpoint);
}

export interface Cosigned {
  readonly signer: AddressLike;
  readonly time: bigint;
  readonly signature: string;
}

/** What a witness's account signs; `as` names another account for which it signs (ERC-1271). */
export async function cosign(
  registry: LogRegistry,
  signer: Wallet,
  head: { logId: string; size: bigint; root: string; time: bigint },
  as: AddressLike = signer.address,
): Promise<Cosigned> {
  const signature = await signer.signTypedData(await domainOf(registry), cosignatureTypes, head);
  return { signer: as, time: head.time, signature };
}

/** What a mirror's account signs. */
export async function hold(
  registry: LogRegistry,
  signer: Wallet,
  head: { logId: string; size: bigint; root: string; time: bigint },
): Promise<Cosigned> {
  const signature = await signer.signTypedData(await domainOf(registry), holdingTypes, head);
  return { signer: signer.address, time: head.time, signature };
}

/** Trees whose roots and proofs are hex, as contracts take them; trees of different labels differ from `from` on. */
export class TestTree {
  readonly #tree: VirtualTree;

  constructor(label = "entries", from = 0n, distinct = 0n) {
    const odd = new Map<bigint, Uint8Array>();
    for (let index = from; index < from + distinct; index++) odd.set(index, leaf(`${label} ${index}`));
    this.#tree = new VirtualTree(leaf("the common entry"), odd);
  }

  root(size: bigint): string {
    return hex(this.#tree.root(size));
  }

  leaf(index: bigint): string {
    return hex(this.#tree.leaf(index));
  }

  consistency(oldSize: bigint, newSize: bigint): string[] {
    return oldSize === 0n ? [] : this.#tree.consistency(oldSize, newSize).map(hex);
  }

  inclusion(index: bigint, size: bigint): string[] {
    return this.#tree.inclusion(index, size).map(hex);
  }
}

function leaf(text: string): Uint8Array {
  return referenceLeafHash(new TextEncoder().encode(text));
}

function hex(bytes: Uint8Array): string {
  return toBeHex(BigInt(`0x${Buffer.from(bytes).toString("hex")}`), 32);
}
