import { pause } from "../../chain/transport.js";
import { SteleError } from "../../common/errors.js";
import { changesOf, openAfter, type Changes, type OpenAlerts } from "./alerts.js";
import type { Finding } from "./finding.js";

/** One round of {@link watch}. */
export type WatchRound =
  | { readonly kind: "looked"; readonly findings: readonly Finding[]; readonly changes: Changes }
  /** The network or a file failed; the next round tries again. */
  | { readonly kind: "failed"; readonly error: SteleError };

export interface WatchOptions {
  readonly signal: AbortSignal;
  readonly onRound: (round: WatchRound) => void;
  /** Waits; the machine's clock unless given. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** What may be better in the next round. */
const passing: ReadonlySet<string> = new Set(["network", "missing", "busy", "storage"]);

/**
 * Looks at every interval until the signal fires. A failure that may pass is said and waited out; any other ends it.
 * @param seconds from the end of a round to the beginning of the next, at least 1
 */
export async function watch(
  seconds: number,
  look: () => Promise<readonly Finding[]>,
  { signal, onRound, wait = pause }: WatchOptions,
): Promise<void> {
  if (!(seconds >= 1)) throw new SteleError("usage", "a monitor looks once a second at most");
  let open: OpenAlerts = new Map();
  while (!signal.aborted) {
    try {
      const findings = await look();
      const changes = changesOf(findings, open);
      open = openAfter(findings, open);
      onRound({ kind: "looked", findings, changes });
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof SteleError) || !passing.has(error.code)) throw error;
      onRound({ kind: "failed", error });
    }
    await wait(seconds * 1000, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}
