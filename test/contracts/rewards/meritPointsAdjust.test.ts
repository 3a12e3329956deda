import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { network } from "hardhat";

import { addPoints, grantWeight, noPoints, takePoints } from "../../../sdk/rewards/decay.js";
import { gas, halfLife, type PointsWorld, reason, withPoints } from "../../support/meritPoints.js";
import { day, deployRewards } from "../../support/rewards.js";

const { provider, networkHelpers } = await network.create();
/** One grant, to ada, ben and dou. */
const fixture = async () => {
  const world = await withPoints(await deployRewards(provider), networkHelpers);
  const accounts = (["ada", "ben", "dou"] as const).map(world.address);
  const granted = await world.grant(accounts);
  return { ...world, accounts, granted, grantedAt: await world.now() };
};
const load = () => networkHelpers.loadFixture(fixture);
type World = Awaited<ReturnType<typeof fixture>>;

const scaleOf = async (world: PointsWorld) => {
  const { since } = await world.as("stranger", "MeritPoints").scaleOf(world.id);
  return { since, halfLife };
};
const adjust = (world: World, positions: readonly number[], points: bigint) =>
  world.as("department", "MeritPoints").adjust(world.granted, world.accounts, [...positions], points, reason, gas);

describe("MeritPoints: adjustments", () => {
  it("MP4: takes points back at the weight they were given with, and tells grant and reason", async () => {
    const world = await load();
    const [ada] = world.accounts;
    await world.helpers.time.increase(400 * day);
    await world.grant([ada!]);
    const scale = await scaleOf(world);
    const both = addPoints(addPoints(noPoints, scale, world.grantedAt, 10n), scale, await world.now(), 10n);
    const points = world.as("department", "MeritPoints");
    const adjusted = adjust(world, [0], 4n);
    await expect(adjusted).to.emit(points, "PointsAdjusted").withArgs(world.granted, ada, 0n, 4n, reason);
    await expect(adjusted)
      .to.emit(points, "TransferSingle")
      .withArgs(world.address("department"), ada, ZeroAddress, world.id, 4n);
    const held = takePoints(both, scale, world.grantedAt, 4n);
    expect(await world.held(ada!)).to.deep.equal(held);
    expect(held.weight).to.equal(both.weight - grantWeight(scale, world.grantedAt, 4n).weight);
    expect(await points.adjustedOf(world.granted, 0n)).to.equal(4n);
  });

  it("MP4: takes at most what the grant gave, position by position", async () => {
    const world = await load();
    const [ada, ben] = world.accounts;
    await world.grant([ada!]);
    const points = world.as("department", "MeritPoints");
    await adjust(world, [0, 1], 6n);
    await expect(adjust(world, [0], 5n))
      .to.be.revertedWithCustomError(points, "MeritPointsTooMuch")
      .withArgs(world.granted, 0n, 4n);
    await expect(adjust(world, [1, 1], 3n)).to.be.revertedWithCustomError(points, "MeritPointsTooMuch");
    await adjust(world, [0, 1, 2], 4n);
    expect(await world.held(ben!)).to.deep.equal(noPoints);
    expect((await world.held(ada!)).lifetime).to.equal(10n);
    await expect(adjust(world, [2], 7n)).to.be.revertedWithCustomError(points, "MeritPointsTooMuch");
    await adjust(world, [2], 6n);
    expect(await world.held(world.accounts[2]!)).to.deep.equal(noPoints);
  });

  it("MP4: an account that the grant named twice can lose both, each once", async () => {
    const world = await load();
    const cai = world.address("cai");
    const granted = await world.grant([cai, cai]);
    const points = world.as("department", "MeritPoints");
    await points.adjust(granted, [cai, cai], [0, 1], 10n, reason, gas);
    expect(await world.held(cai)).to.deep.equal(noPoints);
    await expect(points.adjust(granted, [cai, cai], [1], 1n, reason, gas)).to.be.revertedWithCustomError(
      points,
      "MeritPointsTooMuch",
    );
  });

  it("MP4: leaves nothing of what was all taken back eras later, and no weight without points", async () => {
    const world = await load();
    const [ada] = world.accounts;
    const scale = await scaleOf(world);
    await world.helpers.time.increase(65 * 365 * day);
    await world.grant([ada!]);
    const later = await world.now();
    await adjust(world, [0], 10n);
    // What was taken weighed less than one unit of the new era, and was rounded up to one.
    const exact = grantWeight(scale, later, 10n);
    const held = await world.held(ada!);
    expect(held.lifetime).to.equal(10n);
    expect(exact.weight - held.weight < 2n).to.equal(true);
    expect(held.weight <= exact.weight).to.equal(true);
  });

  it("refuses everybody but the issuer, other accounts than the grant's, and places that it has not", async () => {
    const world = await load();
    const points = world.as("department", "MeritPoints");
    const { accounts, granted } = world;
    const refused = (call: Promise<unknown>, name: string) => expect(call).to.be.revertedWithCustomError(points, name);
    await refused(points.adjust(9n, accounts, [0], 1n, reason, gas), "MeritPointsUnknownGrant");
    const institute = world.as("institute", "MeritPoints");
    await refused(institute.adjust(granted, accounts, [0], 1n, reason, gas), "MeritPointsNotIssuer");
    await refused(points.adjust(granted, accounts.toReversed(), [0], 1n, reason, gas), "MeritPointsNotGranted");
    await refused(points.adjust(granted, accounts, [3], 1n, reason, gas), "MeritPointsInvalid");
    await refused(points.adjust(granted, accounts, [0], 0n, reason, gas), "MeritPointsInvalid");
    const union = world.as("union", "MeritPoints").adjust(granted, accounts, [0], 1n, reason, gas);
    await expect(union).to.be.revertedWithCustomError(world.as("union", "Members"), "MembersMissingCapability");
  });
});

