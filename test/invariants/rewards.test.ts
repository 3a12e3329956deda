import { network } from "hardhat";

import { walkRewards } from "../support/rewardsWalks.js";

const { provider, networkHelpers } = await network.create();

describe("Awards, Campaigns and MeritPoints, invariants", () => {
  it("owners change only by migration, balances are the live tokens, leaf and nonce are used once, nothing revoked or expired is valid, events replay (MP3, MP7)", async function () {
    this.timeout(120_000);
    await walkRewards(provider, networkHelpers, { worlds: 3, attempts: 130, seed: 17 });
  });
});
