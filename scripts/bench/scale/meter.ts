/** What a stage of a long measurement took. */
export interface Taken {
  readonly seconds: number;
  /** Of all threads, user and system. */
  readonly cpuSeconds: number;
  /** Largest resident memory seen, bytes. */
  readonly peakBytes: number;
}

export const nothing: Taken = { seconds: 0, cpuSeconds: 0, peakBytes: 0 };

/** Two parts of one stage together. */
export function plus(a: Taken, b: Taken): Taken {
  return {
    seconds: a.seconds + b.seconds,
    cpuSeconds: a.cpuSeconds + b.cpuSeconds,
    peakBytes: Math.max(a.peakBytes, b.peakBytes),
  };
}

/** Runs a stage and measures it. Memory is looked at every 100 ms, as far as the event loop comes to it. */
export async function metered<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly taken: Taken }> {
  let peakBytes = process.memoryUsage.rss();
  const look = (): void => void (peakBytes = Math.max(peakBytes, process.memoryUsage.rss()));
  const timer = setInterval(look, 100);
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  try {
    const result = await work();
    look();
    const { user, system } = process.cpuUsage(cpu);
    const taken = { seconds: (performance.now() - started) / 1_000, cpuSeconds: (user + system) / 1e6, peakBytes };
    return { result, taken };
  } finally {
    clearInterval(timer);
  }
}

/** The value below which a share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
