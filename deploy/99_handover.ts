import { deployScript } from "../rocketh/deploy.js";

/** Governance takes over, the deployer leaves. Comes last and refuses while anything is not as the table says. */
export default deployScript(
  async ({ suite }) => {
    await (await suite()).handOver();
  },
  { tags: ["handover"], dependencies: ["authority", "log", "audit", "rewards"], runAtTheEnd: true },
);
