import { elapsed, type Outage } from "./open-clock.js";

/** A contract's brake; times are seconds of the chain, 0 for never. */
export interface Halts {
  readonly halted: boolean;
  /** Of the latest halt and of the latest resumption. */
  readonly haltedAt: bigint;
  readonly resumedAt: bigint;
}

/** What time is measured by where only a running contract lets anyone fulfil a duty. */
export interface RunningClock {
  readonly outages: readonly Outage[];
  readonly halts: Halts;
}

/**
 * Open seconds from `since` to `at`, at most the present time, in which the contract let anyone act: a duty begins anew
 * with a resumption and stands still while halted. The twin of `LogRegistry._couldAct`.
 */
export function couldAct(clock: RunningClock, since: bigint, at: bigint): bigint {
  const { halted, haltedAt, resumedAt } = clock.halts;
  const from = since > resumedAt ? since : resumedAt;
  const until = halted && haltedAt < at ? haltedAt : at;
  return until <= from ? 0n : elapsed(clock.outages, from, until);
}

/**
 * Whether a log is silent now for longer than its policy allows; the twin of `LogRegistry.isSilent` for the latest epoch
 * of a log.
 * @param lastAdvance block seconds of its last head or heartbeat
 * @param silence open seconds that the policy allows
 */
export function isSilent(clock: RunningClock, lastAdvance: bigint, silence: bigint, now: bigint): boolean {
  return couldAct(clock, lastAdvance, now) > silence;
}
