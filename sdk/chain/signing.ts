import { Transaction, type Signer } from "ethers";

import type { Hex } from "../common/bytes.js";
import { SteleError, sentenceOf } from "../common/errors.js";
import type { Fees } from "./fees.js";
import type { Attempt } from "./journal.js";

/** Nodes take no larger transaction into their pools. */
const largestTransaction = 128 * 1024;

/** What a transaction does. */
export interface RawCall {
  readonly to: string | null;
  readonly data: string;
  readonly value: bigint;
}

/** A transaction, complete but for its signature. */
export type Unsigned = RawCall & Fees & { readonly chainId: bigint; readonly nonce: number; readonly gasLimit: bigint };

/** Calls nobody: uses up a nonce. */
export function emptyCall(account: string): RawCall {
  return { to: account, data: "0x", value: 0n };
}

/**
 * Signs, and makes sure that the right account did.
 * @throws SteleError `usage` where the signer cannot, or where no node would take so large a transaction
 */
export async function signAttempt(
  signer: Signer,
  account: string,
  unsigned: Unsigned,
  cancels: boolean,
): Promise<Attempt> {
  let raw: Hex;
  try {
    raw = (await signer.signTransaction(unsigned)) as Hex;
  } catch (cause) {
    throw new SteleError("usage", `account ${account} cannot sign: ${sentenceOf(cause)}`, { cause });
  }
  const { hash, from, nonce } = Transaction.from(raw);
  if (from !== account || hash === null || nonce !== unsigned.nonce) {
    throw new SteleError("usage", `the signer of account ${account} signed something else, as ${from}`);
  }
  const size = (raw.length - 2) / 2;
  if (size > largestTransaction) {
    throw new SteleError("usage", `a transaction of ${size} bytes is above the ${largestTransaction} that nodes take`);
  }
  return {
    hash: hash as Hex,
    raw,
    fees: unsigned.type === 0 ? legacy(unsigned) : dynamic(unsigned),
    gasLimit: unsigned.gasLimit,
    cancels,
  };
}

function legacy({ gasPrice }: Fees & { type: 0 }): Fees {
  return { type: 0, gasPrice };
}

function dynamic({ maxFeePerGas, maxPriorityFeePerGas }: Fees & { type: 2 }): Fees {
  return { type: 2, maxFeePerGas, maxPriorityFeePerGas };
}
