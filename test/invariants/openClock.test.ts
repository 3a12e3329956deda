import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";

import { elapsed, latestEnd, outageCapacity, outageRefillPeriod } from "../../sdk/chain/open-clock.js";
import { deployClock, REASON } from "../support/openClock.js";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;
const DAY = 86_400n;

/** Whether a transaction was mined and not refused. */
async function passes(sent: Promise<unknown>): Promise<boolean> {
  return sent.then(
    () => true,
    (error: unknown) => {
      if (!String(error).includes("OpenClock")) throw error;
      return false;
    },
  );
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

async function deployed() {
  return deployClock(ethers, networkHelpers);
}

describe("OpenClock, invariants", () => {
  it("A9: a period is over by its latest end even against a guardian that always declares what it can", async () => {
    const { clock, guardian, start, elapsedAt } = await networkHelpers.loadFixture(deployed);
    const period = 3n * DAY;
    for (let now = start; now < latestEnd(start, period); now += 2n * DAY) {
      await time.setNextBlockTimestamp(now);
      const left = await clock.budget();
      if (left > 0n) await guardian.declareOutage(left, REASON);
      else await time.increaseTo(now);
    }
    const end = latestEnd(start, period);
    const [open] = await elapsedAt(end, start);
    expect(open! >= period, `${open} of ${period}`).to.equal(true);
  });

  it("A8: answers what its twin answers, and no answer ever decreases", async () => {
    const step = fc.record({
      wait: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 40 * 86_400 })),
      act: fc.oneof(
        fc.constant({ kind: "end" as const }),
        fc.constant({ kind: "none" as const }),
        fc.record({
          kind: fc.constant("declare" as const),
          duration: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 30 * 86_400 })),
        }),
      ),
    });
    const { clock, declareAt, endAt, elapsedAt, outages, start } = await networkHelpers.loadFixture(deployed);
    const full = outageCapacity * outageRefillPeriod;
    const snapshot = await networkHelpers.takeSnapshot();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        await snapshot.restore();
        const moments = new Map<bigint, bigint>([[start, 0n]]);
        let now = start;
        let until = 0n;
        let level = full;
        for (const { wait, act } of steps) {
          now += BigInt(wait);
          level = least(full, level + BigInt(wait));
          if (act.kind === "declare") {
            const duration = BigInt(act.duration);
            const affordable = duration * outageRefillPeriod <= level;
            expect(await passes(declareAt(now, duration)), "declared").to.equal(affordable);
            if (affordable) {
              until = (until > now ? until : now) + duration;
              level -= duration * outageRefillPeriod;
            }
          } else if (act.kind === "end") {
            expect(await passes(endAt(now)), "ended").to.equal(until > now);
            if (until > now) {
              level = least(full, level + (until - now) * outageRefillPeriod);
              until = now;
            }
          }
          if (BigInt(await time.latest()) < now) await time.increaseTo(now);
          expect(await clock.budget()).to.equal(level / outageRefillPeriod);
          moments.set(now, 0n).set(now - 1n, 0n);
          const asked = [...moments.keys()];
          const declared = await outages();
          const answers = await elapsedAt(now, ...asked);
          asked.forEach((since, i) => {
            const answer = answers[i]!;
            expect(answer).to.equal(elapsed(declared, since, now));
            expect(answer >= moments.get(since)!, "an answer decreased").to.equal(true);
            moments.set(since, answer);
          });
        }
      }),
      { numRuns: 200, seed: 1 },
    );
  }).timeout(60_000);
});
