import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";

import { deployRewards } from "../../support/rewards.js";

const { provider, networkHelpers } = await network.create();
const fixture = () => deployRewards(provider);

describe("Campaigns", () => {
  it("opens a campaign of a type that the member may grant, and tells its id beforehand", async () => {
    const world = await networkHelpers.loadFixture(fixture);
    const typeId = await world.publishType();
    const campaigns = world.as("clerk", "Campaigns");
    const campaign = { root: id("root"), size: 3n, typeId, issuer: world.actor("department").member, expires: 0n };
    const campaignId = await campaigns.campaignIdFor(campaign);
    await expect(campaigns.open(campaign.root, campaign.size, 0, typeId))
      .to.emit(campaigns, "CampaignOpened")
      .withArgs(campaignId, typeId, campaign.issuer, campaign.root, campaign.size, 0n);
    expect((await campaigns.openedOf(campaignId)).openedAt).to.equal(await world.now());
  });
});
