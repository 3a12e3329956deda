import { expect } from "chai";
import { type BaseContract, type Contract, TypedDataEncoder } from "ethers";
import { network } from "hardhat";

import { FOREVER, type TestMember } from "../../support/authority.js";
import { testContract } from "../../support/compile.js";
import { Capability, cosign, type Cosigned, deployLogs, hold, TestTree } from "../../support/logs.js";

const { ethers, networkHelpers } = await network.create();
const SIZE = 100n;
const MANNER = { Honest: 0, Refusing: 1, Reverting: 2, Burning: 3, Bombing: 4, Short: 5 } as const;

async function witnessed() {
  const suite = await deployLogs(ethers);
  const [a, b] = suite.people.witnesses;
  const policyId = await suite.publish({
    policy: { witnesses: 2n, mirrors: 1n },
    eligibleWitnesses: [suite.people.other.id, a.id, b.id],
  });
  const log = await suite.openLog("books", policyId);
  const tree = new TestTree();
  const head = { logId: log.id, size: SIZE, root: tree.root(SIZE), time: 1_000n };
  const { registry } = suite;
  const by = (member: TestMember, changes: Partial<typeof head> = {}) =>
    cosign(registry, member.administrator, { ...head, ...changes });
  const holding = await hold(registry, suite.people.mirror.administrator, head);
  const advance = (witnesses: readonly Cosigned[], mirrors: readonly Cosigned[] = [holding], gasLimit?: bigint) =>
    registry
      .connect(log.owner.administrator)
      .advance(log.id, 0, SIZE, head.root, [], [...witnesses], [...mirrors], gasLimit ? { gasLimit } : {});
  return { ...suite, log, head, by, holding, advance, a, b };
}

async function withPuppet() {
  const suite = await witnessed();
  const puppet = (await (await testContract("Puppet", suite.signers.admin)).deploy()) as Contract;
  const address = await puppet.getAddress();
  await suite.members.connect(suite.a.administrator).nameDelegate(address, Capability.WITNESS, FOREVER);
  const accept = suite.members.interface.encodeFunctionData("acceptDelegation", [suite.a.id]);
  await puppet.getFunction("act")(await suite.members.getAddress(), accept);
  const cosigned: Cosigned = { signer: address, time: suite.head.time, signature: "0x1234" };
  return { ...suite, puppet, cosigned };
}

