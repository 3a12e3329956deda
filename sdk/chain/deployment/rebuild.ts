import { keccak256 } from "ethers";

import { AccessManager__factory, Directory__factory } from "../../../typechain-types/index.js";
import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { roles } from "../capabilities.js";
import type { Connection } from "../connection.js";
import { readAccess } from "../governance/access.js";
import { logsInRanges } from "../governance/logs.js";
import type { DeployedContract, Manifest } from "../manifest.js";
import { createdAddress } from "./bytecode.js";
import type { Creation, DeploymentState } from "./state.js";

export interface RebuildOptions {
  /** The suite's Directory. */
  readonly directory: string;
  /** A block not after the deployment; 0 unless known. */
  readonly fromBlock?: number;
  readonly signal?: AbortSignal;
  readonly progress?: (block: number, head: number) => void;
}

/** What the files of a lost deployment held. */
export interface Rebuilt {
  readonly manifest: Manifest;
  readonly state: DeploymentState;
}

/**
 * Reads a deployment back from the chain, from nothing but the address of its directory.
 * @throws SteleError `missing` where there is no directory of a suite
 */
export async function rebuild(connection: Connection, options: RebuildOptions): Promise<Rebuilt> {
  const { provider, profile, genesis } = connection;
  const directory = Directory__factory.connect(options.directory, provider);
  const [names, suiteId] = await Promise.all([directory.names(), directory.suiteId()]).catch((cause: unknown) => {
    throw new SteleError("missing", `there is no directory of a suite at ${options.directory}`, { cause });
  });
  const manager = await directory.lookup("AccessManager");
  const { deployer, block } = await firstAdmin(connection, manager, options);
  const contracts: Record<string, DeployedContract> = {};
  const creations: Record<string, Creation> = {};
  const created = await creationNonces(connection, deployer);
  for (const name of names) {
    const address = (await directory.lookup(name)) as Hex;
    contracts[name] = { address, block, codeHash: keccak256(await provider.getCode(address)) as Hex };
    creations[name] = { address, from: deployer, nonce: created.get(address) ?? 0, block };
  }
  const shared = { format: 1 as const, genesis, suiteId: suiteId as Hex };
  const governance = await governanceOn(connection, manager, block);
  const chainId = profile.chainId;
  return {
    manifest: {
      ...shared,
      network: profile.name,
      chainId,
      deploymentBlock: block,
      directory: options.directory as Hex,
      contracts,
      governance,
    },
    state: { ...shared, chainId: chainId.toString(), deployer, block, contracts: creations, replaced: [] },
  };
}

/** The deployer is whom the manager's constructor made ADMIN. */
async function firstAdmin(connection: Connection, manager: string, options: RebuildOptions) {
  const abi = AccessManager__factory.createInterface();
  const source = {
    provider: connection.provider,
    fromBlock: options.fromBlock ?? 0,
    range: connection.profile.logRange,
    signal: options.signal,
    progress: options.progress,
  };
  for await (const log of logsInRanges(source, [manager], [abi.getEvent("RoleGranted").topicHash])) {
    const args = abi.parseLog(log)?.args;
    if (args?.["roleId"] === roles.ADMIN) return { deployer: args["account"] as string, block: log.blockNumber };
  }
  throw new SteleError("missing", `the AccessManager ${manager} shows no first admin; give an earlier block`);
}

async function creationNonces({ provider }: Connection, deployer: string): Promise<Map<string, number>> {
  const next = await provider.getTransactionCount(deployer, "latest");
  return new Map(Array.from({ length: next }, (_, nonce) => [createdAddress(deployer, nonce), nonce]));
}

async function governanceOn(
  connection: Connection,
  manager: string,
  fromBlock: number,
): Promise<Manifest["governance"]> {
  const source = { provider: connection.provider, fromBlock, range: connection.profile.logRange };
  const { holdings } = await readAccess(manager, source);
  const holder = (role: bigint) => holdings.find((holding) => holding.role === role);
  const delay = (role: bigint) => Number(holder(role)?.delay ?? 0n);
  return {
    account: (holder(roles.ADMIN)?.account ?? `0x${"00".repeat(20)}`) as Hex,
    delays: { admin: delay(roles.ADMIN), governor: delay(roles.GOVERNOR), registrar: delay(roles.REGISTRAR) },
  };
}
