import { id, type JsonRpcSigner, Wallet } from "ethers";

import { capabilities } from "../../sdk/chain/capabilities.js";
import type { SuiteSettings } from "../../sdk/chain/deployment/contracts.js";
import type { Eip1193 } from "../../sdk/chain/deployment/executor.js";
import { developmentWallet } from "../../sdk/chain/development.js";
import type { ContractName, ContractOf, Suite } from "../../sdk/chain/suite.js";
import type { Hex } from "../../sdk/common/bytes.js";
import { deploySuite, type TestSuite } from "../../sdk/testing/index.js";
import type { ILogPolicies } from "../../typechain-types/index.js";
import { builtContracts } from "./built.js";
import { enrolMembers, nameDelegates } from "./enrolling.js";

const { LOG_OWNER, WITNESS, MIRROR, ARBITER, SUPERVISOR, OMBUDSMAN } = capabilities;
const { AUDIT_OFFICE, AUDITOR, DATASET_HOLDER } = capabilities;

/** Members by label: the node's account that administers each, and what it may do. Ids ascend in this order from 1. */
const cast = {
  office: { account: 4, capabilities: AUDIT_OFFICE | AUDITOR },
  firm: { account: 5, capabilities: AUDITOR },
  agency: { account: 6, capabilities: LOG_OWNER | DATASET_HOLDER },
  otherAgency: { account: 7, capabilities: LOG_OWNER | DATASET_HOLDER },
  mirrorOne: { account: 8, capabilities: MIRROR },
  mirrorTwo: { account: 9, capabilities: MIRROR },
  witnessOne: { account: 10, capabilities: WITNESS },
  witnessTwo: { account: 11, capabilities: WITNESS },
  supervisor: { account: 12, capabilities: SUPERVISOR | OMBUDSMAN },
  arbiter: { account: 13, capabilities: ARBITER },
  otherOffice: { account: 14, capabilities: AUDIT_OFFICE | AUDITOR },
} as const;

/** Accounts that act for a member of the cast as delegates, with `AUDITOR`. */
const delegates = { officeAuditor: { account: 15, of: "office" }, firmAuditor: { account: 16, of: "firm" } } as const;

export type MemberLabel = keyof typeof cast;
export type ActorLabel = MemberLabel | keyof typeof delegates | "outsider";

/** Kind of the logs and policies here. */
export const auditKind = "audit.events";
export const day = 86_400;

/** An account of the node, as ethers' wallet with its key, connected to the chain. */
export interface Actor {
  readonly wallet: Wallet;
  readonly address: Hex;
  /** The same account as the node holds it, for `commandRunner`. */
  readonly signer: JsonRpcSigner;
  /** 0 for the outsider. */
  readonly member: bigint;
}

export interface OpenedLog {
  readonly logId: Hex;
  readonly lineage: Hex;
  readonly name: string;
  readonly owner: MemberLabel;
  /** Signs its checkpoints. */
  readonly key: Wallet;
}

export interface EngagementTerms {
  readonly by: ActorLabel;
  readonly ref: string;
  readonly auditee: bigint;
  readonly scope: string;
  readonly from: bigint;
  readonly until: bigint;
  readonly lineages: readonly string[];
  readonly team: readonly string[];
}

/** The suite with all its modules through the real plan, and people who audit and are audited. */
export interface AuditSuite {
  readonly deployed: TestSuite;
  readonly suite: Suite;
  /** Published policies of {@link auditKind}; silence is a day. */
  readonly policies: { readonly plain: bigint; readonly witnessed: bigint };
  /** One open log an agency, called "events", under the plain policy. */
  readonly logs: { readonly agency: OpenedLog; readonly otherAgency: OpenedLog };
  actor(label: ActorLabel): Actor;
  /** A contract through an actor's account. */
  as<N extends ContractName>(label: ActorLabel, contract: N): ContractOf<N>;
  openLog(owner: MemberLabel, name: string, policy?: bigint): Promise<OpenedLog>;
  /** Opens an engagement; unless told: by the office with the agency, from now for 30 days, on no log, with both auditors. */
  openEngagement(terms?: Partial<EngagementTerms>): Promise<Hex>;
  /** Block seconds of the latest block. */
  now(): Promise<bigint>;
}

