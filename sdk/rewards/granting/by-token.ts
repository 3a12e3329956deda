import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { formatInstant } from "../../common/time.js";
import { isRevert } from "../../chain/errors.js";
import type { Submission } from "../../chain/governance/call.js";
import type { GrantTerms } from "../awards/signing.js";
import { noLog } from "../awards/state.js";
import { grantCall, grantSignedCall } from "./calls.js";
import type { ImportRun } from "../imports/run.js";
import { numberOf, setNumber, stepOf } from "./facts.js";
import { batchesOf, type AwardPlan, type Batch, type PlannedAward } from "./plan.js";
import type { ImportSecret } from "./secrets.js";
import { findBatch, findBatchOfNonce, granted, type Settled } from "./settled.js";
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
  const batches = batchesOf(total, requireBatchSize(plan, size));
  const steps: Step[] = [];
  let complete = true;
  for (const batch of batches) {
    chain.signal?.throwIfAborted();
    const step = await grantOne(run, plan, batch, batches.length, shared, secret, chain);
    if (step !== undefined) steps.push(step);
    complete &&= step === undefined || step.submission.kind === "sent";
    chain.onProgress?.("grant", batch.to, total);
    // A simulation of the next batch says nothing new; a proposal needs all of them.
    if (step?.submission.kind === "simulated") break;
  }
  return { complete, steps };
}

/** The size that the import began with. */
export function requireBatchSize(plan: AwardPlan, size: bigint): bigint {
  if (size < 1n || size > mostInBatch) {
    throw new SteleError("usage", `a batch has 1 to ${mostInBatch} awards, not ${size}`);
  }
  return BigInt(plan.fix("batch size", `${size}`));
}

async function grantOne(
  run: ImportRun,
  plan: AwardPlan,
  batch: Batch,
  count: number,
  shared: SharedTerms,
  secret: ImportSecret,
  chain: GrantingChain,
): Promise<Step | undefined> {
  const { number } = batch;
  if (numberOf(run, "tokens", number) !== undefined) return undefined;
  const awards = plan.awards(batch.from, batch.to);
  const grant = grantOfBatch(awards, shared);
  const nonce = secret.nonce(number);
  const before = await settledBefore(plan, grant, number, nonce, shared, chain);
  if (before !== undefined) return void setNumber(run, "tokens", number, before);
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
    const other = isRevert(error, "AwardsNonceUsed") ? await signedBefore(plan, nonce, chain) : undefined;
    if (other === undefined) throw named(error, awards);
    return void setNumber(run, "tokens", number, other);
  }
}

/** What a former run did, as the chain shows it. */
export async function settledBefore(
  plan: AwardPlan,
  grant: GrantTerms,
  number: bigint,
  nonce: bigint,
  { issuer }: SharedTerms,
  chain: GrantingChain,
): Promise<Settled<bigint> | undefined> {
  const signed = await signedBefore(plan, nonce, chain);
  if (signed !== undefined) return signed;
  const proposed = plan.fact(`proposed ${number}`);
  if (proposed === undefined) return undefined;
  return findBatch(chain.suite, { ...chain.source, fromBlock: Number(proposed) }, grant, issuer);
}

/**
 * The batch that a signature of this import was used for: of the present signer's, or of whoever ran the import before.
 * @throws SteleError `refused` while a signature of another signer's may still be handed in
 */
async function signedBefore(
  plan: AwardPlan,
  nonce: bigint,
  { suite, source, signer }: GrantingChain,
): Promise<Settled<bigint> | undefined> {
  const others = plan.names("signer ").map((name) => name.slice("signer ".length) as Hex);
  for (const address of new Set([...others, ...(signer === undefined ? [] : [signer.address])])) {
    const found = await findBatchOfNonce(suite, source, address, nonce);
    if (found !== undefined) return found;
  }
  const other = others.find((address) => address !== signer?.address);
  if (other === undefined || plan.fact(`signed ${nonce} ${other}`) === undefined) return undefined;
  const until = BigInt(plan.fact(`signed ${nonce} ${other}`)!);
  if (until < (await blockTime(source))) return undefined;
  const sentence =
    `account ${other} signed this batch and its signature counts until ${formatInstant(until)}; go on with that ` +
    "account, or wait until then";
  throw new SteleError("refused", sentence);
}

async function blockTime({ provider }: GrantingChain["source"]): Promise<bigint> {
  return BigInt((await provider.getBlock("latest"))?.timestamp ?? 0);
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
  // Another deadline is another call, which the chain takes only if it did not take the first.
  return chain.submit(call, `${key} until ${deadline}`);
}

/** The deadline of the import's signatures; a new one where the last is about to pass. */
async function deadlineOf(plan: AwardPlan, { source, signer }: GrantingChain): Promise<bigint> {
  const now = await blockTime(source);
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
