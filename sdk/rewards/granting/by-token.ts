import { SteleError } from "../../common/errors.js";
import { isRevert } from "../../chain/errors.js";
import { blockTime } from "../../chain/moment.js";
import type { Submission } from "../../chain/governance/call.js";
import type { GrantTerms } from "../awards/signing.js";
import { noLog } from "../awards/state.js";
import { grantCall, grantSignedCall } from "./calls.js";
import type { ImportRun } from "../imports/run.js";
import { numberOf, setNumber, stepOf } from "./facts.js";
import { formerGrant, type FormerGrants, formerGrants, proposedBefore, requireFree } from "./former.js";
import { batchesOf, type AwardPlan, type Batch, type PlannedAward } from "./plan.js";
import { requireSameCut, tooLarge } from "./size.js";
import type { ImportSecret } from "./secrets.js";
import { granted } from "./settled.js";
import type { GrantingChain, SharedTerms, Step } from "./work.js";

/** Awards in one transaction, as the contract and a transaction of 128 KiB allow. */
export const mostInBatch = 1_000n;

/** How long the signature of a batch counts; an import that takes longer signs again. */
const signatureLifetime = 30n * 86_400n;

/** The grant of a batch. */
export function grantOfBatch(awards: readonly PlannedAward[], shared: SharedTerms): GrantTerms {
  const { typeId, expires, evidenceLog = noLog } = shared;
  const resting = awards.filter(({ evidence }) => evidence !== undefined);
  if (resting.length !== 0 && resting.length !== awards.length) {
    throw new SteleError("input", "some awards of a batch rest on a record and some do not", {
      place: { line: awards.find(({ evidence }) => evidence === undefined)!.line, field: "evidence" },
    });
  }
  const accounts = awards.map(({ account }) => account);
  const evidence = resting.map((award) => award.evidence!);
  return { typeId, expires, evidenceLog: resting.length === 0 ? noLog : evidenceLog, accounts, evidence };
}

/**
 * Grants a plan as tokens, a batch a transaction. A batch is signed with a nonce that follows from the import, so the
 * chain itself takes it once, whatever happened to this machine's journals and whoever runs the import beside it. An
 * account that cannot sign (a multisig) proposes plain grants, and what became of them is looked up by their accounts.
 * @param size of a batch
 */
export async function grantByToken(
  run: ImportRun,
  plan: AwardPlan,
  size: bigint,
  shared: SharedTerms,
  secret: ImportSecret,
  chain: GrantingChain,
): Promise<{ readonly complete: boolean; readonly steps: readonly Step[] }> {
  const total = plan.size ?? 0n;
  const batches = batchesOf(total, requireBatchSize(plan, size, chain));
  const known = await formerGrants(run, batches, shared, secret, chain);
  const steps: Step[] = [];
  let complete = true;
  for (const batch of batches) {
    chain.signal?.throwIfAborted();
    const step = await grantOne(run, plan, batch, batches.length, known, shared, secret, chain);
    if (step !== undefined) steps.push(step);
    complete &&= step === undefined || step.submission.kind === "sent";
    chain.onProgress?.("grant", batch.to, total);
    // A simulation of the next batch says nothing new; a proposal needs all of them.
    if (step?.submission.kind === "simulated") break;
  }
  return { complete, steps };
}

/** The size that the import began with, unless no batch of it fitted; a rehearsal begins nothing. */
export function requireBatchSize(plan: AwardPlan, size: bigint, { rehearsal }: GrantingChain): bigint {
  if (size < 1n || size > mostInBatch) {
    throw new SteleError("usage", `a batch has 1 to ${mostInBatch} awards, not ${size}`);
  }
  return BigInt(plan.fix("batch size", `${size}`, { rehearsal }));
}

