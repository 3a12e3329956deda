import { SteleError } from "../../common/errors.js";
import { text } from "../../common/kinds.js";
import { readHeading, type Heading } from "./heading.js";
import { shortened } from "./problems.js";
import { RowReader, type RawRow } from "./rows.js";
import type { Problem, TableOptions, TableSpec } from "./spec.js";
import { LineReader } from "./text.js";

/** What a row gives. */
export type Scanned<T> = { readonly line: number; readonly row: T } | Unsound;

interface Unsound {
  readonly line: number;
  readonly problems: readonly Problem[];
  /** The row's key, where it can be told in spite of the problems. */
  readonly key?: string;
}

const anything = text(1_000);

/** The name that a file gives to a column. */
export type Shown = (column: string) => string;

/**
 * Reads a table a piece at a time: every row as a value or as what is wrong with it. Where the heading is wrong, its
 * problems are all that comes.
 */
export async function* scanTable<T>(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
  spec: TableSpec<T>,
  { encoding = "utf-8" }: TableOptions,
): AsyncGenerator<{ readonly items: readonly Scanned<T>[]; readonly shown: Shown }> {
  const lines = new LineReader(file, encoding);
  const rows = new RowReader();
  let heading: Heading | undefined;
  const scan = (raw: readonly RawRow[]): { items: Scanned<T>[]; shown: Shown; stop: boolean } => {
    let from = 0;
    if (heading === undefined && raw[0] !== undefined) {
      const first = raw[from++]!;
      const read = "problem" in first ? undefined : readHeading(first.cells, spec.columns, first.line);
      const problems = "problem" in first ? [first] : read!.problems;
      if (problems.length > 0) return { items: [{ line: first.line, problems }], shown: same, stop: true };
      heading = read!.heading;
    }
    const items = raw.slice(from).map((row) => scanRow(row, heading!, spec));
    return { items: items.filter((item) => item !== undefined), shown: shownBy(heading), stop: false };
  };
  for await (const piece of bytes) {
    const { stop, ...found } = scan(rows.take(lines.take(piece), false));
    yield found;
    if (stop) return;
  }
  yield scan(rows.take(lines.end(), true));
  if (heading === undefined) throw new SteleError("input", "is empty, without even a heading", { place: { file } });
}

const same: Shown = (column) => column;

function shownBy(heading: Heading | undefined): Shown {
  return (name) => heading?.columns.find(({ column }) => column.name === name)?.shown ?? name;
}

/** @returns undefined for a row without any text, as spreadsheets leave them */
function scanRow<T>(raw: RawRow, heading: Heading, spec: TableSpec<T>): Scanned<T> | undefined {
  const { line } = raw;
  if ("problem" in raw) return { line, problems: [raw] };
  const cells = raw.cells.map((cell) => cell.trim().normalize("NFC"));
  if (cells.every((cell) => cell === "")) return undefined;
  const beyond = cells.some((cell, i) => cell !== "" && (i >= heading.width || heading.nameless.includes(i)));
  if (cells.length < heading.width || beyond) {
    return {
      line,
      problems: [
        {
          line,
          problem: `has ${cells.length} cells where the heading names ${heading.width - heading.nameless.length}`,
        },
      ],
    };
  }
  if (heading.columns.every(({ index, shown }) => cells[index] === shown.normalize("NFC"))) {
    const problem = "is the heading once more, as in files that were put together; take the line out";
    return { line, problems: [{ line, problem }] };
  }
  const record: Record<string, string> = {};
  for (const { name } of spec.columns) record[name] = "";
  const problems: Problem[] = [];
  for (const { column, index, shown } of heading.columns) {
    const cell = cells[index]!;
    record[column.name] = cell;
    const may = column.empty === true || column.optional === true;
    const problem = cell === "" ? (may ? undefined : "is empty") : (anything(cell) ?? column.kind?.(cell));
    if (problem !== undefined) problems.push({ line, field: shown, value: shortened(cell), problem });
  }
  const scanned = problems.length > 0 ? { line, problems } : parsed(record, line, heading, spec);
  return "problems" in scanned ? withKey(scanned, record, heading, spec) : scanned;
}

function parsed<T>(record: Record<string, string>, line: number, heading: Heading, spec: TableSpec<T>): Scanned<T> {
  try {
    return { line, row: spec.parse(record, line) };
  } catch (error) {
    if (!(error instanceof SteleError)) throw error;
    const { field } = error.place;
    const cell = field === undefined ? {} : { field: shownBy(heading)(field), value: shortened(record[field] ?? "") };
    return { line, problems: [{ line, ...cell, problem: error.sentence }] };
  }
}

function withKey<T>(unsound: Unsound, record: Record<string, string>, heading: Heading, spec: TableSpec<T>): Unsound {
  const { keyColumn = "", keyIsCell = false } = spec;
  const key = record[keyColumn] ?? "";
  const shown = shownBy(heading)(keyColumn);
  const unsure = unsound.problems.some(({ field }) => field === undefined || field === shown);
  return !keyIsCell || key === "" || unsure ? unsound : { ...unsound, key };
}
