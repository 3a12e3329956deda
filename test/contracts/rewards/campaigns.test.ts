import { expect } from "chai";
import { id, toBeHex, ZeroHash } from "ethers";
import { network } from "hardhat";

import { campaignId } from "../../../sdk/rewards/campaign/leaf.js";
import { type ICampaigns, IHaltable__factory } from "../../../typechain-types/index.js";
import { TestCampaign } from "../../support/campaigns.js";
import {
  day,
  defaultTerms,
  deployRewards,
  Granters,
  type MemberLabel,
  type RewardsSuite,
} from "../../support/rewards.js";

const { provider, networkHelpers } = await network.create();
const fixture = () => deployRewards(provider);
const ROOT = id("root");

describe("Campaigns", () => {
  let world: RewardsSuite;
  let own: ICampaigns;

  beforeEach(async () => {
    world = await networkHelpers.loadFixture(fixture);
    own = world.as("department", "Campaigns");
  });

  const invalid = (call: Promise<unknown>, field: string) =>
    expect(call).to.be.revertedWithCustomError(own, "CampaignsInvalid").withArgs(field);

  it("RC1: opens a campaign under an id over all its terms, with its issuer, once", async () => {
    const typeId = await world.publishType();
    const issuer = world.actor("department").member;
    const terms = { root: ROOT, size: 3n, typeId, issuer, expires: 0n } as const;
    const expected = campaignId(world.suite.manifest.suiteId, { ...terms, root: ROOT as `0x${string}` });
    expect(await own.campaignIdFor(terms)).to.equal(expected);
    await expect(world.as("clerk", "Campaigns").open(ROOT, 3n, 0n, typeId))
      .to.emit(own, "CampaignOpened")
      .withArgs(expected, typeId, issuer, ROOT, 3n, 0n);
    expect([...(await own.openedOf(expected))]).to.deep.equal([await world.now(), false, 0n]);
    await expect(own.open(ROOT, 3n, 0n, typeId))
      .to.be.revertedWithCustomError(own, "CampaignsExists")
      .withArgs(expected);
  });

  it("RC1: has another id under every other term, issuer and suite", async () => {
    const terms = { root: ROOT, size: 3n, typeId: 1n, issuer: 1n, expires: 5n } as const;
    const ids = new Set([await own.campaignIdFor(terms)]);
    for (const field of ["size", "typeId", "issuer", "expires"] as const) {
      ids.add(await own.campaignIdFor({ ...terms, [field]: terms[field] + 1n }));
    }
    ids.add(await own.campaignIdFor({ ...terms, root: id("other") }));
    ids.add(campaignId(id("another suite") as `0x${string}`, { ...terms, root: ROOT as `0x${string}` }));
    expect(ids.size).to.equal(7);
  });

  it("RC1: knows none by an id that nobody opened, whatever lies in the contract's storage", async () => {
    await world.publishType();
    for (let slot = 0n; slot < 12n; slot++) {
      const campaignId = toBeHex(slot, 32);
      expect([...(await own.openedOf(campaignId))]).to.deep.equal([0n, false, 0n]);
      expect(await own.isRevoked(campaignId, 0n)).to.equal(false);
    }
  });

  it("RC1: cannot be taken from its issuer by another who opens the same root first", async () => {
    const typeId = await world.publishType({ granters: Granters.Anyone });
    const copied = TestCampaign.of(world, ["ada", "ben"]);
    const theirs = await copied.open(world, typeId, "institute");
    const ours = await copied.open(world, typeId, "department");
    await world.as("institute", "Campaigns").revokeCampaign(theirs, ZeroHash);
    const [standings, mine] = await Promise.all([
      own.standingOf(theirs, ...copied.shown(0)),
      own.standingOf(ours, ...copied.shown(0)),
    ]);
    expect([standings.standing, mine.standing]).to.deep.equal([2n, 1n]);
  });

  it("RC2: refuses a root of zero, and sizes that no campaign has", async () => {
    const typeId = await world.publishType();
    await invalid(own.open(ZeroHash, 1n, 0n, typeId), "root");
    for (const size of [0n, 2n ** 32n + 1n, 2n ** 64n - 1n]) await invalid(own.open(ROOT, size, 0n, typeId), "size");
    await own.open(ROOT, 2n ** 32n, 0n, typeId);
  });

  it("RC2: takes an expiry from the next second to what the type allows, and no other", async () => {
    const validity = BigInt(day);
    const [ending, endless] = [await world.publishType({ validity }), await world.publishType()];
    const attempts: readonly (readonly [bigint, bigint, boolean])[] = [
      ...[-1n, 0n].flatMap((offset) => [[ending, offset, false] as const, [endless, offset, false] as const]),
      ...[1n, validity - 1n, validity].map((offset) => [ending, offset, true] as const),
      ...[validity + 1n, 2n * validity].map((offset) => [ending, offset, false] as const),
      ...[1n, validity + 1n].map((offset) => [endless, offset, true] as const),
    ];
    for (const [typeId, offset, allowed] of attempts) {
      const time = (await world.now()) + 100n;
      await networkHelpers.time.setNextBlockTimestamp(time);
      const attempt = own.open(ROOT, 1n, time + offset, typeId);
      if (allowed) await attempt;
      else await invalid(attempt, "expires");
    }
    await own.open(id("last"), 1n, 2n ** 40n - 1n, endless);
    await invalid(own.open(ROOT, 1n, 1n, endless), "expires");
  });

  it("RC2: expires by its type where no expiry is given", async () => {
    const typeId = await world.publishType({ validity: 60n });
    const campaign = TestCampaign.of(world, ["ada"]);
    const terms = await campaign.open(world, typeId);
    expect(terms.expires).to.equal((await world.now()) + 60n);
    expect(await own.isValid(terms, ...campaign.shown(0))).to.equal(true);
    await networkHelpers.time.increaseTo(terms.expires - 1n);
    expect(await own.isValid(terms, ...campaign.shown(0))).to.equal(true);
    await networkHelpers.time.increaseTo(terms.expires);
    expect((await own.standingOf(terms, ...campaign.shown(0))).standing).to.equal(3n);
  });

  it("RC3: is opened only by who may grant the type now", async () => {
    const members = [world.actor("institute").member];
    const types = [
      await world.publishType(),
      await world.publishType({ granters: Granters.Listed, members }),
      await world.publishType({ granters: Granters.Anyone }),
    ] as const;
    const may: readonly (readonly [MemberLabel | "clerk" | "ada", readonly bigint[]])[] = [
      ["clerk", types],
      ["institute", types.slice(1)],
      ["union", []],
      ["ada", []],
    ];
    for (const [label, allowed] of may) {
      for (const typeId of types) {
        const attempt = world.as(label, "Campaigns").open(id(`${label} ${typeId}`), 1n, 0n, typeId);
        if (allowed.includes(typeId)) await attempt;
        else if (label === "institute")
          await expect(attempt).to.be.revertedWithCustomError(own, "AwardTypesNotGranter");
        else {
          const named = world.suite.contract("Members");
          await expect(attempt)
            .to.be.revertedWithCustomError(named, "MembersMissingCapability")
            .withArgs(world.actor(label).address, 1n << 32n);
        }
      }
    }
  });

  it("RC3: is opened under no type that ended or is not there; what stands goes on standing", async () => {
    const typeId = await world.publishType();
    const campaign = TestCampaign.of(world, ["ada"]);
    const terms = await campaign.open(world, typeId);
    await world.publishType({ supersedes: typeId });
    await expect(own.open(ROOT, 1n, 0n, typeId))
      .to.be.revertedWithCustomError(own, "AwardTypesEnded")
      .withArgs(typeId);
    for (const unknown of [0n, 3n, 2n ** 32n - 1n]) {
      await expect(own.open(ROOT, 1n, 0n, unknown))
        .to.be.revertedWithCustomError(own, "AwardTypesUnknown")
        .withArgs(unknown);
    }
    expect(await own.isValid(terms, ...campaign.shown(0))).to.equal(true);
  });

  it("RC3: is opened by no member that is suspended, while what it granted stands", async () => {
    const typeId = await world.publishType();
    const campaign = TestCampaign.of(world, ["ada"]);
    const terms = await campaign.open(world, typeId);
    const members = world.suite.contract("Members");
    await members.connect(world.deployed.registrar).suspend(terms.issuer, ZeroHash);
    const acts = [
      () => own.open(ROOT, 1n, 0n, typeId),
      () => own.revokeCampaign(terms, ZeroHash),
      () => own.retire(typeId),
    ];
    for (const act of acts) {
      await expect(act()).to.be.revertedWithCustomError(members, "MembersMissingCapability");
    }
    expect(await own.isValid(terms, ...campaign.shown(0))).to.equal(true);
  });

  it("RC8: stops while halted, taking away included; reads go on", async () => {
    const typeId = await world.publishType();
    const campaign = TestCampaign.of(world, ["ada", "ben"]);
    const terms = await campaign.open(world, typeId);
    await own.revokeLeaf(terms, 1n, ZeroHash);
    const brake = IHaltable__factory.connect(world.suite.address("Campaigns"), world.deployed.guardian);
    await brake.halt();
    const acts = [
      () => own.publish(defaultTerms),
      () => own.retire(typeId),
      () => own.open(ROOT, 1n, 0n, typeId),
      () => own.revokeCampaign(terms, ZeroHash),
      () => own.reinstateCampaign(terms, ZeroHash),
      () => own.revokeLeaf(terms, 0n, ZeroHash),
      () => own.reinstateLeaf(terms, 1n, ZeroHash),
    ];
    for (const act of acts) await expect(act()).to.be.revertedWithCustomError(brake, "HaltableHalted");
    expect(await own.isValid(terms, ...campaign.shown(0))).to.equal(true);
    expect((await own.requireGranter(typeId, world.actor("clerk").address)).member).to.equal(terms.issuer);
    await brake.connect(world.deployed.governor).resume();
    await own.reinstateLeaf(terms, 1n, ZeroHash);
  });

  it("costs at most 60,000 gas to open, whatever its size, by the publisher or where anyone may grant", async () => {
    const members = [world.actor("institute").member];
    const types = {
      publisher: await world.publishType({ validity: 1n << 31n }),
      listed: await world.publishType({ granters: Granters.Listed, members, validity: 1n << 31n }),
      anyone: await world.publishType({ granters: Granters.Anyone, validity: 1n << 31n }),
    };
    const ROOT_OF_ONES = `0x${"ff".repeat(32)}`;
    for (const [kind, typeId] of Object.entries(types)) {
      for (const size of [10_000n, 1_000_000n, 2n ** 32n - 1n]) {
        for (const expires of [0n, 0x7fffffffn]) {
          // Each transaction finds every slot and account cold.
          const by = kind === "publisher" ? "clerk" : "institute";
          const sent = await world.as(by, "Campaigns").open(ROOT_OF_ONES, size, expires, typeId);
          const { gasUsed } = (await sent.wait())!;
          expect(gasUsed, `${kind}, ${size} awards`).to.be.at.most(kind === "listed" ? 62_300n : 60_000n);
        }
      }
    }
  });
});
