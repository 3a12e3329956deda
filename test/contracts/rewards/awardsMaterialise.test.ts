import { expect } from "chai";
import { id, ZeroAddress, ZeroHash } from "ethers";
import { network } from "hardhat";

import { awardsDomain, materialiseDigest, materialiseTypes } from "../../../sdk/rewards/awards/signing.js";
import { claim, deployAwards, reason, tokenIn } from "../../support/awards.js";
import { openCampaign } from "../../support/campaignTrees.js";
import { testContract } from "../../support/compile.js";
import { type ActorLabel, Standing } from "../../support/rewards.js";

const { provider, networkHelpers } = await network.create();
const { loadFixture, time } = networkHelpers;
const forever = 2n ** 40n - 1n;

async function deployed() {
  const world = await deployAwards(provider);
  const { subject, suite, actor } = world;
  const log = await world.openLog("department", "unit-1");
  await log.record();
  const typeId = await world.publishType({ validity: 1_000_000n });
  const campaign = await openCampaign(
    world,
    [
      { subject: subject("ada") },
      { subject: subject("ben"), evidenceLog: log.logId, evidenceIndex: 0n },
      { subject: subject("dou") },
      { subject: subject("ada"), evidenceLog: log.logId, evidenceIndex: 7n },
      { subject: `0x${"ab".repeat(32)}` },
    ],
    { typeId },
  );
  const domain = awardsDomain(BigInt(suite.manifest.chainId), suite.address("Awards"));
  const sign = async (by: ActorLabel, index: bigint, changes: { subject?: string; deadline?: bigint } = {}) =>
    actor(by).wallet.signTypedData(domain, materialiseTypes, {
      campaignId: campaign.id,
      index,
      subject: changes.subject ?? subject("ben"),
      deadline: changes.deadline ?? forever,
    });
  return { ...world, log, campaign, domain, sign, batch: 1n };
}

