import { network } from "hardhat";

import { walkEngagements } from "../support/engagementWalks.js";

const { provider, networkHelpers } = await network.create();

describe("Engagements, invariants", () => {
  it("E1 to E3, E5, E6: every answer and every refusal is the model's, whoever acts and in whatever order", async function () {
    this.timeout(120_000);
    await walkEngagements(provider, networkHelpers, { worlds: 7, attempts: 60, seed: 17 });
  });
});
