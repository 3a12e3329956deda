import hre from "hardhat";

import { type ContractPlan, suiteContracts } from "../../sdk/chain/deployment/contracts.js";

/** The suite's contracts as they were just built: under coverage their code is instrumented, and the bindings' is not. */
export async function builtContracts(): Promise<ContractPlan[]> {
  const built = suiteContracts.map(async (one) => {
    const { abi, bytecode } = await hre.artifacts.readArtifact(one.name);
    return { ...one, source: { abi, bytecode } };
  });
  return Promise.all(built);
}
