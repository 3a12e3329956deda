import type { Hex } from "../../common/bytes.js";
import { blockTime } from "../../chain/moment.js";
import { SteleError } from "../../common/errors.js";
import { formatInstant } from "../../common/time.js";
import type { GrantTerms } from "../awards/signing.js";
import type { ImportRun } from "../imports/run.js";
import { numberOf } from "./facts.js";
import type { AwardPlan, Batch, PlannedAward } from "./plan.js";
import type { ImportSecret } from "./secrets.js";
import { findBatch, findBatchesOfNonces, type Settled } from "./settled.js";
import type { GrantingChain, SharedTerms } from "./work.js";

/** Batches by the nonces that they were granted with. */
export type FormerGrants = ReadonlyMap<bigint, Settled<bigint>>;

/** What former runs granted by signature, of the batches whose outcome is not written down: on this machine or another. */
export async function formerGrants(
  run: ImportRun,
  batches: readonly Batch[],
  { issuer }: SharedTerms,
  secret: ImportSecret,
  { suite, source }: GrantingChain,
): Promise<FormerGrants> {
  const open = batches.filter(({ number }) => numberOf(run, "tokens", number) === undefined);
  return findBatchesOfNonces(suite, source, new Set(open.map(({ number }) => secret.nonce(number))), issuer);
}

/** The same of one batch, as the chain shows it now. */
export async function formerGrant(
  nonce: bigint,
  { issuer }: SharedTerms,
  { suite, source }: GrantingChain,
): Promise<Settled<bigint> | undefined> {
  return (await findBatchesOfNonces(suite, source, new Set([nonce]), issuer)).get(nonce);
}

/** The batch that a former run proposed, where it was granted. */
export async function proposedBefore(
  plan: AwardPlan,
  awards: readonly PlannedAward[],
  grant: GrantTerms,
  number: bigint,
  { issuer }: SharedTerms,
  { suite, source }: GrantingChain,
): Promise<Settled<bigint> | undefined> {
  const proposed = plan.fact(`proposed ${number}`);
  if (proposed === undefined) return undefined;
  const subjects = awards.map(({ subject }) => subject);
  return findBatch(suite, { ...source, fromBlock: Number(proposed) }, grant, { issuer, subjects });
}

/**
 * Refuses to grant a batch that may still be granted by what a former run left behind, or that its signer called off.
 * @throws SteleError `refused`
 */
export async function requireFree(
  plan: AwardPlan,
  number: bigint,
  nonce: bigint,
  shared: SharedTerms,
  chain: GrantingChain,
): Promise<void> {
  requireNotProposed(plan, `${number}`);
  await requireNoOther(plan, nonce, chain);
  const { suite, signer } = chain;
  if (signer === undefined || !(await suite.contract("Awards").isNonceUsed(signer.address, nonce))) return;
  if ((await formerGrant(nonce, shared, chain)) !== undefined) return; // just now: the chain refuses a second one
  const sentence = `batch ${number + 1n} of this import was called off by its signer: its nonce is used up`;
  throw new SteleError("refused", `${sentence}; undo the import, and begin it anew with --again`);
}

/** Refuses what was proposed and has not taken effect. @param what batch of tokens, or `points` and batch */
export function requireNotProposed(plan: AwardPlan, what: string): void {
  if (plan.fact(`proposed ${what}`) === undefined) return;
  throw new SteleError(
    "refused",
    "was proposed by an earlier run and has not taken effect, but still may: have that proposal executed and run the " +
      "import again; if it was thrown away for good, undo the import and begin it anew with --again",
  );
}

/** @throws SteleError `refused` while a signature of another signer's may still be handed in */
export async function requireNoOther(
  plan: AwardPlan,
  nonce: bigint,
  { suite, source, signer }: GrantingChain,
): Promise<void> {
  for (const other of plan.names("signer ").map((name) => name.slice("signer ".length) as Hex)) {
    const until = other === signer?.address ? undefined : plan.fact(`signed ${nonce} ${other}`);
    if (until === undefined || BigInt(until) < (await blockTime(source.provider))) continue;
    if (await suite.contract("Awards").isNonceUsed(other, nonce)) continue; // called off
    const sentence =
      `account ${other} signed this batch and its signature counts until ${formatInstant(BigInt(until))}; go on with ` +
      "that account, or wait until then";
    throw new SteleError("refused", sentence);
  }
}

/** Whether the present signer signed a batch that may still be handed in. */
export async function isOutstanding(
  plan: AwardPlan,
  nonce: bigint,
  { suite, source, signer }: GrantingChain,
): Promise<boolean> {
  const until = signer === undefined ? undefined : plan.fact(`signed ${nonce} ${signer.address}`);
  if (until === undefined || BigInt(until) < (await blockTime(source.provider))) return false;
  return !(await suite.contract("Awards").isNonceUsed(signer!.address, nonce));
}
