import { expect } from "chai";
import { keccak256, solidityPacked, ZeroAddress } from "ethers";
import { network } from "hardhat";

import { addPoints, decayed, noPoints } from "../../../sdk/rewards/decay.js";
import { MeritPoints__factory } from "../../../typechain-types/index.js";
import { anyone, gas, halfLife, withPoints } from "../../support/meritPoints.js";
import { Category, day, deployRewards, Granters } from "../../support/rewards.js";

const { provider, networkHelpers } = await network.create();
const fixture = async () => withPoints(await deployRewards(provider), networkHelpers);
const load = () => networkHelpers.loadFixture(fixture);

describe("MeritPoints", () => {
  it("MP2: a member opens a category once, and its half-life and beginning never change", async () => {
    const world = await load();
    const points = world.as("department", "MeritPoints");
    const id = await points.idFor(1n, Category.Service);
    const opened = points.openScale(Category.Service, day);
    await expect(opened).to.emit(points, "ScaleOpened").withArgs(id, 1n, Category.Service, day);
    await expect(opened)
      .to.emit(points, "URI")
      .withArgs(await points.uri(id), id);
    expect([...(await points.scaleOf(id))]).to.deep.equal([await world.now(), BigInt(day)]);
    await expect(points.openScale(Category.Service, 2 * day))
      .to.be.revertedWithCustomError(points, "MeritPointsOpened")
      .withArgs(id);
    const other = await points.idFor(world.actor("institute").member, Category.Service);
    await world.as("institute", "MeritPoints").openScale(Category.Service, 7 * day);
    expect((await points.scaleOf(other)).halfLife).to.equal(7n * 86_400n);
  });

  it("refuses a scale of no category, of less than a day, and of members that may not award", async () => {
    const world = await load();
    const points = world.as("department", "MeritPoints");
    const invalid = (field: string, category: bigint, seconds: number) =>
      expect(points.openScale(category, seconds))
        .to.be.revertedWithCustomError(points, "MeritPointsInvalid")
        .withArgs(field);
    await invalid("category", Category.None, day);
    await invalid("halfLife", Category.Career, day - 1);
    const refused = world.as("union", "MeritPoints").openScale(Category.Career, day);
    await expect(refused).to.be.revertedWithCustomError(world.as("union", "Members"), "MembersMissingCapability");
  });

  it("gives each account the points of the type, with an event for each", async () => {
    const world = await load();
    const points = world.as("clerk", "MeritPoints");
    const accounts = [world.address("ada"), world.address("ben")];
    const granted = points.grant(world.type, accounts, gas);
    await expect(granted).to.emit(points, "PointsGranted").withArgs(1n, world.type, 1n, 10n);
    for (const account of accounts) {
      await expect(granted)
        .to.emit(points, "TransferSingle")
        .withArgs(world.address("clerk"), ZeroAddress, account, world.id, 10n);
      expect(await points.balanceOf(account, world.id)).to.equal(10n);
    }
    const { typeId, issuer, time, points: each, category, accounts: digest } = await points.grantOf(1n);
    const now = await world.now();
    expect([typeId, issuer, time, each, category]).to.deep.equal([world.type, 1n, now, 10n, Category.Training]);
    expect(digest).to.equal(keccak256(solidityPacked(["address[]"], [accounts])));
    expect(await points.grantCount()).to.equal(1n);
  });

  it("MP5: tells what the twin tells, grant after grant and era after era", async () => {
    const world = await load();
    const points = world.as("stranger", "MeritPoints");
    const account = world.address("ada");
    const { since } = await points.scaleOf(world.id);
    const scale = { since, halfLife };
    let held = noPoints;
    for (const wait of [0n, 1n, 364n, 23_000n, 1n, 24_000n]) {
      await world.helpers.time.increase(wait * BigInt(day) + 1n);
      await world.grant([account]);
      const now = await world.now();
      held = addPoints(held, scale, now, 10n);
      expect(await world.held(account)).to.deep.equal(held);
      expect(await points.decayedOf(account, world.id)).to.equal(decayed(held, scale, now));
    }
    expect(held.era).to.equal(2n);
    await world.helpers.time.increase(100 * 365 * day);
    expect(await points.decayedOf(account, world.id)).to.equal(decayed(held, scale, await world.now()));
    expect(await points.decayedOf(world.address("ben"), world.id)).to.equal(0n);
    expect(await points.decayedOf(account, 0n)).to.equal(0n);
  });

  it("gives an account that is named twice the points twice", async () => {
    const world = await load();
    const ada = world.address("ada");
    await world.grant([ada, ada]);
    expect((await world.held(ada)).lifetime).to.equal(20n);
  });

  it("MP1: gives points only to subjects that the granting member enrolled itself", async () => {
    const world = await load();
    const points = world.as("department", "MeritPoints");
    for (const label of ["eva", "stranger", "department"] as const) {
      const accounts = [world.address("ada"), world.address(label)];
      await expect(points.grant(world.type, accounts, gas))
        .to.be.revertedWithCustomError(points, "MeritPointsNotOfMember")
        .withArgs(accounts[1], 1n);
    }
    await expect(points.grant(world.type, [ZeroAddress], gas)).to.be.revertedWithCustomError(
      points,
      "MeritPointsNotOfMember",
    );
  });

  it("MP1: another member's grant of the same type goes under its own id, to its own people", async () => {
    const world = await load();
    const type = await world.publishType(anyone);
    const institute = world.as("institute", "MeritPoints");
    const id = await institute.idFor(world.actor("institute").member, Category.Training);
    await expect(institute.grant(type, [world.address("eva")], gas))
      .to.be.revertedWithCustomError(institute, "MeritPointsNotOpened")
      .withArgs(id);
    await institute.openScale(Category.Training, 30 * day);
    await world.grant([world.address("ada")]);
    await expect(institute.grant(type, [world.address("ada")], gas)).to.be.revertedWithCustomError(
      institute,
      "MeritPointsNotOfMember",
    );
    await world.grant([world.address("eva")], { by: "institute", type });
    expect((await world.held(world.address("eva"), id)).lifetime).to.equal(10n);
    expect((await world.held(world.address("eva"))).lifetime).to.equal(0n);
  });

  it("refuses types that the member may not grant, that ended, or that give no points", async () => {
    const world = await load();
    const accounts = [world.address("ada")];
    const institute = world.as("institute", "MeritPoints");
    const types = world.as("institute", "Campaigns");
    await expect(institute.grant(world.type, accounts, gas)).to.be.revertedWithCustomError(
      types,
      "AwardTypesNotGranter",
    );
    await expect(institute.grant(99n, accounts, gas)).to.be.revertedWithCustomError(types, "AwardTypesUnknown");
    const none = await world.publishType({ points: 0n, granters: Granters.Anyone });
    await expect(institute.grant(none, accounts, gas))
      .to.be.revertedWithCustomError(institute, "MeritPointsInvalid")
      .withArgs("points");
    await world.as("department", "Campaigns").retire(world.type);
    await expect(world.as("department", "MeritPoints").grant(world.type, accounts, gas)).to.be.revertedWithCustomError(
      types,
      "AwardTypesEnded",
    );
  });

  it("refuses no accounts, more than 1,000, and words that are no accounts", async () => {
    const world = await load();
    const points = world.as("department", "MeritPoints");
    for (const accounts of [[], Array.from({ length: 1_001 }, () => world.address("ada"))]) {
      await expect(points.grant(world.type, accounts, gas))
        .to.be.revertedWithCustomError(points, "MeritPointsInvalid")
        .withArgs("accounts");
    }
    const data = points.interface.encodeFunctionData("grant", [world.type, [world.address("ada")]]);
    const dirty = data.slice(0, -64) + "01" + data.slice(-62);
    const contract = MeritPoints__factory.connect(await points.getAddress(), points.runner);
    const request = { to: await points.getAddress(), data: dirty, ...gas };
    await expect(world.actor("department").wallet.sendTransaction(request)).to.be.revertedWithCustomError(
      contract,
      "AccountsInvalid",
    );
  });
});
