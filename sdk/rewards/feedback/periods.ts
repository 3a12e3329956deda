import { SteleError } from "../../common/errors.js";

/** How often a unit gives feedback, and how its periods are written: 2026-03, 2026-Q1, 2026-H1, 2026. */
export const cadences = ["month", "quarter", "half-year", "year"] as const;
export type Cadence = (typeof cadences)[number];

/** A period of the calendar (UTC). */
export interface Period {
  readonly name: string;
  readonly cadence: Cadence;
  /** Periods of this cadence since the year 0: consecutive ones are one apart. */
  readonly ordinal: number;
  /** Seconds since 1970: the first one after it. */
  readonly end: bigint;
}

const forms: Readonly<Record<Cadence, { readonly pattern: RegExp; readonly perYear: number; readonly like: string }>> =
  {
    month: { pattern: /^(\d{4})-(0[1-9]|1[0-2])$/, perYear: 12, like: "2026-03" },
    quarter: { pattern: /^(\d{4})-Q([1-4])$/, perYear: 4, like: "2026-Q1" },
    "half-year": { pattern: /^(\d{4})-H([12])$/, perYear: 2, like: "2026-H1" },
    year: { pattern: /^(\d{4})()$/, perYear: 1, like: "2026" },
  };

/**
 * Reads a period of a cadence.
 * @throws SteleError `input`
 */
export function parsePeriod(name: string, cadence: Cadence): Period {
  const { pattern, perYear, like } = forms[cadence];
  const parts = pattern.exec(name);
  const year = Number(parts?.[1]);
  if (parts === null || year < 1970) {
    throw new SteleError("input", `"${name.slice(0, 40)}" is no ${cadence} since 1970; write it as ${like}`);
  }
  return periodAt(year * perYear + Math.max(Number(parts[2]), 1) - 1, cadence);
}

/** The same, or undefined where the name is none of this cadence. */
export function findPeriod(name: string, cadence: Cadence): Period | undefined {
  return forms[cadence].pattern.test(name) && name >= "1970" ? parsePeriod(name, cadence) : undefined;
}

/** The period with an ordinal. */
export function periodAt(ordinal: number, cadence: Cadence): Period {
  const { perYear } = forms[cadence];
  const [year, part] = [Math.floor(ordinal / perYear), ordinal % perYear];
  const written = {
    month: `-${String(part + 1).padStart(2, "0")}`,
    quarter: `-Q${part + 1}`,
    "half-year": `-H${part + 1}`,
    year: "",
  };
  const name = `${String(year).padStart(4, "0")}${written[cadence]}`;
  const end = BigInt(Date.UTC(year, ((part + 1) * 12) / perYear) / 1000);
  return { name, cadence, ordinal, end };
}

/** The periods from one to another, both included. */
export function periodsBetween(first: Period, last: Period): Period[] {
  const count = Math.max(last.ordinal - first.ordinal + 1, 0);
  return Array.from({ length: count }, (_, i) => periodAt(first.ordinal + i, first.cadence));
}

/** The last period that has ended at a moment. */
export function lastEnded(at: bigint, cadence: Cadence): Period {
  const { perYear } = forms[cadence];
  const day = new Date(Number(at) * 1000);
  return periodAt(day.getUTCFullYear() * perYear + Math.floor((day.getUTCMonth() * perYear) / 12) - 1, cadence);
}
