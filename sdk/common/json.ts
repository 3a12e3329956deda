import { SteleError, type Place } from "./errors.js";

/**
 * Reads the JSON text of a document.
 * @throws SteleError `input`, naming the line where the text goes wrong
 */
export function readJson(text: string, place: Place = {}): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new SteleError("input", "is not JSON", { place: { line: lineOf(text), ...place }, cause });
  }
}

/** The first line at which no continuation could make the text JSON any more; the last where it only ends too early. */
function lineOf(text: string): number {
  const lines = text.trimEnd().split("\n");
  let [good, bad] = [0, lines.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (mayGoOn(lines.slice(0, middle).join("\n"))) good = middle;
    else bad = middle;
  }
  return bad;
}

/** Whether the text is wrong only because it ends: engines differ in their words, not in this. */
function mayGoOn(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = String(error);
    const position = /position (\d+)/.exec(message)?.[1];
    return (
      /\bend(ed)? of|unterminated|EOF/i.test(message) || (position !== undefined && Number(position) >= text.length)
    );
  }
}
