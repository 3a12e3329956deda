import { Readable } from "node:stream";

import type { EventLine } from "../line.js";
import { cellsOf, columns } from "./columns.js";

/**
 * An answer as CSV (RFC 4180: CRLF, quotes doubled, a header row), piece by piece. A cell that a spreadsheet would take
 * for a formula gets an apostrophe in front. Memory holds a few lines, however long the answer.
 */
export async function* eventCsv(lines: AsyncIterable<EventLine> | Iterable<EventLine>): AsyncGenerator<string> {
  const { stringify } = await import("csv-stringify");
  const writer = stringify({
    header: true,
    columns: [...columns],
    record_delimiter: "windows",
    escape_formulas: true,
  });
  const source = Readable.from(cells(lines), { objectMode: true });
  source.on("error", (error) => writer.destroy(error));
  source.pipe(writer);
  writer.setEncoding("utf8");
  try {
    for await (const piece of writer as AsyncIterable<string>) yield piece;
  } finally {
    source.destroy();
  }
}

async function* cells(lines: AsyncIterable<EventLine> | Iterable<EventLine>): AsyncGenerator<readonly string[]> {
  for await (const line of lines) yield cellsOf(line);
}
