import { TextDecoder } from "node:util";

import { SteleError } from "../../common/errors.js";
import type { Encoding } from "./spec.js";

/** Bytes that a line, and a row of several lines, may have. */
export const ROW_LIMIT = 65_536;

/** A line of text, counted from 1, without its end. */
export interface TextLine {
  readonly text: string;
  readonly number: number;
  /** What is wrong with it as text; the text is then a guess. */
  readonly problem?: string;
}

const [lineFeed, carriageReturn] = [0x0a, 0x0d];
const byteOrderMark = [0xef, 0xbb, 0xbf];
const names = { "utf-8": "UTF-8", gb18030: "GB18030" } as const;

/**
 * Lines of a file, ended by LF, CRLF or a lone CR. A line that is not in the encoding, or too long, comes with its
 * problem and does not stop the rest. Memory holds one piece of the stream and one line.
 *
 * In both encodings a byte of a line's end is never a part of another character, so lines are cut before they are
 * decoded.
 */
export class LineReader {
  readonly #file: string;
  readonly #encoding: Encoding;
  readonly #decoder: TextDecoder;
  #rest: Uint8Array = new Uint8Array(0);
  #number = 0;
  #offset = 0; // of the first byte of #rest in the file
  #skipping = false; // the rest of a line that is too long
  #proven = false; // some line holds characters that only this encoding explains
  #begun = false;

  constructor(file: string, encoding: Encoding) {
    this.#file = file;
    this.#encoding = encoding;
    this.#decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  }

  /**
   * Takes the next bytes; gives the lines that ended in them.
   * @throws SteleError `input` where the file is plainly in another encoding
   */
  take(piece: Uint8Array): TextLine[] {
    let bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    if (!this.#begun) {
      if (bytes.length < 3) return this.#keep(bytes);
      bytes = this.#begin(bytes);
    }
    const end = lastLineEnd(bytes);
    const lines = end === 0 ? [] : this.#lines(bytes.subarray(0, end));
    this.#offset += end;
    this.#keep(bytes.subarray(end));
    if (this.#rest.length <= ROW_LIMIT + 1) return lines; // one more, for a CR
    // A line that is too long: its beginning goes now, its end is passed over when it comes.
    if (!this.#skipping) lines.push(this.#tooLong());
    this.#skipping = true;
    const last = this.#rest.at(-1) === carriageReturn ? this.#rest.length - 1 : this.#rest.length;
    this.#offset += last;
    this.#keep(this.#rest.subarray(last));
    return lines;
  }

  /** The line that the end of the file ends. */
  end(): TextLine[] {
    let rest = this.#rest;
    if (!this.#begun) rest = this.#begin(rest);
    this.#rest = new Uint8Array(0);
    return rest.length === 0 ? [] : this.#lines(rest);
  }

  #keep(bytes: Uint8Array): TextLine[] {
    this.#rest = bytes.slice();
    return [];
  }

  #begin(bytes: Uint8Array): Uint8Array {
    this.#begun = true;
    const marked = byteOrderMark.every((byte, i) => bytes[i] === byte);
    const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    if (wide || bytes.subarray(0, 3).includes(0)) throw this.#refuse("is UTF-16 text; save it as CSV UTF-8");
    if (!marked) return bytes;
    if (this.#encoding !== "utf-8") throw this.#refuse("begins with the mark of UTF-8; leave out --encoding gb18030");
    this.#offset = 3;
    return bytes.subarray(3);
  }

  /** Lines of whole bytes; decoded at once, or one by one where that fails. */
  #lines(bytes: Uint8Array): TextLine[] {
    const text = this.#decode(bytes);
    if (text === undefined || this.#skipping) return this.#oneByOne(bytes);
    if (!this.#proven && text.length !== bytes.length) this.#prove(bytes);
    const texts = text.split(/\r\n|\n|\r/);
    if (texts.at(-1) === "") texts.pop();
    if (texts.some((line) => line.length * 4 > ROW_LIMIT)) return this.#oneByOne(bytes);
    return texts.map((line) => ({ text: line, number: ++this.#number }));
  }

  #oneByOne(bytes: Uint8Array): TextLine[] {
    const lines: TextLine[] = [];
    let from = 0;
    while (from < bytes.length) {
      let end = from;
      while (end < bytes.length && bytes[end] !== lineFeed && bytes[end] !== carriageReturn) end++;
      const line = bytes.subarray(from, end);
      if (this.#skipping) this.#skipping = false;
      else lines.push(line.length > ROW_LIMIT ? this.#tooLong() : this.#line(line, this.#offset + from));
      from = end + (bytes[end] === carriageReturn && bytes[end + 1] === lineFeed ? 2 : 1);
    }
    return lines;
  }

  #line(bytes: Uint8Array, offset: number): TextLine {
    const number = ++this.#number;
    const text = this.#decode(bytes);
    if (text !== undefined) {
      if (text.length !== bytes.length) this.#prove(bytes);
      return { text, number };
    }
    const at = offset + wholeLength(bytes, this.#encoding);
    if (this.#encoding === "utf-8" && !this.#proven && reads(bytes, "gb18030")) {
      const sentence = `is not UTF-8 at byte ${at} of the file, but reads as GB18030 (GBK); try --encoding gb18030`;
      throw new SteleError("input", sentence, { place: { file: this.#file, line: number } });
    }
    const problem = `is not ${names[this.#encoding]} at byte ${at} of the file`;
    return { text: new TextDecoder(this.#encoding).decode(bytes), number, problem };
  }

  /** Text other than ASCII was found. Chinese in UTF-8 would often pass for GB18030, as other Chinese. */
  #prove(bytes: Uint8Array): void {
    this.#proven = true;
    if (this.#encoding === "utf-8" || !reads(bytes, "utf-8")) return;
    const chinese = new TextDecoder().decode(bytes).match(/[\u3400-\u9fff]/g)?.length ?? 0;
    if (chinese >= 3) throw this.#refuse("reads as UTF-8; leave out --encoding gb18030");
  }

  #decode(bytes: Uint8Array): string | undefined {
    try {
      return this.#decoder.decode(bytes);
    } catch {
      return undefined;
    }
  }

  #tooLong(): TextLine {
    return { text: "", number: ++this.#number, problem: `is longer than ${ROW_LIMIT} bytes, the most a row may have` };
  }

  #refuse(sentence: string): SteleError {
    return new SteleError("input", sentence, { place: { file: this.#file, line: 1 } });
  }
}

/** Bytes up to the end of the last line; a CR at the very end may be half of a CRLF. */
function lastLineEnd(bytes: Uint8Array): number {
  const feed = bytes.lastIndexOf(lineFeed);
  const back = bytes.lastIndexOf(carriageReturn, bytes.length - 2);
  return bytes.length < 2 ? feed + 1 : Math.max(feed, back) + 1;
}

/** Bytes of the longest beginning that is whole text: where the first bad sequence begins. */
function wholeLength(bytes: Uint8Array, encoding: Encoding): number {
  let [good, bad] = [0, bytes.length + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (reads(bytes.subarray(0, middle), encoding, true)) good = middle;
    else bad = middle;
  }
  while (good > 0 && !reads(bytes.subarray(0, good), encoding)) good--;
  return good;
}

/** Whether bytes are text in an encoding. @param partly the end may cut a character off */
function reads(bytes: Uint8Array, encoding: Encoding, partly = false): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: partly });
    return true;
  } catch {
    return false;
  }
}
