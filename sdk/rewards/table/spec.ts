import type { Kind } from "../../common/kinds.js";

/** A column that a table has. */
export interface Column {
  /** How the record names it. */
  readonly name: string;
  /** Other headings of it, as files have them: 工号, "staff no". */
  readonly aliases?: readonly string[];
  /** Whether the file may do without it. */
  readonly optional?: boolean;
  /** Whether a cell may be empty; an optional column's may. */
  readonly empty?: boolean;
  /** Looks at a cell that is not empty; text of at most 1,000 characters where absent. */
  readonly kind?: Kind;
}

/**
 * What a file of rows holds. Cells come trimmed and in Unicode's form NFC; the cell of a column that the file lacks is
 * empty.
 */
export interface TableSpec<T> {
  readonly columns: readonly Column[];
  /**
   * Turns a row whose cells were all accepted into a value.
   * @throws SteleError with the column's name as `place.field`: a problem of that cell
   */
  parse(record: Readonly<Record<string, string>>, line: number): T;
  /** What no two rows may share, a staff number for instance. */
  key?(row: T): string;
  /** Name of the column that a repeated key is blamed on. */
  readonly keyColumn?: string;
  /** Set where the key is just that column's cell: rows with a problem elsewhere are then compared as well. */
  readonly keyIsCell?: boolean;
  /** Further columns of which no two rows may share what they give; undefined shares with nobody. */
  readonly unique?: readonly { readonly column: string; readonly of: (row: T) => string | undefined }[];
}

export type Encoding = "utf-8" | "gb18030";

/** The encodings that `--encoding` takes. */
export const encodings: readonly Encoding[] = ["utf-8", "gb18030"];

export interface TableOptions {
  /** How the file's text is written; UTF-8, with or without a byte-order mark, unless given. */
  readonly encoding?: Encoding | undefined;
  /** What messages call the file; the user's own spelling, where there is one. */
  readonly shown?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of the bytes that were read, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** One thing that is wrong with a file. */
export interface Problem {
  /** From 1; of a row that has several lines the first. */
  readonly line: number;
  /** The column, as the file heads it. */
  readonly field?: string;
  /** The cell, shortened. */
  readonly value?: string;
  /** One sentence whose subject is the cell, or the line. */
  readonly problem: string;
}
