import { id, Wallet } from "ethers";

import { capabilities } from "../../sdk/chain/capabilities.js";
import type { SuiteSettings } from "../../sdk/chain/deployment/contracts.js";
import type { Eip1193 } from "../../sdk/chain/deployment/executor.js";
import { developmentWallet } from "../../sdk/chain/development.js";
import type { ContractName, ContractOf, Suite } from "../../sdk/chain/suite.js";
import type { Hex } from "../../sdk/common/bytes.js";
import { personnelLogKind, personnelRetention } from "../../sdk/rewards/personnel/policy.js";
import { deploySuite, type TestSuite } from "../../sdk/testing/index.js";
import type { IAwardTypes, ILogPolicies, LogRegistry } from "../../typechain-types/index.js";
import { builtContracts } from "./built.js";
import { TestLog } from "./desk.js";
import { enrolMembers, nameDelegates } from "./enrolling.js";

const { SUBJECT_OFFICER, LOG_OWNER, ARBITER, SUPERVISOR, OMBUDSMAN, AWARDER } = capabilities;

/** Members by label: the node's account that administers each, and what it may do. Ids ascend in this order from 1. */
const cast = {
  department: { account: 4, capabilities: AWARDER | SUBJECT_OFFICER | LOG_OWNER },
  institute: { account: 5, capabilities: AWARDER | SUBJECT_OFFICER | LOG_OWNER },
  union: { account: 6, capabilities: SUBJECT_OFFICER },
  arbiter: { account: 7, capabilities: ARBITER },
  supervisor: { account: 8, capabilities: SUPERVISOR | OMBUDSMAN },
} as const;

/** Acts for the department as its delegate, with `AWARDER`. */
const delegates = { clerk: { account: 9, of: "department" } } as const;

/** People by label: their account, who enrolled them, and whether that member keeps the account's key. */
const people = {
  ada: { account: 10, by: "department", held: false },
  ben: { account: 11, by: "department", held: false },
  cai: { account: 12, by: "department", held: false },
  dou: { account: 13, by: "department", held: true },
  eva: { account: 14, by: "institute", held: false },
} as const;

/** Accounts that are nobody's yet: for claims and recoveries, and for strangers. */
const others = { fresh: 15, fresher: 16, thief: 17, stranger: 18, outsider: 19 } as const;

export type MemberLabel = keyof typeof cast;
export type PersonLabel = keyof typeof people;
export type ActorLabel = MemberLabel | keyof typeof delegates | PersonLabel | keyof typeof others;

/** Kind of the personnel logs here. */
export const personnelKind = personnelLogKind;
export const day = 86_400;
const forever = 2n ** 40n - 1n;

export const Category = { None: 0n, Training: 1n, Career: 2n, Mission: 3n, Service: 4n } as const;
export const Granters = { Publisher: 0n, Listed: 1n, Anyone: 2n } as const;
export const Standing = { None: 0n, Valid: 1n, Revoked: 2n, Expired: 3n, Unsupported: 4n } as const;

export interface Actor {
  /** With its key, so that it can sign typed data. */
  readonly wallet: Wallet;
  readonly address: Hex;
  /** 0 where it acts for no member. */
  readonly member: bigint;
}

/** The suite with all its modules through the real plan, and people who award and are awarded. */
export interface RewardsSuite {
  readonly deployed: TestSuite;
  readonly suite: Suite;
  /** Policy of {@link personnelKind}: notice needed, 20 days to dispute, retention class 1 for five years. */
  readonly policy: bigint;
  actor(label: ActorLabel): Actor;
  /** A contract through an actor's account. */
  as<N extends ContractName>(label: ActorLabel, contract: N): ContractOf<N>;
  subject(label: PersonLabel): Hex;
  /** An account's consent to be a subject's: for claims and recoveries. */
  consent(label: ActorLabel, subject: string, deadline?: bigint): Promise<string>;
  /** Publishes a type; unless told: by the department, training, for its publisher, without evidence or end. */
  publishType(changes?: Partial<IAwardTypes.TermsStruct>, by?: MemberLabel | "clerk"): Promise<bigint>;
  /** Opens a log whose tree is kept in memory. */
  openLog(owner: MemberLabel, name: string): Promise<TestLog>;
  /** Block seconds of the latest block. */
  now(): Promise<bigint>;
}

/** What {@link RewardsSuite.publishType} publishes unless told otherwise. */
export const defaultTerms: IAwardTypes.TermsStruct = {
  category: Category.Training,
  granters: Granters.Publisher,
  needsEvidence: false,
  points: 10n,
  validity: 0n,
  supersedes: 0n,
  criteriaHash: id("criteria"),
  criteriaUri: "https://example.org/criteria/first-aid.pdf",
  title: "First aid",
  authority: "Department 1",
  members: [],
};

