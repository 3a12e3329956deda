import type { Provider } from "ethers";

import { machineClock } from "../common/time.js";
import { reading } from "./log-state.js";

/**
 * Seconds: this machine's clock, or the latest block's where that is ahead. Neither alone would do: a chain that makes
 * blocks on demand may rest for hours, and a machine whose clock is slow is not before what the chain has seen.
 */
export async function presentTime(provider: Provider | null | undefined, clock = machineClock): Promise<bigint> {
  const block = await reading("the question for the latest block", async () => provider?.getBlock("latest"));
  const [own, chain] = [clock(), BigInt(block?.timestamp ?? 0)];
  return own > chain ? own : chain;
}
