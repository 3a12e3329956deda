/**
 * Quartiles by definition 7 of Hyndman and Fan (1996), the one that R, NumPy and spreadsheets use: with n values sorted
 * from x0, the quantile p lies at (n - 1) p, between two values on the line through them. For whole values a quartile is
 * a whole number of quarters, so it is kept exactly.
 */
export interface Quartiles {
  readonly count: number;
  /** In quarters of a point. */
  readonly lower: bigint;
  readonly median: bigint;
  readonly upper: bigint;
}

/** @param values whole numbers, at least one */
export function quartilesOf(values: readonly number[]): Quartiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (quarter: number): bigint => {
    const place = (sorted.length - 1) * quarter;
    const [below, rest] = [Math.floor(place / 4), place % 4];
    const [low, high] = [BigInt(sorted[below]!), BigInt(sorted[below + 1] ?? sorted[below]!)];
    return 4n * low + (high - low) * BigInt(rest);
  };
  return { count: sorted.length, lower: at(1), median: at(2), upper: at(3) };
}

/** Quarters as a decimal number, exactly: 13 is 3.25. */
export function quartersText(quarters: bigint): string {
  const sign = quarters < 0n ? "-" : "";
  const size = quarters < 0n ? -quarters : quarters;
  return `${sign}${size / 4n}${["", ".25", ".5", ".75"][Number(size % 4n)]}`;
}
