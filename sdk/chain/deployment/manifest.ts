import { keccak256 } from "ethers";

import type { Hex } from "../../common/bytes.js";
import type { DeployedContract, Manifest } from "../manifest.js";
import type { Plan } from "./plan.js";
import { codeAt } from "./transact.js";

/**
 * What the rest of the suite reads of a deployment: every contract that stands now, with the hash of its code as the
 * chain has it.
 */
export async function manifestOf(plan: Plan, network: string): Promise<Manifest> {
  const { state, executor } = plan.deployment;
  const contracts: Record<string, DeployedContract> = {};
  for (const [name, { address, block }] of Object.entries(state.contracts)) {
    const code = await codeAt(executor, address);
    if (code === "0x") continue; // announced by a run that was killed; its own step will see to it
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
