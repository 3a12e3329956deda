import { cp, open, readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";

import { SteleError, sentenceOf } from "../../../sdk/common/errors.js";
import { digestOf } from "../../../sdk/records/intake/folder.js";
import { openBookView } from "../../../sdk/book/prove.js";
import type { Book } from "../../../sdk/book/book.js";
import type { Random } from "../../samples/random.js";

/** A change that somebody made to a copy, and how it came out. */
export interface Found {
  readonly change: string;
  readonly found: string;
}

/**
 * Changes one byte of one file in a copy of the recorded folder, and finds the file by the digests in the log.
 * @throws Error where the change goes unnoticed
 */
export async function tamperWithData(
  data: string,
  copy: string,
  files: Book,
  random: Random,
): Promise<Found | undefined> {
  await cp(data, copy, { recursive: true, verbatimSymlinks: true });
  const candidates = await regularFiles(copy);
  if (candidates.length === 0) return undefined;
  const victim = random.pick(candidates);
  const { size } = await stat(victim);
  const offset = random.below(size);
  await flipBit(victim, offset);
  for (let i = 0n; i < files.log.size(); i++) {
    const { path, sha256 } = (await files.openRecord(i)).payload;
    if (typeof path !== "string" || typeof sha256 !== "string") continue;
    if ((await digestOf(join(copy, path))) === sha256) continue;
    const name = relative(copy, victim).split(sep).join("/");
    if (path !== name) throw new Error(`${path} was not changed, yet its digest differs`);
    return { change: `one bit at byte ${offset} of ${name}`, found: `the digest in record ${i} differs` };
  }
  throw new Error(`nobody noticed that ${victim} was changed`);
}

/**
 * Changes one byte of an entry in a copy of the log's store; an audit of the copy finds it.
 * @throws Error where the change goes unnoticed
 */
export async function tamperWithStore(book: Book, copy: string, random: Random): Promise<Found> {
  await cp(book.folder, copy, { recursive: true });
  const index = BigInt(random.below(Number(book.log.size())));
  const entry = Buffer.from(await book.log.entry(index));
  const offset = await flipInStore(join(copy, "log"), entry);
  try {
    const { log } = await openBookView(copy);
    try {
      await log.verify();
    } finally {
      await log.reader.close();
    }
  } catch (error) {
    if (!(error instanceof SteleError && error.code === "corrupt")) throw error;
    return { change: `one bit at byte ${offset} of entry ${index} in the store`, found: sentenceOf(error) };
  }
  throw new Error(`nobody noticed that entry ${index} was changed`);
}

async function regularFiles(folder: string): Promise<string[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = all.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sized = await Promise.all(paths.sort().map(async (path) => ({ path, size: (await stat(path)).size })));
  return sized.filter(({ size }) => size > 0).map(({ path }) => path);
}

/** Flips a bit inside the entry's bytes, everywhere the store keeps them: a write-ahead log may hold older copies. */
async function flipInStore(folder: string, entry: Buffer): Promise<number> {
  // The salted commitment at the end of an entry occurs nowhere else; a page border may cut an entry's start off it.
  const mark = entry.subarray(-24);
  let found = 0;
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    const content = await readFile(path);
    for (let at = content.indexOf(mark); at !== -1; at = content.indexOf(mark, at + 1)) {
      await flipBit(path, at);
      found++;
    }
  }
  if (found === 0) throw new Error("the store does not hold the entry where it was looked for");
  return entry.length - mark.length;
}

async function flipBit(path: string, offset: number): Promise<void> {
  const file = await open(path, "r+");
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, offset);
    byte[0] = byte[0]! ^ 1;
    await file.write(byte, 0, 1, offset);
  } finally {
    await file.close();
  }
}
