import { expect } from "chai";
import { id, Wallet } from "ethers";
import { network } from "hardhat";

import { gas, reason, withPoints } from "../../support/meritPoints.js";
import { day, deployRewards } from "../../support/rewards.js";
import { fields } from "../../support/rewardsParts.js";

const { provider, networkHelpers } = await network.create();
const forever = 2n ** 40n - 1n;

describe("MeritPoints: an account that was replaced more often than a call follows", () => {
  it("MP6: migrates in several calls, and is out of an adjustment's reach beyond 64", async function () {
    this.timeout(120_000);
    const world = await withPoints(await deployRewards(provider), networkHelpers);
    const ada = world.address("ada");
    const granted = await world.grant([ada]);
    const chain = [ada];
    for (let i = 0; i < 65; i++) {
      const wallet = new Wallet(id(`replacement ${i}`));
      const Bind = fields("bytes32 subject, address account, uint40 deadline");
      const { suite } = world;
      const verifyingContract = suite.address("Subjects");
      const domain = { name: "Stele Subjects", version: "1", chainId: suite.manifest.chainId, verifyingContract };
      const subject = world.subject("ada");
      const statement = { subject, account: wallet.address, deadline: forever };
      const consent = await wallet.signTypedData(domain, { Bind }, statement);
      await world.as("department", "Subjects").proposeRecovery(subject, wallet.address, forever, consent);
      await world.as("union", "Subjects").secondRecovery(subject, 1n, wallet.address);
      await networkHelpers.time.increase(8 * day);
      await world.as("stranger", "Subjects").completeRecovery(subject);
      chain.push(wallet.address);
    }
    const points = world.as("department", "MeritPoints");
    await expect(points.adjust(granted, [ada], [0], 1n, reason, gas))
      .to.be.revertedWithCustomError(points, "MeritPointsTooFar")
      .withArgs(ada);
    await world.grant([ada]); // where its points still are
    await points.migrate(world.id, [ada], gas);
    expect((await world.held(chain[64]!)).lifetime).to.equal(20n);
    await expect(points.grant(world.type, [ada], gas)).to.be.revertedWithCustomError(points, "MeritPointsNotOfMember");
    await points.migrate(world.id, [chain[64]!], gas);
    expect((await world.held(chain[65]!)).lifetime).to.equal(20n);
    await world.grant([chain[1]!]);
    expect((await world.held(chain[65]!)).lifetime).to.equal(30n);
  });
});
