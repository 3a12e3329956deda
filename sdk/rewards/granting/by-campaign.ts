import { blockTime } from "../../chain/moment.js";
import { fromHex, toHex, type Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { createCampaign, type FiledAward } from "../campaign/campaign.js";
import type { CampaignTerms } from "../campaign/leaf.js";
import { openCampaignCall } from "./calls.js";
import { contentCommitment, encodeOpening } from "./content.js";
import { campaignOf, setCampaign } from "./facts.js";
import type { ImportRun } from "../imports/run.js";
import type { AwardPlan, PlannedAward } from "./plan.js";
import type { ImportSecret } from "./secrets.js";
import { findCampaign, type Settled } from "./settled.js";
import type { GrantingChain, SharedTerms, Step } from "./work.js";

/** The leaf of a planned award, and what opens its content. */
export function leafOf(award: PlannedAward, secret: ImportSecret, evidenceLog?: Uint8Array): FiledAward {
  const subject = fromHex(award.subject, 32);
  const secrets = secret.leaf(award.position, subject);
  const { evidence, content } = award;
  const opening = { content, secret: secrets.content };
  return {
    subject,
    ...(evidence === undefined || evidenceLog === undefined
      ? {}
      : { evidence: { logId: evidenceLog, index: evidence } }),
    content: contentCommitment(opening),
    salt: secrets.salt,
    opening: encodeOpening(opening),
  };
}

/** The leaves of a plan, in order. */
export function* leavesOf(plan: AwardPlan, secret: ImportSecret, evidenceLog?: Hex): Generator<FiledAward> {
  const logId = evidenceLog === undefined ? undefined : fromHex(evidenceLog, 32);
  for (const award of plan.all()) yield leafOf(award, secret, logId);
}

/**
 * Grants a plan by one root: makes the campaign's folder, and opens the campaign on chain unless that happened before.
 * Killed at any point it can be called again: the same plan gives the same leaves, root and folder.
 * @returns the campaign, unless it was only simulated or proposed
 */
export async function grantByCampaign(
  folder: string,
  run: ImportRun,
  plan: AwardPlan,
  shared: SharedTerms,
  secret: ImportSecret,
  chain: GrantingChain,
): Promise<{ readonly settled?: Settled<CampaignTerms>; readonly steps: readonly Step[] }> {
  const { typeId, issuer, expires, evidenceLog } = shared;
  const { root, size } = await madeCampaign(folder, plan, secret, evidenceLog, chain);
  const done = campaignOf(run) ?? (await findCampaign(chain.suite, chain.source, { typeId, issuer, root, size }));
  if (done !== undefined) {
    setCampaign(run, done);
    return { settled: done, steps: [] };
  }
  const until = expires === 0n ? await expiryOf(plan, typeId, chain) : expires;
  const call = openCampaignCall(chain.suite, { typeId, root, size, expires: until });
  const submission = await chain.submit(call, run.keyOf("campaign"));
  const steps = [{ what: call.label, submission }];
  if (submission.kind !== "sent") return { steps };
  const found = await findCampaign(
    chain.suite,
    { ...chain.source, fromBlock: submission.block },
    { typeId, issuer, root, size },
  );
  if (found === undefined)
    throw new SteleError("network", `the node does not show the campaign of ${submission.hash} yet; try again`);
  setCampaign(run, found);
  return { settled: found, steps };
}

async function madeCampaign(
  folder: string,
  plan: AwardPlan,
  secret: ImportSecret,
  evidenceLog: Hex | undefined,
  { signal, onProgress }: GrantingChain,
): Promise<{ readonly root: Hex; readonly size: bigint }> {
  const total = plan.size ?? 0n;
  const campaign = await createCampaign(folder, leavesOf(plan, secret, evidenceLog), {
    signal,
    onProgress: (done: bigint) => onProgress?.("leaves", done, total),
  });
  try {
    return { root: toHex(campaign.root), size: campaign.size };
  } finally {
    await campaign.close();
  }
}

/** The end that the type gives, fixed once: the campaign's id commits to it, and a repeated call must be the same. */
async function expiryOf(plan: AwardPlan, typeId: bigint, chain: GrantingChain): Promise<bigint> {
  const { suite, source, rehearsal } = chain;
  const { validity } = await suite.contract("Campaigns").awardTypeOf(typeId);
  if (validity === 0n) return 0n;
  const now = await blockTime(source.provider);
  return BigInt(plan.fix("expires", `${now + validity}`, { rehearsal }));
}
