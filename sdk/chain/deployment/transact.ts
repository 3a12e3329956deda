import { setTimeout as sleep } from "node:timers/promises";

import { SteleError, sentenceOf } from "../../common/errors.js";
import { decodeRevert } from "../errors.js";
import type { Executor, Outgoing } from "./executor.js";

/** How long to wait, in milliseconds. */
export interface Patience {
  /** Between two looks at the chain. */
  readonly poll: number;
  /** Without a receipt, until the same transaction is broadcast again. */
  readonly resend: number;
  /** Until giving up; the run can be repeated. */
  readonly giveUp: number;
}

export const defaultPatience: Patience = { poll: 250, resend: 15_000, giveUp: 180_000 };

/**
 * `mined`: ours, with its receipt. `taken`: another transaction has the nonce (an earlier run's, perhaps the same);
 * what it did has to be read from the chain.
 */
export type Outcome =
  | { readonly kind: "mined"; readonly hash: string; readonly block: number; readonly succeeded: boolean }
  | { readonly kind: "taken" };

interface Receipt {
  readonly blockNumber: string;
  readonly status: string;
}

/** Transactions of the account that the chain holds. */
export async function nonceOf(executor: Executor): Promise<number> {
  return Number(await executor.request("eth_getTransactionCount", [executor.account, "latest"]));
}

/** Code at an address now, `0x` for none. */
export async function codeAt(executor: Executor, address: string): Promise<string> {
  return (await executor.request("eth_getCode", [address, "latest"])) as string;
}

/**
 * Broadcasts under one nonce until a transaction with that nonce is mined. Never two different nonces for one act, so a
 * repeated broadcast cannot act twice.
 * @throws SteleError `refused` where the simulation reverts, `network` where nothing is mined in time
 */
export async function transact(
  executor: Executor,
  transaction: Outgoing,
  patience: Patience = defaultPatience,
  signal?: AbortSignal,
): Promise<Outcome> {
  const hashes = new Set<string>();
  const started = Date.now();
  let broadcastAt = 0;
  let problem: unknown;
  for (;;) {
    signal?.throwIfAborted();
    if (broadcastAt === 0 || Date.now() - broadcastAt >= patience.resend) {
      broadcastAt = Date.now();
      problem = await tryBroadcast(executor, transaction, hashes);
    }
    const outcome = await look(executor, transaction.nonce, hashes);
    if (outcome !== undefined) return outcome;
    if (problem !== undefined && !isHarmless(problem)) throw decodeRevert(problem, `"${transaction.label}"`);
    if (Date.now() - started >= patience.giveUp) {
      const seconds = Math.round(patience.giveUp / 1000);
      throw new SteleError(
        "network",
        `no transaction with nonce ${transaction.nonce} was mined in ${seconds} s; run again`,
      );
    }
    await sleep(patience.poll, undefined, signal === undefined ? {} : { signal });
  }
}

async function tryBroadcast(executor: Executor, transaction: Outgoing, hashes: Set<string>): Promise<unknown> {
  try {
    hashes.add(await executor.broadcast(transaction));
    return undefined;
  } catch (error) {
    return error;
  }
}

async function look(executor: Executor, nonce: number, hashes: ReadonlySet<string>): Promise<Outcome | undefined> {
  const next = await nonceOf(executor); // before the receipts: one that is mined now has its receipt below
  for (const hash of hashes) {
    const receipt = (await executor.request("eth_getTransactionReceipt", [hash])) as Receipt | null;
    if (receipt !== null && receipt.blockNumber !== null) {
      return { kind: "mined", hash, block: Number(receipt.blockNumber), succeeded: BigInt(receipt.status) === 1n };
    }
  }
  return next > nonce ? { kind: "taken" } : undefined;
}

/** What nodes say when they already hold this transaction, or another with its nonce. */
const harmless =
  /already known|known transaction|already imported|already exists|already in|underpriced|nonce too low/i;

function isHarmless(error: unknown): boolean {
  return harmless.test(sentenceOf(error));
}
