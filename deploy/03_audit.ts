import { deployScript } from "../rocketh/deploy.js";

/** Engagements, Datasets. */
export default deployScript(async ({ suite }) => (await suite()).deployModule("audit"), {
  tags: ["audit"],
  dependencies: ["authority", "log"],
});
