import { expect } from "chai";
import { id, Interface, type TransactionResponse, ZeroAddress } from "ethers";
import { network } from "hardhat";

import { deployAwards, reason, tokenIn } from "../../support/awards.js";
import { testContract } from "../../support/compile.js";

const { provider, networkHelpers } = await network.create();
const { loadFixture } = networkHelpers;

const standard = new Interface([
  "event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)",
  "event Locked(uint256 tokenId)",
  "event TokenExpiryUpdated(uint256 indexed tokenId, uint256 indexed startTime, uint256 indexed endTime)",
]);
const xor = (signatures: readonly string[]) =>
  `0x${signatures
    .reduce((all, one) => all ^ BigInt(id(one).slice(0, 10)), 0n)
    .toString(16)
    .padStart(8, "0")}`;

async function deployed() {
  const world = await deployAwards(provider);
  const typeId = await world.publishType({ validity: 1_000_000n });
  return { ...world, typeId, batch: await world.grant(["ada", "ben"], { typeId }) };
}

/** The standards' events of a transaction, in order, as plain text. */
async function eventsOf(address: string, sent: Promise<TransactionResponse>): Promise<string[]> {
  const receipt = (await (await sent).wait())!;
  return receipt.logs.flatMap((log) => {
    const parsed = log.address === address ? standard.parseLog(log) : null;
    return parsed === null ? [] : [`${parsed.name} ${parsed.args.join(" ")}`];
  });
}

describe("Awards and the standards they name (AW1)", () => {
  it("tells the ids of ERC-165, 721, its metadata, 5192 and 7858, and no other", async () => {
    const { awards } = await loadFixture(deployed);
    const ids = {
      "ERC-165": [xor(["supportsInterface(bytes4)"]), "0x01ffc9a7"],
      "ERC-721": ["0x80ac58cd", "0x80ac58cd"],
      "ERC-721 metadata": [xor(["name()", "symbol()", "tokenURI(uint256)"]), "0x5b5e139f"],
      "ERC-5192": [xor(["locked(uint256)"]), "0xb45a3c0e"],
      "ERC-7858": [
        xor(["expiryType()", "isTokenExpired(uint256)", "startTime(uint256)", "endTime(uint256)"]),
        "0x3ebdfa31",
      ],
    };
    for (const [name, [computed, published]] of Object.entries(ids)) {
      expect(computed, name).to.equal(published);
      expect(await awards.supportsInterface(published!), name).to.equal(true);
    }
    for (const other of ["0xffffffff", "0x780e9d63", "0x0489b56f", "0x49064906"])
      expect(await awards.supportsInterface(other), other).to.equal(false);
    expect(await awards.name()).to.equal("Stele Awards");
    expect(await awards.symbol()).to.equal("STELE");
    expect(await awards.expiryType()).to.equal(1n);
  });

  it("reverts every transfer and approval, for owner, operator, approved, self, zero and receiver", async () => {
    const { awards, as, actor, batch, deployed: chain } = await loadFixture(deployed);
    const receiver = await (await testContract("HostileReceiver", chain.deployer)).deploy();
    const token = tokenIn(batch);
    const owner = actor("ada").address;
    const targets = [owner, actor("ben").address, ZeroAddress, await receiver.getAddress(), await awards.getAddress()];
    for (const caller of ["ada", "ben", "department", "stranger", "outsider"] as const) {
      const by = as(caller, "Awards");
      for (const to of targets) {
        for (const from of [owner, to]) {
          const calls = [
            async () => by.transferFrom(from, to, token),
            async () => by["safeTransferFrom(address,address,uint256)"](from, to, token),
            async () => by["safeTransferFrom(address,address,uint256,bytes)"](from, to, token, "0x1234"),
            async () => by.transferFrom(from, to, tokenIn(99n)),
          ];
          for (const call of calls) await expect(call()).to.be.revertedWithCustomError(awards, "AwardsNotTransferable");
        }
        const approvals = [
          async () => by.approve(to, token),
          async () => by.setApprovalForAll(to, true),
          async () => by.setApprovalForAll(to, false),
        ];
        for (const call of approvals)
          await expect(call()).to.be.revertedWithCustomError(awards, "AwardsNotTransferable");
        expect(await awards.isApprovedForAll(owner, to)).to.equal(false);
      }
    }
    expect(await awards.getApproved(token)).to.equal(ZeroAddress);
    expect(await awards.ownerOf(token)).to.equal(owner);
  });

  it("reverts as the standards say for ids that do not exist, far ones too, and for the zero owner", async () => {
    const { awards, batch } = await loadFixture(deployed);
    const missing = [0n, tokenIn(batch, 2), tokenIn(batch + 1n), tokenIn(batch) | (1n << 72n), 2n ** 256n - 1n];
    for (const token of missing) {
      const { ownerOf, getApproved, tokenURI, locked, isTokenExpired, startTime, endTime } = awards;
      const { holderOf, subjectOf, evidenceOf } = awards;
      const reads = [ownerOf, getApproved, tokenURI, locked, isTokenExpired, startTime, endTime];
      for (const read of [...reads, holderOf, subjectOf, evidenceOf])
        await expect(read(token)).to.be.revertedWithCustomError(awards, "ERC721NonexistentToken").withArgs(token);
      expect(await awards.isValid(token)).to.equal(false);
      expect(await awards.standingOf(token)).to.deep.equal([0n, false]);
    }
    await expect(awards.balanceOf(ZeroAddress)).to.be.revertedWithCustomError(awards, "ERC721InvalidOwner");
  });

  it("emits Transfer, Locked and TokenExpiryUpdated for each award in the transaction that mints it", async () => {
    const { awards, as, grantOf, actor, typeId, plainType } = await loadFixture(deployed);
    const address = await awards.getAddress();
    const [ada, ben] = [actor("ada").address, actor("ben").address];
    const sent = as("department", "Awards").grant(grantOf(["ada", "ben", "ada"], { typeId }));
    const events = await eventsOf(address, sent);
    const start = await awards.startTime(tokenIn(2n));
    expect(await awards.endTime(tokenIn(2n))).to.equal(start + 1_000_000n);
    expect(events).to.deep.equal(
      [ada, ben, ada].flatMap((owner, i) => [
        `Transfer ${ZeroAddress} ${owner} ${tokenIn(2n, i)}`,
        `Locked ${tokenIn(2n, i)}`,
        `TokenExpiryUpdated ${tokenIn(2n, i)} ${start} ${start + 1_000_000n}`,
      ]),
    );
    const unlimited = await eventsOf(
      address,
      as("department", "Awards").grant(grantOf(["ada"], { typeId: plainType })),
    );
    expect(unlimited[2]).to.equal(`TokenExpiryUpdated ${tokenIn(3n)} ${await awards.startTime(tokenIn(3n))} 0`);
    expect(await awards.isTokenExpired(tokenIn(3n))).to.equal(false);
  });

  it("stays locked whatever becomes of the award", async () => {
    const { awards, as, batch } = await loadFixture(deployed);
    await as("department", "Awards").revoke(tokenIn(batch), reason);
    expect(await awards.locked(tokenIn(batch))).to.equal(true);
    expect(await awards.ownerOf(tokenIn(batch))).to.not.equal(ZeroAddress);
  });
});
