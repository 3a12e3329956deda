import { quartersText } from "./quartiles.js";
import type { Cell, UnitTable, Withheld } from "./unit-table.js";

/** The columns of a unit table. */
export const columns = [
  "unit",
  "period",
  "criterion",
  "title",
  "people",
  "lower quartile",
  "median",
  "upper quartile",
  "change of median",
  "withheld",
] as const;

/** Why a cell is empty, in words. */
export const reasons: Readonly<Record<Withheld, string>> = {
  few: "fewer than five people",
  changed: "fewer than five people changed since a table that was shown",
};

/** A cell as texts, in the order of {@link columns}. */
export function textsOf({ unit, period, criterion, title, quartiles, change, withheld }: Cell): readonly string[] {
  const figures =
    quartiles === undefined
      ? ["", "", "", ""]
      : [
          quartiles.count.toString(),
          quartersText(quartiles.lower),
          quartersText(quartiles.median),
          quartersText(quartiles.upper),
        ];
  const moved = change === undefined ? "" : `${change > 0n ? "+" : ""}${quartersText(change)}`;
  const why = withheld === undefined ? "" : reasons[withheld];
  return [unit ?? "(all shown)", period, criterion, title, ...figures, moved, why];
}

/** A table for programs: quartiles as exact decimal texts. */
export function jsonOf({ criteria, periods, units, cells }: UnitTable): object {
  return {
    criteria: { title: criteria.title, hash: criteria.hash },
    method: "quartiles by Hyndman and Fan, definition 7",
    periods,
    units,
    cells: cells.map(({ unit, period, criterion, quartiles, change, withheld }) => ({
      unit: unit ?? null,
      period,
      criterion,
      people: quartiles?.count ?? null,
      lower: quartiles === undefined ? null : quartersText(quartiles.lower),
      median: quartiles === undefined ? null : quartersText(quartiles.median),
      upper: quartiles === undefined ? null : quartersText(quartiles.upper),
      change: change === undefined ? null : quartersText(change),
      withheld: withheld ?? null,
    })),
  };
}