describe("LogRegistry: witnesses and mirrors", () => {
  it("L4: moves a head with the cosignatures that its policy asks for", async () => {
    const { registry, advance, by, a, b, log } = await networkHelpers.loadFixture(witnessed);
    await advance([await by(a), await by(b)]);
    expect((await registry.headOf(log.id))[0].size).to.equal(SIZE);
  });

  it("L4: refuses too few, and the same member twice, by one account or two", async () => {
    const { registry, advance, by, a, b, head, nameDelegate } = await networkHelpers.loadFixture(witnessed);
    await expect(advance([await by(a)]))
      .to.be.revertedWithCustomError(registry, "LogRegistryTooFewCosignatures")
      .withArgs(1, 2);
    await expect(advance([await by(a), await by(b)], []))
      .to.be.revertedWithCustomError(registry, "LogRegistryTooFewCosignatures")
      .withArgs(0, 1);
    const delegate = await nameDelegate(a, "witness's clerk", Capability.WITNESS);
    const second = await cosign(registry, delegate, head);
    for (const pair of [
      [await by(a), await by(a)],
      [await by(a), second],
    ]) {
      await expect(advance(pair))
        .to.be.revertedWithCustomError(registry, "LogRegistryCosignersUnordered")
        .withArgs(a.id, a.id);
    }
    await expect(advance([await by(b), await by(a)]))
      .to.be.revertedWithCustomError(registry, "LogRegistryCosignersUnordered")
      .withArgs(b.id, a.id);
    await advance([second, await by(b)]);
  });

  it("L4: checks every signature that is given, also beyond what is needed", async () => {
    const { registry, advance, by, a, b, people } = await networkHelpers.loadFixture(witnessed);
    const stranger = people.witnesses[2];
    await expect(advance([await by(a), await by(b), await by(stranger)]))
      .to.be.revertedWithCustomError(registry, "LogRegistryIneligible")
      .withArgs(stranger.administrator.address, stranger.id);
  });

  it("L4: refuses signers without the capability, suspended ones, and mirrors as witnesses", async () => {
    const { members, advance, by, a, b, people, signers } = await networkHelpers.loadFixture(witnessed);
    for (const member of [people.owner, people.mirror, people.supervisor]) {
      const first = await by(member);
      await expect(advance([first, await by(b)])).to.be.revertedWithCustomError(members, "MembersMissingCapability");
    }
    await members.connect(signers.registrar).suspend(a.id, `0x${"1".repeat(64)}`);
    const pair = [await by(a), await by(b)];
    await expect(advance(pair)).to.be.revert(ethers);
    await members.connect(signers.governor).reinstate(a.id);
    await advance(pair);
  });

  it("L4: refuses a signature over anything else: log, size, root, time, purpose", async () => {
    const { registry, advance, by, a, b, head } = await networkHelpers.loadFixture(witnessed);
    const good = await by(a);
    const wrong = [
      { ...(await by(a, { logId: head.root })), time: head.time },
      { ...(await by(a, { size: SIZE + 1n })), time: head.time },
      { ...(await by(a, { root: head.logId })), time: head.time },
      { ...good, time: head.time + 1n },
      { ...good, signature: (await by(b)).signature },
      { ...good, signature: good.signature.slice(0, -2) },
      { ...good, signature: "0x" },
      { ...(await hold(registry, a.administrator, head)) },
    ];
    for (const each of wrong) {
      await expect(advance([each, await by(b)]))
        .to.be.revertedWithCustomError(registry, "LogRegistryInvalidCosignature")
        .withArgs(a.administrator.address);
    }
  });

  it("L4: refuses a time that is ahead of the chain by more than the policy's skew", async () => {
    const { registry, advance, by, a, b } = await networkHelpers.loadFixture(witnessed);
    const now = BigInt(await networkHelpers.time.latest()) + 10n;
    await networkHelpers.time.setNextBlockTimestamp(now);
    await expect(advance([await by(a, { time: now + 61n }), await by(b)]))
      .to.be.revertedWithCustomError(registry, "LogRegistryCosignatureTime")
      .withArgs(a.administrator.address, now + 61n);
    await networkHelpers.time.setNextBlockTimestamp(now + 1n);
    await advance([await by(a, { time: now + 61n }), await by(b)]);
  });

  it("L9: never takes an owner for its own witness or mirror, though it is eligible", async () => {
    const { registry, people, publish, openLog, by, a, head } = await networkHelpers.loadFixture(witnessed);
    const { other } = people;
    const log = await openLog("others", await publish({ policy: { witnesses: 1n } }), other);
    const owner = registry.connect(other.administrator);
    const self = await by(other, { logId: log.id });
    await expect(owner.advance(log.id, 0, SIZE, head.root, [], [self], []))
      .to.be.revertedWithCustomError(registry, "LogRegistryConflict")
      .withArgs(other.id, "witness");
    const held = await hold(registry, other.administrator, { ...head, logId: log.id });
    await expect(owner.advance(log.id, 0, SIZE, head.root, [], [await by(a, { logId: log.id })], [held]))
      .to.be.revertedWithCustomError(registry, "LogRegistryConflict")
      .withArgs(other.id, "mirror");
  });

  it("L9: opens no log whose owner holds an office, or without whom too few could cosign", async () => {
    const { registry, people, publish, openLog } = await networkHelpers.loadFixture(witnessed);
    const { owner, other, supervisor } = people;
    for (const office of ["supervisor", "arbiter", "ombudsman"]) {
      const policyId = await publish({ policy: { [office]: owner.id } });
      await expect(openLog(office, policyId))
        .to.be.revertedWithCustomError(registry, "LogRegistryConflict")
        .withArgs(owner.id, office);
    }
    const eligible = [other.id, supervisor.id];
    const witnesses = await publish({ policy: { witnesses: 2n }, eligibleWitnesses: eligible });
    await expect(openLog("w", witnesses, other))
      .to.be.revertedWithCustomError(registry, "LogRegistryConflict")
      .withArgs(other.id, "witness");
    const mirrors = await publish({ policy: { mirrors: 2n }, eligibleMirrors: eligible });
    await expect(openLog("m", mirrors, other))
      .to.be.revertedWithCustomError(registry, "LogRegistryConflict")
      .withArgs(other.id, "mirror");
    await openLog("w", witnesses, owner);
    await openLog("one", await publish({ policy: { witnesses: 1n }, eligibleWitnesses: eligible }), other);
  });

  it("takes a contract's signature by ERC-1271, over exactly this head", async () => {
    const { registry, puppet, cosigned, advance, by, b, head, log } = await networkHelpers.loadFixture(withPuppet);
    await expect(advance([cosigned, await by(b)]))
      .to.be.revertedWithCustomError(registry, "LogRegistryInvalidCosignature")
      .withArgs(cosigned.signer);
    await puppet.getFunction("approve")(await digestOf(registry, head));
    await advance([cosigned, await by(b)]);
    expect((await registry.headOf(log.id))[0].size).to.equal(SIZE);
  });

  for (const manner of ["Refusing", "Reverting", "Bombing", "Short"] as const) {
    it(`is not hurt by a ${manner.toLowerCase()} ERC-1271 signer`, async () => {
      const { registry, puppet, cosigned, advance, by, a, b } = await networkHelpers.loadFixture(withPuppet);
      await puppet.getFunction("setManner")(MANNER[manner]);
      const attempt = advance([cosigned, await by(b)]);
      // A huge answer is cut to its first word: that the contract approves is its own affair.
      if (manner === "Bombing") {
        const used = (await (await attempt).wait())!.gasUsed;
        expect(used < 400_000n, `${used} gas`).to.equal(true);
        return;
      }
      await expect(attempt)
        .to.be.revertedWithCustomError(registry, "LogRegistryInvalidCosignature")
        .withArgs(cosigned.signer);
      await advance([await by(a), await by(b)]);
    });
  }

  it("lets an ERC-1271 signer burn only the gas of whoever brought it", async () => {
    const { puppet, holding, cosigned, advance, by, a, b } = await networkHelpers.loadFixture(withPuppet);
    await puppet.getFunction("setManner")(MANNER.Burning);
    await expect(advance([cosigned, await by(b)], [holding], 2_000_000n)).to.be.revert(ethers);
    await advance([await by(a), await by(b)]);
  });

  it("lets an ERC-1271 signer re-enter nothing that writes", async () => {
    const { registry, puppet, cosigned, advance, by, b, log } = await networkHelpers.loadFixture(withPuppet);
    const address = await registry.getAddress();
    await networkHelpers.time.increase(2 * 86_400);
    const mark = registry.interface.encodeFunctionData("markOverdue", [log.id]);
    await puppet.getFunction("reenterWith")(address, mark);
    await expect(advance([cosigned, await by(b)]))
      .to.be.revertedWithCustomError(registry, "LogRegistryInvalidCosignature")
      .withArgs(cosigned.signer);
    expect(await registry.overdueSince(log.lineage)).to.equal(0n);
    // It can read, and reads the old head.
    await puppet.getFunction("reenterWith")(address, registry.interface.encodeFunctionData("headOf", [log.id]));
    await advance([cosigned, await by(b)]);
  });
});

async function digestOf(registry: BaseContract, head: object): Promise<string> {
  const { chainId } = await ethers.provider.getNetwork();
  const domain = {
    name: "Stele LogRegistry",
    version: "1",
    chainId,
    verifyingContract: await registry.getAddress(),
  };
  const types = [
    ["logId", "bytes32"],
    ["size", "uint64"],
    ["root", "bytes32"],
    ["time", "uint40"],
  ].map(([name, type]) => ({ name: name!, type: type! }));
  return TypedDataEncoder.hash(domain, { Cosignature: types }, head);
}
