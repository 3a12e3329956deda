import { expect } from "chai";
import { ZeroAddress, ZeroHash } from "ethers";
import { network } from "hardhat";

import { claim, deployAwards, tokenIn } from "../../support/awards.js";
import { testContract } from "../../support/compile.js";

const { provider, networkHelpers } = await network.create();
const { loadFixture, time } = networkHelpers;
const deployed = async () => deployAwards(provider);
const pass = async (seconds: number) => time.increase(seconds);

async function claimed() {
  const world = await deployed();
  const batch = await world.grant(["dou", "ada", "dou"]);
  await claim(world, "dou", "fresh");
  return { ...world, batch };
}

describe("Awards after a claim or a recovery", () => {
  it("belong to the new account at once, and move by migrate with a Transfer each (AW2, AW3)", async () => {
    const { awards, as, actor, subject, batch } = await loadFixture(claimed);
    const [held, own] = [actor("dou").address, actor("fresh").address];
    const tokens = [tokenIn(batch, 0), tokenIn(batch, 2)];
    for (const token of tokens) {
      expect(await awards.ownerOf(token)).to.equal(held);
      expect(await awards.holderOf(token)).to.equal(own);
      expect(await awards.subjectOf(token)).to.equal(subject("dou"));
    }
    const moving = as("stranger", "Awards").migrate(tokens);
    for (const token of tokens) await expect(moving).to.emit(awards, "Transfer").withArgs(held, own, token);
    await expect(moving).to.emit(awards, "HolderAdmitted").withArgs(own, subject("dou"));
    for (const token of tokens) expect(await awards.ownerOf(token)).to.equal(own);
    expect(await awards.balanceOf(held)).to.equal(0n);
    expect(await awards.balanceOf(own)).to.equal(2n);
    expect(await awards.subjectOf(tokens[0]!)).to.equal(subject("dou"));
    expect(await awards.admittedAs(held)).to.equal(subject("dou"));
    expect(await awards.isValid(tokens[0]!)).to.equal(true);
  });

  it("move in parts, twice over, among missing ones and ones at home, and nothing else happens", async () => {
    const { awards, as, actor, batch } = await loadFixture(claimed);
    const by = as("outsider", "Awards");
    const own = actor("fresh").address;
    await by.migrate([]);
    await by.migrate([tokenIn(batch, 0), tokenIn(batch, 0), tokenIn(batch, 1), tokenIn(99n), 2n ** 256n - 1n]);
    expect(await awards.balanceOf(own)).to.equal(1n);
    expect(await awards.balanceOf(actor("dou").address)).to.equal(1n);
    expect(await awards.ownerOf(tokenIn(batch, 1))).to.equal(actor("ada").address);
    await expect(by.migrate([tokenIn(batch, 0), tokenIn(batch, 1)])).to.not.emit(awards, "Transfer");
    await by.migrate([tokenIn(batch, 2), tokenIn(batch, 0)]);
    expect(await awards.balanceOf(own)).to.equal(2n);
    expect(await awards.balanceOf(actor("dou").address)).to.equal(0n);
  });

  it("follow two recoveries in a row, migrated in between or not", async () => {
    const { awards, as, grant, actor, subject, recover } = await loadFixture(deployed);
    const batch = await grant(["ada", "ada"]);
    await recover(subject("ada"), "fresh", pass);
    await as("stranger", "Awards").migrate([tokenIn(batch, 0)]);
    await recover(subject("ada"), "fresher", pass);
    const last = actor("fresher").address;
    for (const position of [0, 1]) expect(await awards.holderOf(tokenIn(batch, position))).to.equal(last);
    await as("stranger", "Awards").migrate([tokenIn(batch, 0), tokenIn(batch, 1)]);
    for (const position of [0, 1]) expect(await awards.ownerOf(tokenIn(batch, position))).to.equal(last);
    expect(await awards.balanceOf(last)).to.equal(2n);
    for (const earlier of ["ada", "fresh"] as const)
      expect(await awards.balanceOf(actor(earlier).address)).to.equal(0n);
  });

  it("stay with the account while a recovery is contested, and a grant to it goes through (AW5)", async () => {
    const { awards, as, grant, actor, subject, contest } = await loadFixture(deployed);
    await contest(subject("ada"), "fresh");
    const batch = await grant(["ada"]);
    expect(await awards.holderOf(tokenIn(batch))).to.equal(actor("ada").address);
    await as("stranger", "Awards").migrate([tokenIn(batch)]);
    expect(await awards.ownerOf(tokenIn(batch))).to.equal(actor("ada").address);
    await expect(as("department", "Awards").grant({ ...(await grantTo(actor("fresh").address)) }))
      .to.be.revertedWithCustomError(awards, "AwardsNotASubject")
      .withArgs(actor("fresh").address);
    await pass(Number(await as("stranger", "Subjects").recoveryDelay()));
    await as("stranger", "Subjects").completeRecovery(subject("ada"));
    expect(await awards.holderOf(tokenIn(batch))).to.equal(actor("fresh").address);

    async function grantTo(address: string) {
      return { typeId: 1n, expires: 0n, evidenceLog: ZeroHash, accounts: [address], evidence: [] };
    }
  });

  it("are granted to the successor of an account that was replaced before it was admitted", async () => {
    const { awards, grant, actor, subject, recover, enrol } = await loadFixture(deployed);
    expect((await enrol("somebody else")).subject).to.not.equal(ZeroHash);
    await recover(subject("ben"), "fresh", pass);
    await recover(subject("ben"), "fresher", pass);
    const batch = await grant(["ada", "ben"]);
    expect(await awards.ownerOf(tokenIn(batch, 1))).to.equal(actor("fresher").address);
    expect(await awards.admittedAs(actor("ben").address)).to.equal(ZeroHash);
  });

  it("are granted to an admitted account that was replaced since, and follow; not any more once all have moved", async () => {
    const { awards, as, grant, actor, batch } = await loadFixture(claimed);
    const [held, own] = [actor("dou").address, actor("fresh").address];
    const late = await grant(["dou"]);
    expect(await awards.ownerOf(tokenIn(late))).to.equal(held);
    expect(await awards.holderOf(tokenIn(late))).to.equal(own);
    await as("stranger", "Awards").migrate([tokenIn(batch, 0), tokenIn(batch, 2), tokenIn(late)]);
    const later = await grant(["dou", "dou"]);
    for (const position of [0, 1]) expect(await awards.ownerOf(tokenIn(later, position))).to.equal(own);
    expect(await awards.balanceOf(own)).to.equal(5n);
    expect(await awards.balanceOf(held)).to.equal(0n);
  });

  it("cannot be blocked or re-entered by an account with hostile hooks, since nobody is called (AW5)", async () => {
    const { awards, grant, grantOf, as, enrolWith, deployed: chain } = await loadFixture(deployed);
    const receiver = await (await testContract("HostileReceiver", chain.deployer)).deploy();
    const address = (await receiver.getAddress()) as `0x${string}`;
    await enrolWith(address, async () => "0x01");
    const again = awards.interface.encodeFunctionData("grant", [grantOf([address])]);
    for (const mode of [1, 2, 3]) {
      await receiver.getFunction("fight")(mode, await awards.getAddress(), again);
      const batch = await grant(["ada", address, "ben"]);
      expect(await awards.ownerOf(tokenIn(batch, 1))).to.equal(address);
      await as("stranger", "Awards").migrate([tokenIn(batch, 1)]);
    }
    expect(await receiver.getFunction("calls")()).to.equal(0n);
  });

  it("admit beforehand whom they know, and pass over everybody else", async () => {
    const { awards, as, actor, subject } = await loadFixture(deployed);
    const accounts = (["ada", "stranger", "ben", "ada"] as const).map((label) => actor(label).address);
    const admitting = as("outsider", "Awards").admit([...accounts, ZeroAddress]);
    await expect(admitting).to.emit(awards, "HolderAdmitted").withArgs(actor("ada").address, subject("ada"));
    expect(await awards.admittedAs(actor("ben").address)).to.equal(subject("ben"));
    expect(await awards.admittedAs(actor("stranger").address)).to.equal(ZeroHash);
    expect(await awards.balanceOf(actor("ada").address)).to.equal(0n);
    await expect(as("outsider", "Awards").admit(accounts)).to.not.emit(awards, "HolderAdmitted");
  });

  it("move, and are admitted, while everything is halted (AW8)", async () => {
    const { awards, as, actor, batch, halt } = await loadFixture(claimed);
    await halt("Awards", "Subjects", "Campaigns");
    await as("stranger", "Awards").migrate([tokenIn(batch, 0)]);
    expect(await awards.ownerOf(tokenIn(batch, 0))).to.equal(actor("fresh").address);
    await as("stranger", "Awards").admit([actor("eva").address]);
    expect(await awards.admittedAs(actor("eva").address)).to.not.equal(ZeroHash);
  });
});
