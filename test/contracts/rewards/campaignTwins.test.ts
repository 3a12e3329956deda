import { expect } from "chai";
import fc from "fast-check";
import { id, ZeroHash } from "ethers";
import { network } from "hardhat";

import { fromHex, type Hex, toHex } from "../../../sdk/common/bytes.js";
import { leafHash } from "../../../sdk/proof/merkle.js";
import {
  type AwardLeaf,
  campaignId,
  type CampaignTerms,
  encodeLeaf,
  leafStruct,
} from "../../../sdk/rewards/campaign/leaf.js";
import { campaignProof, verifyCampaignProof } from "../../../sdk/rewards/campaign/proof.js";
import { campaignStanding, type Evidence, standings } from "../../../sdk/rewards/standing.js";
import type { ICampaigns } from "../../../typechain-types/index.js";
import { load, type TestLog } from "../../support/desk.js";
import { ReferenceTree } from "../../support/referenceTree.js";
import { deployRewards, type RewardsSuite } from "../../support/rewards.js";

const { provider, networkHelpers } = await network.create();
const SIZE = 12;
/** Its records: 0 stands, 1 is disputed, 2 is withdrawn, 3 is corrected by 4; there is no 5. */
const RECORDS = 5n;

interface World extends RewardsSuite {
  readonly logs: TestLog[];
  readonly campaigns: readonly {
    readonly terms: CampaignTerms;
    readonly tree: ReferenceTree;
    readonly leaves: readonly AwardLeaf[];
  }[];
  readonly needing: bigint;
}

async function fixture(): Promise<World> {
  const world = await deployRewards(provider);
  const log = await world.openLog("department", "unit-1");
  for (let i = 0; i < RECORDS; i++) await log.add(i === 1 ? { disputeAddress: world.actor("ada").address } : {});
  await log.anchor();
  const desk = world.as("department", "RecordDesk");
  const byAddress = { subject: ZeroHash, salt: ZeroHash, deadline: 0n, signature: "0x" };
  await world.as("ada", "RecordDesk").dispute(log.shown(1n), byAddress, id("wrong"), ZeroHash);
  await desk.withdraw(log.logId, 2n, id("reason"));
  await desk.correct(log.shown(3n), log.shown(4n), []);

  const [free, needing] = [await world.publishType(), await world.publishType({ needsEvidence: true })];
  const own = world.as("department", "Campaigns");
  const now = await world.now();
  const campaigns = [];
  for (const [typeId, expires, size] of [
    [free, 0n, SIZE],
    [needing, now + 5_000n, SIZE],
    [needing, 0n, 1],
    [free, now + 9_000n, 7],
  ] as const) {
    const leaves = Array.from({ length: size }, (_, i): AwardLeaf => leafOf(i, Number(typeId), log.logId));
    const tree = new ReferenceTree(leaves.map((leaf) => leafHash(encodeLeaf(leaf))));
    const terms = { root: toHex(tree.root()), size: BigInt(size), typeId, issuer: 1n, expires };
    await own.open(terms.root, terms.size, expires, typeId);
    campaigns.push({ terms, tree, leaves });
  }
  await own.revokeLeaf(campaigns[0]!.terms, 3n, ZeroHash);
  await own.revokeLeaf(campaigns[1]!.terms, 0n, ZeroHash);
  await own.revokeCampaign(campaigns[3]!.terms, ZeroHash);
  return { ...world, logs: [log], campaigns, needing };
}

/** Award `i`: on a record that stands, is disputed, ended or not there, of a log that is not there, or on none. */
function leafOf(i: number, type: number, logId: string): AwardLeaf {
  const bytes = (what: string) => fromHex(id(`${what} ${i} of type ${type}`));
  const evidence =
    i % 7 === 6
      ? {}
      : { evidence: { logId: fromHex(i % 7 === 5 ? id("nowhere") : logId), index: i % 7 === 4 ? 5n : BigInt(i % 7) } };
  return {
    subject: bytes("subject"),
    ...evidence,
    ...(i % 2 === 0 ? { content: bytes("content") } : {}),
    salt: bytes("salt"),
  };
}

/** What the chain has been told, for the twin: from the model alone. */
function evidenceOf({ logs: [log] }: World, leaf: AwardLeaf): Evidence | undefined {
  if (leaf.evidence === undefined) return undefined;
  const { logId, index } = leaf.evidence;
  const known = toHex(logId) === log!.logId;
  return {
    ...(known ? { size: RECORDS } : {}),
    index,
    over: known && (index === 2n || index === 3n),
    disputed: known && index === 1n,
  };
}

