import type { Hex } from "../../common/bytes.js";
import type { Criteria } from "./criteria.js";
import { findPeriod, periodsBetween } from "./periods.js";
import { quartilesOf, type Quartiles } from "./quartiles.js";

/** Fewest people of whom figures are shown. */
export const fewest = 5;

/** What one person was given in a period, as far as a table reads it. */
export interface FeedbackRow {
  readonly unit: string;
  readonly period: string;
  readonly subject: Hex;
  /** Of the record in the log. */
  readonly index: bigint;
  readonly scores: Readonly<Record<string, number>>;
}

/**
 * Why a cell shows nothing: fewer than five people; or since a table that was shown before the figures of fewer than
 * five people have changed, and the two tables together would tell theirs.
 */
export type Withheld = "few" | "changed";

/** One criterion of one period of a unit. */
export interface Cell {
  /** Undefined for the units that are shown, together. */
  readonly unit: string | undefined;
  readonly period: string;
  readonly criterion: string;
  readonly title: string;
  /** Undefined where there is no feedback, or it is withheld. */
  readonly quartiles: Quartiles | undefined;
  /** Quarters of a point by which the median moved since the period before, where both are shown. */
  readonly change: bigint | undefined;
  readonly withheld: Withheld | undefined;
}

/** Feedback of one or several units by period and criterion, without anybody's own figures. */
export interface UnitTable {
  readonly criteria: Pick<Criteria, "title" | "criteria" | "hash">;
  readonly periods: readonly string[];
  readonly units: readonly string[];
  readonly cells: readonly Cell[];
}

/** What one person adds to a table, by person. */
export type People = ReadonlyMap<Hex, FeedbackRow>;

/** Says whether a period of a unit may be shown with these people, given what was shown before. */
export type Guard = (unit: string, period: string, people: People) => boolean;

/**
 * The table of some records: quartiles by criterion, period and unit, and over the units that are shown, together.
 * Figures of fewer than five people are withheld, and no sum includes them, so nothing can be taken away from a total
 * to find them; neither sums nor ends of a range are shown.
 * @param rows of records that stand; where a person has several in a period, the last in the log counts
 */
export function tableOf(criteria: Criteria, rows: readonly FeedbackRow[], guard: Guard = () => true): UnitTable {
  const groups = grouped(criteria, rows);
  const units = [...groups.keys()].sort();
  const periods = periodsOf(criteria, rows);
  const cells: Cell[] = [];
  const together = new Map<string, FeedbackRow[]>();
  for (const unit of units) {
    const line = periods.map((period): Group => {
      const people: People = groups.get(unit)?.get(period) ?? new Map();
      const withheld =
        people.size === 0
          ? undefined
          : people.size < fewest
            ? "few"
            : guard(unit, period, people)
              ? undefined
              : "changed";
      const shown = withheld === undefined ? [...people.values()] : [];
      together.set(period, [...(together.get(period) ?? []), ...shown]);
      return { period, rows: shown, withheld };
    });
    cells.push(...cellsOf(criteria, unit, line));
  }
  if (units.length > 1) {
    const all = periods.map((period): Group => ({ period, rows: together.get(period) ?? [], withheld: undefined }));
    cells.push(...cellsOf(criteria, undefined, all));
  }
  return { criteria, periods, units, cells };
}

interface Group {
  readonly period: string;
  readonly rows: readonly FeedbackRow[];
  readonly withheld: Withheld | undefined;
}

function cellsOf({ criteria }: Criteria, unit: string | undefined, line: readonly Group[]): Cell[] {
  return criteria.flatMap(({ id, title }) => {
    let before: bigint | undefined;
    return line.map(({ period, rows, withheld }): Cell => {
      const quartiles = rows.length === 0 ? undefined : quartilesOf(rows.map(({ scores }) => scores[id]!));
      const median = quartiles?.median;
      const change = median === undefined || before === undefined ? undefined : median - before;
      before = median;
      return { unit, period, criterion: id, title, quartiles, change, withheld };
    });
  });
}

function grouped({ cadence }: Criteria, rows: readonly FeedbackRow[]): Map<string, Map<string, Map<Hex, FeedbackRow>>> {
  const units = new Map<string, Map<string, Map<Hex, FeedbackRow>>>();
  for (const row of rows) {
    if (findPeriod(row.period, cadence) === undefined) continue;
    const periods = units.get(row.unit) ?? new Map<string, Map<Hex, FeedbackRow>>();
    const people = periods.get(row.period) ?? new Map<Hex, FeedbackRow>();
    const known = people.get(row.subject);
    if (known === undefined || known.index < row.index) people.set(row.subject, row);
    units.set(row.unit, periods.set(row.period, people));
  }
  return units;
}

/** All periods from the first to the last, so that one without feedback is seen. */
function periodsOf({ cadence }: Criteria, rows: readonly FeedbackRow[]): string[] {
  const there = rows.flatMap(({ period }) => findPeriod(period, cadence) ?? []).sort((a, b) => a.ordinal - b.ordinal);
  const [first, last] = [there[0], there.at(-1)];
  return first === undefined || last === undefined ? [] : periodsBetween(first, last).map(({ name }) => name);
}
