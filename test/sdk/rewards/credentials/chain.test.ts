import { expect } from "chai";
import { id, type Contract, TypedDataEncoder, ZeroHash, type JsonRpcSigner } from "ethers";
import { network } from "hardhat";

import { capabilities } from "../../../../sdk/chain/capabilities.js";
import { connectSuite } from "../../../../sdk/chain/suite.js";
import type { Hex } from "../../../../sdk/common/bytes.js";
import { parseCampaignProof } from "../../../../sdk/rewards/campaign/proof.js";
import { badgeOf } from "../../../../sdk/rewards/credentials/badge.js";
import { factsOfLeaf, requireStatement, type ReadFacts } from "../../../../sdk/rewards/credentials/chain.js";
import { compareWithChain, standsOnChain } from "../../../../sdk/rewards/credentials/compare.js";
import { signCredential } from "../../../../sdk/rewards/credentials/keys.js";
import {
  signStatement,
  statementDomain,
  statementMessage,
  statementTypes,
} from "../../../../sdk/rewards/credentials/statement.js";
import { testContract } from "../../../support/compile.js";
import { key } from "../../../support/credentials.js";
import { openCampaign, type CampaignRow } from "../../../support/provedCampaigns.js";
import { refusal } from "../../../support/refusal.js";
import { deployRewards, type RewardsSuite } from "../../../support/rewards.js";

const { provider, networkHelpers } = await network.create();
const world = async () => {
  const rewards = await deployRewards(provider);
  const log = await rewards.openLog("department", "unit-1");
  await log.add({ disputeAddress: rewards.actor("ada").address });
  await log.add();
  await log.anchor();
  return { ...rewards, log };
};

/** A signed badge of a campaign's only award, with the award's proof. */
async function badge(rewards: RewardsSuite, row: Partial<CampaignRow> = {}) {
  const typeId = await rewards.publishType();
  const campaign = await openCampaign(rewards, "department", [{ person: "ada", ...row }], typeId);
  const proved = parseCampaignProof(campaign.proof(0));
  const read: ReadFacts = await factsOfLeaf(rewards.suite, proved);
  const unsigned = badgeOf(read.facts, { issuer: key.did, status: { list: "urn:x:y", index: 1 } });
  const signed = await signCredential(unsigned, key, await rewards.now());
  const document = JSON.stringify(signed);
  return { proved, document, check: () => compareWithChain(rewards.suite, document, { proved }), ...read };
}

describe("a credential held against the chain", () => {
  it("says that its record is disputed while it counts, and counts no more once the record is withdrawn", async () => {
    const rewards = await networkHelpers.loadFixture(world);
    const logId = rewards.log.logId as Hex;
    const { check, facts } = await badge(rewards, { evidence: { logId, index: 0n } });
    expect(facts.evidence).to.deep.equal({ logId, index: 0n });
    expect((await check()).disputed).to.equal(false);
    const standing = { subject: ZeroHash, salt: ZeroHash, deadline: 0n, signature: "0x" };
    await rewards.as("ada", "RecordDesk").dispute(rewards.log.shown(0n), standing, id("wrong"), ZeroHash);
    const disputed = await check();
    expect(disputed.disputed).to.equal(true);
    expect(disputed.steps.join(" ")).to.include("under dispute");
    const other = await badge(rewards, { evidence: { logId, index: 1n } });
    await rewards.as("department", "RecordDesk").withdraw(logId, 1n, id("reason"));
    await refusal(other.check(), "was corrected or withdrawn");
  });

  it("is refused where any word is not the chain's, were it signed a hundred times", async () => {
    const rewards = await networkHelpers.loadFixture(world);
    const { document, proved } = await badge(rewards);
    const { proof: _, ...honest } = JSON.parse(document) as Record<string, unknown>;
    const subject = honest["credentialSubject"] as Record<string, unknown>;
    for (const [change, field] of [
      [{ name: "Last aid" }, "name"],
      [{ validFrom: "2020-01-01T00:00:00Z" }, "validFrom"],
      [{ validUntil: "2099-01-01T00:00:00Z" }, "validUntil"],
      [{ credentialSubject: { ...subject, id: `urn:stele:subject:0x${"99".repeat(32)}` } }, "credentialSubject"],
      [{ issuer: { ...(honest["issuer"] as object), name: "Another department" } }, "issuer"],
      [{ relatedResource: [] }, "relatedResource"],
    ] as const) {
      const signed = await signCredential({ ...honest, ...change }, key, await rewards.now());
      const check = compareWithChain(rewards.suite, JSON.stringify(signed), { proved });
      await refusal(check, `field "${field}": is not what the chain says`);
    }
  });

  it("is refused of another deployment, of a campaign that is none, and of a token that is none", async () => {
    const rewards = await networkHelpers.loadFixture(world);
    const { document, proved, facts } = await badge(rewards);
    const { suite } = rewards;
    const elsewhere = { ...facts.award, contract: `0x${"12".repeat(20)}` as const };
    await refusal(standsOnChain(suite, elsewhere), "another deployment");
    const unknown = { ...facts.award, kind: "leaf" as const, campaignId: id("none") as Hex, index: 0n };
    await refusal(standsOnChain(suite, unknown), "no campaign that the chain knows");
    const token = {
      kind: "token" as const,
      chainId: facts.award.chainId,
      contract: suite.address("Awards"),
      tokenId: 9n,
    };
    await refusal(standsOnChain(suite, token), "there is no award 9");
    const moved = { ...proved, terms: { ...proved.terms, expires: 1n } };
    await refusal(compareWithChain(suite, document, { proved: moved }), "the chain has no campaign");
  });
});

