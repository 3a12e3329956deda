import { createHash } from "node:crypto";

import { SteleError } from "../../common/errors.js";

/** A file of an export, wherever its bytes come from. */
export interface ExportFile {
  /** Path below the export, as refusals shall name it. */
  readonly name: string;
  readonly content: AsyncIterable<Uint8Array>;
}

/** Bytes that are looked at before a file is read. */
export const HEAD = 65_536;

/** A file with its beginning known, counted and hashed as it is read. */
export interface Source {
  readonly name: string;
  readonly head: Uint8Array;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Of what was read; all of it once `bytes` ended. */
  digest(): { readonly bytes: number; readonly sha256: string };
  /** Leaves the rest unread. */
  close(): Promise<void>;
}

/** Reads the beginning of a file. */
export async function openSource(file: ExportFile, each: (bytes: number) => void): Promise<Source> {
  const stream = file.content[Symbol.asyncIterator]();
  const hash = createHash("sha256");
  const pieces: Uint8Array[] = [];
  let [size, ended] = [0, false];
  const take = async (): Promise<Uint8Array | undefined> => {
    const next = await stream.next();
    ended = next.done === true;
    if (next.done === true) return undefined;
    hash.update(next.value);
    size += next.value.length;
    each(next.value.length);
    return next.value;
  };
  for (let piece = await take(); piece !== undefined; piece = size < HEAD ? await take() : undefined)
    pieces.push(piece);
  const head = Buffer.concat(pieces);
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield head;
    for (let piece = ended ? undefined : await take(); piece !== undefined; piece = await take()) yield piece;
  }
  return {
    name: file.name,
    head: head.subarray(0, HEAD),
    bytes: bytes(),
    digest: () => ({ bytes: size, sha256: hash.copy().digest("hex") }),
    close: async () => void (await stream.return?.()),
  };
}

/**
 * Refuses text that is not UTF-8 with a sentence that says what it is, as far as its beginning shows it.
 * @throws SteleError `input`
 */
export function checkEncoding({ name, head }: Source): void {
  const wide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (wide || head.subarray(0, 4).includes(0)) {
    throw new SteleError("input", "is UTF-16 text; save it as UTF-8", { place: { file: name, line: 1 } });
  }
  if (reads(head, "utf-8") || !reads(head, "gb18030")) return; // where neither fits, reading it names the line
  const sentence = "is GB18030 (GBK) text, not UTF-8; convert it first, as with iconv -f GB18030 -t UTF-8";
  throw new SteleError("input", sentence, { place: { file: name, line: 1 } });
}

/** Whether bytes are text in an encoding; a character that the end cuts off does not matter. */
function reads(bytes: Uint8Array, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
