import { expect } from "chai";
import { id, ZeroAddress, ZeroHash } from "ethers";
import { network } from "hardhat";

import { deployAwards, reason, tokenIn } from "../../support/awards.js";
import { Granters, Standing } from "../../support/rewards.js";

const { provider, networkHelpers } = await network.create();
const { loadFixture, time } = networkHelpers;
const deployed = async () => deployAwards(provider);

describe("Awards, granting", () => {
  it("mints to each account, in its order, and tells the batch's terms", async () => {
    const { awards, grant, actor, plainType } = await loadFixture(deployed);
    const batch = await grant(["ada", "dou", "ada"]);
    expect(batch).to.equal(1n);
    expect(await awards.ownerOf(tokenIn(batch, 0))).to.equal(actor("ada").address);
    expect(await awards.ownerOf(tokenIn(batch, 1))).to.equal(actor("dou").address);
    expect(await awards.ownerOf(tokenIn(batch, 2))).to.equal(actor("ada").address);
    expect(await awards.balanceOf(actor("ada").address)).to.equal(2n);
    const issuedAt = BigInt(await time.latest());
    expect(await awards.batchOf(batch)).to.deep.equal([
      plainType,
      actor("department").member,
      issuedAt,
      0n,
      3n,
      false,
      ZeroHash,
      ZeroHash,
    ]);
    expect(await awards.awardOf(tokenIn(batch, 1))).to.deep.equal([actor("dou").address, 0n, false, false]);
  });

  it("tells the subject behind an award, admitted once for all", async () => {
    const { awards, grant, actor, subject, as, grantOf } = await loadFixture(deployed);
    expect(await awards.admittedAs(actor("ben").address)).to.equal(ZeroHash);
    await expect(as("department", "Awards").grant(grantOf(["ben"])))
      .to.emit(awards, "HolderAdmitted")
      .withArgs(actor("ben").address, subject("ben"));
    const batch = await grant(["ben"]);
    expect(await awards.subjectOf(tokenIn(batch))).to.equal(subject("ben"));
    await expect(as("department", "Awards").grant(grantOf(["ben"]))).to.not.emit(awards, "HolderAdmitted");
  });

  it("refuses a batch with an account that was never enrolled, whole", async () => {
    const { awards, as, grantOf, actor } = await loadFixture(deployed);
    const contract = as("department", "Awards");
    await expect(contract.grant(grantOf(["ada", "stranger", "ben"])))
      .to.be.revertedWithCustomError(awards, "AwardsNotASubject")
      .withArgs(actor("stranger").address);
    await expect(contract.grant(grantOf([ZeroAddress as `0x${string}`]))).to.be.revertedWithCustomError(
      awards,
      "AwardsNotASubject",
    );
    expect(await awards.batchCount()).to.equal(0n);
    expect(await awards.balanceOf(actor("ada").address)).to.equal(0n);
  });

  it("refuses no account, more than 1,000, and evidence that does not fit", async () => {
    const { awards, as, grantOf, openLog, publishType } = await loadFixture(deployed);
    const contract = as("department", "Awards");
    const log = await openLog("department", "unit-1");
    const needy = await publishType({ needsEvidence: true });
    const refused = async (wish: Parameters<typeof grantOf>[1], field: string, count = 1) =>
      expect(
        contract.grant(
          grantOf(
            Array.from({ length: count }, () => "ada" as const),
            wish,
          ),
        ),
      )
        .to.be.revertedWithCustomError(awards, "AwardsInvalidGrant")
        .withArgs(field);
    await refused({}, "accounts", 0);
    await refused({}, "accounts", 1001);
    await refused({ typeId: needy }, "evidenceLog");
    await refused({ evidence: [0n] }, "evidence");
    await refused({ evidenceLog: log.logId, evidence: [] }, "evidence");
    await refused({ evidenceLog: log.logId, evidence: [0n, 1n] }, "evidence");
    await expect(
      contract.grant(grantOf(["ada"], { evidenceLog: id("no log"), evidence: [0n] })),
    ).to.be.revertedWithCustomError(as("department", "LogRegistry"), "LogRegistryUnknown");
  });

  it("is for members that may grant the type alone", async () => {
    const { as, grantOf, publishType, actor, suite } = await loadFixture(deployed);
    const campaigns = suite.contract("Campaigns");
    await expect(as("institute", "Awards").grant(grantOf(["ada"]))).to.be.revertedWithCustomError(
      campaigns,
      "AwardTypesNotGranter",
    );
    await expect(as("outsider", "Awards").grant(grantOf(["ada"]))).to.be.revertedWithCustomError(
      suite.contract("Members"),
      "MembersMissingCapability",
    );
    const open = await publishType({ granters: Granters.Anyone });
    await as("institute", "Awards").grant(grantOf(["ada"], { typeId: open }));
    expect((await suite.contract("Awards").batchOf(1n)).issuer).to.equal(actor("institute").member);
  });

  it("ends no later than the type says, and ends when it says", async () => {
    const { awards, as, grantOf, grant, publishType } = await loadFixture(deployed);
    const typeId = await publishType({ validity: 100n });
    const contract = as("department", "Awards");
    const start = BigInt(await time.latest()) + 1_000n;
    for (const [i, expires] of [start, start + 102n].entries()) {
      await time.setNextBlockTimestamp(start + BigInt(i));
      await expect(contract.grant.staticCall(grantOf(["ada"], { typeId, expires })))
        .to.be.revertedWithCustomError(awards, "AwardsInvalidGrant")
        .withArgs("expires");
      await networkHelpers.mine();
    }
    const since = BigInt(await time.latest()) + 10n;
    await time.setNextBlockTimestamp(since);
    const batch = await grant(["ada"], { typeId });
    expect(await awards.startTime(tokenIn(batch))).to.equal(since);
    expect(await awards.endTime(tokenIn(batch))).to.equal(since + 100n);
    await time.increaseTo(since + 99n);
    expect(await awards.isValid(tokenIn(batch))).to.equal(true);
    expect(await awards.isTokenExpired(tokenIn(batch))).to.equal(false);
    await time.increaseTo(since + 100n);
    expect(await awards.isTokenExpired(tokenIn(batch))).to.equal(true);
    expect(await awards.standingOf(tokenIn(batch))).to.deep.equal([Standing.Expired, false]);
    const early = await grant(["ada"], { typeId, expires: since + 150n });
    expect(await awards.endTime(tokenIn(early))).to.equal(since + 150n);
  });

  it("revokes and reinstates one award or a batch, by its issuer, with a reason", async () => {
    const { awards, as, grant } = await loadFixture(deployed);
    const batch = await grant(["ada", "ben"]);
    const [one, two] = [tokenIn(batch, 0), tokenIn(batch, 1)];
    const contract = as("clerk", "Awards");
    await expect(contract.revoke(one, reason)).to.emit(awards, "AwardRevoked").withArgs(one, reason);
    expect(await awards.standingOf(one)).to.deep.equal([Standing.Revoked, false]);
    expect(await awards.isValid(two)).to.equal(true);
    await expect(contract.revokeBatch(batch, reason)).to.emit(awards, "BatchRevoked").withArgs(batch, reason);
    expect(await awards.isValid(two)).to.equal(false);
    await contract.reinstateBatch(batch, reason);
    expect(await awards.isValid(two)).to.equal(true);
    expect(await awards.isValid(one)).to.equal(false);
    await expect(contract.reinstate(one, reason)).to.emit(awards, "AwardReinstated").withArgs(one, reason);
    expect(await awards.isValid(one)).to.equal(true);
  });
});
