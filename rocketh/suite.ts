import type { Abi } from "abitype";
import type { Environment } from "rocketh/types";

import * as artifacts from "../generated/artifacts/index.js";
import { governance as configured } from "../networks/governance.js";
import type { Eip1193, Executor, Standing } from "../sdk/chain/deployment/executor.js";
import { providerExecutor } from "../sdk/chain/deployment/executor.js";
import { SuiteRun } from "../sdk/chain/deployment/run.js";
import { memoryStore, type StateStore } from "../sdk/chain/deployment/state.js";
import type { Governance } from "../sdk/chain/governance/config.js";
import { isDevelopment } from "../scripts/hardhat/networks.js";
import { loadProfile } from "../sdk/chain/profile-file.js";
import { SteleError } from "../sdk/common/errors.js";

const day = 86_400;
/** Memory of in-process chains, for the steps of one run. */
const memories = new WeakMap<object, StateStore>();

/** The suite's deployment on the network that hardhat-deploy works on. */
export function suite(env: Environment): () => Promise<SuiteRun> {
  return async () => {
    // The manifest lies among rocketh's records, which takes it for one of them.
    delete (env.deployments as Record<string, unknown>)["manifest"];
    const accounts = (await env.network.provider.request({ method: "eth_accounts" })) as string[];
    const inProcess = !env.context.saveDeployments;
    const profile = inProcess ? undefined : await loadProfile(env.name);
    const development = profile === undefined || isDevelopment(profile);
    const poll = profile === undefined ? 5 : profile.pollingInterval * 1000;
    const successors = (process.env["STELE_SUCCESSORS"] ?? "").split(",").filter((name) => name !== "");
    return SuiteRun.open({
      executor: rockethExecutor(env, profile?.feeMode),
      network: env.name,
      ...(inProcess ? { store: memoryOf(env) } : { deployments: folder() }),
      governance: governanceOf(env.name, accounts, development),
      patience: { poll, resend: 15_000, giveUp: 180_000 },
      successors,
      progress: (sentence) => env.showMessage(`  - ${sentence}`),
    });
  };
}

/** See config.ts, which imports this file. */
function folder(): string {
  return process.env["STELE_DEPLOYMENTS"] ?? "deployments";
}

function memoryOf(env: Environment): StateStore {
  const known = memories.get(env.deployments);
  if (known !== undefined) return known;
  const store = memoryStore();
  memories.set(env.deployments, store);
  return store;
}

function governanceOf(network: string, accounts: readonly string[], development: boolean): Governance {
  const given = configured[network];
  if (given !== undefined) return given;
  const [, account, guardian, registrar] = accounts;
  if (!development || account === undefined || guardian === undefined || registrar === undefined) {
    throw new SteleError("missing", `nobody governs network ${network}; write it into networks/governance.ts first`);
  }
  return { account, guardian, registrar, delays: { admin: day, governor: day, registrar: 0 } };
}

/** The deployer of rocketh's environment; keeps rocketh's own records of what stands. */
export function rockethExecutor(env: Environment, fees: Parameters<typeof providerExecutor>[2]): Executor {
  const deployer = env.namedAccounts["deployer"];
  if (deployer === undefined) throw new SteleError("missing", "rocketh/config.ts names no deployer");
  const executor = providerExecutor(env.network.provider as unknown as Eip1193, deployer, fees);
  return { ...executor, keep: (contract) => keep(env, contract) };
}

async function keep(env: Environment, contract: Standing): Promise<void> {
  const known = env.getOrNull(contract.name);
  const { address, bytecode, argsData } = contract;
  if (known?.address === address && known.bytecode === bytecode && known.argsData === argsData) return;
  const artifact = (artifacts as unknown as Record<string, { abi: Abi; metadata: string } | undefined>)[contract.name];
  if (artifact === undefined) throw new SteleError("missing", `there is no artifact of ${contract.name}; build first`);
  await env.save(contract.name, { ...artifact, address: address as `0x${string}`, bytecode, argsData });
}
