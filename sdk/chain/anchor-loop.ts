import { SteleError } from "../common/errors.js";
import { signCheckpointNote } from "../proof/checkpoint.js";
import { anchor, cosignersOf, readOwn, requireOrigin, type Anchored, type AnchorOptions } from "./anchor.js";
import { collect, encoded } from "./cosigners.js";
import type { Outcome } from "./intent.js";
import { readLogState } from "./log-state.js";
import { reading } from "./reading.js";
import { pause } from "./transport.js";

/**
 * Says on the chain that an idle log is alive: the present head, cosigned anew.
 * @throws SteleError `corrupt` where the log here is not the one that the chain knows
 */
export async function heartbeat(options: AnchorOptions): Promise<Outcome> {
  const { log, logId, suite, sender, signers, signal } = options;
  await requireOrigin(options);
  const state = await readOwn(suite, log, logId);
  const { size, root } = state;
  const cosigners = await cosignersOf(options, state);
  const checkpoint =
    (await log.published(size)) ??
    (await signCheckpointNote({ origin: log.origin, size, root, extensions: [] }, signers));
  const head = { logId, size, root, checkpoint };
  const { witnesses } = await collect(suite, log, head, { ...cosigners, mirrorsNeeded: 0 }, signal);
  const data = suite.contract("LogRegistry").interface.encodeFunctionData("heartbeat", [logId, encoded(witnesses)]);
  const label = `the heartbeat of log ${logId} at ${size}`;
  return sender.send({ to: suite.address("LogRegistry"), data, label }, { signal });
}

/** Whether a log was silent for half of what its policy allows. */
export async function needsHeartbeat({ suite, logId }: Pick<AnchorOptions, "suite" | "logId">): Promise<boolean> {
  const { lastAdvance, policyId } = await readLogState(suite, logId);
  return reading("the question for the policy", async () => {
    const { silence } = await suite.contract("LogPolicies").policyOf(policyId);
    return 2n * (await suite.contract("OpenClock").elapsed(lastAdvance)) >= silence;
  });
}

/** One round of {@link anchorEvery}. */
export type Round =
  | { readonly kind: "anchored"; readonly anchored: Anchored }
  | { readonly kind: "heartbeat"; readonly outcome: Outcome }
  | { readonly kind: "idle" }
  /** The network or a cosigner failed; the next round tries again. */
  | { readonly kind: "failed"; readonly error: SteleError };

/**
 * Anchors at every interval, with a heartbeat where there is nothing new and the policy's silence is half over, until
 * the signal fires. A network that is down is waited for; a log that is not the chain's ends the loop.
 * @param seconds from the end of a round to the beginning of the next
 */
export async function anchorEvery(
  seconds: number,
  options: AnchorOptions & { readonly signal: AbortSignal },
  onRound: (round: Round) => void = () => undefined,
): Promise<void> {
  const { signal } = options;
  while (!signal.aborted) {
    try {
      onRound(await round(options));
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof SteleError) || !passing.has(error.code)) throw error;
      onRound({ kind: "failed", error });
    }
    await pause(seconds * 1000, signal).catch(() => undefined);
  }
}

/** What may be better in the next round. */
const passing: ReadonlySet<string> = new Set(["network", "missing", "busy"]);

async function round(options: AnchorOptions): Promise<Round> {
  const anchored = await anchor(options);
  if (anchored.to > anchored.from || anchored.left > 0n) return { kind: "anchored", anchored };
  if (!(await needsHeartbeat(options))) return { kind: "idle" };
  return { kind: "heartbeat", outcome: await heartbeat(options) };
}
