import { fromUtf8 } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";

/** A line of text and its number, counted from 1. */
export interface Line {
  readonly text: string;
  readonly number: number;
}

const newline = 0x0a;

/**
 * Splits a byte stream into lines of UTF-8, ended by LF or CRLF; a byte-order mark at the start is dropped. Memory holds
 * one line and one piece of the stream.
 * @param limit bytes that a line may have
 * @throws SteleError `input` naming file and line: not UTF-8, or too long
 */
export async function* readLines(stream: AsyncIterable<Uint8Array>, file: string, limit: number): AsyncGenerator<Line> {
  let rest = new Uint8Array(0);
  let number = 0;
  for await (const piece of stream) {
    let from = 0;
    for (let end = piece.indexOf(newline); end !== -1; end = piece.indexOf(newline, from)) {
      const line = rest.length === 0 ? piece.subarray(from, end) : joined(rest, piece.subarray(from, end));
      yield decode(line, ++number, file, limit);
      rest = new Uint8Array(0);
      from = end + 1;
    }
    rest = joined(rest, piece.subarray(from));
    if (rest.length > limit + 4) throw tooLong(file, number + 1, limit);
  }
  if (rest.length > 0) yield decode(rest, ++number, file, limit);
}

function decode(bytes: Uint8Array, number: number, file: string, limit: number): Line {
  const ended = bytes.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes;
  const marked = number === 1 && ended[0] === 0xef && ended[1] === 0xbb && ended[2] === 0xbf;
  const line = marked ? ended.subarray(3) : ended;
  if (line.length > limit) throw tooLong(file, number, limit);
  try {
    return { text: fromUtf8(line), number };
  } catch (cause) {
    throw new SteleError("input", "is not UTF-8 text; convert the file first", {
      place: { file, line: number },
      cause,
    });
  }
}

function tooLong(file: string, line: number, limit: number): SteleError {
  return new SteleError("input", `is longer than ${limit} bytes, the most that a record may have`, {
    place: { file, line },
  });
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
