import { SteleError } from "../../common/errors.js";
import { parseJson } from "../json.js";
import { parseDraft, RECORD_LIMIT, type Draft } from "./draft.js";
import { readLines } from "./lines.js";

/**
 * One draft a line of NDJSON: an object with `data` and, where they are known, `time` (RFC 3339 with a zone), `schema`
 * (URI), `retention` (class of the log's policy) and `subject` (32 bytes of hex). Empty lines are passed over.
 * @throws SteleError `input` naming file, line and field
 */
export async function* readNdjson(stream: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Draft> {
  for await (const line of readLines(stream, file, RECORD_LIMIT)) {
    if (line.text.trim() === "") continue;
    const place = { file, line: line.number };
    yield parseDraft(parseLine(line.text, place), place);
  }
}

function parseLine(text: string, place: { file: string; line: number }): unknown {
  try {
    return parseJson(text, place);
  } catch (error) {
    if (error instanceof SteleError) throw error;
    throw new SteleError("input", "is not JSON", { place, cause: error });
  }
}
