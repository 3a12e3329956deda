import { expect } from "chai";
import { id, ZeroHash } from "ethers";
import { network } from "hardhat";

import { deployAwards, reason, tokenIn } from "../../support/awards.js";
import { openCampaign } from "../../support/campaignTrees.js";
import { day, Standing } from "../../support/rewards.js";

const { provider, networkHelpers } = await network.create();
const { loadFixture, time } = networkHelpers;

async function deployed() {
  const world = await deployAwards(provider);
  const log = await world.openLog("department", "unit-1");
  for (let i = 0; i < 3; i++) await log.record();
  const typeId = await world.publishType({ needsEvidence: true });
  const wish = { typeId, evidenceLog: log.logId };
  const batch = await world.grant(["ada", "ben"], { ...wish, evidence: [0n, 3n] });
  return { ...world, log, typeId, batch };
}

describe("Awards and the records they rest on (AW4)", () => {
  it("count once the record is in its log, and as long as it stands", async () => {
    const { awards, as, log, batch } = await loadFixture(deployed);
    await log.sync();
    const [one, ahead] = [tokenIn(batch, 0), tokenIn(batch, 1)];
    expect(await awards.evidenceOf(ahead)).to.deep.equal([log.logId, 3n]);
    expect(await awards.awardOf(ahead)).to.deep.include(3n);
    expect(await awards.standingOf(one)).to.deep.equal([Standing.Valid, false]);
    expect(await awards.standingOf(ahead)).to.deep.equal([Standing.Unsupported, false]);
    await log.record();
    expect(await awards.isValid(ahead)).to.equal(true);
    await as("department", "RecordDesk").withdraw(log.logId, 3n, reason);
    expect(await awards.standingOf(ahead)).to.deep.equal([Standing.Unsupported, false]);
    expect(await awards.isValid(one)).to.equal(true);
  });

  it("say when the record is disputed, still count, and do not any more when it has lapsed", async () => {
    const { awards, as, log, batch } = await loadFixture(deployed);
    await log.sync();
    const one = tokenIn(batch, 0);
    await as("ada", "RecordDesk").complain(log.logId, 0n, reason);
    expect(await awards.standingOf(one)).to.deep.equal([Standing.Valid, true]);
    await time.increase(10 * day + 1);
    await as("stranger", "RecordDesk").lapseComplaint(log.logId, 0n, await awards.subjectOf(one));
    expect(await awards.isValid(one)).to.equal(false);
  });

  it("adopt the correction of their record at the issuer's wish, and count again", async () => {
    const { awards, as, log, batch, grant } = await loadFixture(deployed);
    await log.sync();
    const one = tokenIn(batch, 0);
    const issuer = as("department", "Awards");
    await expect(issuer.adoptCorrection(one)).to.be.revertedWithCustomError(awards, "AwardsNotCorrected").withArgs(one);
    await as("department", "RecordDesk").correct(log.shown(0n), log.shown(2n), []);
    expect(await awards.standingOf(one)).to.deep.equal([Standing.Unsupported, false]);
    await expect(as("institute", "Awards").adoptCorrection(one)).to.be.revertedWithCustomError(
      awards,
      "AwardsNotIssuer",
    );
    await expect(issuer.adoptCorrection(one)).to.emit(awards, "EvidenceCorrected").withArgs(one, 0n, 2n);
    expect(await awards.isValid(one)).to.equal(true);
    expect(await awards.evidenceOf(one)).to.deep.equal([log.logId, 2n]);
    await as("department", "RecordDesk").withdraw(log.logId, 2n, reason);
    await expect(issuer.adoptCorrection(one)).to.be.revertedWithCustomError(awards, "AwardsNotCorrected");
    const bare = tokenIn(await grant(["ada"]));
    await expect(issuer.adoptCorrection(bare)).to.be.revertedWithCustomError(awards, "AwardsNotCorrected");
  });

  it("adopt it as tokens of a campaign, too", async () => {
    const world = await loadFixture(deployed);
    const { awards, as, log, subject, typeId } = world;
    await log.sync();
    const wishes = [{ subject: subject("ada"), evidenceLog: log.logId, evidenceIndex: 1n }];
    const campaign = await openCampaign(world, wishes, { typeId });
    await as("ada", "Awards").materialise(...campaign.shown(0), 0n, "0x");
    const token = tokenIn(await awards.batchOfCampaign(campaign.id));
    await as("department", "RecordDesk").correct(log.shown(1n), log.shown(2n), []);
    expect(await awards.isValid(token)).to.equal(false);
    await as("department", "Awards").adoptCorrection(token);
    expect(await awards.isValid(token)).to.equal(true);
    expect(await world.suite.contract("Campaigns").isValid(...campaign.shown(0))).to.equal(false);
  });

  it("read as revoked before expired, and as expired before unsupported", async () => {
    const { awards, as, log, grant, typeId } = await loadFixture(deployed);
    const expires = BigInt(await time.latest()) + 100n;
    const token = tokenIn(await grant(["ada"], { typeId, evidenceLog: log.logId, evidence: [9n], expires }));
    expect((await awards.standingOf(token)).standing).to.equal(Standing.Unsupported);
    await time.increaseTo(expires);
    expect((await awards.standingOf(token)).standing).to.equal(Standing.Expired);
    await as("department", "Awards").revoke(token, reason);
    expect((await awards.standingOf(token)).standing).to.equal(Standing.Revoked);
  });
});

