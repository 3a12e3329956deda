import { SteleError } from "../common/errors.js";
import { unwritten } from "../common/node/folders.js";

/** SQLite's primary result codes. */
const sentences: Readonly<Record<number, readonly [code: "busy" | "storage" | "corrupt", sentence: string]>> = {
  5: ["busy", "another process is working on it; stop that process, or wait until it ends"],
  8: ["storage", "it cannot be written; check its permissions"],
  10: ["storage", "the disk failed to read or write, or is full"],
  11: ["corrupt", "its database is damaged; restore it from a mirror or a backup"],
  13: ["storage", "the disk is full; nothing that was acknowledged is lost, free some space and try again"],
  14: ["storage", "its database cannot be opened; check the path and its permissions"],
  26: ["corrupt", "its file is no database, or is damaged; restore it from a mirror or a backup"],
};

/** Runs work on a database; what SQLite throws becomes a SteleError that names the folder. */
export function guarded<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw told(folder, cause);
  }
}

/** What SQLite threw, as a SteleError that names the folder, for work that {@link guarded} cannot run. */
export function told(folder: string, cause: unknown): unknown {
  if (cause instanceof SteleError || !(cause instanceof Error)) return cause;
  if ("code" in cause && cause.code === "ERR_OUT_OF_RANGE") {
    return new SteleError("corrupt", `the store ${folder}: it holds a number that cannot be one of a log`, { cause });
  }
  if (!("errcode" in cause)) return unwritten(folder, cause);
  const [code, sentence] = sentences[Number(cause.errcode) & 0xff] ?? (["corrupt", cause.message] as const);
  return new SteleError(code, `the store ${folder}: ${sentence}`, { cause });
}
