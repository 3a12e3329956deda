import { join } from "node:path";

import { overrideTask } from "hardhat/config";
import type { HookContext, NetworkHooks } from "hardhat/types/hooks";
import type { HardhatPlugin } from "hardhat/types/plugins";

import { assertSameChain, genesisOf } from "../../sdk/chain/deployment/deployment.js";
import { recordedChain, setTornRecordsAside } from "../../sdk/chain/deployment/files.js";

/** Calls that Kaia refuses without a block, and that some tools send without one. */
const needsBlock: Readonly<Record<string, number>> = { eth_call: 1, eth_getBalance: 1, eth_estimateGas: 1 };

/** The same parameters with "latest" where the block is missing. */
export function withLatest(method: string, params: unknown): unknown {
  const at = needsBlock[method];
  return at !== undefined && Array.isArray(params) && params.length === at
    ? [...(params as unknown[]), "latest"]
    : params;
}

/** Only on nodes behind http: the chain in this process answers for the pending block, whose time tests set. */
const latestTag = {
  async onRequest(
    context: HookContext,
    connection: { readonly networkConfig: { readonly type: string } },
    request: { method: string; params?: unknown },
    next: unknown,
  ) {
    const proceed = next as (c: HookContext, n: typeof connection, r: typeof request) => Promise<never>;
    const { type } = connection.networkConfig;
    const params = type === "http" ? withLatest(request.method, request.params) : request.params;
    return proceed(context, connection, { ...request, params });
  },
} as unknown as Partial<NetworkHooks>;

/**
 * What hardhat-deploy needs around it: the block tag, and a look at the network's folder before rocketh reads it, since
 * rocketh aborts on a torn file without naming it and deletes a folder of another chain without asking.
 */
export const guardedDeployment: HardhatPlugin = {
  id: "stele-guarded-deployment",
  dependencies: () => [import("hardhat-deploy")],
  hookHandlers: { network: async () => ({ default: async () => latestTag }) },
  tasks: [
    overrideTask("deploy")
      .setAction(async () => ({
        default: async (args, hre, runSuper) => {
          const connection = await hre.network.create();
          try {
            if (connection.networkConfig.type === "http")
              await guardFolder(connection.networkName, connection.provider);
          } finally {
            await connection.close();
          }
          return runSuper(args) as Promise<unknown>;
        },
      }))
      .build(),
  ],
};

interface Requests {
  request(call: { method: string; params?: unknown[] }): Promise<unknown>;
}

/**
 * Refuses a folder whose memory is torn, or that belongs to another chain. Records of hardhat-deploy that a kill tore
 * are set aside, and told.
 * @throws SteleError
 */
export async function guardFolder(
  network: string,
  provider: Requests,
  deployments = process.env["STELE_DEPLOYMENTS"] ?? "deployments",
): Promise<void> {
  const folder = join(deployments, network);
  for (const name of await setTornRecordsAside(folder)) {
    console.log(
      `  - ${join(folder, name)} was torn by a run that was killed; it is kept as ${name}.torn, written anew here`,
    );
  }
  const recorded = await recordedChain(folder);
  if (recorded === undefined) return;
  const request = (method: string, params: readonly unknown[]) => provider.request({ method, params: [...params] });
  const chainId = BigInt((await request("eth_chainId", [])) as string);
  assertSameChain(recorded, chainId, await genesisOf({ request }));
}
