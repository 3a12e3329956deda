import { SteleError, type Place } from "./errors.js";

/**
 * Reads the JSON text of a document.
 * @throws SteleError `input`, naming the line where the text goes wrong, if the engine says which
 */
export function readJson(text: string, place: Place = {}): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const line = lineOf(String(cause), text);
    throw new SteleError("input", "is not JSON", { place: line === undefined ? place : { line, ...place }, cause });
  }
}

/** V8 says where; of a text that ends too early it only says that. */
function lineOf(message: string, text: string): number | undefined {
  const said = /\(line (\d+) column \d+\)/.exec(message)?.[1];
  if (said !== undefined) return Number(said);
  return /end of JSON/.test(message) ? text.trimEnd().split("\n").length : undefined;
}
