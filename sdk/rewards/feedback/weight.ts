import { squareRoot } from "../root.js";

/** Bits behind the point of a weight: 1 is `fresh`. */
const bits = 64n;

/** Weight of what is new. */
export const fresh = 1n << bits;

/** 2^(-1/2), 2^(-1/4), … in units of 2^-128, each the root of the one before, rounded down. */
const roots: readonly bigint[] = rootsOf(1n << 127n, Number(bits));

/**
 * How much something weighs after a time: 2^(-age / halfLife), in units of 2^-64. Whole numbers only, rounded down at
 * each step, so that everybody gets the same; off by less than 2^-57 of the true value, and 0 after 64 half-lives.
 * @param age seconds; what lies ahead weighs as if it were new
 * @param halfLife seconds
 */
export function weightAfter(age: bigint, halfLife: bigint): bigint {
  if (age <= 0n) return fresh;
  const halvings = age / halfLife;
  if (halvings > bits) return 0n;
  const part = ((age % halfLife) << bits) / halfLife;
  let weight = 1n << 128n;
  for (const [i, root] of roots.entries()) {
    if ((part >> (bits - 1n - BigInt(i))) & 1n) weight = (weight * root) >> 128n;
  }
  return weight >> (bits + halvings);
}

function rootsOf(half: bigint, count: number): bigint[] {
  const roots: bigint[] = [];
  for (let last = half; roots.length < count; roots.push(last)) last = squareRoot(last << 128n);
  return roots;
}
