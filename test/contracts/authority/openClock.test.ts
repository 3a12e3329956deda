import { expect } from "chai";
import { network } from "hardhat";

import { outageCapacity, outageRefillPeriod } from "../../../sdk/chain/open-clock.js";
import { deployClock, REASON } from "../../support/openClock.js";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;
const DAY = 86_400n;

async function deployed() {
  return deployClock(ethers, networkHelpers);
}

describe("OpenClock", () => {
  it("counts every second while no outage was ever declared", async () => {
    const { clock, elapsedAt, start } = await networkHelpers.loadFixture(deployed);
    expect(await elapsedAt(start, start, start - 50n, 0n)).to.deep.equal([0n, 50n, start]);
    expect(await clock.outageCount()).to.equal(0n);
    expect(await clock.standing()).to.deep.equal([false, 0n]);
  });

  it("stands still from the declaration to the end, and says so", async () => {
    const { clock, declareAt, elapsedAt, start } = await networkHelpers.loadFixture(deployed);
    await expect(declareAt(start, 100n))
      .to.emit(clock, "OutageDeclared")
      .withArgs(start, start + 100n, REASON);
    expect(await clock.standing()).to.deep.equal([true, start + 100n]);
    expect(await elapsedAt(start, start - 10n)).to.deep.equal([10n]);
    expect(await elapsedAt(start + 99n, start - 10n, start, start + 50n)).to.deep.equal([10n, 0n, 0n]);
    expect(await elapsedAt(start + 100n, start - 10n, start, start + 100n)).to.deep.equal([10n, 0n, 0n]);
    expect(await clock.standing()).to.deep.equal([false, 0n]);
    expect(await elapsedAt(start + 130n, start - 10n, start + 99n, start + 101n)).to.deep.equal([40n, 30n, 29n]);
  });

  it("lengthens a running outage, and one that ends in this very second, without a second interval", async () => {
    const { clock, declareAt, outages, start } = await networkHelpers.loadFixture(deployed);
    await declareAt(start, 100n);
    await expect(declareAt(start + 40n, 50n))
      .to.emit(clock, "OutageDeclared")
      .withArgs(start, start + 150n, REASON);
    await declareAt(start + 150n, 10n);
    expect(await outages()).to.deep.equal([{ from: start, until: start + 160n }]);
    await declareAt(start + 161n, 1n);
    expect(await outages()).to.deep.equal([
      { from: start, until: start + 160n },
      { from: start + 161n, until: start + 162n },
    ]);
    await expect(clock.outageAt(2)).to.be.revertedWithCustomError(clock, "OpenClockUnknownOutage").withArgs(2n);
  });

  it("ends early, returns the unused rest, and never turns back", async () => {
    const { clock, declareAt, endAt, elapsedAt, start } = await networkHelpers.loadFixture(deployed);
    await declareAt(start, 10n * DAY);
    expect(await clock.budget()).to.equal(20n * DAY);
    await expect(endAt(start + DAY))
      .to.emit(clock, "OutageEnded")
      .withArgs(start + DAY);
    expect(await clock.budget()).to.equal(29n * DAY + DAY / outageRefillPeriod);
    expect(await elapsedAt(start + DAY + 5n, start - 1n, start + 7n)).to.deep.equal([6n, 5n]);
  });

  it("refuses to end what does not run", async () => {
    const { clock, declareAt, endAt, start } = await networkHelpers.loadFixture(deployed);
    await expect(endAt(start)).to.be.revertedWithCustomError(clock, "OpenClockNotStanding");
    await declareAt(start + 1n, 10n);
    await expect(endAt(start + 11n)).to.be.revertedWithCustomError(clock, "OpenClockNotStanding");
  });

  it("refuses an empty outage, a future moment and more than the budget", async () => {
    const { clock, guardian, declareAt, start } = await networkHelpers.loadFixture(deployed);
    await expect(guardian.declareOutage(0, REASON))
      .to.be.revertedWithCustomError(clock, "OpenClockInvalidDuration")
      .withArgs(0n);
    await expect(clock.elapsed(start + DAY)).to.be.revertedWithCustomError(clock, "OpenClockFuture");
    await expect(guardian.declareOutage(outageCapacity + 1n, REASON))
      .to.be.revertedWithCustomError(clock, "OpenClockBudgetExceeded")
      .withArgs(outageCapacity + 1n, outageCapacity);
    await declareAt(start, outageCapacity);
    expect(await clock.budget()).to.equal(0n);
    await expect(declareAt(start + 12n, 2n))
      .to.be.revertedWithCustomError(clock, "OpenClockBudgetExceeded")
      .withArgs(2n, 1n);
    await declareAt(start + 24n, 2n);
  });

  it("regains one second in twelve, whatever the steps, and never more than the capacity", async () => {
    const { clock, declareAt, start } = await networkHelpers.loadFixture(deployed);
    for (let i = 0n; i < 24n; i++) await declareAt(start + 7n * i, 2n);
    // 48 seconds spent, 161 seconds passed: 13.4 regained, but nothing before the first declaration.
    expect(await clock.budget()).to.equal(outageCapacity - 48n + 161n / outageRefillPeriod);
    await time.increaseTo(start + 10_000n);
    expect(await clock.budget()).to.equal(outageCapacity);
  });

  it("publishes the figures that the SDK uses", async () => {
    const { clock } = await networkHelpers.loadFixture(deployed);
    expect(await clock.CAPACITY()).to.equal(outageCapacity);
    expect(await clock.REFILL_PERIOD()).to.equal(outageRefillPeriod);
  });

  it("leaves outages to the guardian", async () => {
    const { clock, signers } = await networkHelpers.loadFixture(deployed);
    for (const signer of [signers.admin, signers.governor, signers.registrar, signers.outsider]) {
      await expect(clock.connect(signer).declareOutage(1, REASON)).to.be.revertedWithCustomError(
        clock,
        "AccessManagedUnauthorized",
      );
      await expect(clock.connect(signer).endOutage()).to.be.revertedWithCustomError(clock, "AccessManagedUnauthorized");
    }
  });

  it("asks one slot when the moment is after the last outage", async () => {
    const { clock, probe, declareAt, start } = await networkHelpers.loadFixture(deployed);
    for (let i = 0n; i < 100n; i++) await declareAt(start + 20n * i, 10n);
    await time.increaseTo(start + 2010n);
    const target = await clock.getAddress();
    const recent = (await probe.getFunction("measureElapsed")(target, start + 2000n)) as bigint;
    const oldest = (await probe.getFunction("measureElapsed")(target, start + 1n)) as bigint;
    expect(Number(recent)).to.be.at.most(5_700);
    expect(Number(oldest)).to.be.at.most(5_700 + 9 * 2_300);
  });
});
