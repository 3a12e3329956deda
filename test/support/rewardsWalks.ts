import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import { expect } from "chai";
import fc from "fast-check";

import type { Eip1193 } from "../../sdk/chain/deployment/executor.js";
import { deployRewards } from "./rewards.js";
import { acts, anyAttempt } from "./rewardsModel.js";
import { RewardsWalk } from "./rewardsWalk.js";

/** Plays worlds of attempts, each from the same start, and holds chain and model against each other all the way. */
export async function walkRewards(
  provider: Eip1193,
  { takeSnapshot }: Pick<NetworkHelpers, "takeSnapshot">,
  { worlds, attempts, seed }: { readonly worlds: number; readonly attempts: number; readonly seed: number },
): Promise<void> {
  const suite = await deployRewards(provider);
  const start = await takeSnapshot();
  const done: Record<string, number> = {};
  const moved = new Set<string>();
  let compared = 0;
  for (let world = seed; world < seed + worlds; world++) {
    const walk = await RewardsWalk.open(suite, provider);
    for (const [place, attempt] of fc.sample(anyAttempt, { seed: world, numRuns: attempts }).entries()) {
      const shown = `seed ${world}, attempt ${place}: ${show(attempt)}`;
      expect(await walk.attempt(attempt), shown).to.equal(undefined);
      expect(await walk.compare(attempt.choice), shown).to.deep.equal([]);
    }
    expect(await walk.readBack(), `seed ${world}`).to.deep.equal([]);
    compared += walk.compared;
    for (const act of walk.moved) moved.add(act);
    for (const [act, count] of Object.entries(walk.done)) done[act] = (done[act] ?? 0) + count;
    await start.restore();
  }
  console.log(`      ${compared} answers compared; went through: ${show(done)}`);
  // Each kind of act has to have gone through, or the invariants were not put to the test.
  for (const act of acts) expect(done[act] ?? 0, act).to.be.greaterThan(0);
  expect([...moved]).to.deep.equal(["migrate"]);
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? `${one}` : one));
}
