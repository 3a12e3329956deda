import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { extname, join, relative } from "node:path";

import type { Book } from "../../../sdk/book/book.js";
import type { Outcome } from "../../../sdk/chain/intent.js";
import { readCsv } from "../../../sdk/records/intake/csv.js";
import type { Draft } from "../../../sdk/records/intake/draft.js";
import { readFolder } from "../../../sdk/records/intake/folder.js";
import { readNdjson } from "../../../sdk/records/intake/ndjson.js";
import { openBook, type Anchored } from "../books.js";
import type { Actor, Stage } from "../stage.js";
import type { ChapterOptions, Narrator } from "../types.js";

/** What one agency recorded. */
export interface AgencyWork {
  readonly actor: Actor;
  readonly what: string;
  readonly book: Book;
  readonly records: number;
  /** Seconds from reading the first byte to the last durable record. */
  readonly seconds: number;
  readonly opened: Outcome;
  anchored?: Anchored;
}

/** Records drafts with a progress bar. */
export async function record(
  stage: Stage,
  actor: Actor,
  { name, what, drafts }: { name: string; what: string; drafts: AsyncIterable<Draft> },
  { workspace, signal }: ChapterOptions,
  narrator: Narrator,
): Promise<AgencyWork> {
  const { book, opened } = await openBook(stage, actor, { name, workspace });
  const bar = narrator.progress(`   ${stage.nameOf(actor)}`);
  const started = performance.now();
  const { count } = await book.import(drafts, {
    signal,
    onProgress: ({ done, total }) => (total === undefined ? bar.update(done) : bar.update(done, total)),
  });
  const seconds = (performance.now() - started) / 1000;
  bar.finish(`${count.toLocaleString("en-US")} records of ${what}, sealed and durable`);
  return { actor, what, book, records: count, seconds, opened };
}

/** Every line of the folder's CSV and NDJSON files; undefined where it has no such file. */
export async function linesOf(folder: string): Promise<AsyncIterable<Draft> | undefined> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = all
    .filter((entry) => entry.isFile() && [".csv", ".ndjson"].includes(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (files.length === 0) return undefined;
  return (async function* () {
    for (const file of files) {
      const shown = relative(folder, file);
      const read = extname(file) === ".csv" ? readCsv : readNdjson;
      yield* read(createReadStream(file), shown);
    }
  })();
}

/** Every file of the folder. */
export function filesOf(folder: string, signal: AbortSignal): AsyncIterable<Draft> {
  return readFolder(folder, signal);
}
