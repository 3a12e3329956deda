import { network } from "hardhat";

import { walkEngagements } from "../support/engagementWalks.js";

const { provider, networkHelpers } = await network.create();

describe("Engagements, invariants in many worlds", () => {
  it("E1 to E3, E5, E6: every answer and every refusal is the model's, in 20 worlds of 120 attempts", async function () {
    this.timeout(900_000);
    await walkEngagements(provider, networkHelpers, { worlds: 20, attempts: 120, seed: 1_000 });
  });
});
