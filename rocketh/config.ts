import type { UserConfig } from "rocketh/types";

import { suite } from "./suite.js";

/** Where every network has its folder; another place for tests and rehearsals. */
export const deployments = process.env["STELE_DEPLOYMENTS"] ?? "deployments";

/** Read by hardhat-deploy before it runs the steps in deploy/. */
export const config = {
  deployments,
  accounts: { deployer: { default: 0 } },
  data: {},
} as const satisfies UserConfig;

/** What a step finds in its environment. Only guarded ways to deploy are among them. */
export const extensions = { suite };

export type Accounts = typeof config.accounts;
export type Data = typeof config.data;
