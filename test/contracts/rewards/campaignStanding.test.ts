import { expect } from "chai";
import { id, ZeroHash } from "ethers";
import { network } from "hardhat";

import { fromHex, type Hex } from "../../../sdk/common/bytes.js";
import { type CampaignTerms, leafStruct } from "../../../sdk/rewards/campaign/leaf.js";
import type { ICampaigns, IRecordDesk } from "../../../typechain-types/index.js";
import { TestCampaign } from "../../support/campaigns.js";
import { load, type TestLog } from "../../support/desk.js";
import { day, deployRewards, type PersonLabel, type RewardsSuite, Standing } from "../../support/rewards.js";

const { provider, networkHelpers } = await network.create();

/** The department's log with five records; about Ada and disputable by her is the first. */
async function deployed() {
  const world = await deployRewards(provider);
  const log = await world.openLog("department", "unit-1");
  await log.add({ disputeAddress: world.actor("ada").address });
  for (let i = 1; i < 5; i++) await log.add();
  await log.anchor();
  return { ...world, log, logs: [log] };
}
async function fixture() {
  return deployed();
}

describe("Campaigns, how an award stands", () => {
  let world: RewardsSuite & { readonly log: TestLog };
  let own: ICampaigns;
  let desk: IRecordDesk;

  beforeEach(async () => {
    world = await load(networkHelpers, fixture);
    own = world.as("department", "Campaigns");
    desk = world.as("department", "RecordDesk");
  });

  const people: readonly PersonLabel[] = ["ada", "ben", "cai", "dou", "eva"];

  async function opened(needsEvidence = false, evidence?: { logId: Hex | string; index: bigint }) {
    const typeId = await world.publishType({ needsEvidence });
    const change = evidence && { evidence: { logId: fromHex(evidence.logId), index: evidence.index } };
    const campaign = TestCampaign.of(world, people, change);
    return { campaign, terms: await campaign.open(world, typeId) };
  }

  const standing = async (terms: CampaignTerms, shown: ReturnType<TestCampaign["shown"]>) => {
    const [now, disputed] = await own.standingOf(terms, ...shown);
    expect(await own.isValid(terms, ...shown)).to.equal(now === Standing.Valid);
    return [now, disputed];
  };

  it("RC4: is valid at once for whoever shows it, at every place of the tree", async () => {
    const { campaign, terms } = await opened();
    for (let i = 0; i < people.length; i++) {
      expect(await standing(terms, campaign.shown(i))).to.deep.equal([Standing.Valid, false]);
    }
  });

  it("RC4: is none where anything of leaf, place, path or terms is another", async () => {
    const { campaign, terms } = await opened();
    const [leaf, index, proof] = campaign.shown(2);
    const other = id("other");
    const shown: readonly ReturnType<TestCampaign["shown"]>[] = [
      ...(["subject", "evidenceLog", "content", "salt"] as const).map(
        (field) => [{ ...leaf, [field]: other as Hex }, index, proof] as const,
      ),
      [{ ...leaf, evidenceIndex: 1n }, index, proof],
      ...[1n, 3n, 5n, 2n ** 64n - 1n].map((place) => [leaf, place, proof] as const),
      [leaf, index, proof.slice(1)],
      [leaf, index, [...proof, other as Hex]],
      [leaf, index, []],
    ];
    for (const one of shown) expect(await standing(terms, one)).to.deep.equal([Standing.None, false]);
    const changed: readonly CampaignTerms[] = [
      ...(["size", "typeId", "issuer", "expires"] as const).map((field) => ({ ...terms, [field]: terms[field] + 1n })),
      { ...terms, root: other as Hex },
    ];
    for (const one of changed) expect(await standing(one, [leaf, index, proof])).to.deep.equal([Standing.None, false]);
    expect(await standing(terms, [leaf, index, proof])).to.deep.equal([Standing.Valid, false]);
  });

  it("RC4: is none before the campaign is opened, and in another suite", async () => {
    const typeId = await world.publishType();
    const campaign = TestCampaign.of(world, people);
    const terms = campaign.terms(typeId, world.actor("department").member);
    expect(await standing(terms, campaign.shown(0))).to.deep.equal([Standing.None, false]);
    await campaign.open(world, typeId);
    expect(await standing(terms, campaign.shown(0))).to.deep.equal([Standing.Valid, false]);
    const elsewhere = await deployRewards((await network.create()).provider);
    await elsewhere.publishType();
    // The same deployer makes the same suite on another chain; its campaign is still to be opened there.
    const there = await elsewhere.suite.contract("Campaigns").standingOf(terms, ...campaign.shown(0));
    expect(there.standing).to.equal(Standing.None);
  });

  it("RC4: is none where the type needs evidence and the leaf names none", async () => {
    const bare = await opened(true);
    expect(await standing(bare.terms, bare.campaign.shown(0))).to.deep.equal([Standing.None, false]);
    const resting = await opened(true, { logId: world.log.logId, index: 4n });
    expect(await standing(resting.terms, resting.campaign.shown(0))).to.deep.equal([Standing.Valid, false]);
  });

  it("RC5: revokes and reinstates one award by its bit, and no neighbour", async () => {
    const typeId = await world.publishType();
    const large = { root: id("large") as Hex, size: 600n, typeId, issuer: 1n, expires: 0n };
    await own.open(large.root, large.size, 0n, typeId);
    const campaignId = await own.campaignIdFor(large);
    for (const index of [0n, 255n, 256n, 511n, 599n]) {
      await expect(own.revokeLeaf(large, index, id("reason")))
        .to.emit(own, "LeafRevoked")
        .withArgs(campaignId, index, id("reason"));
    }
    const words = await Promise.all([0n, 1n, 2n, 3n].map((word) => own.revocations(campaignId, word)));
    expect(words).to.deep.equal([1n | (1n << 255n), 1n | (1n << 255n), 1n << 87n, 0n]);
    expect((await own.openedOf(campaignId)).revocations).to.equal(5n);
    for (const [index, revoked] of [
      [0n, true],
      [1n, false],
      [254n, false],
      [255n, true],
      [600n, false],
    ] as const) {
      expect(await own.isRevoked(campaignId, index)).to.equal(revoked);
    }
    await expect(own.revokeLeaf(large, 255n, ZeroHash)).to.be.revertedWithCustomError(own, "CampaignsUnchanged");
    await expect(own.reinstateLeaf(large, 255n, id("mistake")))
      .to.emit(own, "LeafReinstated")
      .withArgs(campaignId, 255n, id("mistake"));
    await expect(own.reinstateLeaf(large, 254n, ZeroHash)).to.be.revertedWithCustomError(own, "CampaignsUnchanged");
    expect(await own.isRevoked(campaignId, 255n)).to.equal(false);
    expect((await own.openedOf(campaignId)).revocations).to.equal(4n);
    for (const index of [600n, 2n ** 64n - 1n]) {
      await expect(own.revokeLeaf(large, index, ZeroHash))
        .to.be.revertedWithCustomError(own, "CampaignsBeyond")
        .withArgs(campaignId, index);
    }
  });

  it("RC5: revokes the whole campaign and reinstates it; what was revoked alone stays so", async () => {
    const { campaign, terms } = await opened();
    const campaignId = await own.campaignIdFor(terms);
    await own.revokeLeaf(terms, 1n, ZeroHash);
    await expect(own.revokeCampaign(terms, id("fraud")))
      .to.emit(own, "CampaignRevoked")
      .withArgs(campaignId, id("fraud"));
    for (const i of [0, 1, 4])
      expect(await standing(terms, campaign.shown(i))).to.deep.equal([Standing.Revoked, false]);
    await expect(own.revokeCampaign(terms, ZeroHash)).to.be.revertedWithCustomError(own, "CampaignsUnchanged");
    await own.revokeLeaf(terms, 2n, ZeroHash);
    await expect(own.reinstateCampaign(terms, id("error")))
      .to.emit(own, "CampaignReinstated")
      .withArgs(campaignId, id("error"));
    await expect(own.reinstateCampaign(terms, ZeroHash)).to.be.revertedWithCustomError(own, "CampaignsUnchanged");
    const after = await Promise.all([0, 1, 2, 3].map(async (i) => (await standing(terms, campaign.shown(i)))[0]));
    expect(after).to.deep.equal([Standing.Valid, Standing.Revoked, Standing.Revoked, Standing.Valid]);
    expect([...(await own.openedOf(campaignId))].slice(1)).to.deep.equal([false, 2n]);
  });

  it("RC6: is taken away and given back only by the issuer", async () => {
    const { terms } = await opened();
    const unknown = { ...terms, size: 4n };
    const acts = (contract: ICampaigns, of: CampaignTerms) => [
      () => contract.revokeCampaign(of, ZeroHash),
      () => contract.reinstateCampaign(of, ZeroHash),
      () => contract.revokeLeaf(of, 0n, ZeroHash),
      () => contract.reinstateLeaf(of, 0n, ZeroHash),
    ];
    for (const act of acts(own, unknown)) await expect(act()).to.be.revertedWithCustomError(own, "CampaignsUnknown");
    for (const act of acts(world.as("institute", "Campaigns"), terms)) {
      await expect(act()).to.be.revertedWithCustomError(own, "CampaignsNotIssuer");
    }
    for (const act of acts(world.as("ada", "Campaigns"), terms)) {
      await expect(act()).to.be.revertedWithCustomError(world.suite.contract("Members"), "MembersMissingCapability");
    }
    await world.as("clerk", "Campaigns").revokeLeaf(terms, 0n, ZeroHash);
  });

  it("RC7: is unsupported while its record is not in its log, or its log is not there", async () => {
    const beyond = await opened(false, { logId: world.log.logId, index: 5n });
    expect(await standing(beyond.terms, beyond.campaign.shown(0))).to.deep.equal([Standing.Unsupported, false]);
    await world.log.record();
    expect(await standing(beyond.terms, beyond.campaign.shown(0))).to.deep.equal([Standing.Valid, false]);
    const nowhere = await opened(true, { logId: id("no log"), index: 0n });
    expect(await standing(nowhere.terms, nowhere.campaign.shown(0))).to.deep.equal([Standing.Unsupported, false]);
    const far = await opened(true, { logId: world.log.logId, index: 2n ** 64n - 1n });
    expect(await standing(far.terms, far.campaign.shown(0))).to.deep.equal([Standing.Unsupported, false]);
  });

  it("RC7: says that its record is disputed while it counts, and follows how the dispute ends", async () => {
    const { campaign, terms } = await opened(true, { logId: world.log.logId, index: 0n });
    const shown = campaign.shown(0);
    const { logId } = world.log;
    const byAddress = { subject: ZeroHash, salt: ZeroHash, deadline: 0n, signature: "0x" };
    const ada = world.as("ada", "RecordDesk");
    await ada.dispute(world.log.shown(0n), byAddress, id("wrong"), ZeroHash);
    expect(await standing(terms, shown)).to.deep.equal([Standing.Valid, true]);
    await desk.answer(logId, 0n, 1n, 0, id("no"));
    expect(await standing(terms, shown)).to.deep.equal([Standing.Valid, true]);
    await ada.appeal(world.log.shown(0n), byAddress, id("yes"));
    await world.as("arbiter", "RecordDesk").rule(logId, 0n, 1n, 0, id("upheld"));
    expect(await standing(terms, shown)).to.deep.equal([Standing.Valid, false]);
    await ada.dispute(world.log.shown(0n), byAddress, id("wrong"), id("new evidence"));
    await networkHelpers.time.increase(10 * day + 1);
    expect(await standing(terms, shown), "lapsed: nobody answered").to.deep.equal([Standing.Unsupported, false]);
  });

  it("RC7: counts no more once its record is corrected or withdrawn", async () => {
    const { log } = world;
    const withdrawn = await opened(true, { logId: log.logId, index: 1n });
    const corrected = await opened(true, { logId: log.logId, index: 2n });
    await desk.withdraw(log.logId, 1n, id("reason"));
    await desk.correct(log.shown(2n), log.shown(3n), []);
    for (const { campaign, terms } of [withdrawn, corrected]) {
      expect(await standing(terms, campaign.shown(0))).to.deep.equal([Standing.Unsupported, false]);
      await own.revokeLeaf(terms, 0n, ZeroHash);
      expect(await standing(terms, campaign.shown(0))).to.deep.equal([Standing.Revoked, false]);
    }
    expect(leafStruct(corrected.campaign.leaves[0]!).evidenceIndex).to.equal(2n);
  });
});
