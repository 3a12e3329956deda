import fc from "fast-check";
import type { Contract } from "ethers";

import { addPoints, decayed, type HeldPoints, mergePoints, noPoints, takePoints } from "../../sdk/rewards/decay.js";

export interface Step {
  readonly takes: boolean;
  /** Of the grant. */
  readonly elapsed: bigint;
  readonly points: bigint;
}

/** Grants and adjustments of one account; those from `split` on are another's, which is merged in at the end. */
export interface History {
  readonly halfLife: bigint;
  readonly steps: readonly Step[];
  readonly split: number;
  /** When it is read. */
  readonly elapsed: bigint;
}

export const year = 31_556_952n;
const day = 86_400n;
const most = (1n << 32n) - 1n;

const halfLives = fc.oneof(
  fc.integer({ min: 17, max: 31 }).chain((bits) => fc.bigInt(1n << BigInt(bits), (1n << BigInt(bits + 1)) - 1n)),
  fc.constantFrom(day, 90n * day, year, 2n * year, most),
);
const points = fc.oneof(
  fc.bigInt(1n, 100n),
  fc.integer({ min: 1, max: 32 }).map((bits) => (1n << BigInt(bits)) - 1n),
);

/** Moments within a number of years: anywhere, and where half-lives and eras begin and end. */
function moments(halfLife: bigint, within: bigint): fc.Arbitrary<bigint> {
  const clamp = (time: bigint) => (time < 0n ? 0n : time > within ? within : time);
  const edges = (length: bigint) =>
    fc.tuple(fc.bigInt(0n, within / length), fc.bigInt(-1n, 1n)).map(([n, by]) => clamp(n * length + by));
  return fc.oneof(
    fc.bigInt(0n, within),
    fc.bigInt(0n, clamp(3n * halfLife)),
    edges(halfLife),
    edges(64n * halfLife),
    fc.constantFrom(0n, within),
  );
}

/** @param within seconds; an account's history is in the order of time, and takes only what its own grants gave */
export const histories = (within: bigint): fc.Arbitrary<History> =>
  halfLives
    .chain((halfLife) =>
      fc.record({
        halfLife: fc.constant(halfLife),
        grants: fc.array(fc.tuple(moments(halfLife, within), points, fc.nat(9), fc.bigInt(1n, most)), {
          minLength: 1,
          maxLength: 5,
        }),
        split: fc.nat(8),
        wait: moments(halfLife, within),
      }),
    )
    .map(({ halfLife, grants, split, wait }) => {
      const first = grants.slice(0, split);
      const parts = [first, grants.slice(split)].map((part) => partOf(part));
      const latest = grants.reduce((max, [time]) => (time > max ? time : max), 0n);
      const steps = parts.flat();
      return { halfLife, steps, split: parts[0]!.length, elapsed: wait > latest ? wait : latest };
    });

type Drawn = readonly [time: bigint, points: bigint, choice: number, part: bigint];

/** The grants in the order of time, and after some of them a part, or all, of an earlier one taken back. */
function partOf(drawn: readonly Drawn[]): readonly Step[] {
  const sorted = drawn.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const left = sorted.map(([, given]) => given);
  return sorted.flatMap(([elapsed, given, choice, part], i) => {
    const grant = { takes: false, elapsed, points: given };
    const at = choice % (i + 1);
    if (choice < 6 || left[at] === 0n) return [grant];
    const taken = choice === 9 ? left[at]! : 1n + (part % left[at]!);
    left[at]! -= taken;
    return [grant, { takes: true, elapsed: sorted[at]![0], points: taken }];
  });
}

export const scaleOf = ({ halfLife }: Pick<History, "halfLife">) => ({ since: 0n, halfLife });

/** What the twin keeps of steps. */
export function played(history: History, steps: readonly Step[]): HeldPoints {
  const scale = scaleOf(history);
  return steps.reduce(
    (held, step) => (step.takes ? takePoints : addPoints)(held, scale, step.elapsed, step.points),
    noPoints,
  );
}

export function outcomeOf(history: History): { readonly held: HeldPoints; readonly decayed: bigint } {
  const { steps, split } = history;
  const held = mergePoints(played(history, steps.slice(0, split)), played(history, steps.slice(split)));
  return { held, decayed: decayed(held, scaleOf(history), history.elapsed) };
}

interface Outcome {
  readonly held: HeldPoints;
  readonly decayed: bigint;
}

/** What the library keeps, 200 histories a call. */
export async function replayed(harness: Contract, all: readonly History[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let i = 0; i < all.length; i += 200) {
    const found = (await harness.getFunction("replay")(all.slice(i, i + 200), {
      gasLimit: 1_000_000_000n,
    })) as Outcome[];
    outcomes.push(
      ...found.map(({ held: { lifetime, era, weight }, decayed }) => ({ held: { lifetime, era, weight }, decayed })),
    );
  }
  return outcomes;
}
