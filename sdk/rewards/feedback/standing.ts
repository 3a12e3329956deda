import { SteleError } from "../../common/errors.js";
import type { Criteria } from "./criteria.js";
import type { Period } from "./periods.js";
import { fresh, weightAfter } from "./weight.js";

/** What one record says of a person: a score for every criterion. */
export interface Assessment {
  readonly period: Pick<Period, "name" | "end">;
  readonly scores: Readonly<Record<string, number>>;
}

/** What a person's records say together, the recent ones more than the old. All figures are rounded down. */
export interface Standing {
  /** Records that it rests on. */
  readonly count: number;
  /** How much feedback that is, faded: thousandths of a record that is new. */
  readonly weight: bigint;
  /** Thousandths of the way from the worst to the best of every scale, by the criteria's weights. */
  readonly overall: bigint;
  /** The faded mean of each criterion, in thousandths of a point of its scale. */
  readonly means: Readonly<Record<string, bigint>>;
}

const day = 86_400n;

/**
 * A person's standing: forward decay (Cormode et al. 2009) over the ends of the periods. Means do not change while
 * nothing is added, since all records fade alike; what fades is `weight`. Pure, exact and the same for everybody.
 * @param at seconds; the moment of which the standing is
 * @returns undefined where nothing counts
 * @throws SteleError `input` for a score that its criterion does not allow
 */
export function standingOf(
  criteria: Pick<Criteria, "criteria" | "halfLifeDays">,
  assessments: readonly Assessment[],
  at: bigint,
): Standing | undefined {
  if (assessments.length === 0) return undefined;
  for (const { scores } of assessments) checkScores(criteria, scores);
  const halfLife = BigInt(criteria.halfLifeDays) * day;
  const newest = assessments.reduce((last, { period: { end } }) => (end > last ? end : last), 0n);
  const weights = assessments.map(({ period }) => weightAfter(newest - period.end, halfLife));
  const all = sum(weights);
  const sums = criteria.criteria.map(({ id }) =>
    sum(assessments.map(({ scores }, i) => weights[i]! * BigInt(scores[id]!))),
  );
  const means = Object.fromEntries(criteria.criteria.map(({ id }, i) => [id, floorDiv(1_000n * sums[i]!, all)]));
  const now = sum(assessments.map(({ period }) => weightAfter(at - period.end, halfLife)));
  return { count: assessments.length, weight: (1_000n * now) / fresh, overall: overallOf(criteria, sums, all), means };
}

/**
 * Refuses scores that are not one whole number on the scale of each criterion.
 * @throws SteleError `input`, naming the criterion
 */
export function checkScores({ criteria }: Pick<Criteria, "criteria">, scores: Readonly<Record<string, unknown>>): void {
  for (const { id, min, max } of criteria) {
    const score = Object.hasOwn(scores, id) ? scores[id] : undefined;
    if (typeof score === "number" && Number.isInteger(score) && score >= min && score <= max) continue;
    const sentence = score === undefined ? "has no score" : `is no whole number from ${min} to ${max}`;
    throw new SteleError("input", sentence, { place: { field: id } });
  }
  const unknown = Object.keys(scores).find((name) => !criteria.some(({ id }) => id === name));
  if (unknown !== undefined) {
    throw new SteleError("input", "is none of the published criteria", { place: { field: unknown } });
  }
}

/** Σ weight (mean - min) / (max - min) over Σ weight, as one fraction, divided once. */
function overallOf({ criteria }: Pick<Criteria, "criteria">, sums: readonly bigint[], all: bigint): bigint {
  const common = criteria.reduce((product, { min, max }) => product * BigInt(max - min), 1n);
  const parts = criteria.map(({ min, max, weight }, i) => {
    return (BigInt(weight) * (sums[i]! - BigInt(min) * all) * common) / BigInt(max - min);
  });
  const shares = BigInt(criteria.reduce((total, { weight }) => total + weight, 0));
  return (1_000n * sum(parts)) / (shares * common * all);
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

/** Rounded towards minus infinity: scales may go below zero. */
function floorDiv(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}
