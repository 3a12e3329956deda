import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";

import { campaignId } from "../../../../sdk/rewards/campaign/leaf.js";
import { readAward } from "../../../../sdk/rewards/awards/state.js";
import { StatusPlaces } from "../../../../sdk/rewards/credentials/places.js";
import { readIssuerStatus, type IssuerStatus } from "../../../../sdk/rewards/credentials/status.js";
import { AwardHistory, histories } from "../../../support/awardHistory.js";
import { deployAwards, tokenIn, type AwardsSuite } from "../../../support/awards.js";

const { provider, networkHelpers } = await network.create();
const deployed = async () => deployAwards(provider);
const places = new StatusPlaces(new Uint8Array(32).fill(3));

const sourceOf = ({ deployed: { provider: ethers, suite } }: AwardsSuite) => ({
  provider: ethers,
  fromBlock: suite.manifest.deploymentBlock,
  range: 7,
});

/** Every award of the department with what its list and what the chain say of it. */
async function* compared(suite: AwardsSuite, history: AwardHistory, status: IssuerStatus) {
  const revoked = new Set(status.revokedIn(0n, places));
  const listed = (of: bigint | `0x${string}`, offset: bigint) =>
    revoked.has(places.place(status.layout.position(of, offset)).index);
  const batches = await suite.awards.batchCount();
  for (let batch = 1n; batch <= batches; batch++) {
    const { count } = await suite.awards.batchOf(batch);
    for (let at = 0n; at < count; at++) {
      const { standing } = await readAward(suite.suite, tokenIn(batch, at));
      yield { listed: listed(batch, at), chain: standing === "revoked" };
    }
  }
  const campaigns = suite.suite.contract("Campaigns");
  for (const { terms, leaves } of history.campaigns) {
    const id = campaignId(suite.suite.manifest.suiteId, terms);
    // Two histories of one seed may open the same campaign twice; the second is refused, and noted here all the same.
    for (const index of leaves.keys()) {
      yield { listed: listed(id, BigInt(index)), chain: await campaigns.isRevoked(id, index) };
    }
  }
}

describe("the status of an issuer's awards", () => {
  it("V3: says revoked of exactly what the chain has revoked, after random histories", async function () {
    this.timeout(240_000);
    let [awards, revoked] = [0, 0];
    await fc.assert(
      fc.asyncProperty(histories(50), async (happenings) => {
        const suite = await networkHelpers.loadFixture(deployed);
        const history = new AwardHistory(suite, (seconds) => networkHelpers.time.increase(seconds));
        for (const one of happenings) await history.happen(one);
        const status = await readIssuerStatus(suite.suite, suite.actor("department").member, sourceOf(suite));
        for await (const { listed, chain } of compared(suite, history, status)) {
          expect(listed).to.equal(chain);
          awards++;
          if (chain) revoked++;
        }
      }),
      { numRuns: 4, seed: 20_261_122, endOnFailure: true },
    );
    expect(awards).to.be.greaterThan(40);
    expect(revoked).to.be.within(3, awards - 3);
  });

  it("V11: has nothing of another issuer, whose revocations change none of its lists", async () => {
    const suite = await networkHelpers.loadFixture(deployed);
    await suite.grant(["ada", "ben"]);
    const typeId = await suite.publishType({}, "institute");
    const eva = suite.actor("eva").address;
    const grant = { ...suite.grantOf(["eva"]), accounts: [eva], typeId };
    await suite.as("institute", "Awards").grant(grant);
    await suite.as("institute", "Awards").revokeBatch(2n, `0x${"01".repeat(32)}`);
    const read = (label: "department" | "institute") =>
      readIssuerStatus(suite.suite, suite.actor(label).member, sourceOf(suite));
    const [own, other] = [await read("department"), await read("institute")];
    expect([own.layout.total, other.layout.total]).to.deep.equal([2n, 1n]);
    expect([...own.revokedIn(0n, places)]).to.deep.equal([]);
    expect([...other.revokedIn(0n, places)]).to.deep.equal([places.place(0n).index]);
    expect([...other.revokedIn(1n, places)]).to.deep.equal([]);
    expect(own.time).to.equal(await suite.now());
  });
});
