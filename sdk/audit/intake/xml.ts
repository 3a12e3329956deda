import { SaxesParser } from "saxes";

import { SteleError } from "../../common/errors.js";
import { RECORD_LIMIT } from "../../records/intake/draft.js";
import { Header, type Row } from "./table.js";

/** Encodings that the XML form may say; the standard's own example says GB18030. */
const encodings: Readonly<Record<string, string>> = {
  "UTF-8": "utf-8",
  GB18030: "gb18030",
  GBK: "gb18030",
  GB2312: "gb18030",
};

type Decoder = InstanceType<typeof TextDecoder>;

/** Most fields of a row. */
const FIELDS = 500;

/**
 * The rows of the XML form of GB/T 24589.1: below the root one element a row, named after its table, below it one element
 * a field. Nothing outside the file is ever read: a document type is refused, so there are no entities but XML's own.
 * @param roots names of the roots that are read; another gives no row
 * @throws SteleError `input` naming file and line
 */
export async function* readXml(
  stream: AsyncIterable<Uint8Array>,
  file: string,
  roots: ReadonlySet<string>,
): AsyncGenerator<Row> {
  const reader = new Reader(file, roots);
  let decoder: Decoder | undefined;
  let head = new Uint8Array(0);
  for await (const piece of stream) {
    if (decoder === undefined) {
      head = Buffer.concat([head, piece]);
      if (head.length < 256) continue;
      decoder = decoderOf(head, file);
      yield* reader.take(decode(decoder, head, file, reader.line, true));
    } else yield* reader.take(decode(decoder, piece, file, reader.line, true));
  }
  if (decoder === undefined) yield* reader.take(decode(decoderOf(head, file), head, file, 1, false));
  else yield* reader.take(decode(decoder, new Uint8Array(0), file, reader.line, false));
  yield* reader.end();
}

/** Name of the root element, from the beginning of a file; undefined where it is not seen. */
export function rootOf(head: Uint8Array): string | undefined {
  let root: string | undefined;
  const parser = new SaxesParser();
  parser.on("opentagstart", (tag) => (root ??= tag.name.slice(tag.name.indexOf(":") + 1)));
  parser.on("error", () => undefined);
  try {
    parser.write(new TextDecoder(labelOf(head) ?? "utf-8").decode(head));
  } catch {
    return undefined;
  }
  return root;
}

/** Turns what the parser sees into rows, as many as the text holds that was handed in. */
class Reader {
  readonly #parser = new SaxesParser({ position: true });
  readonly #path: string[] = [];
  #rows: Row[] = [];
  #names: string[] = [];
  #cells: string[] = [];
  #text = "";
  #line = 1;
  #header = new Header([]);

  constructor(
    private readonly file: string,
    private readonly roots: ReadonlySet<string>,
  ) {
    this.#parser.on("doctype", () => this.#refuse("has a document type; write the file without one"));
    this.#parser.on("error", (error) => this.#refuse("is not XML", error));
    this.#parser.on("opentagstart", (tag) => this.#open(local(tag.name)));
    this.#parser.on("closetag", (tag) => this.#close(local(tag.name)));
    this.#parser.on("text", (text) => this.#add(text));
    this.#parser.on("cdata", (text) => this.#add(text));
  }

  get line(): number {
    return this.#parser.line;
  }

  take(text: string): readonly Row[] {
    this.#parser.write(text);
    return this.#handOver();
  }

  end(): readonly Row[] {
    this.#parser.close();
    return this.#handOver();
  }

  #handOver(): readonly Row[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  #open(name: string): void {
    this.#path.push(name);
    if (this.#path.length === 2) [this.#names, this.#cells, this.#line] = [[], [], this.#parser.line];
    if (this.#path.length === 3) this.#text = "";
    if (this.#path.length > 3) this.#refuse(`has an element ${name} within a field`);
  }

  #close(name: string): void {
    const depth = this.#path.length;
    this.#path.pop();
    if (depth === 3) {
      if (this.#names.includes(name)) this.#refuse(`has the field ${name} twice in one row`);
      if (this.#names.length === FIELDS) this.#refuse(`has a row of more than ${FIELDS} fields`);
      this.#names.push(name);
      this.#cells.push(this.#text.trim());
    }
    if (depth !== 2 || !this.roots.has(this.#path[0] ?? "")) return;
    const same =
      this.#header.names.length === this.#names.length &&
      this.#names.every((name, i) => name === this.#header.names[i]);
    if (!same) this.#header = new Header(this.#names);
    this.#rows.push({ header: this.#header, cells: this.#cells, line: this.#line, element: name });
  }

  #add(text: string): void {
    if (this.#path.length === 3) this.#text += text;
    else if (text.trim() !== "") this.#refuse("has text outside a field");
    if (this.#text.length > RECORD_LIMIT) this.#refuse(`has a field longer than ${RECORD_LIMIT} characters`);
  }

  #refuse(sentence: string, cause?: unknown): never {
    throw new SteleError("input", sentence, { place: { file: this.file, line: this.#parser.line }, cause });
  }
}

function local(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

/** The encoding that the XML declaration names; UTF-8 without one. */
function labelOf(head: Uint8Array): string | undefined {
  const start = Buffer.from(head.subarray(0, 256)).toString("latin1");
  const name = /^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.-]+)["']/.exec(start)?.[1];
  return name === undefined ? "utf-8" : encodings[name.toUpperCase()];
}

function decoderOf(head: Uint8Array, file: string): Decoder {
  const label = labelOf(head);
  if (label === undefined) {
    const sentence = "says an encoding that is neither UTF-8 nor GB18030; convert the file first";
    throw new SteleError("input", sentence, { place: { file, line: 1 } });
  }
  return new TextDecoder(label, { fatal: true });
}

function decode(decoder: Decoder, bytes: Uint8Array, file: string, line: number, more: boolean): string {
  try {
    return decoder.decode(bytes, { stream: more });
  } catch (cause) {
    const sentence = `is not ${decoder.encoding.toUpperCase()} text, which it should be by its first line`;
    throw new SteleError("input", sentence, { place: { file, line }, cause });
  }
}
