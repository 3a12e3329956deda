import { network } from "hardhat";

import { walkRewards } from "../support/rewardsWalks.js";

const { provider, networkHelpers } = await network.create();

describe("Awards, Campaigns and MeritPoints, invariants in many worlds", () => {
  it("owners change only by migration, balances are the live tokens, leaf and nonce are used once, nothing revoked or expired is valid, events replay (MP3, MP7), in 20 worlds of 250 attempts", async function () {
    this.timeout(1_200_000);
    await walkRewards(provider, networkHelpers, { worlds: 20, attempts: 250, seed: 1_000 });
  });
});
