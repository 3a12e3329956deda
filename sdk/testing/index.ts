/**
 * The suite on any chain, for tests: `deploySuite(provider)` goes through the same plan and guards as a real deployment
 * and needs no Hardhat.
 */
import { BrowserProvider, getAddress, JsonRpcSigner, Network } from "ethers";

import type { Eip1193, FeeMode } from "../chain/deployment/executor.js";
import { providerExecutor } from "../chain/deployment/executor.js";
import { Deployment } from "../chain/deployment/deployment.js";
import { modules, type ContractPlan, type SuiteSettings } from "../chain/deployment/contracts.js";
import { handOver } from "../chain/deployment/handover.js";
import { manifestOf } from "../chain/deployment/manifest.js";
import { Plan } from "../chain/deployment/plan.js";
import { memoryStore } from "../chain/deployment/state.js";
import type { Governance } from "../chain/governance/config.js";
import { connectSuite, type Suite } from "../chain/suite.js";
import { SteleError } from "../common/errors.js";

export interface DeploySuiteOptions {
  /** Who governs. Unless given: accounts 1, 2 and 3 of the node as governance, guardian and registrar, no delays. */
  readonly governance?: Partial<Governance>;
  /** Periods that constructors fix. */
  readonly settings?: SuiteSettings;
  /** What is deployed instead of the package's own contracts: a changed one on trial, or code instrumented for coverage. */
  readonly contracts?: readonly ContractPlan[];
  /** Index of the node's account that deploys; 0 unless given. */
  readonly deployer?: number;
  readonly fees?: FeeMode;
  /** 32 bytes that tell two suites of one deployer apart. */
  readonly salt?: string;
  /** First policies and members: called before the hand-over, while the deployer is still admin. */
  setup?(plan: Plan): Promise<void>;
}

/** A suite that was just deployed, and the accounts that govern it. */
export interface TestSuite {
  /** Typed contracts by name; reads, or `connect` to one of the signers. */
  readonly suite: Suite;
  readonly provider: BrowserProvider;
  readonly deployer: JsonRpcSigner;
  /** ADMIN and GOVERNOR. */
  readonly governor: JsonRpcSigner;
  readonly guardian: JsonRpcSigner;
  readonly registrar: JsonRpcSigner;
  /** Every account of the node. */
  readonly accounts: readonly JsonRpcSigner[];
}

/**
 * Deploys the suite through an EIP-1193 provider whose node holds the accounts, hands it over to governance and binds
 * its contracts.
 */
export async function deploySuite(provider: Eip1193, options: DeploySuiteOptions = {}): Promise<TestSuite> {
  const held = (await provider.request({ method: "eth_accounts" })) as string[];
  const addresses = held.map((address) => getAddress(address));
  const deployer = addresses[options.deployer ?? 0];
  if (deployer === undefined) throw new SteleError("usage", "the node holds no account to deploy with");
  const executor = providerExecutor(provider, deployer, options.fees);
  const patience = { poll: 5, resend: 10_000, giveUp: 60_000 };
  const salt = options.salt === undefined ? {} : { salt: options.salt };
  const deployment = await Deployment.open({ executor, store: memoryStore(), patience, ...salt });
  const governance = governanceOf(addresses, options.governance);
  const settings = options.settings === undefined ? {} : { settings: options.settings };
  const contracts = options.contracts === undefined ? {} : { contracts: options.contracts };
  const plan = new Plan({ deployment, governance, ...settings, ...contracts });
  for (const module of modules) await plan.deployModule(module);
  await options.setup?.(plan);
  await handOver(plan);
  return bind(provider, plan, addresses, deployer);
}

function governanceOf(addresses: readonly string[], given: Partial<Governance> = {}): Governance {
  const [, account = "", guardian = "", registrar = ""] = addresses;
  return { account, guardian, registrar, delays: { admin: 0, governor: 0, registrar: 0 }, ...given };
}

async function bind(provider: Eip1193, plan: Plan, addresses: readonly string[], deployer: string): Promise<TestSuite> {
  const manifest = await manifestOf(plan, "test");
  const network = new Network("test", manifest.chainId);
  const wallet = { request: (call: Parameters<Eip1193["request"]>[0]) => provider.request(call) };
  const ethers = new BrowserProvider(wallet, network, {
    staticNetwork: network,
    cacheTimeout: -1,
    pollingInterval: 20,
  });
  const signer = (address: string) => new JsonRpcSigner(ethers, address);
  const { account, guardian, registrar } = plan.governance;
  return {
    suite: connectSuite(ethers, manifest),
    provider: ethers,
    deployer: signer(deployer),
    governor: signer(account),
    guardian: signer(guardian),
    registrar: signer(registrar),
    accounts: addresses.map(signer),
  };
}
