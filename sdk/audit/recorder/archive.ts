import { createHash, type Hash } from "node:crypto";

import { extract, pack, type Pack } from "tar-stream";

import { toHex, utf8, type Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { sha256 } from "../../common/sha256.js";
import { canonicalText } from "../../records/canonical.js";
import type { SourceFile } from "./files.js";

/** Media type of a folder that was collected. */
export const archiveType = "application/x-tar";

/** What a listing says of one file. */
export interface ListedFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: Hex;
}

/** The same files give the same bytes: nothing of owner, rights or time goes into the archive. */
const neutral = { mode: 0o644, mtime: new Date(0), uid: 0, gid: 0, uname: "", gname: "", type: "file" } as const;

/**
 * Files as a POSIX tar archive, deterministic: in the order given, with names, sizes and content only.
 * @param listed told of every file once it is read
 */
export async function* archiveOf(
  files: readonly SourceFile[],
  listed: (file: ListedFile) => void,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const archive = pack();
  const written = writeAll(archive, files, listed, signal);
  // Whoever reads the archive is told of the failure below, once.
  written.catch((error: unknown) => archive.destroy(error as Error));
  // Leaving the loop early ends the archive, and with it the reading of files.
  for await (const piece of archive as AsyncIterable<Uint8Array>) yield piece;
  await written;
}

async function writeAll(
  archive: Pack,
  files: readonly SourceFile[],
  listed: (file: ListedFile) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const closed = new Promise<void>((resolve) => archive.once("close", resolve));
  for (const file of files) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const done = (error?: Error | null): void => (error ? reject(error) : resolve());
    const entry = archive.entry({ ...neutral, name: file.path, size: file.size }, done);
    // Its failure is the archive's, which is read.
    entry.on("error", () => undefined);
    promise.catch(() => undefined);
    for await (const piece of hashed(file, listed, signal)) {
      if (!entry.write(piece)) await Promise.race([drained(entry), closed]);
      if (archive.destroyed) throw new SteleError("refused", "the archive was not read to its end");
    }
    entry.end(null);
    await promise;
  }
  archive.finalize();
}

/** Resolves when a stream takes more. */
function drained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => stream.once("drain", resolve));
}

/** A file's content; tells of it when it was read to its end. */
export async function* hashed(
  file: SourceFile,
  listed: (file: ListedFile) => void,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  for await (const piece of file.read(signal)) {
    hash.update(piece);
    yield piece;
  }
  listed({ path: file.path, size: file.size, sha256: digestOf(hash) });
}

/** The listing as text: a line of canonical JSON (RFC 8785) a file, in the order of the archive. */
export function formatListing(files: readonly ListedFile[]): string {
  return files.map((file) => `${canonicalText(file)}\n`).join("");
}

/** SHA-256 of a listing's text. */
export function listingDigest(files: readonly ListedFile[]): Hex {
  return toHex(sha256(utf8(formatListing(files))));
}

/**
 * One file out of an archive; nothing is read behind it. Names of other entries are compared and never used as paths.
 * @throws SteleError `missing` where the archive has no such file, `corrupt` where it is no archive
 */
export async function* fileIn(archive: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  const reader = extract();
  const fed = feed(archive, reader);
  fed.catch((error: unknown) => reader.destroy(error as Error));
  try {
    for await (const entry of reader) {
      if (entry.header.name === path && entry.header.type === "file") {
        for await (const piece of entry as AsyncIterable<Uint8Array>) yield piece;
        return;
      }
      entry.resume();
    }
  } catch (cause) {
    if (cause instanceof SteleError || (cause as Error).name === "AbortError") throw cause;
    throw new SteleError("corrupt", "the dataset is not the archive that it should be", { cause });
  } finally {
    await fed.catch(() => undefined);
  }
  throw new SteleError("missing", `the archive has no file of that name`, { place: { field: path } });
}

async function feed(archive: AsyncIterable<Uint8Array>, reader: ReturnType<typeof extract>): Promise<void> {
  const closed = new Promise<void>((resolve) => reader.once("close", resolve));
  for await (const piece of archive) {
    if (reader.destroyed) return;
    if (!reader.write(piece)) await Promise.race([drained(reader), closed]);
  }
  reader.end(null);
}

function digestOf(hash: Hash): Hex {
  return `0x${hash.digest("hex")}`;
}
