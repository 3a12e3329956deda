import { join } from "node:path";

import { id, type HDNodeWallet } from "ethers";
import { network } from "hardhat";

import { capabilities } from "../../sdk/chain/capabilities.js";
import { connect, type Connection } from "../../sdk/chain/connection.js";
import { callOf } from "../../sdk/chain/governance/call.js";
import type { Plan } from "../../sdk/chain/deployment/plan.js";
import { parseProfile } from "../../sdk/chain/profile.js";
import { Sender } from "../../sdk/chain/sender.js";
import type { Suite } from "../../sdk/chain/suite.js";
import { developmentWallet } from "../../sdk/chain/development.js";
import { personnelLogKind } from "../../sdk/rewards/personnel/policy.js";
import { deploySuite } from "../../sdk/testing/index.js";
import { LogPolicies__factory, Members__factory } from "../../typechain-types/index.js";

const { LOG_OWNER, SUBJECT_OFFICER, WITNESS, MIRROR, ARBITER, SUPERVISOR, OMBUDSMAN } = capabilities;
const { AUDIT_OFFICE, AUDITOR, DATASET_HOLDER, AWARDER } = capabilities;

/** Who plays: name, account of the development mnemonic, capabilities. Accounts 0 to 3 deploy and govern. */
const cast = {
  office: {
    name: "Audit Office",
    account: 4,
    capabilities: SUPERVISOR | OMBUDSMAN | AUDIT_OFFICE | AUDITOR | LOG_OWNER,
  },
  finance: { name: "Finance Agency", account: 5, capabilities: LOG_OWNER | SUBJECT_OFFICER | DATASET_HOLDER },
  accounts: { name: "Accounts Agency", account: 6, capabilities: LOG_OWNER | DATASET_HOLDER },
  north: { name: "Witness North", account: 7, capabilities: WITNESS },
  south: { name: "Witness South", account: 8, capabilities: WITNESS },
  court: { name: "Arbitration Board", account: 9, capabilities: ARBITER },
  archive: { name: "State Archive", account: 10, capabilities: MIRROR | SUPERVISOR },
  personnel: {
    name: "Personnel Department",
    account: 17,
    capabilities: SUBJECT_OFFICER | LOG_OWNER | AWARDER | SUPERVISOR,
  },
  civic: { name: "Civic Affairs Office", account: 18, capabilities: SUBJECT_OFFICER | OMBUDSMAN | AWARDER },
} as const;

export type Actor = keyof typeof cast;
export const actors = Object.keys(cast) as readonly Actor[];

/** Kind of the agencies' logs, whose policy is the first. */
export const logKind = "audit.events";

/** Kind of the office's own log of what its monitor found. */
export const alertKind = "audit.alerts";

export type Kind = typeof logKind | typeof alertKind | typeof personnelLogKind;

const day = 86_400;
const delays = { admin: 2 * day, governor: day, registrar: 0 } as const;
const forever = 2n ** 40n - 1n;

/** A chain inside this process with the suite on it, governed, its members enrolled. */
export interface Stage {
  readonly connection: Connection;
  readonly suite: Suite;
  /** Gas of everything that the deployment sent. */
  readonly deploymentGas: bigint;
  readonly delays: typeof delays;
  /** The policy for logs of a kind. */
  policyOf(kind: Kind): bigint;
  nameOf(actor: Actor): string;
  memberOf(actor: Actor): bigint;
  wallet(actor: Actor): HDNodeWallet;
  /** The number of the actor's account in the development mnemonic. */
  accountOf(actor: Actor): number;
  /** Seconds of the chain's clock. */
  time(): Promise<number>;
  /** Seconds of everybody's clocks: the machine's, and what was let pass. */
  now(): bigint;
  /** Lets the chain make an empty block: this one makes none by itself. */
  mine(): Promise<void>;
  /** Lets seconds pass, on the chain and on everybody's clocks. */
  pass(seconds: number): Promise<void>;
  /** The durable sender of an actor's account. */
  sender(actor: Actor): Promise<Sender>;
  close(): Promise<void>;
}

/** Blocks may share a second, so that a chain of many short blocks does not run ahead of everybody's clocks. */
const embedded = { network: "hardhat", override: { allowBlocksWithSameTimestamp: true } };