/** Deploys everything on an in-process chain whose node holds the accounts of the development mnemonic. */
export async function deployRewards(
  provider: Eip1193,
  options: { readonly settings?: SuiteSettings } = {},
): Promise<RewardsSuite> {
  const deployed = await deploySuite(provider, { ...options, contracts: await builtContracts() });
  const { suite } = deployed;
  const actor = actorsOf(deployed);
  const as: RewardsSuite["as"] = (label, contract) => suite.connect(actor(label).wallet).contract(contract);
  const early: Early = { deployed, suite, actor, as };
  await enrolMembers(early, cast);
  await nameDelegates(early, delegates, AWARDER);
  const policy = await publishPolicy(early);
  const subjects = await enrolPeople(early);
  return {
    ...early,
    policy,
    subject: (label) => subjects[label],
    consent: (label, subject, deadline = forever) => consentOf(early, label, "Bind", subject, deadline),
    async publishType(changes = {}, by = "department") {
      const contract = as(by, "Campaigns");
      await contract.publish({ ...defaultTerms, ...changes });
      return contract.typeCount();
    },
    async openLog(owner, name) {
      const registry = as(owner, "LogRegistry");
      await registry.open(id(personnelKind), name, policy, new Wallet(id(`checkpoint key of ${name}`)).address);
      const lineage = await registry.lineageFor(actor(owner).member, id(personnelKind), name);
      return new TestLog(registry as unknown as LogRegistry, name, await registry.currentOf(lineage));
    },
    now: async () => BigInt((await deployed.provider.getBlock("latest"))!.timestamp),
  };
}

type Early = Pick<RewardsSuite, "deployed" | "suite" | "actor" | "as">;

function actorsOf({ provider }: TestSuite): RewardsSuite["actor"] {
  const order = Object.keys(cast);
  const accounts = { ...cast, ...delegates, ...people } as Record<string, { account: number; of?: string }>;
  return (label) => {
    const index = accounts[label]?.account ?? others[label as keyof typeof others];
    const wallet = new Wallet(developmentWallet(index).privateKey, provider);
    const member = BigInt(order.indexOf(accounts[label]?.of ?? label) + 1);
    return { wallet, address: wallet.address as Hex, member };
  };
}

async function publishPolicy({ deployed, suite, actor }: Early): Promise<bigint> {
  const policy: ILogPolicies.PolicyStruct = {
    kind: id(personnelKind),
    burst: 20_000_000,
    rate: 1_000,
    witnesses: 0,
    mirrors: 0,
    silence: 30 * day,
    anchoring: day,
    clockSkew: 600,
    noticeNeeded: true,
    disputePeriod: 20 * day,
    answerPeriod: 10 * day,
    appealPeriod: 10 * day,
    rulingPeriod: 30 * day,
    supervisor: actor("supervisor").member,
    arbiter: actor("arbiter").member,
    ombudsman: actor("supervisor").member,
  };
  const policies = suite.contract("LogPolicies");
  await policies.connect(deployed.governor).publish(policy, [], [], [...personnelRetention]);
  return policies.policyCount();
}

async function enrolPeople(early: Early): Promise<Readonly<Record<PersonLabel, Hex>>> {
  const found: Partial<Record<PersonLabel, Hex>> = {};
  for (const label of Object.keys(people) as PersonLabel[]) {
    const { by, held } = people[label];
    const contract = early.as(by, "Subjects");
    const [domain, commitment] = [id("employment"), id(`commitment of ${label}`)];
    const subject = (await contract.subjectId(early.actor(by).member, domain, commitment)) as Hex;
    const consent = await consentOf(early, label, held ? "Hold" : "Bind", subject, forever);
    await contract[held ? "enrolHeld" : "enrol"](domain, commitment, early.actor(label).address, forever, consent);
    found[label] = subject;
  }
  return found as Record<PersonLabel, Hex>;
}

async function consentOf(
  { suite, actor }: Early,
  label: ActorLabel,
  type: "Bind" | "Hold",
  subject: string,
  deadline: bigint,
): Promise<string> {
  const { chainId } = suite.manifest;
  const domain = { name: "Stele Subjects", version: "1", chainId, verifyingContract: suite.address("Subjects") };
  const types = {
    [type]: [
      { name: "subject", type: "bytes32" },
      { name: "account", type: "address" },
      { name: "deadline", type: "uint40" },
    ],
  };
  const { wallet, address } = actor(label);
  return wallet.signTypedData(domain, types, { subject, account: address, deadline });
}
