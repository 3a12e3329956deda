import { CsvError } from "csv-parse";
import { parse } from "csv-parse/sync";

import { ROW_LIMIT, type TextLine } from "./text.js";

/** A row as it was read: its cells, or what is wrong with it. */
export type RawRow =
  { readonly line: number; readonly cells: readonly string[] } | { readonly line: number; readonly problem: string };

/** A row before it is parsed. */
interface Cut {
  /** Place of its first line among the waiting lines. */
  readonly from: number;
  readonly line: number;
  readonly text: string;
  readonly problem?: string | undefined;
  /** Whether it has several lines, because a quote was open at their ends. */
  readonly several: boolean;
}

/** Rows that csv-parse gets at once. */
const BATCH = 500;

/**
 * Puts lines together to rows and has them parsed (RFC 4180). A row that is wrong costs itself only: after a quote that
 * is never closed, reading goes on with the next line. Memory holds the lines of one row and of one batch.
 */
export class RowReader {
  #lines: TextLine[] = [];
  #at = 0;
  #delimiter: string | undefined;

  /** Takes the next lines; gives the rows that are whole by now. @param ended no more lines come */
  take(lines: readonly TextLine[], ended: boolean): RawRow[] {
    this.#lines = this.#lines.slice(this.#at);
    for (const line of lines) this.#lines.push(line);
    this.#at = 0;
    const rows: RawRow[] = [];
    for (let batch = this.#batch(ended); batch.length > 0; batch = this.#batch(ended)) this.#parse(batch, rows);
    return rows;
  }

  #batch(ended: boolean): Cut[] {
    const batch: Cut[] = [];
    while (batch.length < BATCH) {
      const cut = this.#cut(ended);
      if (cut === undefined) break;
      if (cut.problem !== undefined || cut.text.trim() !== "") batch.push(cut);
    }
    return batch;
  }

  /** The next row; undefined where it does not end within the lines that are there. */
  #cut(ended: boolean): Cut | undefined {
    const from = this.#at;
    const first = this.#lines[from];
    if (first === undefined) return undefined;
    const { number: line, problem } = first;
    let [end, length, open] = [from + 1, first.text.length, problem === undefined && hasOpenQuote(first.text)];
    while (open && length <= ROW_LIMIT) {
      const next = this.#lines[end];
      if (next === undefined && !ended) return undefined;
      if (next === undefined || next.problem !== undefined) break;
      end++;
      length += next.text.length + 1;
      open = open !== hasOpenQuote(next.text);
    }
    if (open || length > ROW_LIMIT) end = from + 1; // never closed: the line alone is wrong
    this.#at = end;
    const text = end === from + 1 ? first.text : textOf(this.#lines.slice(from, end));
    return { from, line, text, problem, several: end > from + 1 };
  }

  /** Parses rows one batch at a time; one that is wrong is found by halving. */
  #parse(batch: readonly Cut[], rows: RawRow[]): void {
    for (let at = 0; at < batch.length;) {
      const bad = batch.findIndex((cut, i) => i >= at && cut.problem !== undefined);
      const upTo = bad === -1 ? batch.length : bad;
      const wrong = this.#parseAll(batch.slice(at, upTo), rows);
      if (wrong?.several === true) {
        this.#at = wrong.from + 1; // its further lines are rows of their own
        return;
      }
      if (bad !== -1) rows.push({ line: batch[bad]!.line, problem: batch[bad]!.problem! });
      at = upTo + 1;
    }
  }

  /** @returns a row of several lines that is wrong, after which nothing was parsed */
  #parseAll(cuts: readonly Cut[], rows: RawRow[]): Cut | undefined {
    const [cut] = cuts;
    if (cut === undefined) return undefined;
    const parsed = this.#records(cuts);
    if (Array.isArray(parsed)) {
      parsed.forEach((cells, i) => rows.push({ line: cuts[i]!.line, cells }));
      return undefined;
    }
    if (cuts.length === 1) {
      rows.push({ line: cut.line, problem: sentenceOf(this.#blame(cut) ?? parsed) });
      return cut.several ? cut : undefined;
    }
    const middle = cuts.length >> 1;
    return this.#parseAll(cuts.slice(0, middle), rows) ?? this.#parseAll(cuts.slice(middle), rows);
  }

  /** What is wrong with the first line of a row of several: it is the one that is blamed. */
  #blame({ from, several, ...cut }: Cut): CsvError | undefined {
    const alone = several
      ? this.#records([{ ...cut, from, several: false, text: this.#lines[from]!.text }])
      : undefined;
    return Array.isArray(alone) ? undefined : alone;
  }

  #records(cuts: readonly Cut[]): string[][] | CsvError {
    this.#delimiter ??= delimiterOf(cuts[0]!.text);
    try {
      return parse(`${cuts.map(({ text }) => text).join("\n")}\n`, {
        delimiter: this.#delimiter,
        record_delimiter: "\n",
        relax_column_count: true,
      });
    } catch (error) {
      if (error instanceof CsvError) return error;
      throw error;
    }
  }
}

function textOf(lines: readonly TextLine[]): string {
  return lines.map(({ text }) => text).join("\n");
}

/** Whether a quote that begins in the line is open at its end: quotes within a cell are doubled. */
function hasOpenQuote(text: string): boolean {
  let open = false;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) open = !open;
  return open;
}

/** The delimiter that stands in the heading most often; spreadsheets of some countries write semicolons. */
function delimiterOf(heading: string): string {
  const count = (delimiter: string): number => heading.split(delimiter).length;
  return [",", ";", "\t"].reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}

function sentenceOf(error: CsvError): string {
  const sentences: Partial<Record<string, string>> = {
    CSV_QUOTE_NOT_CLOSED: "has a quote that is not closed",
    CSV_INVALID_CLOSING_QUOTE: "has text after a quoted cell; a quote within a cell is written twice",
    INVALID_OPENING_QUOTE: "has a quote within a cell that is not quoted",
  };
  return sentences[error.code] ?? "is not CSV";
}
