import { encodeBytes32String } from "ethers";
import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";

import { replayPoints, type PointsReplay } from "../../../../sdk/rewards/awards/points.js";
import { waitingToMove } from "../../../../sdk/rewards/awards/moves.js";
import { deployAwards, claim, type AwardsSuite } from "../../../support/awards.js";
import type { ActorLabel } from "../../../support/rewards.js";

const { provider, networkHelpers } = await network.create();
const { loadFixture, time } = networkHelpers;
const deployed = async () => deployAwards(provider);
const accounts = ["ada", "ben", "cai", "dou", "fresh", "fresher"] as const;
const day = 86_400;
const reason = encodeBytes32String("decision");

function source({ deployed: { provider: ethers, suite } }: AwardsSuite) {
  return { provider: ethers, fromBlock: suite.manifest.deploymentBlock, range: 5 };
}

/** Two types, of two categories, and their ids. */
async function openScales(suite: AwardsSuite) {
  const { member } = suite.actor("department");
  const points = suite.as("department", "MeritPoints");
  await points.openScale(1, 3 * day);
  await points.openScale(4, 400 * day);
  const types = [
    await suite.publishType({ category: 1n, points: 7n }),
    await suite.publishType({ category: 4n, points: 4_000_000_000n }),
  ];
  return { points, types, ids: [await points.idFor(member, 1), await points.idFor(member, 4)] };
}

async function compare(suite: AwardsSuite, replay: PointsReplay, ids: readonly bigint[]): Promise<void> {
  const points = suite.suite.contract("MeritPoints");
  const now = await suite.now();
  for (const id of ids) {
    const { since, halfLife } = await points.scaleOf(id);
    expect(replay.scaleOf(id)).to.deep.equal({ since, halfLife });
    for (const label of accounts) {
      const { address } = suite.actor(label);
      const { lifetime, era, weight } = await points.pointsOf(address, id);
      expect(replay.pointsOf(address, id), label).to.deep.equal({ lifetime, era, weight });
      expect(replay.decayedOf(address, id, now)).to.equal(await points.decayedOf(address, id));
    }
  }
  for (const [grantId, { typeId, issuer, points: given, time: at }] of replay.grants()) {
    const stored = await points.grantOf(grantId);
    expect([typeId, issuer, given, at]).to.deep.equal([stored.typeId, stored.issuer, stored.points, stored.time]);
    for (let position = 0n; position < 3n; position++) {
      expect(replay.adjustedOf(grantId, position)).to.equal(await points.adjustedOf(grantId, position));
    }
  }
}

const people = ["ada", "ben", "cai", "dou"] as const;
const kinds = ["grant", "grant", "adjust", "adjust", "wait", "claim", "recover", "migrate"] as const;
const small = fc.nat({ max: 999 });
const act = fc.record({ kind: fc.constantFrom(...kinds), a: small, b: small, c: small });
type Act = { kind: (typeof kinds)[number]; a: number; b: number; c: number };

/** Lets acts happen; tells which the chain took. */
class History {
  readonly #given: string[][] = [];
  readonly #present = new Map<ActorLabel, ActorLabel>();

  constructor(
    readonly suite: AwardsSuite,
    readonly scales: Awaited<ReturnType<typeof openScales>>,
  ) {}

  async happen(one: Act): Promise<boolean> {
    try {
      await this.#acts[one.kind](one);
      return true;
    } catch (error) {
      if (/revert/i.test(String((error as Error).message))) return false;
      throw error;
    }
  }

  readonly #acts: Record<Act["kind"], (one: Act) => Promise<unknown>> = {
    wait: async ({ a, b }) => time.increase(1 + a * b * 40),
    grant: async ({ a, b, c }) => {
      const some = Array.from({ length: 1 + (b % 3) }, (_, i) => people[(a + i * c) % 4]!);
      const named = some.map((one) => this.suite.actor(c % 2 === 0 ? one : (this.#present.get(one) ?? one)).address);
      await this.scales.points.grant(this.scales.types[c % 2]!, named);
      this.#given.push(named);
    },
    adjust: async ({ a, b, c }) => {
      const named = this.#given[a % this.#given.length];
      if (named === undefined) return;
      const grantId = 1 + (a % this.#given.length);
      await this.scales.points.adjust(grantId, named, [b % named.length], 1 + (c % 7), reason);
    },
    claim: async () => {
      await claim(this.suite, "dou", "fresh");
      this.#present.set("dou", "fresh");
    },
    recover: async ({ a }) => {
      const label = people[a % 3]!;
      await this.suite.recover(this.suite.subject(label), "fresher", (seconds) => time.increase(seconds));
      this.#present.set(label, "fresher");
    },
    migrate: async ({ a }) => {
      await this.scales.points.migrate(this.scales.ids[a % 2]!, [this.suite.actor(people[a % 4]!).address]);
    },
  };
}

describe("a replay of points", () => {
  it("RP1: equals the chain's points, weight for weight, after grants, adjustments, claims and recoveries", async function () {
    this.timeout(240_000);
    const taken = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 50, maxLength: 50 }), async (history) => {
        const suite = await loadFixture(deployed);
        const scales = await openScales(suite);
        const { ids } = scales;
        const world = new History(suite, scales);
        for (const one of history) {
          if (await world.happen(one)) taken.set(one.kind, (taken.get(one.kind) ?? 0) + 1);
        }
        await compare(suite, await replayPoints(suite.suite, source(suite)), ids);
      }),
      { numRuns: 5, seed: 20_261_121, endOnFailure: true },
    );
    for (const kind of ["grant", "adjust", "claim", "recover", "migrate"]) {
      expect(taken.get(kind) ?? 0, kind).to.be.greaterThan(0);
    }
  });

  it("finds what waits to be moved after a claim, and nothing once it was moved", async () => {
    const suite = await loadFixture(deployed);
    const { points, types, ids } = await openScales(suite);
    const batch = await suite.grant(["ada", "dou"]);
    await points.grant(types[0]!, [suite.actor("ada").address, suite.actor("dou").address]);
    expect(await waitingToMove(suite.suite, source(suite))).to.deep.equal({ tokens: [], points: new Map() });
    await claim(suite, "dou", "fresh");
    const token = (batch << 32n) | 1n;
    const expected = { tokens: [token], points: new Map([[ids[0], [suite.actor("dou").address]]]) };
    expect(await waitingToMove(suite.suite, source(suite))).to.deep.equal(expected);
    expect(await waitingToMove(suite.suite, source(suite), suite.subject("dou"))).to.deep.equal(expected);
    const others = await waitingToMove(suite.suite, source(suite), suite.subject("ada"));
    expect(others).to.deep.equal({ tokens: [], points: new Map() });
    await suite.awards.connect(suite.actor("outsider").wallet).migrate([token]);
    await points.migrate(ids[0]!, [suite.actor("dou").address]);
    expect(await waitingToMove(suite.suite, source(suite))).to.deep.equal({ tokens: [], points: new Map() });
  });
});
