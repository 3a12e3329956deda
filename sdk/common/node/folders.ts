import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { SteleError, sentenceOf } from "../errors.js";

/**
 * Makes a folder and those above it that are not there. Node's own recursive `mkdir` does not end where the system
 * refuses a folder as absent, as below /proc.
 * @throws SteleError `storage`, naming the folder that cannot be made
 */
export function makeFolder(folder: string, mode = 0o777): void {
  const missing: string[] = [];
  let at = resolve(folder);
  for (; kindOf(at) === undefined && at !== dirname(at); at = dirname(at)) missing.push(at);
  if (kindOf(at) === "other") {
    throw new SteleError("storage", "is no folder, so nothing can be kept in it", { place: { file: at } });
  }
  for (const path of missing.toReversed()) makeOne(path, mode);
}

function makeOne(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "EEXIST" && kindOf(path) === "folder") return; // somebody was faster
    const sentence = `this folder cannot be made: ${whyUnwritten(cause)}`;
    throw new SteleError("storage", sentence, { place: { file: path }, cause });
  }
}

function kindOf(path: string): "folder" | "other" | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? undefined : found.isDirectory() ? "folder" : "other";
  } catch (cause) {
    throw new SteleError("storage", `cannot be looked at: ${whyUnwritten(cause)}`, { place: { file: path }, cause });
  }
}

/**
 * What the system said against writing a file, as a sentence that names it; anything else as it is.
 * @param shown what messages call the file; the user's own spelling, where there is one
 */
export function unwritten(shown: string, cause: unknown): unknown {
  if (cause instanceof SteleError || !/^E[A-Z]+$/.test(String((cause as { code?: unknown } | null)?.code)))
    return cause;
  return new SteleError("storage", `cannot be written: ${whyUnwritten(cause)}`, { place: { file: shown }, cause });
}

/** What the system says of a path, whether it is read or written. */
export const pathWords = {
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ELOOP: "its links go in a circle",
};

function whyUnwritten(error: unknown): string {
  const words: Partial<Record<string, string>> = {
    ...pathWords,
    ENOENT: "there is no such folder, or it takes nothing new",
    ENOTDIR: "its path leads through a file",
    EEXIST: "something else has its name",
    EROFS: "the disk is read-only",
    ENOSPC: "the disk is full",
    EDQUOT: "the quota is used up",
    EFBIG: "the file system takes no larger file",
    EIO: "the disk fails",
    ENAMETOOLONG: "its name is too long",
  };
  return words[String((error as { code?: unknown }).code)] ?? sentenceOf(error);
}
