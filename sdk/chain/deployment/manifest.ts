import { keccak256 } from "ethers";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import type { DeployedContract, Manifest } from "../manifest.js";
import type { Plan } from "./plan.js";
import { codeAt } from "./transact.js";

/**
 * What the rest of the suite reads of a deployment: every contract that stands now, with the hash of its code as the
 * chain has it.
 * @throws SteleError `corrupt` where a contract is gone
 */
export async function manifestOf(plan: Plan, network: string): Promise<Manifest> {
  const { state, executor } = plan.deployment;
  const contracts: Record<string, DeployedContract> = {};
  for (const [name, { address, block }] of Object.entries(state.contracts)) {
    const code = await codeAt(executor, address);
    if (code === "0x") throw new SteleError("corrupt", `there is no code of ${name} at ${address}`);
    contracts[name] = { address: address as Hex, block, codeHash: keccak256(code) as Hex };
  }
  const { account, delays } = plan.governance;
  return {
    format: 1,
    network,
    chainId: BigInt(state.chainId),
    genesis: state.genesis as Hex,
    suiteId: state.suiteId as Hex,
    deploymentBlock: state.block,
    directory: plan.address("Directory") as Hex,
    contracts,
    governance: { account: account as Hex, delays },
  };
}
