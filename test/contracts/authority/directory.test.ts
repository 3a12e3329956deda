import { expect } from "chai";
import { id, ZeroAddress, ZeroHash } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";

import { deployAuthority, SUITE_ID } from "../../support/authority.js";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;

async function deployed() {
  const authority = await deployAuthority(ethers);
  const { directory, signers, members, clock } = authority;
  const governor = directory.connect(signers.governor);
  return { ...authority, governor, first: await members.getAddress(), next: await clock.getAddress() };
}

describe("Directory", () => {
  it("A13: names a contract and its successor, and keeps both", async () => {
    const { directory, governor, first, next } = await networkHelpers.loadFixture(deployed);
    await expect(governor.set("Members", first))
      .to.emit(directory, "TargetSet")
      .withArgs(id("Members"), "Members", first, ZeroAddress);
    const before = BigInt(await time.latest());
    await expect(governor.set("Members", next))
      .to.emit(directory, "TargetSet")
      .withArgs(id("Members"), "Members", next, first);
    expect(await directory.lookup("Members")).to.equal(next);
    expect(await directory.history("Members")).to.deep.equal([
      [first, before],
      [next, BigInt(await time.latest())],
    ]);
    expect(await directory.names()).to.deep.equal(["Members"]);
  });

  it("can go back to an earlier address, which is a new entry", async () => {
    const { directory, governor, first, next } = await networkHelpers.loadFixture(deployed);
    for (const target of [first, next, first]) await governor.set("Members", target);
    expect((await directory.history("Members")).map((entry) => entry.target)).to.deep.equal([first, next, first]);
    expect(await directory.names()).to.deep.equal(["Members"]);
  });

  it("lists names in the order of their first setting", async () => {
    const { directory, governor, first, next } = await networkHelpers.loadFixture(deployed);
    for (const name of ["b", "a", "c"]) await governor.set(name, first);
    await governor.set("a", next);
    expect(await directory.names()).to.deep.equal(["b", "a", "c"]);
  });

  it("refuses an unknown name, an unchanged address and an address without code", async () => {
    const { directory, governor, first, signers } = await networkHelpers.loadFixture(deployed);
    await expect(directory.lookup("Members"))
      .to.be.revertedWithCustomError(directory, "DirectoryUnknownName")
      .withArgs("Members");
    expect(await directory.history("Members")).to.deep.equal([]);
    await governor.set("Members", first);
    await expect(governor.set("Members", first))
      .to.be.revertedWithCustomError(directory, "DirectoryUnchanged")
      .withArgs("Members", first);
    for (const target of [ZeroAddress, signers.outsider.address]) {
      await expect(governor.set("Members", target))
        .to.be.revertedWithCustomError(directory, "DirectoryInvalidTarget")
        .withArgs(target);
    }
  });

  it("takes a name exactly when it is 1 to 64 of A-Z, a-z, 0-9, dot and hyphen", async () => {
    const { directory, governor, first } = await networkHelpers.loadFixture(deployed);
    for (let code = 0; code < 128; code++) {
      const name = `x${String.fromCharCode(code)}`;
      if (/^[A-Za-z0-9.-]*$/.test(name)) await governor.set.staticCall(name, first);
      else {
        await expect(governor.set.staticCall(name, first))
          .to.be.revertedWithCustomError(directory, "DirectoryInvalidName")
          .withArgs(name);
      }
    }
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 70 }), async (name) => {
        const valid = /^[A-Za-z0-9.-]{1,64}$/.test(name);
        const set = governor.set.staticCall(name, first);
        await (valid ? set : expect(set).to.be.revertedWithCustomError(directory, "DirectoryInvalidName"));
      }),
      { numRuns: 200, seed: 1 },
    );
    await governor.set.staticCall("x".repeat(64), first);
    await expect(governor.set.staticCall("x".repeat(65), first)).to.be.revertedWithCustomError(
      directory,
      "DirectoryInvalidName",
    );
  });

  it("A13: keeps the suite's id for ever, and needs one", async () => {
    const { directory, manager } = await networkHelpers.loadFixture(deployed);
    expect(await directory.suiteId()).to.equal(SUITE_ID);
    await expect(
      ethers.deployContract("Directory", [await manager.getAddress(), ZeroHash]),
    ).to.be.revertedWithCustomError(directory, "DirectoryInvalidSuite");
  });
});
