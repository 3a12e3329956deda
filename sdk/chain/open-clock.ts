import { SteleError } from "../common/errors.js";

/** A declared outage; `until` is exclusive. Times are seconds of the chain. */
export interface Outage {
  readonly from: bigint;
  readonly until: bigint;
}

/** Seconds of outage that a full budget holds; the twin of `OpenClock.CAPACITY`. */
export const outageCapacity = 30n * 86_400n;

/** The budget regains one second in as many seconds; the twin of `OpenClock.REFILL_PERIOD`. */
export const outageRefillPeriod = 12n;

/**
 * Open seconds from `since` to `now`: those that no outage covers. The twin of `OpenClock.elapsed`.
 * @param outages disjoint, as the contract's `outageAt` gives them
 * @throws SteleError `input` for a `since` after `now`
 */
export function elapsed(outages: readonly Outage[], since: bigint, now: bigint): bigint {
  if (since > now) throw new SteleError("input", `the moment ${since} is after the present time ${now}`);
  let open = now - since;
  for (const outage of outages) {
    const from = outage.from > since ? outage.from : since;
    const until = outage.until < now ? outage.until : now;
    if (until > from) open -= until - from;
  }
  return open;
}

/**
 * The latest moment at which `period` open seconds since `since` can be over, however many outages are declared: the
 * budget of 30 days and its refill are the limit.
 */
export function latestEnd(since: bigint, period: bigint): bigint {
  const bound = (period + outageCapacity) * outageRefillPeriod;
  const step = outageRefillPeriod - 1n;
  return since + (bound + step - 1n) / step;
}
