import { deployScript } from "../rocketh/deploy.js";

/** Award types, campaigns, awards, points of merit. */
export default deployScript(async ({ suite }) => (await suite()).deployModule("rewards"), {
  tags: ["rewards"],
  dependencies: ["authority", "log"],
});
