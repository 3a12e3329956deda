import { Readable } from "node:stream";

import { CsvError, parse } from "csv-parse";

import { SteleError } from "../../common/errors.js";
import { RECORD_LIMIT, type Draft } from "./draft.js";
import { readLines } from "./lines.js";

/**
 * One draft a row of a CSV (RFC 4180) with a header row; every cell stays text, as an audit must see it.
 * @param options.time and `options.schema` of every record, where they are given
 * @throws SteleError `input` naming file and line
 */
export async function* readCsv(
  stream: AsyncIterable<Uint8Array>,
  file: string,
  options: { readonly time?: bigint; readonly schema?: string } = {},
): AsyncGenerator<Draft> {
  const parser = parse({ columns: (head: string[]) => heading(head, file), info: true, max_record_size: RECORD_LIMIT });
  const lines = Readable.from(terminated(stream, file));
  lines.on("error", (error) => parser.destroy(error));
  lines.pipe(parser);
  try {
    for await (const row of parser as AsyncIterable<{ info: { lines: number }; record: Record<string, string> }>) {
      yield { ...options, data: row.record, place: { file, line: row.info.lines } };
    }
  } catch (error) {
    throw error instanceof CsvError ? refusal(error, file) : error;
  } finally {
    lines.destroy();
  }
}

/** The lines again, as text the parser takes, after the checks of encoding and length. */
async function* terminated(stream: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<string> {
  for await (const line of readLines(stream, file, RECORD_LIMIT)) yield `${line.text}\n`;
}

function heading(head: string[], file: string): string[] {
  const place = { file, line: 1 };
  const names = new Set<string>();
  for (const name of head) {
    if (name === "") throw new SteleError("input", "has a column without a name", { place });
    if (names.has(name))
      throw new SteleError("input", "is the name of two columns", { place: { ...place, field: name } });
    names.add(name);
  }
  return head;
}

function refusal(error: CsvError, file: string): SteleError {
  const line = typeof error["lines"] === "number" ? error["lines"] : undefined;
  const sentences: Partial<Record<string, string>> = {
    CSV_RECORD_INCONSISTENT_COLUMNS: "has another number of cells than the header row",
    CSV_QUOTE_NOT_CLOSED: "has a quote that is not closed",
    CSV_MAX_RECORD_SIZE: `is longer than ${RECORD_LIMIT} bytes, the most that a record may have`,
  };
  return new SteleError("input", sentences[error.code] ?? `is not CSV: ${error.message}`, {
    place: { file, ...(line === undefined ? {} : { line }) },
    cause: error,
  });
}
