import { squareRoot } from "./root.js";

/**
 * Points that lose weight with age: the twin of `contracts/rewards/libraries/Decay.sol`, unit for unit.
 *
 * Forward decay (Cormode, Shkapenyuk, Srivastava, Xu 2009): a point given at t weighs 2^((t - t0) / h), and what is kept
 * is divided by 2^((now - t0) / h) when it is read. Weights are relative to eras of 64 half-lives, so they stay bounded.
 *
 * Rounding: what is kept is at most the sum of what the grants weigh, and less than that by fewer units of 2^-40 points
 * (at the beginning of its era) than there were grants, adjustments and migrations.
 */

/** Half-lives of an era. */
const eraLength = 64n;

/** Bits behind the point. */
const precision = 40n;

/** One point in the units in which weights and {@link decayed} are told. */
export const pointUnit = 1n << precision;

/** A category of a member: block seconds from which on it counts, and the half-life in seconds. */
export interface DecayScale {
  readonly since: bigint;
  readonly halfLife: bigint;
}

/** Points in units of 2^-40, as they weigh at the beginning of an era. */
export interface Weight {
  readonly era: bigint;
  readonly weight: bigint;
}

/** What somebody has of one category; as `IMeritPoints.Points`. */
export interface HeldPoints extends Weight {
  /** All points given, less those taken back. */
  readonly lifetime: bigint;
}

export const noPoints: HeldPoints = { lifetime: 0n, era: 0n, weight: 0n };

/**
 * What points weigh that are given at a moment.
 * @param time block seconds, not before `scale.since`
 * @example
 * grantWeight({ since: 0n, halfLife: 100n }, 200n, 3n); // { era: 0n, weight: 12n << 40n }
 */
export function grantWeight(scale: DecayScale, time: bigint, points: bigint): Weight {
  const { era, factor } = factorAt(scale, time);
  return { era, weight: points * factor };
}

/** What is held after a grant; grants may come in any order. */
export function addPoints(held: HeldPoints, scale: DecayScale, time: bigint, points: bigint): HeldPoints {
  return mergePoints(held, { lifetime: points, ...grantWeight(scale, time, points) });
}

/** What is held after points of an earlier grant are taken back. @param time of that grant */
export function takePoints(held: HeldPoints, scale: DecayScale, time: bigint, points: bigint): HeldPoints {
  if (points > held.lifetime) throw new RangeError(`${points} points are more than the ${held.lifetime} there are`);
  if (points === held.lifetime) return noPoints;
  const { era, weight } = grantWeight(scale, time, points);
  const less = rescaledUp(weight, held.era - era);
  return {
    lifetime: held.lifetime - points,
    era: held.era,
    weight: less < held.weight ? held.weight - less : 0n,
  };
}

/** What two accounts hold together. */
export function mergePoints(one: HeldPoints, other: HeldPoints): HeldPoints {
  const [older, newer] = one.era < other.era ? [one, other] : [other, one];
  return {
    lifetime: older.lifetime + newer.lifetime,
    era: newer.era,
    weight: rescaled(older.weight, newer.era - older.era) + newer.weight,
  };
}

/** What is held, weighed by age, in units of 2^-40, rounded down. @param now block seconds, not before any grant */
export function decayed(held: HeldPoints, scale: DecayScale, now: bigint): bigint {
  if (held.lifetime === 0n) return 0n;
  const { era, factor } = factorAt(scale, now);
  return (rescaled(held.weight, era - held.era) << precision) / factor;
}

/** The era of a moment, and what one point weighs that is given then. */
export function factorAt(scale: DecayScale, time: bigint): { readonly era: bigint; readonly factor: bigint } {
  const elapsed = time - scale.since;
  if (elapsed < 0n) throw new RangeError(`the time ${time} is before the scale's beginning, ${scale.since}`);
  const length = eraLength * scale.halfLife;
  const halfLives = ((elapsed % length) << 64n) / scale.halfLife;
  return { era: elapsed / length, factor: (exp2(halfLives) << precision) / unit };
}

/** @param eras not negative: nothing that is held is newer than now */
function rescaled(weight: bigint, eras: bigint): bigint {
  if (eras < 0n) throw new RangeError("what is held is newer than the moment it is asked for");
  return weight >> (eraLength * eras);
}

function rescaledUp(weight: bigint, eras: bigint): bigint {
  const down = rescaled(weight, eras);
  return down << (eraLength * eras) === weight ? down : down + 1n;
}

/** One, as `exp2` of @prb/math tells it. */
const unit = 10n ** 18n;

/** 2^(2^-1) to 2^(2^-64), times 2^64, rounded to the nearest: square roots of 2 and so on, with 192 bits to spare. */
export const binaryRoots: readonly bigint[] = (() => {
  const spare = 192n;
  let root = 2n << (64n + spare);
  return Array.from({ length: 64 }, () => {
    root = squareRoot(root << (64n + spare));
    return (root + (1n << (spare - 1n))) >> spare;
  });
})();

/** 2^x as `exp2` of @prb/math's Common.sol has it. @param x with 64 bits behind the point @returns times 10^18 */
export function exp2(x: bigint): bigint {
  const fraction = x & ((1n << 64n) - 1n);
  let result = 1n << 191n;
  binaryRoots.forEach((root, i) => {
    if ((fraction >> BigInt(63 - i)) & 1n) result = (result * root) >> 64n;
  });
  return (result * unit) >> (191n - (x >> 64n));
}
