import type { Column, Problem } from "./spec.js";
import { shortened } from "./problems.js";

/** Which cell of a row belongs to which column. */
export interface Heading {
  /** Cells that a row has. */
  readonly width: number;
  /** Each column with the place of its cell and its name in the file; columns that the file lacks are left out. */
  readonly columns: readonly { readonly column: Column; readonly index: number; readonly shown: string }[];
  /** Places of cells without a heading: trailing commas of a spreadsheet. */
  readonly nameless: readonly number[];
}

/** Holds the file's headings against the columns of a table. Case, blanks, `-` and `_` do not matter. */
export function readHeading(
  cells: readonly string[],
  columns: readonly Column[],
  line: number,
): { heading: Heading; problems: readonly Problem[] } {
  const known = new Map<string, Column>();
  for (const column of columns) {
    for (const name of [column.name, ...(column.aliases ?? [])]) known.set(plain(name), column);
  }
  const found = new Map<Column, { index: number; shown: string }>();
  const problems: Problem[] = [];
  const nameless: number[] = [];
  cells.forEach((cell, index) => {
    const shown = cell.trim();
    const column = known.get(plain(shown));
    const at = { line, field: shortened(shown) };
    if (shown === "") nameless.push(index);
    else if (column === undefined)
      problems.push({ ...at, problem: `is no column of this table, which has ${listed(columns)}` });
    else if (found.has(column))
      problems.push({ ...at, problem: `heads two columns, the other as "${found.get(column)!.shown}"` });
    else found.set(column, { index, shown });
  });
  for (const column of columns) {
    if (column.optional === true || found.has(column)) continue;
    problems.push({ line, field: column.name, problem: `is missing; a column is headed ${namesOf(column)}` });
  }
  const placed = [...found].map(([column, place]) => ({ column, ...place }));
  return { heading: { width: cells.length, columns: placed, nameless }, problems };
}

function plain(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s_-]/g, "");
}

function namesOf({ name, aliases = [] }: Column): string {
  return [name, ...aliases].join(" or ");
}

function listed(columns: readonly Column[]): string {
  return columns.map(({ name, aliases }) => (aliases?.[0] === undefined ? name : `${name} (${aliases[0]})`)).join(", ");
}