/** Deploys everything on an in-process chain whose node holds the accounts of the development mnemonic. */
export async function deployAudit(
  provider: Eip1193,
  options: { readonly settings?: SuiteSettings } = {},
): Promise<AuditSuite> {
  const deployed = await deploySuite(provider, { ...options, contracts: await builtContracts() });
  const { suite } = deployed;
  const actor = actorsOf(deployed);
  const audit: Omit<AuditSuite, "policies" | "logs"> = {
    deployed,
    suite,
    actor,
    as: (label, contract) => suite.connect(actor(label).wallet).contract(contract),
    openLog: (owner, name, policy = 1n) => openLogOf(audit, owner, name, policy),
    openEngagement: (terms = {}) => openEngagementWith(audit, terms),
    now: async () => BigInt((await deployed.provider.getBlock("latest"))!.timestamp),
  };
  await enrolMembers(audit, cast);
  await nameDelegates(audit, delegates, AUDITOR);
  const policies = { plain: await publish(audit, 0), witnessed: await publish(audit, 2) };
  const logs = {
    agency: await audit.openLog("agency", "events"),
    otherAgency: await audit.openLog("otherAgency", "events"),
  };
  return { ...audit, policies, logs };
}

function actorsOf({ provider, accounts }: TestSuite): AuditSuite["actor"] {
  const order = Object.keys(cast);
  return (label) => {
    const delegate = delegates[label as keyof typeof delegates] as (typeof delegates)["officeAuditor"] | undefined;
    const index = label === "outsider" ? 19 : (delegate ?? cast[label as MemberLabel]).account;
    const wallet = new Wallet(developmentWallet(index).privateKey, provider);
    const member = BigInt(order.indexOf(delegate?.of ?? label) + 1);
    return { wallet, address: wallet.address as Hex, signer: accounts[index]!, member };
  };
}

type Early = Omit<AuditSuite, "policies" | "logs">;

async function publish({ deployed, suite, actor }: Early, witnesses: number): Promise<bigint> {
  const member = (label: MemberLabel) => actor(label).member;
  const policy: ILogPolicies.PolicyStruct = {
    kind: id(auditKind),
    burst: 20_000_000,
    rate: 1_000,
    witnesses,
    mirrors: 0,
    silence: day,
    anchoring: day,
    clockSkew: 600,
    noticeNeeded: false,
    disputePeriod: 20 * day,
    answerPeriod: 10 * day,
    appealPeriod: 10 * day,
    rulingPeriod: 30 * day,
    supervisor: member("supervisor"),
    arbiter: member("arbiter"),
    ombudsman: member("supervisor"),
  };
  const policies = suite.contract("LogPolicies");
  const eligible = witnesses === 0 ? [] : [member("witnessOne"), member("witnessTwo")];
  await policies.connect(deployed.governor).publish(policy, eligible, [], [0, 3650 * day]);
  return policies.policyCount();
}

async function openLogOf(audit: Early, owner: MemberLabel, name: string, policy: bigint): Promise<OpenedLog> {
  const key = new Wallet(id(`checkpoint key of ${owner}/${name}`));
  const registry = audit.as(owner, "LogRegistry");
  await registry.open(id(auditKind), name, policy, key.address);
  const lineage = (await registry.lineageFor(audit.actor(owner).member, id(auditKind), name)) as Hex;
  return { logId: (await registry.currentOf(lineage)) as Hex, lineage, name, owner, key };
}

let references = 0;

async function openEngagementWith(audit: Early, changes: Partial<EngagementTerms>): Promise<Hex> {
  const now = await audit.now();
  const terms: EngagementTerms = {
    by: "office",
    ref: id(`reference ${references++}`),
    auditee: audit.actor("agency").member,
    scope: id("scope document"),
    from: now,
    until: now + 30n * BigInt(day),
    lineages: [],
    team: [audit.actor("officeAuditor").address, audit.actor("firmAuditor").address],
    ...changes,
  };
  const { by, ref, auditee, scope, from, until, lineages, team } = terms;
  const engagements = audit.as(by, "Engagements");
  await engagements.open(ref, auditee, scope, from, until, [...lineages], [...team]);
  return (await engagements.engagementFor(audit.actor(by).member, ref)) as Hex;
}
