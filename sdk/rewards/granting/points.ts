import { givePointsCall } from "./calls.js";
import type { ImportRun } from "../imports/run.js";
import { requireNotProposed } from "./former.js";
import { numberOf, setNumber, stepOf } from "./facts.js";
import { findPoints, pointsGranted, type WantedPoints } from "./given.js";
import { batchesOf, type AwardPlan, type Batch } from "./plan.js";
import type { ImportSecret } from "./secrets.js";
import { fitting } from "./size.js";
import type { GrantingChain, SharedTerms, Step } from "./work.js";

/**
 * Gives the people of a plan the points of its type, batch by batch, after their awards were granted. What a former run
 * gave is found by its mark, from the block of the awards on.
 * @param since block in which the awards were granted
 */
export async function givePoints(
  run: ImportRun,
  plan: AwardPlan,
  size: bigint,
  shared: SharedTerms,
  secret: ImportSecret,
  since: number,
  chain: GrantingChain,
): Promise<{ readonly complete: boolean; readonly steps: readonly Step[] }> {
  const total = plan.size ?? 0n;
  const steps: Step[] = [];
  let complete = true;
  for (const { number, from, to } of batchesOf(total, size)) {
    chain.signal?.throwIfAborted();
    if (numberOf(run, "points", number) !== undefined) continue;
    const wanted = pointsOf(plan, { number, from, to }, shared, secret);
    const before = await findPoints(chain.suite, { ...chain.source, fromBlock: since }, wanted);
    if (before !== undefined) {
      setNumber(run, "points", number, before);
      continue;
    }
    if (chain.rehearsal !== true) {
      requireNotProposed(plan, `points ${number}`);
      if (chain.signer === undefined) plan.fix(`proposed points ${number}`, "");
    }
    const call = givePointsCall(chain.suite, wanted);
    const begun = number > 0n || numberOf(run, "tokens", 0n) !== undefined;
    const sent = chain.submit(call, run.keyOf(stepOf("points", number)));
    const submission = await fitting(sent, plan, begun, wanted.accounts.length);
    steps.push({ what: call.label, submission });
    if (submission.kind === "sent") {
      const value = await pointsGranted(chain.suite, chain.source, submission.hash as `0x${string}`);
      setNumber(run, "points", number, { value, block: submission.block });
    }
    complete &&= submission.kind === "sent";
    chain.onProgress?.("points", to, total);
    if (submission.kind === "simulated") break;
  }
  return { complete, steps };
}

/** The points that a batch of a plan is to give. */
export function pointsOf(
  plan: AwardPlan,
  { number, from, to }: Batch,
  { typeId, issuer }: SharedTerms,
  secret: ImportSecret,
): WantedPoints {
  const accounts = plan.awards(from, to).map(({ account }) => account);
  const proposed = plan.fact(`proposed points ${number}`) !== undefined;
  return { typeId, issuer, accounts, mark: secret.mark(number), proposed };
}
