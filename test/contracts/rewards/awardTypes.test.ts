import { expect } from "chai";
import { type ContractTransactionResponse, toUtf8Bytes, ZeroHash } from "ethers";
import { network } from "hardhat";

import type { IAwardTypes, ICampaigns } from "../../../typechain-types/index.js";
import { Category, defaultTerms, deployRewards, Granters, type RewardsSuite } from "../../support/rewards.js";

const { provider, networkHelpers } = await network.create();
const fixture = () => deployRewards(provider);

type Terms = IAwardTypes.TermsStruct;

describe("AwardTypes", () => {
  let world: RewardsSuite;
  let own: ICampaigns;

  beforeEach(async () => {
    world = await networkHelpers.loadFixture(fixture);
    own = world.as("department", "Campaigns");
  });

  const publish = (changes: Partial<Terms> = {}): Promise<ContractTransactionResponse> =>
    own.publish({ ...defaultTerms, ...changes });

  const invalid = (changes: Partial<Terms>, field: string) =>
    expect(publish(changes)).to.be.revertedWithCustomError(own, "AwardTypesInvalidTerms").withArgs(field);

  it("RT1: publishes a type under the next number, and keeps it as it was published", async () => {
    const { member } = world.actor("department");
    const members = [world.actor("institute").member, world.actor("union").member];
    const terms: Terms = {
      ...defaultTerms,
      category: Category.Mission,
      granters: Granters.Listed,
      needsEvidence: true,
      points: 2n ** 32n - 1n,
      validity: 2n ** 32n - 1n,
      title: "救援任务",
      members,
    };
    await expect(publish(terms)).to.emit(own, "AwardTypePublished").withArgs(1n, member, 0n, Object.values(terms));
    expect(await own.typeCount()).to.equal(1n);
    const { category, granters, needsEvidence, points, validity } = terms;
    const [superseded, ended] = [0n, 0n];
    const kept = [category, granters, needsEvidence, points, validity, superseded, await world.now(), ended];
    expect([...(await own.awardTypeOf(1))]).to.deep.equal([member, ...kept]);
    expect([...(await own.textsOf(1))]).to.deep.equal([
      terms.criteriaHash,
      terms.criteriaUri,
      terms.title,
      terms.authority,
    ]);
    expect([...(await own.grantersOf(1))]).to.deep.equal(members);
    expect(await world.publishType({}, "institute")).to.equal(2n);
    expect((await own.awardTypeOf(2)).publisher).to.equal(world.actor("institute").member);
  });

  it("RT1: tells an unknown number by zeros or a refusal", async () => {
    expect([...(await own.awardTypeOf(1))].every((field) => BigInt(field) === 0n)).to.equal(true);
    for (const read of [() => own.textsOf(1), () => own.grantersOf(0), () => own.textsOf(2n ** 32n - 1n)]) {
      await expect(read()).to.be.revertedWithCustomError(own, "AwardTypesUnknown");
    }
  });

  it("RT2: refuses terms that say nothing or too much, naming the field", async () => {
    const [institute, union] = [world.actor("institute").member, world.actor("union").member];
    await invalid({ category: Category.None }, "category");
    await invalid({ criteriaHash: ZeroHash }, "criteriaHash");
    for (const criteriaUri of ["", "x".repeat(257), "a b", "https://例"]) await invalid({ criteriaUri }, "criteriaUri");
    for (const text of ["", "x".repeat(65), "救".repeat(22), "a\u0000", "a\nb", "a\u007f"]) {
      await invalid({ title: text }, "title");
      await invalid({ authority: text }, "authority");
    }
    await publish({ criteriaUri: "x".repeat(256), title: "救".repeat(21), authority: "x".repeat(64) });
    const listed = (...members: bigint[]) => ({ granters: Granters.Listed, members });
    await invalid({ members: [institute] }, "members");
    await invalid({ granters: Granters.Anyone, members: [institute] }, "members");
    await invalid(listed(), "members");
    await invalid(listed(union, institute), "members");
    await invalid(listed(institute, institute), "members");
    await invalid(listed(0n), "members");
    await invalid(listed(world.actor("department").member), "members");
    await invalid(listed(6n), "members");
    await invalid(listed(...Array.from({ length: 17 }, (_, i) => BigInt(i + 2))), "members");
  });

  it("RT2: takes sixteen listed members, and no more of them than there are", async () => {
    const { registrar } = world.deployed;
    const members = world.suite.contract("Members").connect(registrar);
    for (let i = 6; i <= 17; i++)
      await members.enrol(`unit ${i}`, world.actor("stranger").address, 0, 0, 2n ** 40n - 1n);
    const listed = Array.from({ length: 16 }, (_, i) => BigInt(i + 2));
    await publish({ granters: Granters.Listed, members: listed });
    expect([...(await own.grantersOf(1))]).to.deep.equal(listed);
    await invalid({ granters: Granters.Listed, members: [...listed.slice(1), 18n] }, "members");
  });

  it("RT2: takes text that is UTF-8, and none that breaks its readers", async () => {
    const encode = (title: string) => own.interface.encodeFunctionData("publish", [{ ...defaultTerms, title }]);
    const { wallet } = world.actor("department");
    const marker = "ffffffffffffffff";
    const send = (hex: string) => {
      const length = hex.length / 2;
      const filler = encode("\u00ff".repeat(4)).replace("c3bfc3bfc3bfc3bf", marker);
      const data = filler
        .replace(marker, hex.padEnd(16, "0"))
        .replace(
          `${"8".padStart(64, "0")}${hex.padEnd(16, "0")}`,
          `${length.toString(16).padStart(64, "0")}${hex.padEnd(16, "0")}`,
        );
      return wallet.sendTransaction({ to: world.suite.address("Campaigns"), data });
    };
    const good = ["7a", "c2a0", "dfbf", "e0a080", "ed9fbf", "ee8080", "efbfbf", "f0908080", "f48fbfbf", "41e695914241"];
    for (const hex of good) await send(hex);
    expect(await own.typeCount()).to.equal(BigInt(good.length));
    const bad = (
      "80 bf c0af c1bf c2 c241 e0 e09f80 e08080 eda080 edbfbf e695 e69541 f08f8080 f4908080 f5808080 f0908041 f09080 " +
      "ff 41c3 1f 417f 00"
    ).split(" ");
    for (const hex of bad) {
      await expect(send(hex), hex).to.be.revertedWithCustomError(own, "AwardTypesInvalidTerms").withArgs("title");
    }
    expect(toUtf8Bytes((await own.textsOf(10)).title).length).to.equal(6);
  });

  it("RT3: supersedes a type of the same publisher, once, and ends it with that", async () => {
    await publish();
    await expect(publish({ supersedes: 1n }))
      .to.emit(own, "AwardTypeEnded")
      .withArgs(1n, 2n)
      .and.to.emit(own, "AwardTypePublished");
    const old = await own.awardTypeOf(1);
    expect([old.supersededBy, old.endedAt]).to.deep.equal([2n, await world.now()]);
    await expect(publish({ supersedes: 1n }))
      .to.be.revertedWithCustomError(own, "AwardTypesEnded")
      .withArgs(1n);
    // 3 would be its own number.
    for (const supersedes of [3n, 4n]) {
      await expect(publish({ supersedes }))
        .to.be.revertedWithCustomError(own, "AwardTypesUnknown")
        .withArgs(supersedes);
    }
    await expect(world.as("institute", "Campaigns").publish({ ...defaultTerms, supersedes: 2n }))
      .to.be.revertedWithCustomError(own, "AwardTypesNotPublisher")
      .withArgs(2n, world.actor("institute").member);
    expect(await own.typeCount()).to.equal(2n);
  });

  it("RT3: is retired by its publisher, once; nothing else about it changes", async () => {
    await publish({ validity: 9n });
    await expect(world.as("institute", "Campaigns").retire(1)).to.be.revertedWithCustomError(
      own,
      "AwardTypesNotPublisher",
    );
    await expect(own.retire(2)).to.be.revertedWithCustomError(own, "AwardTypesUnknown");
    const before = [...(await own.awardTypeOf(1))];
    await expect(world.as("clerk", "Campaigns").retire(1)).to.emit(own, "AwardTypeEnded").withArgs(1n, 0n);
    const after = [...(await own.awardTypeOf(1))];
    expect(after).to.deep.equal([...before.slice(0, -1), await world.now()]);
    await expect(own.retire(1)).to.be.revertedWithCustomError(own, "AwardTypesEnded").withArgs(1n);
  });

  it("RT4: says who may grant: the publisher, those it listed, or every awarder", async () => {
    const members = [world.actor("institute").member];
    await publish();
    await publish({ granters: Granters.Listed, members });
    await publish({ granters: Granters.Anyone });
    const expected = { department: [1, 2, 3], clerk: [1, 2, 3], institute: [2, 3], union: [], outsider: [] };
    for (const [label, types] of Object.entries(expected)) {
      const { address, member } = world.actor(label as "clerk");
      for (const typeId of [1, 2, 3]) {
        if ((types as number[]).includes(typeId)) {
          const granted = await own.requireGranter(typeId, address);
          expect(granted.member).to.equal(member);
          expect([...granted.awardType]).to.deep.equal([...(await own.awardTypeOf(typeId))]);
        } else {
          const refusal = label === "institute" ? own : world.suite.contract("Members");
          const name = label === "institute" ? "AwardTypesNotGranter" : "MembersMissingCapability";
          await expect(own.requireGranter(typeId, address)).to.be.revertedWithCustomError(refusal, name);
        }
      }
    }
    await own.retire(3);
    const { address } = world.actor("department");
    await expect(own.requireGranter(3, address)).to.be.revertedWithCustomError(own, "AwardTypesEnded").withArgs(3n);
    await expect(own.requireGranter(4, address)).to.be.revertedWithCustomError(own, "AwardTypesUnknown").withArgs(4n);
  });

  it("RT4: lets a listed member grant that became an awarder later, and none that was suspended", async () => {
    const { member, address } = world.actor("union");
    const members = world.suite.contract("Members");
    await publish({ granters: Granters.Listed, members: [member] });
    await expect(own.requireGranter(1, address)).to.be.revertedWithCustomError(members, "MembersMissingCapability");
    await members.connect(world.deployed.governor).setCapabilities(member, 1n << 32n);
    expect((await own.requireGranter(1, address)).member).to.equal(member);
    await members.connect(world.deployed.registrar).suspend(member, ZeroHash);
    await expect(own.requireGranter(1, address)).to.be.revertedWithCustomError(members, "MembersMissingCapability");
  });

  it("RT5: lets only awarders publish and retire", async () => {
    await publish();
    const members = world.suite.contract("Members");
    for (const label of ["union", "arbiter", "outsider", "ada"] as const) {
      const contract = world.as(label, "Campaigns");
      for (const act of [() => contract.publish(defaultTerms), () => contract.retire(1)]) {
        await expect(act()).to.be.revertedWithCustomError(members, "MembersMissingCapability");
      }
    }
  });
});
