import { isError } from "ethers";

import { type Hex } from "../../common/bytes.js";
import { readLogState, type LogState } from "../../chain/log-state.js";
import { reading } from "../../chain/reading.js";
import type { Suite } from "../../chain/suite.js";
import type { LogKeys } from "./statements.js";

/** What the chain says of a log, as the monitor needs it. */
export interface LogFacts extends LogState {
  /** Registered checkpoint keys by epoch. */
  readonly keys: readonly Hex[];
  /** Silent for longer than its policy allows, outages and halts not counted. */
  readonly silent: boolean;
  /** The registry would take a mark for the present silence. */
  readonly markable: boolean;
  /** Block seconds of the latest mark of the lineage; 0 for never. */
  readonly lastMarked: bigint;
  /** The next epoch, where there is one. */
  readonly successor?: Hex | undefined;
  /** Seconds by which a record's time may be ahead. */
  readonly clockSkew: bigint;
  /** Open seconds in which a demand has to be met. */
  readonly anchoring: bigint;
}

/** A demand to anchor a checkpoint. */
export interface Demand {
  /** Block seconds. */
  readonly since: bigint;
  /** The time to meet it has passed, and the lineage bears no mark yet. */
  readonly markable: boolean;
}

/**
 * Reads what the chain says of a log.
 * @throws RevertError `LogRegistryUnknown` where there is no such log, SteleError `network`
 */
export async function readLogFacts(suite: Suite, logId: Hex): Promise<LogFacts> {
  const state = await readLogState(suite, logId);
  const registry = suite.contract("LogRegistry");
  return reading(`the question for log ${logId}`, async () => {
    const epochs = Array.from({ length: state.keyEpoch + 1 }, (_, epoch) => epoch);
    const [keys, silent, successor, policy, lastMarked] = await Promise.all([
      Promise.all(epochs.map((epoch) => registry.checkpointKeyOf(logId, epoch))),
      registry.isSilent(logId),
      registry.successorOf(logId),
      suite.contract("LogPolicies").policyOf(state.policyId),
      registry.latestOverdue(state.lineage),
    ]);
    return {
      ...state,
      keys: keys as Hex[],
      silent,
      markable: silent && (await accepts(() => registry.markOverdue.staticCall(logId))),
      lastMarked,
      successor: BigInt(successor) === 0n ? undefined : (successor as Hex),
      clockSkew: policy.clockSkew,
      anchoring: policy.anchoring,
    };
  });
}

/** The names and keys under which statements of the log are read. */
export function keysOf(suite: Suite, { logId, keys }: LogFacts): LogKeys {
  return { registry: { chainId: suite.manifest.chainId, address: suite.address("LogRegistry") }, logId, keys };
}

/** A demand that somebody made for a checkpoint; undefined where nobody did. */
export async function readDemand(
  suite: Suite,
  { logId }: LogFacts,
  keyEpoch: number,
  size: bigint,
): Promise<Demand | undefined> {
  const registry = suite.contract("LogRegistry");
  const doing = `the question for a demand on log ${logId}`;
  const since = await reading(doing, () => registry.demandedSince(logId, keyEpoch, size));
  if (since === 0n) return undefined;
  const markable = await accepts(() => registry.markUnanchored.staticCall(logId, keyEpoch, size));
  return { since, markable };
}

/**
 * Whether the chain would take a call now; sends nothing.
 * @throws SteleError `network`
 */
export async function accepts(ask: () => Promise<unknown>): Promise<boolean> {
  return reading("the question whether a call would be taken", () =>
    ask().then(
      () => true,
      (error: unknown) => {
        // Some nodes say no more than that it reverts.
        if (isError(error, "CALL_EXCEPTION")) return false;
        throw error;
      },
    ),
  );
}
