import { Readable } from "node:stream";

/** The options of csv-stringify for every file that leaves: RFC 4180, and no cell that a spreadsheet takes for a formula. */
const safely = { record_delimiter: "windows", escape_formulas: true } as const;

export interface CsvOptions {
  /** Begin with a byte-order mark, by which a spreadsheet knows UTF-8. */
  readonly bom?: boolean;
}

/**
 * Rows as CSV (CRLF, quotes doubled, a header row), piece by piece. A cell that a spreadsheet would take for a formula
 * gets an apostrophe in front. Memory holds a few rows, however many there are.
 */
export async function* csvText(
  head: readonly string[],
  rows: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
  { bom = false }: CsvOptions = {},
): AsyncGenerator<string> {
  const { stringify } = await import("csv-stringify");
  const writer = stringify({ ...safely, header: true, columns: [...head], bom });
  const source = Readable.from(rows, { objectMode: true });
  source.on("error", (error) => writer.destroy(error));
  source.pipe(writer);
  writer.setEncoding("utf8");
  try {
    for await (const piece of writer as AsyncIterable<string>) yield piece;
  } finally {
    source.destroy();
  }
}