describe("Awards, what their issuer may change (AW9)", () => {
  it("is the issuer's own with its capability, and each change once", async () => {
    const { awards, as, actor, batch, suite } = await loadFixture(deployed);
    const token = tokenIn(batch, 0);
    const institute = as("institute", "Awards");
    const member = actor("institute").member;
    for (const act of [
      async () => institute.revoke(token, reason),
      async () => institute.reinstate(token, reason),
      async () => institute.revokeBatch(batch, reason),
      async () => institute.reinstateBatch(batch, reason),
    ])
      await expect(act()).to.be.revertedWithCustomError(awards, "AwardsNotIssuer").withArgs(token, member);
    await expect(as("ada", "Awards").revoke(token, reason)).to.be.revertedWithCustomError(
      suite.contract("Members"),
      "MembersMissingCapability",
    );
    const issuer = as("department", "Awards");
    await expect(issuer.reinstate(token, reason)).to.be.revertedWithCustomError(awards, "AwardsUnchanged");
    await expect(issuer.reinstateBatch(batch, reason)).to.be.revertedWithCustomError(awards, "AwardsUnchanged");
    await issuer.revoke(token, reason);
    await expect(issuer.revoke(token, reason)).to.be.revertedWithCustomError(awards, "AwardsUnchanged");
    await issuer.revokeBatch(batch, reason);
    await expect(issuer.revokeBatch(batch, reason)).to.be.revertedWithCustomError(awards, "AwardsUnchanged");
    for (const act of [async () => issuer.revoke(tokenIn(9n), reason), async () => issuer.revokeBatch(9n, reason)])
      await expect(act()).to.be.revertedWithCustomError(awards, "ERC721NonexistentToken").withArgs(tokenIn(9n));
    const beyond = tokenIn(batch, 5);
    await expect(issuer.revoke(beyond, reason)).to.be.revertedWithCustomError(awards, "ERC721NonexistentToken");
    await expect(issuer.adoptCorrection(beyond)).to.be.revertedWithCustomError(awards, "ERC721NonexistentToken");
  });

  it("stops with a halt, as granting does, and nothing else stops (AW8)", async () => {
    const { awards, as, grantOf, batch, halt, log } = await loadFixture(deployed);
    await halt("Awards");
    const issuer = as("department", "Awards");
    const token = tokenIn(batch, 0);
    const [terms, leaf] = [
      { root: ZeroHash, size: 1n, typeId: 1n, issuer: 1n, expires: 0n },
      { subject: ZeroHash, evidenceLog: ZeroHash, evidenceIndex: 0n, content: ZeroHash, salt: id("salt") },
    ];
    for (const act of [
      async () => issuer.grant(grantOf(["ada"])),
      async () => issuer.grantBySignature(grantOf(["ada"]), awards, 1n, 2n ** 39n, "0x"),
      async () => issuer.materialise(terms, leaf, 0n, [], 0n, "0x"),
      async () => issuer.revoke(token, reason),
      async () => issuer.reinstate(token, reason),
      async () => issuer.revokeBatch(batch, reason),
      async () => issuer.reinstateBatch(batch, reason),
      async () => issuer.adoptCorrection(token),
    ])
      await expect(act()).to.be.revertedWithCustomError(awards, "HaltableHalted");
    expect(await awards.isValid(token)).to.equal(true);
    expect(await awards.evidenceOf(token)).to.deep.equal([log.logId, 0n]);
    await issuer.useNonce(3n);
    await issuer.migrate([token]);
  });
});
