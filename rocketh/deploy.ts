import { setupDeployScripts } from "rocketh";

import { extensions, type Accounts, type Data } from "./config.js";

/** Makes a deploy step. */
export const { deployScript } = setupDeployScripts<typeof extensions, Accounts, Data>(extensions);