/** Deploys the suite on an embedded chain, publishes a policy, enrols the cast, hands over to governance. */
export async function openStage(workspace: string): Promise<Stage> {
  const { provider } = await network.create(embedded);
  const { suite } = await deploySuite(provider, { governance: { delays }, setup: prepare });
  const request = (call: { method: string; params?: readonly unknown[] }) => provider.request(call as never);
  const connection = await connect(profileOf(suite), { transport: { request } });
  const senders = new Map<Actor, Promise<Sender>>();
  let passed = 0;
  const wallet = (actor: Actor): HDNodeWallet => developmentWallet(cast[actor].account);
  const sender = (actor: Actor): Promise<Sender> => {
    const open = () => Sender.open({ connection, signer: wallet(actor), folder: join(workspace, "sender") });
    return senders.get(actor) ?? senders.set(actor, open()).get(actor)!;
  };
  const stage: Stage = {
    connection,
    suite,
    deploymentGas: await gasUsed(connection),
    delays,
    policyOf: (kind) => BigInt(policies().findIndex(([{ kind: known }]) => known === id(kind)) + 1),
    nameOf: (actor) => cast[actor].name,
    memberOf: (actor) => BigInt(actors.indexOf(actor) + 1),
    wallet,
    accountOf: (actor) => cast[actor].account,
    time: async () => (await connection.provider.getBlock("latest"))?.timestamp ?? 0,
    now: () => BigInt(Math.floor(Date.now() / 1000) + passed),
    async pass(seconds) {
      passed += seconds;
      await provider.request({ method: "evm_increaseTime", params: [seconds] });
      await stage.mine();
    },
    mine: async () => void (await provider.request({ method: "evm_mine" })),
    sender,
    async close() {
      for (const open of senders.values()) await (await open).close();
      connection.close();
    },
  };
  for (const actor of actors) await accept(stage, actor);
  return stage;
}

function profileOf(suite: Suite) {
  return parseProfile({
    name: "embedded",
    chainId: suite.manifest.chainId,
    endpoints: ["http://127.0.0.1"],
    feeMode: "dynamic",
    finality: { kind: "instant" },
    pollingInterval: 0.01,
    evm: "cancun",
  });
}

/** What is done while the deployer is still admin: members and the policies under which they keep logs. */
export async function prepare(plan: Plan): Promise<void> {
  const members = { contract: "Members", address: plan.address("Members"), abi: Members__factory.abi };
  const reader = Members__factory.connect(members.address, plan.provider);
  for (const [i, actor] of actors.entries()) {
    const { name, account, capabilities: granted } = cast[actor];
    const values = [name, developmentWallet(account).address, granted, 0, forever];
    const call = callOf(members, "enrol", values, `enrol ${name}`);
    await plan.submit({ call, done: async () => (await reader.memberCount()) > BigInt(i) });
  }
  const target = { contract: "LogPolicies", address: plan.address("LogPolicies"), abi: LogPolicies__factory.abi };
  const known = LogPolicies__factory.connect(target.address, plan.provider);
  for (const [i, values] of policies().entries()) {
    const call = callOf(target, "publish", values, `publish policy ${i + 1}`);
    await plan.submit({ call, done: async () => (await known.policyCount()) > BigInt(i) });
  }
}

type PolicyValues = readonly [{ readonly kind: string } & Readonly<Record<string, unknown>>, ...(readonly unknown[])];

/**
 * For the agencies' logs under the office's eyes, for the office's own, which others look after, and for personnel
 * records, of which the person has to be told and which expire after five years where they are adverse.
 */
function policies(): readonly PolicyValues[] {
  const member = (actor: Actor): number => actors.indexOf(actor) + 1;
  const rules = {
    burst: 2_000_000,
    rate: 1_000,
    witnesses: 2,
    mirrors: 0,
    silence: 7 * day,
    anchoring: day,
    clockSkew: 600,
    noticeNeeded: false,
    disputePeriod: 20 * day,
    answerPeriod: 10 * day,
    appealPeriod: 10 * day,
    rulingPeriod: 30 * day,
    arbiter: member("court"),
  };
  const lists = [[member("north"), member("south")], [], [0, 10 * 365 * day]] as const;
  return [
    [{ ...rules, kind: id(logKind), supervisor: member("office"), ombudsman: member("office") }, ...lists],
    [{ ...rules, kind: id(alertKind), supervisor: member("archive"), ombudsman: member("archive") }, ...lists],
    [
      {
        ...rules,
        kind: id(personnelLogKind),
        noticeNeeded: true,
        supervisor: member("office"),
        ombudsman: member("civic"),
      },
      [member("north"), member("south")],
      [],
      [0, 5 * 365 * day],
    ],
  ];
}

async function accept(stage: Stage, actor: Actor): Promise<void> {
  const members = stage.suite.contract("Members");
  const data = members.interface.encodeFunctionData("acceptAdministration", [stage.memberOf(actor)]);
  const sender = await stage.sender(actor);
  await sender.send({ to: stage.suite.address("Members"), data, label: `${stage.nameOf(actor)} accepts` });
}

async function gasUsed({ provider }: Connection): Promise<bigint> {
  let gas = 0n;
  for (let number = await provider.getBlockNumber(); number > 0; number--) {
    gas += (await provider.getBlock(number))?.gasUsed ?? 0n;
  }
  return gas;
}
