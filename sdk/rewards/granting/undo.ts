import { toBeHex, zeroPadValue } from "ethers";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { logsInRanges } from "../../chain/governance/logs.js";
import { campaignId } from "../campaign/leaf.js";
import { adjustPointsCall, standingCall } from "./calls.js";
import { findImport, type ImportRun } from "../imports/run.js";
import { mostInBatch } from "./by-token.js";
import { campaignFolder, planFile } from "./import.js";
import { ImportSecret } from "./secrets.js";
import { settleCampaign, settlePoints, settleTokens, sharedTermsOf } from "./settling.js";
import { campaignOf, campaignStep, numberOf } from "./facts.js";
import { AwardPlan } from "./plan.js";
import type { GrantingChain, Step } from "./work.js";

/** Accounts whose points one transaction takes back: each costs about 40,000 gas. */
const adjustedAtOnce = 250;

/** Which import is undone, and why. */
export interface Undoing {
  /** Where imports are kept. */
  readonly folder: string;
  readonly id: Hex;
  /** Of the roster. */
  readonly key: Uint8Array;
  /** Code of the published list. */
  readonly reason: Hex;
  /** Says what would be done, and leaves the journal alone. */
  readonly dryRun?: boolean;
}

/**
 * Undoes an import: revokes its campaign or batches and takes its points back, with a reason. Nothing is deleted: the
 * chain shows that it was granted and that it was revoked. What is undone already is passed over, so it can be repeated
 * until it is through. An import that was interrupted is settled first: what of it did reach the chain is undone too.
 * @throws SteleError `missing` where there is no such import, `refused` where it is undone already
 */
export async function undoImport(
  { folder, id, key, reason, dryRun = false }: Undoing,
  chain: GrantingChain,
): Promise<{ readonly complete: boolean; readonly steps: readonly Step[] }> {
  const run = await findImport(folder, id);
  try {
    const plan = AwardPlan.openExisting(planFile(folder, id));
    try {
      const secret = new ImportSecret(key, id);
      const settling = run.state === "open" ? await settle(run, plan, folder, secret, chain) : [];
      if (!dryRun) run.undo();
      const steps = [...settling, ...(await undoGrants(run, plan, reason, chain, dryRun))];
      const complete = !dryRun && steps.every(({ submission }) => submission.kind === "sent");
      if (complete) run.finishUndo();
      return { complete, steps };
    } finally {
      plan.close();
    }
  } finally {
    run.close();
  }
}

async function undoGrants(
  run: ImportRun,
  plan: AwardPlan,
  reason: Hex,
  chain: GrantingChain,
  dryRun: boolean,
): Promise<readonly Step[]> {
  const size = BigInt(plan.fact("batch size") ?? mostInBatch);
  const steps = Array.from(run.steps());
  const made: Step[] = [];
  for (const [done, { step, undone }] of steps.entries()) {
    chain.signal?.throwIfAborted();
    if (undone) continue;
    const some = await undoStep(run, step, plan, size, reason, chain);
    made.push(...some);
    if (!dryRun && some.every(({ submission }) => submission.kind === "sent")) run.markUndone(step);
    chain.onProgress?.("undo", BigInt(done + 1), BigInt(steps.length));
  }
  return made;
}

/** Writes down what an interrupted import did and could not write down any more. */
async function settle(
  run: ImportRun,
  plan: AwardPlan,
  folder: string,
  secret: ImportSecret,
  chain: GrantingChain,
): Promise<readonly Step[]> {
  const shared = sharedTermsOf(run);
  const size = plan.fact("batch size");
  if (plan.size === undefined || size === undefined) return [];
  let steps: readonly Step[] = [];
  if (run.terms.parameters["way"] === "campaign") {
    if (campaignOf(run) === undefined) await settleCampaign(run, campaignFolder(folder, run.id), shared, chain);
  } else {
    steps = await settleTokens(run, plan, BigInt(size), shared, secret, chain);
  }
  await settlePoints(run, plan, BigInt(size), shared, secret, chain);
  return steps;
}

async function undoStep(
  run: ImportRun,
  step: string,
  plan: AwardPlan,
  size: bigint,
  reason: Hex,
  chain: GrantingChain,
): Promise<Step[]> {
  const campaign = step === campaignStep ? campaignOf(run) : undefined;
  if (campaign !== undefined) return revokeCampaign(campaign.value, reason, chain);
  const [kind, digits] = step.split(" ") as ["tokens" | "points", string];
  const number = BigInt(digits);
  const settled = numberOf(run, kind, number)!;
  if (kind === "tokens") return revokeBatch(settled.value, reason, chain);
  const accounts = plan.awards(number * size, (number + 1n) * size).map(({ account }) => account);
  return takeBack(settled.value, settled.block, accounts, reason, chain);
}

async function revokeCampaign(
  terms: Parameters<typeof campaignId>[1],
  reason: Hex,
  { suite, submit }: GrantingChain,
): Promise<Step[]> {
  const id = campaignId(suite.manifest.suiteId, terms);
  if ((await suite.contract("Campaigns").openedOf(id)).revoked) return [];
  const call = standingCall(suite, "revoke", { kind: "campaign", terms }, reason);
  return [{ what: call.label, submission: await submit(call) }];
}

async function revokeBatch(batch: bigint, reason: Hex, { suite, submit }: GrantingChain): Promise<Step[]> {
  if ((await suite.contract("Awards").batchOf(batch)).revoked) return [];
  const call = standingCall(suite, "revoke", { kind: "batch", batch }, reason);
  return [{ what: call.label, submission: await submit(call) }];
}

/** Takes back what a grant of points gave and no adjustment took yet. */
async function takeBack(
  grantId: bigint,
  block: number,
  accounts: readonly Hex[],
  reason: Hex,
  chain: GrantingChain,
): Promise<Step[]> {
  const { suite } = chain;
  const { points: given } = await suite.contract("MeritPoints").grantOf(grantId);
  if (given === 0n) throw new SteleError("network", `the node does not show grant ${grantId} of points; try again`);
  const taken = await adjustments(grantId, block, chain);
  const byLeft = new Map<bigint, bigint[]>();
  for (let position = 0n; position < BigInt(accounts.length); position++) {
    const left = given - (taken.get(position) ?? 0n);
    if (left > 0n) byLeft.set(left, [...(byLeft.get(left) ?? []), position]);
  }
  const steps: Step[] = [];
  for (const [left, positions] of byLeft) {
    for (let at = 0; at < positions.length; at += adjustedAtOnce) {
      const some = positions.slice(at, at + adjustedAtOnce);
      const call = adjustPointsCall(suite, grantId, accounts, some, left, reason);
      steps.push({ what: call.label, submission: await chain.submit(call) });
    }
  }
  return steps;
}

/** What was taken back from each position of a grant. */
async function adjustments(
  grantId: bigint,
  block: number,
  { suite, source }: GrantingChain,
): Promise<Map<bigint, bigint>> {
  const abi = suite.contract("MeritPoints").interface;
  const topic = abi.getEvent("PointsAdjusted").topicHash;
  const taken = new Map<bigint, bigint>();
  const from = { ...source, fromBlock: block };
  const indexed = [zeroPadValue(toBeHex(grantId), 32)];
  for await (const log of logsInRanges(from, [suite.address("MeritPoints")], [topic], indexed)) {
    const { position, points } = abi.parseLog(log)!.args.toObject() as { position: bigint; points: bigint };
    taken.set(position, (taken.get(position) ?? 0n) + points);
  }
  return taken;
}
