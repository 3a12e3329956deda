import type { NetworkProfile } from "./profile.js";
import type { Rpc } from "./rpc.js";
import { RpcError } from "./transport.js";

/** What a transaction offers for gas, in wei a unit. */
export type Fees =
  | { readonly type: 0; readonly gasPrice: bigint }
  | { readonly type: 2; readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint };

/** When a transaction that waits is offered again at a higher fee; `dynamic` fee mode only. */
export interface Replacement {
  /** Looks at the chain that the account's oldest transaction waits before it is replaced. */
  readonly afterPolls: number;
  /** By how much both fees rise each time; nodes ask for 10 at least. */
  readonly percent: number;
  /** Replacements of one transaction; then its last bytes are re-broadcast. */
  readonly most: number;
}

/** Tip where a node does not propose one: 1 gwei. */
const usualTip = 1_000_000_000n;

/** The fees for a new transaction: twice the present base fee, so that it stays valid while the base fee doubles. */
export async function presentFees(profile: NetworkProfile, rpc: Rpc): Promise<Fees> {
  if (profile.feeMode === "zero") return { type: 0, gasPrice: 0n };
  if (profile.feeMode === "legacy") return { type: 0, gasPrice: await rpc.gasPrice() };
  const [block, tip] = await Promise.all([rpc.block("latest"), proposedTip(rpc)]);
  const baseFee = block?.baseFeePerGas ?? 0n;
  return { type: 2, maxFeePerGas: 2n * baseFee + tip, maxPriorityFeePerGas: tip };
}

async function proposedTip(rpc: Rpc): Promise<bigint> {
  try {
    return await rpc.priorityFee();
  } catch (error) {
    if (error instanceof RpcError) return usualTip;
    throw error;
  }
}

/** Fees that replace these: higher by `percent`, and no lower than the present ones. `undefined` for fixed prices. */
export function raisedFees(old: Fees, present: Fees, percent: number): Fees | undefined {
  if (old.type !== 2 || present.type !== 2) return undefined;
  const raise = (fee: bigint) => (fee * BigInt(100 + percent)) / 100n + 1n;
  const maxPriorityFeePerGas = larger(raise(old.maxPriorityFeePerGas), present.maxPriorityFeePerGas);
  const maxFeePerGas = larger(raise(old.maxFeePerGas), present.maxFeePerGas);
  return { type: 2, maxFeePerGas, maxPriorityFeePerGas };
}

/** The most that a unit of gas can cost. */
export function highestPrice(fees: Fees): bigint {
  return fees.type === 0 ? fees.gasPrice : fees.maxFeePerGas;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
