import { createHash } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import { stat } from "node:fs/promises";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { isAbsent, whyUnread } from "../../common/node/files.js";
import type { TableOptions } from "./spec.js";

/** The bytes of a file, hashed as they are read. */
export interface FileSource {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** SHA-256 of what was read. */
  digest(): Hex;
}

/**
 * Opens a file that can be read more than once.
 * @throws SteleError `missing` where there is none, `input` where it is no plain file
 */
export async function openFile(file: string, { signal, onProgress, shown = file }: TableOptions): Promise<FileSource> {
  const place = { file: shown };
  const facts: Stats = await stat(file).catch((cause: unknown) => {
    const sentence = isAbsent(cause) ? "there is no such file" : `cannot be read: ${whyUnread(cause)}`;
    throw new SteleError("missing", sentence, { place, cause });
  });
  if (!facts.isFile()) throw new SteleError("input", "is not a plain file, and it has to be read twice", { place });
  const hash = createHash("sha256");
  async function* bytes(): AsyncGenerator<Uint8Array> {
    let done = 0;
    const stream = createReadStream(file, { highWaterMark: 1 << 18 });
    try {
      for await (const piece of stream as AsyncIterable<Uint8Array>) {
        signal?.throwIfAborted();
        hash.update(piece);
        yield piece;
        done += piece.length;
        onProgress?.(done, Math.max(done, facts.size));
      }
    } catch (cause) {
      if (cause instanceof SteleError || signal?.aborted) throw cause;
      throw new SteleError("input", `cannot be read: ${whyUnread(cause)}`, { place, cause });
    }
  }
  return { bytes: bytes(), digest: () => `0x${hash.copy().digest("hex")}` };
}

/** SHA-256 of a file's bytes. */
export async function fileDigest(file: string, options: TableOptions = {}): Promise<Hex> {
  const source = await openFile(file, options);
  for await (const _ of source.bytes);
  return source.digest();
}
