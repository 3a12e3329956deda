import { Interface } from "ethers";

import { suiteContracts } from "../deployment/contracts.js";
import type { ContractName } from "../suite.js";

const known = new Map<string, Interface>();

/** Everything that a contract of the suite understands, `halt` and `resume` included. */
export function abiOf(name: ContractName): Interface {
  const kept = known.get(name);
  if (kept !== undefined) return kept;
  const abi = new Interface(suiteContracts.find((contract) => contract.name === name)?.source.abi ?? []);
  known.set(name, abi);
  return abi;
}