describe("MeritPoints: accounts that were replaced", () => {
  it("MP6: anyone moves points to the account that replaced theirs, with an event, and only once", async () => {
    const world = await load();
    const [ada, ben, dou] = world.accounts;
    await world.replace("dou", "fresh");
    const points = world.as("stranger", "MeritPoints");
    const before = await world.held(dou!);
    const moved = points.migrate(world.id, [ben!, dou!, world.address("outsider")]);
    await expect(moved)
      .to.emit(points, "TransferSingle")
      .withArgs(world.address("stranger"), dou, world.address("fresh"), world.id, 10n);
    const receipt = await (await moved).wait();
    expect(receipt!.logs.length).to.equal(1);
    expect(await world.held(world.address("fresh"))).to.deep.equal(before);
    expect(await world.held(dou!)).to.deep.equal(noPoints);
    expect((await (await points.migrate(world.id, [dou!, ada!])).wait())!.logs.length).to.equal(0);
  });

  it("MP6: follows several replacements, and joins what each account has", async () => {
    const world = await load();
    const [, , dou] = world.accounts;
    await world.replace("dou", "fresh");
    await world.helpers.time.increase(60 * 365 * day);
    await world.grant([world.address("fresh")]);
    await world.helpers.time.increase(10 * 365 * day);
    await world.replace("dou", "fresher");
    await world.grant([world.address("fresher")]);
    const latest = await world.held(world.address("fresher"));
    await world.as("stranger", "MeritPoints").migrate(world.id, [dou!]);
    const held = await world.held(world.address("fresher"));
    expect([held.lifetime, held.era]).to.deep.equal([30n, latest.era]);
    // Ten points of four half-lives before the era, and ten of sixty-four.
    const older = held.weight - latest.weight;
    expect(older > 10n << 35n && older < 10n << 37n).to.equal(true);
  });

  it("MP6: takes an older account's points into a newer era as well as the other way round", async () => {
    const world = await load();
    const [, , dou] = world.accounts;
    await world.helpers.time.increase(70 * 365 * day);
    await world.grant([dou!]);
    await world.replace("dou", "fresh");
    await world.as("stranger", "MeritPoints").migrate(world.id, [dou!]);
    expect((await world.held(world.address("fresh"))).lifetime).to.equal(20n);
  });

  it("MP1: a grant to a replaced account goes to its successor, or where its points still are", async () => {
    const world = await load();
    const [, , dou] = world.accounts;
    await world.replace("dou", "fresh");
    await world.grant([dou!]);
    expect((await world.held(dou!)).lifetime).to.equal(20n);
    await world.as("stranger", "MeritPoints").migrate(world.id, [dou!]);
    await world.grant([dou!]);
    expect((await world.held(dou!)).lifetime).to.equal(0n);
    expect((await world.held(world.address("fresh"))).lifetime).to.equal(30n);
  });

  it("MP4: an adjustment finds the points wherever they are, migrated, on the way or not at all", async () => {
    const world = await load();
    const [, , dou] = world.accounts;
    await world.replace("dou", "fresh");
    await adjust(world, [2], 1n); // not migrated
    expect((await world.held(world.address("fresh"))).lifetime).to.equal(9n);
    await world.replace("dou", "fresher");
    await adjust(world, [2], 1n); // on the way
    expect((await world.held(world.address("fresher"))).lifetime).to.equal(8n);
    await adjust(world, [2], 8n); // migrated
    for (const account of [dou!, world.address("fresh"), world.address("fresher")]) {
      expect(await world.held(account)).to.deep.equal(noPoints);
    }
  });

  it("MP1: a thief whose account was replaced gets nothing more once its points are migrated", async () => {
    const world = await load();
    await world.replace("ada", "fresh");
    const points = world.as("stranger", "MeritPoints");
    await points.migrate(world.id, [world.accounts[0]!]);
    expect(await points.balanceOf(world.accounts[0]!, world.id)).to.equal(0n);
    await world.grant([world.address("ada")]);
    expect(await points.balanceOf(world.accounts[0]!, world.id)).to.equal(0n);
    expect(await points.balanceOf(world.address("fresh"), world.id)).to.equal(20n);
  });
});
