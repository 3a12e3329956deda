import { constants, type BigIntStats } from "node:fs";
import { lstat, open, readdir, realpath, stat, type FileHandle } from "node:fs/promises";
import { basename, join } from "node:path";

import { fromUtf8 } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { isAbsent, whyUnread } from "../../common/node/files.js";

/** A file that is to be collected, as it stood when its folder was listed. */
export interface SourceFile {
  /** Path inside the folder, with slashes; the file's own name where one file is collected. */
  readonly path: string;
  readonly size: number;
  /** Its content, a piece at a time. @throws SteleError `refused` where the file is not the one listed any more */
  read(signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Longest path inside a folder, in bytes. */
export const longestPath = 4096;
const pieceLength = 1 << 18;

/** What a path names: one file, or all files under a folder in the order of their paths' bytes. */
export interface Source {
  readonly kind: "file" | "folder";
  readonly files: readonly SourceFile[];
}

/**
 * Lists what is to be collected. Links and devices are refused rather than followed or left out: what is collected is
 * what is there.
 * @throws SteleError naming the file
 */
export async function listSource(path: string, signal?: AbortSignal): Promise<Source> {
  const root = await readable(path, () => realpath(path));
  const what = await readable(path, () => stat(root, { bigint: true }));
  if (what.isFile()) return { kind: "file", files: [fileAt(root, basename(path), what)] };
  if (!what.isDirectory()) throw new SteleError("refused", "is neither a file nor a folder", { place: { file: path } });
  const files: { key: Buffer; file: SourceFile }[] = [];
  await walk(root, "", files, signal);
  files.sort((a, b) => Buffer.compare(a.key, b.key));
  return { kind: "folder", files: files.map(({ file }) => file) };
}

async function walk(
  folder: string,
  prefix: string,
  files: { key: Buffer; file: SourceFile }[],
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const names = await readable(folder, () => readdir(folder, { encoding: "buffer" }));
  for (const raw of names) {
    const name = nameOf(raw, folder);
    const full = join(folder, name);
    const path = `${prefix}${name}`;
    const key = Buffer.from(path);
    if (key.length > longestPath) {
      throw new SteleError("refused", `a path of ${key.length} bytes, where ${longestPath} are the most`, {
        place: { file: `${full.slice(0, 80)}…` },
      });
    }
    const what = await readable(full, () => lstat(full, { bigint: true }));
    if (what.isDirectory()) await walk(full, `${path}/`, files, signal);
    else if (what.isFile()) files.push({ key, file: fileAt(full, path, what) });
    else throw new SteleError("refused", kindOf(what), { place: { file: full } });
  }
}

function kindOf(what: BigIntStats): string {
  if (what.isSymbolicLink()) return "is a symbolic link; put the file itself there, or collect what it points to";
  return "is a device, socket or pipe, which has no content to collect";
}

function nameOf(raw: Buffer, folder: string): string {
  try {
    return fromUtf8(raw);
  } catch (cause) {
    const place = { file: join(folder, raw.toString("latin1")) };
    throw new SteleError("refused", "has a name that is not UTF-8; rename the file", { place, cause });
  }
}

function fileAt(full: string, path: string, listed: BigIntStats): SourceFile {
  const size = Number(listed.size);
  return { path, size, read: (signal) => contentOf(full, listed, signal) };
}

async function* contentOf(
  full: string,
  listed: BigIntStats,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  // A link that has taken the file's place since is not followed, and a pipe does not keep us waiting.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await readable(full, () => open(full, flags));
  try {
    await requireSame(handle, full, listed);
    const size = Number(listed.size);
    for (let at = 0; at < size;) {
      signal?.throwIfAborted();
      const buffer = Buffer.allocUnsafe(Math.min(pieceLength, size - at));
      const { bytesRead } = await readable(full, () => handle.read(buffer, 0, buffer.length, at));
      if (bytesRead === 0) throw changed(full);
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
    await requireSame(handle, full, listed);
  } finally {
    await handle.close();
  }
}

async function requireSame(handle: FileHandle, full: string, listed: BigIntStats): Promise<void> {
  const now = await handle.stat({ bigint: true });
  const names = ["dev", "ino", "size", "mtimeNs", "ctimeNs"] as const;
  if (names.some((name) => now[name] !== listed[name])) throw changed(full);
}

function changed(file: string): SteleError {
  return new SteleError("refused", "changed while it was being collected; collect it again", { place: { file } });
}

async function readable<T>(file: string, doing: () => Promise<T>): Promise<T> {
  try {
    return await doing();
  } catch (cause) {
    if (cause instanceof SteleError) throw cause;
    const looped = (cause as { code?: unknown }).code === "ELOOP";
    if (looped) throw changed(file);
    const sentence = isAbsent(cause) ? "there is no such file or folder" : `cannot be read: ${whyUnread(cause)}`;
    throw new SteleError("missing", sentence, { place: { file }, cause });
  }
}
