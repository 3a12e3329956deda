import { givePointsCall } from "./calls.js";
import type { ImportRun } from "../imports/run.js";
import { requireNotProposed } from "./former.js";
import { numberOf, setNumber, stepOf } from "./facts.js";
import { batchesOf, type AwardPlan } from "./plan.js";
import { findPoints, pointsGranted } from "./settled.js";
import { fitting } from "./size.js";
import type { GrantingChain, SharedTerms, Step } from "./work.js";

/**
 * Gives the people of a plan the points of its type, batch by batch, after their awards were granted. What a former run
 * gave is found by its accounts, from the block of the awards on.
 * @param since block in which the awards were granted
 */
export async function givePoints(
  run: ImportRun,
  plan: AwardPlan,
  size: bigint,
  shared: SharedTerms,
  since: number,
  chain: GrantingChain,
): Promise<{ readonly complete: boolean; readonly steps: readonly Step[] }> {
  const { typeId, issuer } = shared;
  const total = plan.size ?? 0n;
  const steps: Step[] = [];
  let complete = true;
  for (const { number, from, to } of batchesOf(total, size)) {
    chain.signal?.throwIfAborted();
    if (numberOf(run, "points", number) !== undefined) continue;
    const accounts = plan.awards(from, to).map(({ account }) => account);
    const before = await findPoints(chain.suite, { ...chain.source, fromBlock: since }, { typeId, issuer, accounts });
    if (before !== undefined) {
      setNumber(run, "points", number, before);
      continue;
    }
    if (chain.rehearsal !== true) {
      requireNotProposed(plan, `points ${number}`);
      if (chain.signer === undefined) plan.fix(`proposed points ${number}`, "");
    }
    const call = givePointsCall(chain.suite, typeId, accounts);
    const begun = number > 0n || numberOf(run, "tokens", 0n) !== undefined;
    const sent = chain.submit(call, run.keyOf(stepOf("points", number)));
    const submission = await fitting(sent, plan, begun, accounts.length);
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