describe("Awards made of a campaign's leaves", () => {
  it("are minted to the subject that asks, with the standards' events, once (AW7)", async () => {
    const { awards, as, actor, campaign, subject, suite, batch } = await loadFixture(deployed);
    const token = tokenIn(batch, 0);
    const by = as("ada", "Awards");
    const { openedAt } = await suite.contract("Campaigns").openedOf(campaign.id);
    const sent = by.materialise(...campaign.shown(0), 0n, "0x");
    await expect(sent).to.emit(awards, "Transfer").withArgs(ZeroAddress, actor("ada").address, token);
    await expect(sent).to.emit(awards, "Locked").withArgs(token);
    await expect(sent).to.emit(awards, "TokenExpiryUpdated").withArgs(token, openedAt, campaign.terms.expires);
    await expect(sent).to.emit(awards, "AwardMaterialised").withArgs(token, campaign.id, 0n);
    expect(await awards.batchOfCampaign(campaign.id)).to.equal(batch);
    const { count, revoked, evidenceLog, campaign: of } = await awards.batchOf(batch);
    expect([count, revoked, evidenceLog, of]).to.deep.equal([0n, false, ZeroHash, campaign.id]);
    expect(await awards.subjectOf(token)).to.equal(subject("ada"));
    expect(await awards.isValid(token)).to.equal(true);
    await expect(by.materialise(...campaign.shown(0), 0n, "0x"))
      .to.be.revertedWithCustomError(awards, "AwardsAlreadyMaterialised")
      .withArgs(token);
    expect(await awards.balanceOf(actor("ada").address)).to.equal(1n);
  });

  it("have the leaf's index for a position and one batch a campaign, and rest on their own records", async () => {
    const { awards, as, sign, campaign, log, batch } = await loadFixture(deployed);
    await as("stranger", "Awards").materialise(...campaign.shown(1), forever, await sign("ben", 1n));
    await as("ada", "Awards").materialise(...campaign.shown(0), 0n, "0x");
    expect(await awards.batchCount()).to.equal(batch);
    expect(await awards.evidenceOf(tokenIn(batch, 1))).to.deep.equal([log.logId, 0n]);
    expect(await awards.evidenceOf(tokenIn(batch, 0))).to.deep.equal([ZeroHash, 0n]);
  });

  it("are one for each place: a leaf that is in twice counts twice, and each is revoked by its own place (AW7)", async () => {
    const world = await loadFixture(deployed);
    const { awards, as, subject, publishType } = world;
    const wish = { subject: subject("ada"), content: id("content"), salt: id("salt") };
    const twice = await openCampaign(world, [wish, wish, { subject: subject("ben") }], { typeId: await publishType() });
    const by = as("ada", "Awards");
    for (const place of [0, 1]) await by.materialise(...twice.shown(place), 0n, "0x");
    await expect(by.materialise(...twice.shown(2), 0n, "0x")).to.be.revertedWithCustomError(
      awards,
      "AwardsInvalidSignature",
    );
    await as("department", "Campaigns").revokeLeaf(twice.terms, 0n, reason);
    const standing = await Promise.all([0, 1].map((place) => awards.isValid(tokenIn(1n, place))));
    expect(standing).to.deep.equal([false, true]);
  });

  it("are another member's where it opens the same root, and follow that member alone (RC1, RC5)", async () => {
    const world = await loadFixture(deployed);
    const { awards, as, actor, campaign, publishType } = world;
    const { root, size } = campaign.terms;
    const [typeId, rival] = [await publishType({}, "institute"), as("institute", "Campaigns")];
    await rival.open(root, size, 0n, typeId);
    const [, ...shown] = campaign.shown(0);
    const terms = { root, size, typeId, issuer: actor("institute").member, expires: 0n };
    const by = as("ada", "Awards");
    await by.materialise(...campaign.shown(0), 0n, "0x");
    await by.materialise(terms, ...shown, 0n, "0x");
    expect((await awards.batchOf(2n)).issuer).to.equal(actor("institute").member);
    await expect(rival.revokeLeaf(campaign.terms, 0n, reason)).to.be.revertedWithCustomError(
      rival,
      "CampaignsNotIssuer",
    );
    await rival.revokeCampaign(terms, reason);
    const standing = await Promise.all([1n, 2n].map((batch) => awards.isValid(tokenIn(batch, 0))));
    expect(standing).to.deep.equal([true, false]);
  });

  it("are made in the last second of a signature's deadline, and of the award's validity in none", async () => {
    const { awards, as, sign, campaign } = await loadFixture(deployed);
    const end = BigInt(campaign.terms.expires);
    const relay = as("stranger", "Awards");
    const signature = await sign("ben", 1n, { deadline: end - 1n });
    await time.setNextBlockTimestamp(end - 1n);
    await relay.materialise(...campaign.shown(1), end - 1n, signature);
    await time.increaseTo(end);
    await expect(as("ada", "Awards").materialise(...campaign.shown(0), 0n, "0x"))
      .to.be.revertedWithCustomError(awards, "AwardsNotValid")
      .withArgs(campaign.id, 0n, Standing.Expired);
    expect(await awards.isTokenExpired(tokenIn(1n, 1))).to.equal(true);
  });

  it("need the acting account's own call or signature, over this leaf, in time", async () => {
    const { awards, as, sign, campaign, actor, subject } = await loadFixture(deployed);
    const relay = as("stranger", "Awards");
    const ben = actor("ben").address;
    const refused = async (signature: string) =>
      expect(relay.materialise(...campaign.shown(1), forever, signature))
        .to.be.revertedWithCustomError(awards, "AwardsInvalidSignature")
        .withArgs(ben);
    await refused("0x");
    await refused(await sign("ada", 1n));
    await refused(await sign("department", 1n));
    await refused(await sign("ben", 0n));
    await refused(await sign("ben", 1n, { subject: subject("ada") }));
    await refused(await sign("ben", 1n, { deadline: forever - 1n }));
    const deadline = BigInt(await time.latest()) + 50n;
    const signature = await sign("ben", 1n, { deadline });
    await time.setNextBlockTimestamp(deadline + 1n);
    await expect(relay.materialise(...campaign.shown(1), deadline, signature))
      .to.be.revertedWithCustomError(awards, "AwardsExpired")
      .withArgs(deadline);
    await expect(relay.materialise(...campaign.shown(4), forever, signature))
      .to.be.revertedWithCustomError(awards, "AwardsNotASubject")
      .withArgs(ZeroAddress);
  });

  it("are refused for what does not count: revoked, expired, unsupported, or another leaf", async () => {
    const { awards, as, campaign } = await loadFixture(deployed);
    const ada = as("ada", "Awards");
    const refused = async (index: number, standing: bigint, shown = campaign.shown(index)) =>
      expect(ada.materialise(...shown, 0n, "0x"))
        .to.be.revertedWithCustomError(awards, "AwardsNotValid")
        .withArgs(campaign.id, BigInt(index), standing);
    await refused(3, Standing.Unsupported);
    const [terms, leaf, , proof] = campaign.shown(0);
    await refused(1, Standing.None, [terms, leaf, 1n, proof]);
    await refused(0, Standing.None, [terms, { ...leaf, content: ZeroHash }, 0n, proof]);
    const campaigns = as("department", "Campaigns");
    await campaigns.revokeLeaf(terms, 0n, reason);
    await refused(0, Standing.Revoked);
    await campaigns.reinstateLeaf(terms, 0n, reason);
    await time.increaseTo(BigInt(terms.expires));
    await refused(0, Standing.Expired);
  });

  it("are revoked and reinstated at Campaigns alone, token or not (AW4)", async () => {
    const { awards, as, campaign, batch } = await loadFixture(deployed);
    await as("ada", "Awards").materialise(...campaign.shown(0), 0n, "0x");
    const token = tokenIn(batch, 0);
    const issuer = as("department", "Awards");
    for (const act of [
      async () => issuer.revoke(token, reason),
      async () => issuer.reinstate(token, reason),
      async () => issuer.revokeBatch(batch, reason),
      async () => issuer.reinstateBatch(batch, reason),
    ])
      await expect(act()).to.be.revertedWithCustomError(awards, "AwardsOfCampaign").withArgs(token);
    const campaigns = as("department", "Campaigns");
    await campaigns.revokeLeaf(campaign.terms, 0n, reason);
    expect(await awards.standingOf(token)).to.deep.equal([Standing.Revoked, false]);
    await campaigns.reinstateLeaf(campaign.terms, 0n, reason);
    expect(await awards.isValid(token)).to.equal(true);
    await campaigns.revokeCampaign(campaign.terms, reason);
    expect(await awards.isValid(token)).to.equal(false);
  });

  it("follow their person, and go to the account that the person has when asking", async () => {
    const world = await loadFixture(deployed);
    const { awards, as, actor, campaign, contest, subject, batch } = world;
    await claim(world, "dou", "fresh");
    await expect(as("dou", "Awards").materialise(...campaign.shown(2), 0n, "0x"))
      .to.be.revertedWithCustomError(awards, "AwardsInvalidSignature")
      .withArgs(actor("fresh").address);
    await as("fresh", "Awards").materialise(...campaign.shown(2), 0n, "0x");
    expect(await awards.ownerOf(tokenIn(batch, 2))).to.equal(actor("fresh").address);
    await contest(subject("ada"), "fresher");
    await expect(as("ada", "Awards").materialise(...campaign.shown(0), 0n, "0x"))
      .to.be.revertedWithCustomError(awards, "AwardsNotASubject")
      .withArgs(ZeroAddress);
  });

  it("are signed for by contracts as ERC-1271 says, over what the SDK hashes", async () => {
    const world = await loadFixture(deployed);
    const { awards, as, enrolWith, plainType, domain, deployed: chain } = world;
    const account = await (await testContract("SigningAccount", chain.deployer)).deploy();
    const address = await account.getAddress();
    await account.getFunction("approveAll")(true);
    const subject = await enrolWith(address, async () => "0x01");
    await account.getFunction("approveAll")(false);
    const campaign = await openCampaign(world, [{ subject }], { typeId: plainType });
    const submit = async () => as("stranger", "Awards").materialise(...campaign.shown(0), forever, "0x55");
    await expect(submit()).to.be.revertedWithCustomError(awards, "AwardsInvalidSignature").withArgs(address);
    const wish = { campaignId: campaign.id, index: 0n, subject, deadline: forever };
    await account.getFunction("approve")(materialiseDigest(domain, wish));
    await submit();
    expect(await awards.ownerOf(tokenIn(1n))).to.equal(address);
  });
});