/** One question: a campaign, a place, somebody's leaf for it, and what was done to the path. */
const question = fc.record({
  campaign: fc.nat(3),
  index: fc.nat(SIZE),
  leaf: fc.nat(SIZE - 1),
  own: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  path: fc.oneof(
    { weight: 6, arbitrary: fc.constant("right" as const) },
    { weight: 1, arbitrary: fc.constantFrom("short" as const, "long" as const, "other" as const) },
  ),
  known: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
});
type Question = typeof question extends fc.Arbitrary<infer T> ? T : never;

describe("Campaigns and their twins", () => {
  let world: World;
  let own: ICampaigns;

  before(async () => {
    world = await load(networkHelpers, fixture);
    own = world.suite.contract("Campaigns");
  });

  function pose({ campaign, index, leaf: other, own: mine, path, known }: Question) {
    const { terms, tree, leaves } = world.campaigns[campaign]!;
    const leaf = leaves[(mine ? index : other) % leaves.length]!;
    const right = index < leaves.length ? tree.inclusionProof(index) : [];
    const inclusion =
      path === "right"
        ? right
        : path === "short"
          ? right.slice(1)
          : path === "long"
            ? [...right, leaf.salt]
            : right.map(() => leaf.salt);
    const asked = known ? terms : { ...terms, expires: terms.expires + 1n };
    const proof = campaignProof(asked, BigInt(index), leaf, inclusion);
    const included = holds(() => verifyCampaignProof(proof, asked));
    return { asked, leaf, index: BigInt(index), inclusion, included, opened: known, campaign };
  }

  it("RC9: give equal standings, in 3,000 random cases before and after expiries", async () => {
    let told = 0;
    const seen = new Set<string>();
    for (const round of [0, 1, 2]) {
      if (round > 0) await networkHelpers.time.increase(4_600);
      const now = await world.now();
      const questions = fc.sample(question, { numRuns: 1_000, seed: 20_260_101 + round });
      for (const one of questions) {
        const { asked, leaf, index, inclusion, included, opened, campaign } = pose(one);
        const evidence = evidenceOf(world, leaf);
        const revoked = campaign === 3 || (campaign === 0 && index === 3n) || (campaign === 1 && index === 0n);
        const facts = { opened, needsEvidence: asked.typeId === world.needing, included, revoked };
        const twin = campaignStanding(asked, evidence === undefined ? facts : { ...facts, evidence }, now);
        const [standing, disputed] = await own.standingOf(asked, leafStruct(leaf), index, inclusion.map(toHex));
        expect(
          { standing: standings[Number(standing)], disputed },
          `seed ${20_260_101 + round}: ${JSON.stringify(one)}`,
        ).to.deep.equal(twin);
        seen.add(`${twin.standing} ${twin.disputed}`);
        told++;
      }
    }
    expect(told).to.equal(3_000);
    expect([...seen].sort()).to.deep.equal([
      "expired false",
      "expired true",
      "none false",
      "revoked false",
      "revoked true",
      "unsupported false",
      "valid false",
      "valid true",
    ]);
  });

  it("RC9: give equal ids and leaf hashes, in hundreds of random cases", async () => {
    const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((bytes) => bytes.some((byte) => byte !== 0));
    const random = fc.record({
      root: bytes32,
      size: fc.bigInt(0n, 2n ** 64n - 1n),
      typeId: fc.bigInt(0n, 2n ** 32n - 1n),
      issuer: fc.bigInt(0n, 2n ** 32n - 1n),
      expires: fc.bigInt(0n, 2n ** 40n - 1n),
    });
    const { suiteId } = world.suite.manifest;
    for (const { root, ...rest } of fc.sample(random, { numRuns: 500, seed: 7 })) {
      const terms = { root: toHex(root), ...rest };
      expect(await own.campaignIdFor(terms)).to.equal(campaignId(suiteId as Hex, terms));
    }
    // A tree of one leaf has its hash as root, so the chain says whether it computes the same.
    const leaves = fc.record(
      {
        subject: bytes32,
        evidence: fc.record({ logId: bytes32, index: fc.bigInt(0n, 2n ** 64n - 1n) }),
        content: bytes32,
        salt: bytes32,
      },
      { requiredKeys: ["subject", "salt"] },
    );
    const department = world.as("department", "Campaigns");
    for (const leaf of fc.sample(leaves, { numRuns: 150, seed: 8 })) {
      const terms = { root: toHex(leafHash(encodeLeaf(leaf))), size: 1n, typeId: 1n, issuer: 1n, expires: 0n };
      await department.open(terms.root, 1n, 0n, 1n);
      const [standing] = await own.standingOf(terms, leafStruct(leaf), 0n, []);
      expect(standings[Number(standing)]).to.equal(leaf.evidence === undefined ? "valid" : "unsupported");
    }
  });
});

function holds(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
