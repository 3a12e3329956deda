import { expect } from "chai";
import { type BaseContract, id as hashOf, type Interface, ZeroAddress } from "ethers";
import { network } from "hardhat";

import { MeritPoints__factory } from "../../../typechain-types/index.js";
import { testContract } from "../../support/compile.js";
import { withPoints } from "../../support/meritPoints.js";
import { Category, day, deployRewards } from "../../support/rewards.js";

const { provider, networkHelpers, ethers } = await network.create();
/** Ada and ben have ten points each. */
const fixture = async () => {
  const world = await withPoints(await deployRewards(provider), networkHelpers);
  await world.grant([world.address("ada"), world.address("ben")]);
  const [signer] = await ethers.getSigners();
  const receiver = await (await testContract("Puppet", signer!)).deploy();
  return { ...world, receiver: await receiver.getAddress(), points: world.as("stranger", "MeritPoints") };
};
const load = () => networkHelpers.loadFixture(fixture);

const transfers = {
  safeTransferFrom: "safeTransferFrom(address,address,uint256,uint256,bytes)",
  safeBatchTransferFrom: "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)",
} as const;

/** The interface's id as ERC-165 has it. */
function idOf(abi: Interface, names: readonly string[]): string {
  const id = names.reduce((all, name) => all ^ BigInt(abi.getFunction(name)!.selector), 0n);
  return `0x${id.toString(16).padStart(8, "0")}`;
}

describe("MeritPoints as ERC-1155", () => {
  it("advertises ERC-165, ERC-1155 and its metadata, and nothing else", async () => {
    const { points } = await load();
    const abi = MeritPoints__factory.createInterface();
    const names = ["balanceOf", "balanceOfBatch", "setApprovalForAll", "isApprovedForAll", ...Object.keys(transfers)];
    expect(idOf(abi, names)).to.equal("0xd9b67a26");
    expect(idOf(abi, ["uri"])).to.equal("0x0e89341c");
    for (const advertised of ["0x01ffc9a7", "0xd9b67a26", "0x0e89341c"]) {
      expect(await points.supportsInterface(advertised), advertised).to.equal(true);
    }
    for (const not of ["0xffffffff", "0x00000000", "0x80ac58cd", "0x4e2312e0", "0xb45a3c0e"]) {
      expect(await points.supportsInterface(not), not).to.equal(false);
    }
  });

  it("reads balances one by one and in batches, and refuses lists of different lengths", async () => {
    const { points, address, id } = await load();
    const [ada, ben] = [address("ada"), address("ben")];
    expect([...(await points.balanceOfBatch([ada, ben, ada, ZeroAddress], [id, id, id + 1n, id]))]).to.deep.equal([
      10n,
      10n,
      0n,
      0n,
    ]);
    expect([...(await points.balanceOfBatch([], []))]).to.deep.equal([]);
    const contract = MeritPoints__factory.connect(await points.getAddress(), points.runner);
    await expect(points.balanceOfBatch([ada], []))
      .to.be.revertedWithCustomError(contract, "ERC1155InvalidArrayLength")
      .withArgs(0n, 1n);
    await expect(points.balanceOfBatch([], [id])).to.be.revertedWithCustomError(contract, "ERC1155InvalidArrayLength");
  });

  for (const kind of ["safeTransferFrom", "safeBatchTransferFrom"] as const) {
    it(`MP1: ${kind} reverts for everybody, to anybody, of anything, nothing included`, async () => {
      const world = await load();
      const { address, id, receiver } = world;
      const batch = kind === "safeBatchTransferFrom";
      for (const sender of ["ada", "ben", "department", "clerk", "stranger"] as const) {
        const points = world.as(sender, "MeritPoints");
        for (const from of [address("ada"), address("stranger"), ZeroAddress, receiver]) {
          for (const to of [address("ada"), address("ben"), ZeroAddress, receiver, await points.getAddress()]) {
            for (const amount of [0n, 1n, 11n]) {
              const args = batch ? [from, to, [id], [amount], "0x"] : [from, to, id, amount, "0x12"];
              const call = (points as BaseContract).getFunction(transfers[kind]).staticCall(...args);
              await expect(call).to.be.revertedWithCustomError(points, "MeritPointsNotTransferable");
            }
          }
        }
      }
      expect(await world.points.balanceOf(address("ada"), id)).to.equal(10n);
    });
  }

  it("MP1: nobody becomes an operator", async () => {
    const world = await load();
    for (const sender of ["ada", "department", "stranger"] as const) {
      const points = world.as(sender, "MeritPoints");
      for (const operator of [world.address("ada"), world.address("ben"), ZeroAddress, world.receiver]) {
        for (const approved of [true, false]) {
          await expect(points.setApprovalForAll(operator, approved)).to.be.revertedWithCustomError(
            points,
            "MeritPointsNotTransferable",
          );
        }
        expect(await points.isApprovedForAll(world.address(sender), operator)).to.equal(false);
      }
    }
  });

  it("calls no receiver: a batch goes through whatever an account among them would do", async () => {
    const world = await load();
    const [signer] = await ethers.getSigners();
    const hostile = (await (await testContract("HostileAccount", signer!)).deploy()) as BaseContract;
    const account = await hostile.getAddress();
    const subjects = world.as("department", "Subjects");
    await (hostile.getFunction("set") as (mode: number) => Promise<unknown>)(1);
    await subjects.enrol(hashOf("employment"), hashOf("hostile"), account, 2n ** 40n - 1n, "0x");
    for (const mode of [2, 3, 4, 5, 6]) {
      await (hostile.getFunction("set") as (mode: number) => Promise<unknown>)(mode);
      await world.grant([world.address("ada"), account, world.address("ben")]);
    }
    expect(await world.points.balanceOf(account, world.id)).to.equal(50n);
  });

  it("tells what an id is in a document of its own, whatever the member is called", async () => {
    const world = await load();
    const { deployed, points } = world;
    const read = async (id: bigint) => {
      const [head, body] = (await points.uri(id)).split(",") as [string, string];
      expect(head).to.equal("data:application/json;base64");
      return JSON.parse(Buffer.from(body, "base64").toString("utf8")) as Record<string, unknown>;
    };
    expect(await read(world.id)).to.deep.include({
      name: "Points for training from department",
      decimals: 0,
      properties: { issuer: "department", category: "training", halfLifeSeconds: 365 * day },
    });
    const name = 'A "quoted" \\ name\n\u0000<script>局';
    const members = world.suite.contract("Members");
    const account = world.actor("outsider");
    await members.connect(deployed.registrar).enrol(name, account.address, 1n << 32n, 0n, 2n ** 40n - 1n);
    const member = await members.memberCount();
    await world.as("outsider", "Members").acceptAdministration(member);
    for (const [category, word] of [
      [Category.Career, "career"],
      [Category.Mission, "missions"],
      [Category.Service, "service"],
    ] as const) {
      await world.as("outsider", "MeritPoints").openScale(category, day);
      const { properties, name: title } = await read(await points.idFor(member, category));
      expect(title).to.equal(`Points for ${word} from ${name}`);
      expect(properties).to.deep.equal({ issuer: name, category: word, halfLifeSeconds: day });
    }
    expect(await points.uri(0n)).to.equal("");
    expect(await points.uri((1n << 200n) | world.id)).to.equal("");
  });
});
