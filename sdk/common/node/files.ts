import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, openSync } from "node:fs";
import { link, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

import { fromUtf8 } from "../bytes.js";
import { SteleError, sentenceOf } from "../errors.js";
import { makeFolder, pathWords, unwritten } from "./folders.js";

/**
 * Writes a file so that a reader, and a crash at any moment, finds the old content or the new one, never a part.
 * @param mode permissions of a new file; 0o600 for secrets
 * @param shown what messages call the file; the user's own spelling, where there is one
 * @throws SteleError `storage` where it cannot be written
 */
export async function writeAtomically(
  file: string,
  content: string | Uint8Array,
  mode = 0o644,
  shown = file,
): Promise<void> {
  makeFolder(dirname(file));
  // A name that nobody foresees, made here and now: a file or link that somebody put there is never written through.
  const temporary = `${file}.${randomUUID()}.tmp`;
  const handle = await open(temporary, "wx", mode).catch((cause: unknown) => {
    throw unwritten(shown, cause);
  });
  try {
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw unwritten(shown, error);
  }
  await syncFolder(dirname(file));
}

/**
 * Makes a file, unless it is there by now: of several that make it at once one does, and the others leave it alone. A
 * crash leaves all of it or none.
 * @returns whether this call made it
 */
export async function createAtomically(file: string, content: string, mode: number): Promise<boolean> {
  const own = `${file}.${randomUUID()}.tmp`;
  await writeAtomically(own, content, mode, file);
  try {
    await link(own, file);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === "EEXIST") return false;
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(String(code))) throw error;
    await rename(own, file); // a file system without links, of a memory stick for instance
  } finally {
    await rm(own, { force: true });
  }
  await syncFolder(dirname(file));
  return true;
}

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The same for code that may not be interrupted. */
export function syncFolderSync(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Reads a file of UTF-8 text.
 * @param shown what messages call it; the user's own spelling, where there is one
 * @param absent what to say where there is no such file
 * @throws SteleError `missing` where it cannot be read, `input` where it is not UTF-8
 */
export async function readText(file: string, shown = file, absent = "there is no such file"): Promise<string> {
  const place = { file: shown };
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new SteleError("missing", isAbsent(cause) ? absent : `cannot be read: ${whyUnread(cause)}`, { place, cause });
  });
  try {
    return fromUtf8(bytes);
  } catch (cause) {
    throw new SteleError("input", "is not UTF-8 text; convert the file first", { place, cause });
  }
}

/** Whether a path led nowhere. */
export function isAbsent(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(String((error as { code?: unknown }).code));
}

/** Why a file could not be read, in words for people. */
export function whyUnread(error: unknown): string {
  const words: Partial<Record<string, string>> = pathWords;
  return words[String((error as { code?: unknown }).code)] ?? sentenceOf(error);
}