async function grantOne(
  run: ImportRun,
  plan: AwardPlan,
  batch: Batch,
  count: number,
  known: FormerGrants,
  shared: SharedTerms,
  secret: ImportSecret,
  chain: GrantingChain,
): Promise<Step | undefined> {
  const { number } = batch;
  if (numberOf(run, "tokens", number) !== undefined) return undefined;
  const awards = plan.awards(batch.from, batch.to);
  const grant = grantOfBatch(awards, shared);
  const nonce = secret.nonce(number);
  const before = known.get(nonce) ?? (await proposedBefore(plan, awards, grant, number, shared, chain));
  if (before !== undefined) await requireSameCut(before.value, awards.length, chain);
  if (before !== undefined) return void setNumber(run, "tokens", number, before);
  if (chain.rehearsal !== true) await requireFree(plan, number, nonce, shared, chain);
  const label = `grant batch ${number + 1n} of ${count}: ${awards.length} awards of type ${shared.typeId}`;
  try {
    const submission = await submitGrant(run, plan, grant, number, nonce, label, chain);
    if (submission.kind === "sent") {
      const { batch: value } = await granted(chain.suite, chain.source, submission.hash as `0x${string}`);
      setNumber(run, "tokens", number, { value, block: submission.block });
    }
    return { what: label, submission };
  } catch (error) {
    // Somebody handed in the same signature, which is as good.
    const other = isRevert(error, "AwardsNonceUsed") ? await formerGrant(nonce, shared, chain) : undefined;
    if (other === undefined) throw named(tooLarge(error, plan, number > 0n, awards.length), awards);
    await requireSameCut(other.value, awards.length, chain);
    return void setNumber(run, "tokens", number, other);
  }
}

async function submitGrant(
  run: ImportRun,
  plan: AwardPlan,
  grant: GrantTerms,
  number: bigint,
  nonce: bigint,
  label: string,
  chain: GrantingChain,
): Promise<Submission> {
  const { suite, signer, source } = chain;
  const key = run.keyOf(stepOf("tokens", number));
  // A signature counts for whoever sees it, the node that simulates the call included: a rehearsal makes none.
  if (chain.rehearsal === true) return chain.submit(grantCall(suite, grant, label), key);
  if (signer === undefined) {
    plan.fix(`proposed ${number}`, `${await source.provider.getBlockNumber()}`);
    return chain.submit(grantCall(suite, grant, label), key);
  }
  const deadline = await deadlineOf(plan, chain);
  // Written down before the signature exists: it may be used whatever becomes of this process.
  plan.fix(`signer ${signer.address}`, "");
  plan.set(`signed ${nonce} ${signer.address}`, `${deadline}`);
  const signature = await signer.signGrant({ ...grant, nonce, deadline });
  const call = grantSignedCall(suite, grant, { signer: signer.address, nonce, deadline, signature }, label);
  // Another deadline, or another cut, is another call, which the chain takes only if it did not take the first.
  return chain.submit(call, `${key} of ${grant.accounts.length} until ${deadline}`);
}

/** The deadline of the import's signatures; a new one where the last is about to pass. */
async function deadlineOf(plan: AwardPlan, { source, signer }: GrantingChain): Promise<bigint> {
  const now = await blockTime(source.provider);
  for (let round = 0; ; round++) {
    const deadline = BigInt(plan.fix(`deadline ${round} of ${signer!.address}`, `${now + signatureLifetime}`));
    if (deadline > now + 3_600n) return deadline;
  }
}

/** The refusal of a whole batch because of one account, told of the line that it comes from. */
function named(error: unknown, awards: readonly PlannedAward[]): unknown {
  if (!isRevert(error, "AwardsNotASubject")) return error;
  const account = String(error.revert.args["account"]).toLowerCase();
  const award = awards.find((one) => one.account.toLowerCase() === account);
  if (award === undefined) return error;
  const sentence = `the account ${award.account} of this person is no subject's on the chain; enrol the person first`;
  return new SteleError("refused", sentence, { place: { line: award.line }, cause: error });
}
