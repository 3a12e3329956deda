import { existsSync } from "node:fs";

import { toHex, type Hex } from "../../common/bytes.js";
import { openCampaign } from "../campaign/campaign.js";
import type { ImportRun } from "../imports/run.js";
import { grantOfBatch, settledBefore } from "./by-token.js";
import { campaignOf, numberOf, setCampaign, setNumber } from "./facts.js";
import { batchesOf, type AwardPlan } from "./plan.js";
import type { ImportSecret } from "./secrets.js";
import { findCampaign, findPoints } from "./settled.js";
import type { GrantingChain, SharedTerms } from "./work.js";

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

/** Finds the batches that an interrupted run granted. */
export async function settleTokens(
  run: ImportRun,
  plan: AwardPlan,
  size: bigint,
  shared: SharedTerms,
  secret: ImportSecret,
  chain: GrantingChain,
): Promise<void> {
  for (const { number, from, to } of batchesOf(plan.size ?? 0n, size)) {
    chain.signal?.throwIfAborted();
    if (numberOf(run, "tokens", number) !== undefined) continue;
    const grant = grantOfBatch(plan.awards(from, to), shared);
    const found = await settledBefore(plan, grant, number, secret.nonce(number), shared, chain);
    if (found === undefined) return; // batches are granted in order
    setNumber(run, "tokens", number, found);
  }
}

/** Finds the points that an interrupted run gave. */
export async function settlePoints(
  run: ImportRun,
  plan: AwardPlan,
  size: bigint,
  { typeId, issuer }: SharedTerms,
  { suite, source, signal }: GrantingChain,
): Promise<void> {
  const since = campaignOf(run)?.block ?? numberOf(run, "tokens", 0n)?.block;
  if (since === undefined || !suite.has("MeritPoints")) return;
  for (const { number, from, to } of batchesOf(plan.size ?? 0n, size)) {
    signal?.throwIfAborted();
    if (numberOf(run, "points", number) !== undefined) continue;
    const accounts = plan.awards(from, to).map(({ account }) => account);
    const found = await findPoints(suite, { ...source, fromBlock: since }, { typeId, issuer, accounts });
    if (found === undefined) return;
    setNumber(run, "points", number, found);
  }
}
