import { open, type FileHandle } from "node:fs/promises";

import { SteleError } from "../../common/errors.js";
import { isAbsent, whyUnread } from "../../common/node/files.js";

/** Names of the files of a dataset's folder. */
export const files = { description: "dataset.json", ciphertext: "ciphertext", chunks: "chunks" } as const;

const full: Partial<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the quota is used up",
  EROFS: "the disk is read-only",
  EFBIG: "the file system takes no larger file",
  EIO: "the disk fails",
};

/**
 * Does something with a file; what the system says against it becomes a sentence that names the file.
 * @throws SteleError `storage`, `missing`
 */
export async function withFile<T>(file: string, doing: () => Promise<T>): Promise<T> {
  try {
    return await doing();
  } catch (cause) {
    throw namingFile(file, cause);
  }
}

/** The same failure with the file in its sentence, where it is one of the system's. */
export function namingFile(file: string, cause: unknown): unknown {
  const code = String((cause as { code?: unknown } | null)?.code);
  const place = { file };
  const disk = full[code];
  if (disk !== undefined) {
    return new SteleError("storage", `cannot be written: ${disk}; make room and run it again`, { place, cause });
  }
  if (isAbsent(cause)) return new SteleError("missing", "there is no such file", { place, cause });
  if (/^E[A-Z]+$/.test(code)) return new SteleError("storage", `cannot be used: ${whyUnread(cause)}`, { place, cause });
  return cause;
}

/** A file that is written from its beginning. */
export class Output {
  readonly #handle: FileHandle;

  private constructor(
    readonly file: string,
    handle: FileHandle,
  ) {
    this.#handle = handle;
  }

  static async create(file: string): Promise<Output> {
    return new Output(file, await withFile(file, () => open(file, "w", 0o600)));
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    await withFile(this.file, async () => {
      for (let at = 0; at < bytes.length;) at += (await this.#handle.write(bytes, at)).bytesWritten;
    });
  }

  async sync(): Promise<void> {
    await withFile(this.file, () => this.#handle.sync());
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Reads `length` bytes from `position` on; fewer only at the end of the file. */
export async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  while (at < length) {
    const { bytesRead } = await handle.read(bytes, at, length - at, position + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}
