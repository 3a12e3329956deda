import { Readable } from "node:stream";

import { CsvError, parse } from "csv-parse";

import { SteleError, type Place } from "../../common/errors.js";
import { RECORD_LIMIT } from "../../records/intake/draft.js";
import { readLines } from "../../records/intake/lines.js";
import { Header, type Row } from "./table.js";

/** Text that is handed to the parser at once. */
const BATCH = 65_536;

/**
 * The rows of a delimited file (RFC 4180; comma, or what its header row is delimited by), the header row first.
 * @param delimiters what may delimit, the usual one first
 * @throws SteleError `input` naming file, line and field: not UTF-8, not CSV, a header that repeats a name
 */
export async function* readCsv(
  stream: AsyncIterable<Uint8Array>,
  file: string,
  delimiters: readonly [string, ...string[]],
): AsyncGenerator<Row> {
  const lines = readLines(stream, file, RECORD_LIMIT);
  const first = await lines.next();
  if (first.done === true) throw new SteleError("input", "is empty, without even a header row", { place: { file } });
  let parsed = 0; // lines of the rows that are whole, also of those that were not handed out yet
  const parser = parse({
    info: true,
    relax_column_count: true,
    max_record_size: RECORD_LIMIT,
    delimiter: delimiterOf(first.value.text, delimiters),
    on_record: (record: string[], context) => ((parsed = context.lines), record),
  });
  const source = Readable.from(batches(first.value.text, lines));
  source.on("error", (error) => parser.destroy(error));
  source.pipe(parser);
  let header: Header | undefined;
  let line = 1; // csv-parse counts the line on which a row ends
  try {
    for await (const { info, record } of parser as AsyncIterable<{ info: { lines: number }; record: string[] }>) {
      if (header === undefined) {
        header = heading(record, file);
        yield { header, cells: [], line, heading: true };
      } else yield { header, cells: record, line };
      line = info.lines + 1;
    }
  } catch (error) {
    throw error instanceof CsvError ? refusal(error, { file, line: parsed + 1 }) : error;
  } finally {
    source.destroy();
  }
}

/** The delimiter that stands in a header row most often. */
function delimiterOf(head: string, delimiters: readonly [string, ...string[]]): string {
  let [best, most]: [string, number] = [delimiters[0], 0];
  for (const delimiter of delimiters) {
    const count = head.split(delimiter).length - 1;
    if (count > most) [best, most] = [delimiter, count];
  }
  return best;
}

async function* batches(first: string, lines: AsyncGenerator<{ readonly text: string }>): AsyncGenerator<string> {
  let batch = `${first}\n`;
  for await (const { text } of lines) {
    batch += `${text}\n`;
    if (batch.length < BATCH) continue;
    yield batch;
    batch = "";
  }
  if (batch !== "") yield batch;
}

function heading(names: readonly string[], file: string): Header {
  const seen = new Set<string>();
  const place = { file, line: 1 };
  for (const name of names) {
    if (name === "") throw new SteleError("input", "has a column without a name", { place });
    if (seen.has(name)) {
      throw new SteleError("input", "is the name of two columns", { place: { ...place, field: name } });
    }
    seen.add(name);
  }
  return new Header(names);
}

function refusal(error: CsvError, place: Place): SteleError {
  const sentences: Partial<Record<string, string>> = {
    CSV_QUOTE_NOT_CLOSED: "has a quote that is not closed",
    CSV_INVALID_CLOSING_QUOTE: "has text after a quoted cell; a quote within a cell is written twice",
    INVALID_OPENING_QUOTE: "has a quote within a cell that is not quoted",
    CSV_MAX_RECORD_SIZE: `is longer than ${RECORD_LIMIT} bytes, the most that a row may have`,
  };
  return new SteleError("input", sentences[error.code] ?? "is not CSV", { place, cause: error });
}
