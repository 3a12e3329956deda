import type { Result } from "ethers";

import type { ContractName, Suite } from "./suite.js";

/** Arguments of a contract's first event of that name in a transaction; undefined where the node shows none. */
export async function emittedIn(
  suite: Suite,
  contract: ContractName,
  event: string,
  hash: string,
): Promise<Result | undefined> {
  const receipt = await suite.runner.provider?.getTransactionReceipt(hash);
  const address = suite.address(contract).toLowerCase();
  const abi = suite.contract(contract).interface;
  for (const log of receipt?.logs ?? []) {
    if (log.address.toLowerCase() !== address) continue;
    const parsed = abi.parseLog(log);
    if (parsed?.name === event) return parsed.args;
  }
  return undefined;
}
