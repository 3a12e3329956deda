import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { keccak256, type Addressable } from "ethers";

import type { Connection } from "../../sdk/chain/connection.js";
import type { DeployedContract, Manifest } from "../../sdk/chain/manifest.js";
import type { Hex } from "../../sdk/common/bytes.js";
import type { Node } from "./anvil.js";

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "stele-"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Reverts with the call's own data. */
export const echoCode = "0x366000600037366000fd";

/** Takes effect once: a second call reverts without a reason. */
export const onceCode = "0x60005415600a575f5ffd5b600160005500";

/** Creation code of a runtime code of at most 255 bytes. */
export function creationCode(runtime: string): Hex {
  const size = ((runtime.length - 2) / 2).toString(16).padStart(2, "0");
  return `0x60${size}600c60003960${size}6000f3${runtime.slice(2)}`;
}

/** A transaction as a block lists it. */
export interface Mined {
  readonly hash: string;
  readonly nonce: number;
  readonly input: string;
}

/** All transactions of an account in the chain's blocks, in order. */
export async function minedBy(node: Node, account: string): Promise<Mined[]> {
  const mined: Mined[] = [];
  const head = Number(await node.rpc("eth_blockNumber"));
  for (let number = 0; number <= head; number++) {
    const block = (await node.rpc("eth_getBlockByNumber", `0x${number.toString(16)}`, true)) as {
      transactions: { hash: string; from: string; nonce: string; input: string }[];
    };
    for (const { hash, from, nonce, input } of block.transactions) {
      if (from.toLowerCase() === account.toLowerCase()) mined.push({ hash, nonce: Number(nonce), input });
    }
  }
  return mined;
}

/** A manifest for contracts that a test deployed by itself. */
export async function testManifest(
  connection: Connection,
  contracts: { readonly members: Addressable; readonly clock: Addressable; readonly directory: Addressable } & {
    readonly policies: Addressable;
    readonly registry: Addressable;
    readonly desk?: Addressable;
  },
): Promise<Manifest> {
  const { members, clock, directory, policies, registry, desk } = contracts;
  const named = { Members: members, OpenClock: clock, LogPolicies: policies, LogRegistry: registry, RecordDesk: desk };
  const deployed: Record<string, DeployedContract> = {};
  for (const [name, contract] of Object.entries(named)) {
    if (contract === undefined) continue;
    const address = (await contract.getAddress()) as Hex;
    const codeHash = keccak256(await connection.provider.getCode(address, "latest")) as Hex;
    deployed[name] = { address, block: 0, codeHash };
  }
  return {
    format: 1,
    network: connection.profile.name,
    chainId: connection.profile.chainId,
    genesis: connection.genesis,
    suiteId: `0x${"00".repeat(32)}`,
    deploymentBlock: 0,
    directory: (await directory.getAddress()) as Hex,
    contracts: deployed,
    governance: { account: `0x${"00".repeat(20)}`, delays: {} },
  };
}
