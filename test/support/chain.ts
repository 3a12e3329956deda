import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

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
