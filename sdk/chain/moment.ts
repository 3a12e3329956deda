import type { Provider } from "ethers";

import { machineClock } from "../common/time.js";
import { reading } from "./reading.js";

/** Seconds of the latest block; 0 where the node shows none. */
export async function blockTime(provider: Provider | null | undefined): Promise<bigint> {
  return BigInt((await provider?.getBlock("latest"))?.timestamp ?? 0);
}

/**
 * Seconds: this machine's clock, or the latest block's where that is ahead. Neither alone would do: a chain that makes
 * blocks on demand may rest for hours, and a machine whose clock is slow is not before what the chain has seen.
 */
export async function presentTime(provider: Provider | null | undefined, clock = machineClock): Promise<bigint> {
  const chain = await reading("the question for the latest block", () => blockTime(provider));
  const own = clock();
  return own > chain ? own : chain;
}
