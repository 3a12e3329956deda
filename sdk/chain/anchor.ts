import { equal, toHex, type Hex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import type { Log } from "../log/log.js";
import type { Mirror } from "../log/mirror.js";
import type { LogView } from "../log/view.js";
import type { Witness } from "../log/witness.js";
import { readUnverified, signCheckpointNote, suiteOrigin } from "../proof/checkpoint.js";
import type { NoteSigner } from "../proof/note.js";
import {
  collect,
  encoded,
  encodedProof,
  requireNamed,
  witnessedSize,
  type CosignedHead,
  type Cosigners,
} from "./cosigners.js";
import { isRevert } from "./errors.js";
import type { Outcome } from "./intent.js";
import { readLogState, type LogState } from "./log-state.js";
import { reading } from "./reading.js";
import type { Sender } from "./sender.js";
import type { Suite } from "./suite.js";
import { pause } from "./transport.js";

/** A log as anchoring needs it: an open {@link Log}, or a {@link LogView} whose writer publishes. */
export type AnchorableLog = Pick<
  LogView,
  "origin" | "entries" | "rootAt" | "consistencyProof" | "published" | "storedHead"
> &
  Partial<Pick<Log, "publish">>;

export interface AnchorOptions {
  readonly log: AnchorableLog;
  readonly logId: Hex;
  readonly suite: Suite;
  /** Of an account of the owner's member. */
  readonly sender: Sender;
  /** Sign the log's checkpoints: the checkpoint key (`eip712NoteSigner`), and an Ed25519 key if the log has one. */
  readonly signers: readonly NoteSigner[];
  readonly witnesses?: readonly Witness[];
  readonly mirrors?: readonly Mirror[];
  /** Waits for the allowance where the log outgrew it; otherwise one step is taken and the rest is reported as left. */
  readonly wait?: boolean;
  /** Seconds between two looks while waiting; 1 unless said. */
  readonly pollingInterval?: number;
  readonly signal?: AbortSignal | undefined;
  /** Entries anchored by this call, and all that are to be. */
  readonly onProgress?: (done: bigint, total: bigint) => void;
}

/** What anchoring came to. */
export interface Anchored {
  /** Size of the chain's head before and after, whoever moved it. */
  readonly from: bigint;
  readonly to: bigint;
  /** Published entries that are not anchored yet, because the log outgrew its allowance. */
  readonly left: bigint;
  /** Heads that this call put on the chain. */
  readonly steps: number;
  readonly txs: readonly Outcome[];
}

/**
 * Brings the chain's head of a log up to the log: publishes a checkpoint, proves that it extends the chain's head,
 * collects the signatures that the policy asks for, and advances, in as many steps as the allowance takes. Killed at
 * any point, it can simply be called again; beside another process that anchors the same log, it goes on from the head
 * that the other one set.
 * @throws SteleError `corrupt` where the log here is not the one that the chain knows
 */
export async function anchor(options: AnchorOptions): Promise<Anchored> {
  const { log, logId, suite, sender, signal } = options;
  await requireOrigin(options);
  // What a former process sent decides first: its advance may be on its way.
  await sender.idle({ signal });
  let state = await readOwn(suite, log, logId);
  const from = state.size;
  const cosigners = await cosignersOf(options, state);
  let plan = await planFor(options, cosigners, state);
  const until = plan.size;
  const txs: Outcome[] = [];
  for (let stale = 0; state.size < until;) {
    signal?.throwIfAborted();
    const target = await nextTarget(options, state, plan);
    if (target === undefined) break;
    const outcome = await advance(options, cosigners, state, target, plan);
    if (outcome !== undefined) txs.push(outcome);
    const now = await readOwn(suite, log, logId);
    stale = outcome === undefined && now.size === state.size ? stale + 1 : 0;
    if (stale === 5) throw new SteleError("network", `the node does not show the head that log ${logId} has`);
    state = now;
    options.onProgress?.(state.size - from, until - from);
    if (options.wait !== true && outcome !== undefined) break;
    plan = await planFor(options, cosigners, state);
  }
  const left = until > state.size ? until - state.size : 0n;
  return { from, to: state.size, left, steps: txs.length, txs };
}

/** A log is anchored under the name that its id gives it, so that a checkpoint of another log can never be meant. */
export async function requireOrigin({
  log,
  logId,
  suite,
}: Pick<AnchorOptions, "log" | "logId" | "suite">): Promise<void> {
  const expected = suiteOrigin(suite.manifest.chainId, logId);
  if (log.origin === expected) return;
  throw new SteleError("usage", `the log here is ${log.origin}, and log ${logId} of the chain is ${expected}`);
}

/**
 * The chain's state of a log, once the log here is seen to extend it.
 * @throws SteleError `corrupt`
 */
export async function readOwn(suite: Suite, log: AnchorableLog, logId: Hex): Promise<LogState> {
  const state = await readLogState(suite, logId);
  if (state.status === "frozen") {
    throw new SteleError("refused", `log ${logId} is frozen; its supervisor can open a successor`);
  }
  const { size } = await log.storedHead();
  if (size < state.size) {
    const sentence = `the chain knows ${state.size} entries of log ${logId}, and the log here has only ${size}`;
    throw new SteleError("corrupt", `${sentence}; restore it from a mirror before anything is added`);
  }
  if (state.size > 0n && !equal(await log.rootAt(state.size), state.root)) {
    const sentence = `the log here has another root at ${state.size} than the chain knows of log ${logId}`;
    throw new SteleError("corrupt", `${sentence} (a split view); do not publish it, restore it from a mirror`);
  }
  return state;
}

/** What is to be anchored: the newest published head. */
interface Goal {
  readonly size: bigint;
  readonly checkpoint: string;
  /** The largest head that a witness signed: the next one cannot be smaller. */
  readonly floor: bigint;
}

/** Finds the goal; publishes the present head where the log is open for writing. */
async function planFor(options: AnchorOptions, cosigners: Cosigners, state: LogState): Promise<Goal> {
  const { log, logId, signers, signal } = options;
  // Asked before the log, so that a head which another process of this log publishes meanwhile is not held against it.
  const floor = await witnessedSize(cosigners, logId);
  const { size: stored } = await log.storedHead();
  if (floor > stored) {
    const sentence = `a witness signed ${floor} entries of log ${logId}, and the log here has only ${stored}`;
    throw new SteleError("corrupt", `${sentence}; restore it from a mirror before anything is added`);
  }
  const none = { size: state.size, checkpoint: "", floor };
  if (stored <= state.size) return none;
  requireNamed(cosigners); // before anything is published
  const work = signal === undefined ? {} : { signal };
  const checkpoint = log.publish === undefined ? await log.published() : await log.publish(signers, work);
  return checkpoint === undefined ? none : { size: readUnverified(checkpoint).size, checkpoint, floor };
}

/** Who signs, and how many the log's policy asks for. */
export async function cosignersOf(
  options: Pick<AnchorOptions, "suite" | "witnesses" | "mirrors">,
  state: LogState,
): Promise<Cosigners> {
  const { suite, witnesses = [], mirrors = [] } = options;
  const policy = await reading("the question for the policy", () =>
    suite.contract("LogPolicies").policyOf(state.policyId),
  );
  const needed = { witnessesNeeded: Number(policy.witnesses), mirrorsNeeded: Number(policy.mirrors) };
  return { witnesses, mirrors, ...needed };
}

/** The size of the next head, as far as the allowance goes; `undefined` where it does not go far enough now. */
async function nextTarget(options: AnchorOptions, state: LogState, goal: Goal): Promise<bigint | undefined> {
  const { suite, logId, wait, signal, pollingInterval = 1 } = options;
  const registry = suite.contract("LogRegistry");
  const { burst } = await reading("the question for the policy", () =>
    suite.contract("LogPolicies").policyOf(state.policyId),
  );
  if (goal.floor > state.size + burst) {
    const sentence = `a witness signed ${goal.floor} entries of log ${logId}, more than its policy lets it grow at once`;
    throw new SteleError("refused", `${sentence}; take another witness`);
  }
  // While waiting, a step is worth its transaction only when the bucket is full or takes all that is left.
  const wanted = smaller(goal.size - state.size, burst);
  for (;;) {
    const allowance = await reading("the question for the allowance", () => registry.allowanceOf(logId));
    const target = state.size + smaller(allowance, goal.size - state.size);
    const reaches = target > state.size && target >= goal.floor;
    if (reaches && (wait !== true || target - state.size >= wanted)) return target;
    if (wait !== true) return undefined;
    await pause(pollingInterval * 1000, signal);
  }
}

/** Puts one head on the chain; `undefined` where another process was faster. */
async function advance(
  options: AnchorOptions,
  cosigners: Cosigners,
  state: LogState,
  size: bigint,
  goal: Goal,
): Promise<Outcome | undefined> {
  const { log, logId, suite, sender, signal } = options;
  const root = await log.rootAt(size);
  const checkpoint =
    size === goal.size
      ? goal.checkpoint
      : await signCheckpointNote({ origin: log.origin, size, root, extensions: [] }, options.signers);
  const head: CosignedHead = { logId, size, root, checkpoint };
  const proof = state.size === 0n ? [] : await log.consistencyProof(state.size, size);
  const signatures = await collect(suite, log, head, cosigners, signal).catch(async (error: unknown) => {
    // Beside another process a witness may have signed a larger head in between: then there is a new goal.
    if ((await witnessedSize(cosigners, logId)) > size) return undefined;
    throw error;
  });
  if (signatures === undefined) return undefined;
  const { witnesses, mirrors } = signatures;
  const registry = suite.contract("LogRegistry");
  const data = registry.interface.encodeFunctionData("advance", [
    logId,
    state.size,
    size,
    toHex(root),
    encodedProof(proof),
    encoded(witnesses),
    encoded(mirrors),
  ]);
  const label = `the advance of log ${logId} from ${state.size} to ${size}`;
  try {
    return await sender.send({ to: suite.address("LogRegistry"), data, label }, { signal });
  } catch (error) {
    if (isRevert(error, "LogRegistryStaleHead") || isRevert(error, "LogRegistryGrowthExceeded")) return undefined;
    throw error;
  }
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
