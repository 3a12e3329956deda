import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";

import type { Hex } from "../../../../sdk/common/bytes.js";
import { campaignId } from "../../../../sdk/rewards/campaign/leaf.js";
import { replayAwards, type AwardsReplay } from "../../../../sdk/rewards/awards/replay.js";
import { positionOfToken, readAward } from "../../../../sdk/rewards/awards/state.js";
import { deployAwards, tokenIn, type AwardsSuite } from "../../../support/awards.js";
import { AwardHistory, histories } from "../../../support/awardHistory.js";
import { refusal } from "../../../support/refusal.js";

const { provider, networkHelpers } = await network.create();
const { loadFixture, time } = networkHelpers;
const deployed = async () => deployAwards(provider);
const nobody = `0x${"00".repeat(20)}`;
const nothing = `0x${"00".repeat(32)}`;
const accounts = ["ada", "ben", "cai", "dou", "eva", "fresh", "fresher", "stranger"] as const;

function source({ deployed: { provider: ethers, suite } }: AwardsSuite, range = 7) {
  return { provider: ethers, fromBlock: suite.manifest.deploymentBlock, range };
}

async function compareTokens({ suite, awards }: AwardsSuite, replay: AwardsReplay): Promise<void> {
  for (const { id, owner, revoked, start, end, evidence, campaign } of replay.awards()) {
    const state = await readAward(suite, id);
    expect(owner).to.equal(state.owner);
    expect([start, end]).to.deep.equal([await awards.startTime(id), await awards.endTime(id)]);
    expect(revoked).to.equal(state.standing === "revoked");
    expect(campaign).to.equal(state.campaign);
    expect(evidence).to.deep.equal(state.evidence);
    expect(replay.admittedAs(owner)).to.equal(state.subject);
  }
}

async function compareBatches({ awards }: AwardsSuite, replay: AwardsReplay): Promise<void> {
  const batches = replay.batches();
  expect(batches.length).to.equal(Number(await awards.batchCount()));
  for (const { batch, typeId, issuer, count, revoked, evidenceLog, campaign = nothing } of batches) {
    const stored = await awards.batchOf(batch);
    const { typeId: type, issuer: member, count: size, revoked: over, evidenceLog: log } = stored;
    expect([typeId, issuer, count, revoked, evidenceLog]).to.deep.equal([type, member, size, over, log]);
    expect(campaign).to.equal(stored.campaign);
    for (let position = 0n; position < 5n; position++) {
      const exists = (await awards.awardOf(tokenIn(batch, position))).owner !== nobody;
      expect(replay.award(tokenIn(batch, position)) !== undefined).to.equal(exists);
    }
  }
}

async function compareRest(world: AwardsSuite, replay: AwardsReplay, history: AwardHistory): Promise<void> {
  const { awards, suite, actor } = world;
  for (const label of accounts) {
    const { address } = actor(label);
    expect(replay.balanceOf(address)).to.equal(await awards.balanceOf(address));
    expect(replay.admittedAs(address) ?? nothing).to.equal(await awards.admittedAs(address));
  }
  const campaigns = suite.contract("Campaigns");
  for (const { terms, leaves } of history.campaigns) {
    const id = campaignId(suite.manifest.suiteId, terms);
    for (const index of leaves.keys()) {
      expect(replay.isLeafRevoked(id, BigInt(index))).to.equal(await campaigns.isRevoked(id, index));
    }
    expect(replay.revocationsOf(id)).to.equal((await campaigns.openedOf(id)).revocations);
  }
  for (let nonce = 0n; nonce < 12n; nonce++) {
    const used = await awards.isNonceUsed(actor("clerk").address, nonce);
    expect(replay.isNonceUsed(actor("clerk").address, nonce)).to.equal(used);
  }
}

describe("a replay of awards", () => {
  it("RP1: equals the chain's state after random histories, claims, recoveries and migrations included", async function () {
    this.timeout(240_000);
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(histories(60), async (history) => {
        const suite = await loadFixture(deployed);
        const world = new AwardHistory(suite, (seconds) => time.increase(seconds));
        for (const one of history) await world.happen(one);
        const replay = await replayAwards(suite.suite, source(suite));
        await compareTokens(suite, replay);
        await compareBatches(suite, replay);
        await compareRest(suite, replay, world);
        for (const [act, count] of world.taken) seen.set(act, (seen.get(act) ?? 0) + count);
      }),
      { numRuns: 4, seed: 20_261_121, endOnFailure: true },
    );
    for (const act of ["grant", "grantSigned", "open", "materialise", "revoke", "revokeLeaf", "claim", "recover"]) {
      expect(seen.get(act) ?? 0, act).to.be.greaterThan(0);
    }
  });

  it("counts a move of an owner only where somebody migrated", async () => {
    const suite = await loadFixture(deployed);
    const batch = await suite.grant(["ada", "ben"]);
    await suite.recover(suite.subject("ada"), "fresh", (seconds) => time.increase(seconds));
    expect((await replayAwards(suite.suite, source(suite))).moves).to.equal(0);
    const state = await readAward(suite.suite, tokenIn(batch, 0));
    expect([state.owner, state.holder]).to.deep.equal([suite.actor("ada").address, suite.actor("fresh").address]);
    await suite.as("outsider", "Awards").migrate([tokenIn(batch, 0), tokenIn(batch, 1)]);
    const replay = await replayAwards(suite.suite, source(suite, 1));
    expect(replay.moves).to.equal(1);
    expect(replay.balanceOf(suite.actor("ada").address)).to.equal(0n);
    expect(replay.award(tokenIn(batch, 0))?.owner).to.equal(suite.actor("fresh").address);
  });

  it("RP2: reads an award whole, and says where there is none", async () => {
    const suite = await loadFixture(deployed);
    const batch = await suite.grant(["cai"], { expires: 2n ** 39n });
    const id = tokenIn(batch, 0);
    const { subject, standing, typeId, expires, disputed, issuer, ...rest } = await readAward(suite.suite, id);
    expect(subject).to.equal(suite.subject("cai"));
    expect([standing, typeId, expires, disputed]).to.deep.equal(["valid", suite.plainType, 2n ** 39n, false]);
    expect([issuer, rest.batch, rest.id]).to.deep.equal([suite.actor("department").member, batch, id]);
    expect("campaign" in rest || "evidence" in rest).to.equal(false);
    expect(positionOfToken(id)).to.equal(0n);
    await refusal(readAward(suite.suite, tokenIn(batch, 1)), "there is no award");
    await suite.as("department", "Awards").revoke(id, `0x${"01".repeat(32)}` as Hex);
    expect((await readAward(suite.suite, id)).standing).to.equal("revoked");
  });
});