describe("an issuer's statement held against the chain", () => {
  async function statement(rewards: RewardsSuite) {
    const now = await rewards.now();
    const keys = [{ did: key.did, from: now, until: 0n, compromised: false }];
    const { member } = rewards.actor("department");
    const members = rewards.suite.address("Members");
    return { chainId: 31337n, members, member, revision: 1n, time: now, until: now + 1000n, keys };
  }

  it("V7: counts of the administrator and of a delegate, and of nobody without the capability", async () => {
    const rewards = await networkHelpers.loadFixture(world);
    const says = await statement(rewards);
    for (const label of ["department", "clerk"] as const) {
      await requireStatement(rewards.suite, await signStatement(rewards.actor(label).wallet, says));
    }
    for (const label of ["institute", "stranger", "union"] as const) {
      const signed = await signStatement(rewards.actor(label).wallet, says);
      await refusal(requireStatement(rewards.suite, signed), "does not act for member");
    }
    const clerk = await signStatement(rewards.actor("clerk").wallet, says);
    await refusal(requireStatement(rewards.suite, { ...clerk, revision: 7n }), "was not signed by account");
    await refusal(requireStatement(rewards.suite, { ...clerk, chainId: 1n }), "another deployment");
  });

  it("V7: still counts of a suspended member, whose awards stay what they are", async () => {
    const rewards = await networkHelpers.loadFixture(world);
    const signed = await signStatement(rewards.actor("department").wallet, await statement(rewards));
    const registrar = rewards.suite.connect(rewards.deployed.registrar);
    await registrar.contract("Members").suspend(signed.member, ZeroHash);
    await requireStatement(rewards.suite, signed);
  });

  it("V7: counts of a contract that says it signed (ERC-1271), and of none that does not", async () => {
    const rewards = await networkHelpers.loadFixture(world);
    const deployer: JsonRpcSigner = await rewards.deployed.provider.getSigner(0);
    const puppet = (await (await testContract("Puppet", deployer)).deploy()) as Contract;
    const account = (await puppet.getAddress()) as Hex;
    const members = rewards.as("department", "Members");
    await members.nameDelegate(account, capabilities.AWARDER, 2n ** 39n);
    const accept = members.interface.encodeFunctionData("acceptDelegation", [rewards.actor("department").member]);
    await puppet.getFunction("act")(rewards.suite.address("Members"), accept);
    const says = await statement(rewards);
    const signed = { ...says, account, signature: "0x1234" as Hex };
    await refusal(requireStatement(rewards.suite, signed), "was not signed by account");
    await puppet.getFunction("approve")(
      TypedDataEncoder.hash(statementDomain(says), statementTypes, statementMessage(says)),
    );
    await requireStatement(rewards.suite, signed);
    await refusal(requireStatement(rewards.suite, { ...signed, revision: 2n }), "was not signed by account");
    for (const manner of [1n, 2n, 3n, 5n]) {
      await puppet.getFunction("setManner")(manner);
      await refusal(requireStatement(rewards.suite, signed), "was not signed by account");
    }
  });

  it("says that the network failed where it did, and not that the signer is wrong", async () => {
    const rewards = await networkHelpers.loadFixture(world);
    const signed = await signStatement(rewards.actor("clerk").wallet, await statement(rewards));
    const broken = connectSuite(
      { provider: null, call: async () => Promise.reject(new Error("no line")) },
      rewards.suite.manifest,
    );
    await refusal(requireStatement(broken, signed), "failed: no line");
  });
});
