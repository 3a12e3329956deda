import { deployScript } from "../rocketh/deploy.js";

/** LogPolicies, LogRegistry, RecordDesk. */
export default deployScript(async ({ suite }) => (await suite()).deployModule("log"), {
  tags: ["log"],
  dependencies: ["authority"],
});
