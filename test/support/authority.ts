import type { HardhatEthers, HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { type BaseContract, id, Wallet } from "ethers";

import { roles } from "../../sdk/chain/capabilities.js";
import type { AccessManager, Directory, Members, OpenClock, Subjects } from "../../typechain-types/index.js";

/** Roles of governance. */
export const Role = roles;

/** Which role may call which restricted functions; what is not listed stays with the manager's ADMIN role. */
const restrictions = {
  Members: {
    [String(Role.REGISTRAR)]: ["enrol", "suspend"],
    [String(Role.GUARDIAN)]: ["halt"],
    [String(Role.GOVERNOR)]: ["resume", "setCapabilities", "setValidity", "reinstate", "replaceAdministrator"],
  },
  Subjects: { [String(Role.GUARDIAN)]: ["halt"], [String(Role.GOVERNOR)]: ["resume"] },
  OpenClock: { [String(Role.GUARDIAN)]: ["declareOutage", "endOutage"] },
  Directory: { [String(Role.GOVERNOR)]: ["set"] },
} as const;

/** Periods of the deployed Subjects, in seconds: to decide, before a recovery completes, and after the arbiter. */
export const PERIODS = { decision: 7n * 86_400n, recovery: 14n * 86_400n, arbitrated: 28n * 86_400n } as const;

/** The largest time that the contracts know. */
export const FOREVER = 2n ** 40n - 1n;

/** The suite that tests deploy. */
export const SUITE_ID = id("stele test suite");

/** A signer with its own key, so that it can sign typed data; it has coins for gas. */
export type Account = Wallet;

/** An enrolled member whose administrator has accepted. */
export interface TestMember {
  readonly id: bigint;
  readonly name: string;
  readonly administrator: Account;
}

/** A subject bound to the account of its label. */
export interface TestSubject {
  readonly id: string;
  readonly account: Account;
  readonly domain: string;
  readonly commitment: string;
}

/** The authority's contracts and the people around them. */
export interface Authority {
  readonly manager: AccessManager;
  readonly members: Members;
  readonly clock: OpenClock;
  readonly directory: Directory;
  readonly subjects: Subjects;
  readonly suiteId: string;
  /** Signers by role; `admin` configures the manager, `outsider` has no role. */
  readonly signers: {
    readonly admin: HardhatEthersSigner;
    readonly governor: HardhatEthersSigner;
    readonly registrar: HardhatEthersSigner;
    readonly guardian: HardhatEthersSigner;
    readonly outsider: HardhatEthersSigner;
  };
  /** The account of a label, always the same, with coins. */
  account(label: string): Promise<Account>;
  /** Enrols a member for all times; the account of `name` accepts as its administrator. */
  enrolMember(name: string, capabilities: bigint): Promise<TestMember>;
  /** Names a delegate of a member; the account of `label` accepts. */
  nameDelegate(member: TestMember, label: string, capabilities: bigint, expiry?: bigint): Promise<Account>;
  /** Enrols a subject with the account of `label`; the member's administrator needs `SUBJECT_OFFICER`. */
  enrolSubject(member: TestMember, label: string, options?: { readonly held?: boolean }): Promise<TestSubject>;
  /** An account's consent to be bound to a subject: `Bind`, or `Hold` for an account that the member keeps. */
  consent(account: Account, subject: string, deadline: bigint, type?: "Bind" | "Hold"): Promise<string>;
  /** Opens restricted functions of a further contract to roles: `{ GOVERNOR: ["publish"], GUARDIAN: ["halt"] }`. */
  restrict(contract: BaseContract, functions: Partial<Record<keyof typeof Role, readonly string[]>>): Promise<void>;
}

/**
 * Deploys the AccessManager with its roles, and the contracts of the authority module. No role has a delay here; tests
 * of delays grant one themselves.
 */
export async function deployAuthority(ethers: HardhatEthers): Promise<Authority> {
  const [admin, governor, registrar, guardian, outsider] = await ethers.getSigners();
  if (!admin || !governor || !registrar || !guardian || !outsider) throw new Error("the network has too few accounts");
  const manager = await ethers.deployContract("AccessManager", [admin.address], admin);
  const managerAddress = await manager.getAddress();
  const members = await ethers.deployContract("Members", [managerAddress], admin);
  const clock = await ethers.deployContract("OpenClock", [managerAddress], admin);
  const directory = await ethers.deployContract("Directory", [managerAddress, SUITE_ID], admin);
  const subjects = await ethers.deployContract(
    "Subjects",
    [
      managerAddress,
      await members.getAddress(),
      await clock.getAddress(),
      SUITE_ID,
      PERIODS.decision,
      PERIODS.recovery,
      PERIODS.arbitrated,
    ],
    admin,
  );

  const restrict = async (contract: BaseContract, functions: Partial<Record<string, readonly string[]>>) => {
    for (const [role, names] of Object.entries(functions)) {
      const selectors = (names ?? []).map((name) => selectorOf(contract, name));
      const number = role in Role ? Role[role as keyof typeof Role] : BigInt(role);
      await manager.setTargetFunctionRole(await contract.getAddress(), selectors, number);
    }
  };
  await restrict(members, restrictions.Members);
  await restrict(subjects, restrictions.Subjects);
  await restrict(clock, restrictions.OpenClock);
  await restrict(directory, restrictions.Directory);
  await manager.grantRole(Role.GOVERNOR, governor.address, 0);
  await manager.grantRole(Role.REGISTRAR, registrar.address, 0);
  await manager.grantRole(Role.GUARDIAN, guardian.address, 0);

  const account = (label: string) => fundedAccount(ethers, label);
  const { chainId } = await ethers.provider.getNetwork();
  const domain = {
    name: "Stele Subjects",
    version: "1",
    chainId,
    verifyingContract: await subjects.getAddress(),
  };
  const consent: Authority["consent"] = (signer, subject, deadline, type = "Bind") =>
    signer.signTypedData(
      domain,
      {
        [type]: [
          { name: "subject", type: "bytes32" },
          { name: "account", type: "address" },
          { name: "deadline", type: "uint40" },
        ],
      },
      { subject, account: signer.address, deadline },
    );
  return {
    manager,
    members,
    clock,
    directory,
    subjects,
    suiteId: SUITE_ID,
    signers: { admin, governor, registrar, guardian, outsider },
    account,
    restrict,
    async enrolMember(name, capabilities) {
      const administrator = await account(name);
      await members.connect(registrar).enrol(name, administrator.address, capabilities, 0, FOREVER);
      const member = await members.memberCount();
      await members.connect(administrator).acceptAdministration(member);
      return { id: member, name, administrator };
    },
    async nameDelegate(member, label, capabilities, expiry = FOREVER) {
      const delegate = await account(label);
      await members.connect(member.administrator).nameDelegate(delegate.address, capabilities, expiry);
      await members.connect(delegate).acceptDelegation(member.id);
      return delegate;
    },
    consent,
    async enrolSubject(member, label, { held = false } = {}) {
      const person = await account(label);
      const place = { domain: id("employment"), commitment: id(`commitment of ${label}`) };
      const subject = await subjects.subjectId(member.id, place.domain, place.commitment);
      const signature = await consent(person, subject, FOREVER, held ? "Hold" : "Bind");
      const enrol = subjects.connect(member.administrator)[held ? "enrolHeld" : "enrol"];
      await enrol(place.domain, place.commitment, person.address, FOREVER, signature);
      return { id: subject, account: person, ...place };
    },
  };
}

/** An account derived from a label, with coins for gas. */
export async function fundedAccount(ethers: HardhatEthers, label: string): Promise<Account> {
  const wallet = new Wallet(id(`stele test account: ${label}`), ethers.provider);
  await ethers.provider.send("hardhat_setBalance", [wallet.address, "0x3635c9adc5dea00000"]);
  return wallet;
}

function selectorOf(contract: BaseContract, name: string): string {
  const found = contract.interface.getFunction(name);
  if (found === null) throw new Error(`the contract has no function ${name}`);
  return found.selector;
}
