import { existsSync } from "node:fs";

import { toHex, type Hex } from "../../common/bytes.js";
import { openCampaign } from "../campaign/campaign.js";
import type { ImportRun } from "../imports/run.js";
import { grantOfBatch } from "./by-token.js";
import { callOffCall } from "./calls.js";
import { campaignOf, numberOf, setCampaign, setNumber } from "./facts.js";
import { formerGrants, isOutstanding, proposedBefore, requireNoOther } from "./former.js";
import { batchesOf, type AwardPlan } from "./plan.js";
import { pointsOf } from "./points.js";
import type { ImportSecret } from "./secrets.js";
import { findPoints } from "./given.js";
import { findCampaign } from "./settled.js";
import type { GrantingChain, SharedTerms, Step } from "./work.js";

/** What the awards of an import share, from its parameters. */
export function sharedTermsOf(run: ImportRun): SharedTerms {
  const { type, issuer, expires, log } = run.terms.parameters;
  return {
    typeId: BigInt(String(type)),
    issuer: BigInt(String(issuer)),
    expires: BigInt(String(expires)),
    ...(log === "" ? {} : { evidenceLog: log as Hex }),
  };
}

/** Finds the campaign that an interrupted run opened. */
export async function settleCampaign(
  run: ImportRun,
  folder: string,
  { typeId, issuer }: SharedTerms,
  { suite, source }: GrantingChain,
): Promise<void> {
  if (!existsSync(folder)) return;
  const campaign = await openCampaign(folder);
  const { root, size } = campaign;
  await campaign.close();
  const found = await findCampaign(suite, source, { typeId, issuer, root: toHex(root), size });
  if (found !== undefined) setCampaign(run, found);
}

/**
 * Finds the batches that an interrupted run granted, and calls off the signatures that nobody handed in yet: else
 * whoever saw one could grant what is undone.
 * @returns what was sent for that
 */
export async function settleTokens(
  run: ImportRun,
  plan: AwardPlan,
  size: bigint,
  shared: SharedTerms,
  secret: ImportSecret,
  chain: GrantingChain,
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  const batches = batchesOf(plan.size ?? 0n, size);
  const known = await formerGrants(run, batches, shared, secret, chain);
  for (const { number, from, to } of batches) {
    chain.signal?.throwIfAborted();
    if (numberOf(run, "tokens", number) !== undefined) continue;
    const awards = plan.awards(from, to);
    const nonce = secret.nonce(number);
    const grant = grantOfBatch(awards, shared);
    const found = known.get(nonce) ?? (await proposedBefore(plan, awards, grant, number, shared, chain));
    if (found !== undefined) setNumber(run, "tokens", number, found);
    else {
      await requireNoOther(plan, nonce, chain);
      if (!(await isOutstanding(plan, nonce, chain))) continue;
      const call = callOffCall(chain.suite, nonce, `call off batch ${number + 1n}, which was signed and not granted`);
      steps.push({ what: call.label, submission: await chain.submit(call) });
    }
  }
  return steps;
}

/** Finds the points that an interrupted run gave. */
export async function settlePoints(
  run: ImportRun,
  plan: AwardPlan,
  size: bigint,
  shared: SharedTerms,
  secret: ImportSecret,
  { suite, source, signal }: GrantingChain,
): Promise<void> {
  const since = campaignOf(run)?.block ?? numberOf(run, "tokens", 0n)?.block;
  if (since === undefined || !suite.has("MeritPoints")) return;
  for (const { number, from, to } of batchesOf(plan.size ?? 0n, size)) {
    signal?.throwIfAborted();
    if (numberOf(run, "points", number) !== undefined) continue;
    const wanted = pointsOf(plan, { number, from, to }, shared, secret);
    const found = await findPoints(suite, { ...source, fromBlock: since }, wanted);
    if (found === undefined) return;
    setNumber(run, "points", number, found);
  }
}
