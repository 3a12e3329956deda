import { setupEnvironmentFromFiles } from "@rocketh/node";
import { setupHardhatDeploy } from "hardhat-deploy/helpers";

import { extensions, type Accounts, type Data } from "./config.js";

/** For scripts that read hardhat-deploy's records: the environment of a network, with the suite in it. */
export const { loadEnvironmentFromFiles, loadAndExecuteDeploymentsFromFiles } = setupEnvironmentFromFiles<
  typeof extensions,
  Accounts,
  Data
>(extensions);
export const { loadEnvironmentFromHardhat } = setupHardhatDeploy<typeof extensions, Accounts, Data>(extensions);
