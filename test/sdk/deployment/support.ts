import { getAddress } from "ethers";
import { network } from "hardhat";

import { Deployment } from "../../../sdk/chain/deployment/deployment.js";
import { modules, suiteContracts, type ContractPlan } from "../../../sdk/chain/deployment/contracts.js";
import { providerExecutor, type Eip1193, type Executor } from "../../../sdk/chain/deployment/executor.js";
import { createdAddress } from "../../../sdk/chain/deployment/bytecode.js";
import { handOver } from "../../../sdk/chain/deployment/handover.js";
import { Plan } from "../../../sdk/chain/deployment/plan.js";
import { memoryStore, type StateStore } from "../../../sdk/chain/deployment/state.js";
import { codeAt, nonceOf } from "../../../sdk/chain/deployment/transact.js";
import type { Governance } from "../../../sdk/chain/governance/config.js";

export const quick = { poll: 2, resend: 200, giveUp: 5_000 };
const day = 86_400;

/** A chain of its own, with the accounts of the development mnemonic. */
export async function freshChain(): Promise<{ provider: Eip1193; accounts: string[]; executor: Executor }> {
  const { provider } = await network.create();
  const accounts = (await provider.request({ method: "eth_accounts" })) as string[];
  const checksummed = accounts.map((account) => getAddress(account));
  return { provider, accounts: checksummed, executor: providerExecutor(provider, accounts[0] ?? "") };
}

export function governanceFor(accounts: readonly string[]): Governance {
  const [, account = "", guardian = "", registrar = ""] = accounts;
  return { account, guardian, registrar, delays: { admin: 2 * day, governor: day, registrar: 0 } };
}

export interface RunOptions {
  readonly store?: StateStore;
  readonly contracts?: readonly ContractPlan[];
  readonly successors?: readonly string[];
  readonly handOver?: boolean;
}

/** One run of the whole deployment. */
export async function run(executor: Executor, accounts: readonly string[], options: RunOptions = {}): Promise<Plan> {
  const store = options.store ?? memoryStore();
  const { successors, contracts } = options;
  const deployment = await Deployment.open({
    executor,
    store,
    patience: quick,
    ...(successors === undefined ? {} : { successors }),
  });
  const governance = governanceFor(accounts);
  const plan = new Plan({ deployment, governance, ...(contracts === undefined ? {} : { contracts }) });
  for (const module of modules) await plan.deployModule(module);
  if (options.handOver !== false) await handOver(plan);
  return plan;
}

/** How many contracts an account has created on this chain. */
export async function contractsCreated(executor: Executor): Promise<number> {
  let created = 0;
  const next = await nonceOf(executor);
  for (let nonce = 0; nonce < next; nonce++) {
    if ((await codeAt(executor, createdAddress(executor.account, nonce))) !== "0x") created++;
  }
  return created;
}

/** The suite with one contract's creation code changed in its last byte: its metadata, if it has any. */
export function changed(name: string): readonly ContractPlan[] {
  return suiteContracts.map((contract) => {
    if (contract.name !== name) return contract;
    const { bytecode, abi } = contract.source;
    const last = bytecode.endsWith("00") ? "01" : "00";
    return { ...contract, source: { abi, bytecode: bytecode.slice(0, -2) + last } };
  });
}
