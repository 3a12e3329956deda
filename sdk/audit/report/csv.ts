import { csvText } from "../../common/node/csv.js";
import type { EventLine } from "../line.js";
import { cellsOf, columns } from "./columns.js";

/** An answer as CSV, piece by piece; see `csvText`. */
export function eventCsv(lines: AsyncIterable<EventLine> | Iterable<EventLine>): AsyncGenerator<string> {
  return csvText(columns, cells(lines));
}

async function* cells(lines: AsyncIterable<EventLine> | Iterable<EventLine>): AsyncGenerator<readonly string[]> {
  for await (const line of lines) yield cellsOf(line);
}
