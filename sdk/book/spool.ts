import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { appendFile, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import { SteleError, type Place } from "../common/errors.js";
import { fromHex, toHex } from "../common/bytes.js";
import { readJson } from "../common/json.js";
import { parseWith, wholeNumber } from "../common/schema.js";
import { syncFolder, writeAtomically } from "../common/node/files.js";
import { makeFolder } from "../common/node/folders.js";
import { toJsonObject, writeCanonical, type JsonObject } from "../records/canonical.js";
import { RECORD_LIMIT, type Draft } from "../records/intake/draft.js";
import { readLines } from "../records/intake/lines.js";

const pendingSchema = z.strictObject({
  digest: z.string(),
  count: z.int().nonnegative(),
  first: wholeNumber,
  sequence: wholeNumber,
});
const finishedSchema = pendingSchema.extend({ last: wholeNumber, time: wholeNumber });

/** An import that was checked as a whole and is being appended. */
export interface PendingImport {
  /** SHA-256 of the content, so that the same content is recognised. */
  readonly digest: string;
  /** Records. */
  readonly count: number;
  /** Size of the log when it began: the index of its first entry, unless another source wrote in between. */
  readonly first: bigint;
  /** Number of its first record in the book's own source, which nobody else writes to until the import is in the log. */
  readonly sequence: bigint;
}

/** An import that is in the log. */
export interface FinishedImport extends PendingImport {
  /** Its entries lie from `first` to this one; those of other sources may lie in between. */
  readonly last: bigint;
  /** Seconds since 1970. */
  readonly time: bigint;
}

/** A record of the spool: a draft with its time. */
export interface SpooledRecord {
  readonly time: bigint;
  readonly schema: string | undefined;
  readonly retentionClass: bigint | undefined;
  readonly subject: Uint8Array | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

interface SpoolOptions {
  readonly again?: boolean;
  /** Digest of an import that was completed just now: the same content is no new import, but that one run again. */
  readonly completed?: string | undefined;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number) => void;
}

/**
 * Where an import waits between being checked and being in the log, so that bad input changes nothing and a killed
 * import goes on where it was. Files: `pending.ndjson` and `pending.json` while one is under way, `done.ndjson`.
 */
export class Spool {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The import under way, if any. */
  async pending(): Promise<PendingImport | undefined> {
    const place = { file: this.#path("pending.json") };
    const text = await readFile(place.file, "utf8").catch(absent);
    return text === undefined ? undefined : parseWith(pendingSchema, readJson(text, place), place);
  }

  /** Imports that are in the log, oldest first. */
  async finished(): Promise<FinishedImport[]> {
    const text = (await readFile(this.#path("done.ndjson"), "utf8").catch(absent)) ?? "";
    return text
      .split("\n")
      .filter(Boolean)
      .map((line, i) => {
        const place = { file: this.#path("done.ndjson"), line: i + 1 };
        return parseWith(finishedSchema, readJson(line, place), place);
      });
  }

  /**
   * Reads all drafts and keeps them; the import begins when this resolves. Until then nothing has changed.
   * @param place where the import begins, asked for after all drafts have been read
   * @param now time of drafts without one, seconds since 1970
   * @returns undefined where this import is the one of `options.completed`
   * @param check gives the content of each draft as it is kept; what it throws refuses the whole import
   */
  async begin(
    drafts: AsyncIterable<Draft>,
    place: () => Promise<Pick<PendingImport, "first" | "sequence">>,
    now: bigint,
    check: (draft: Draft) => JsonObject,
    options: SpoolOptions = {},
  ): Promise<PendingImport | undefined> {
    makeFolder(this.#folder);
    const partial = this.#path("pending.ndjson.tmp");
    try {
      const { digest, count } = await spool(drafts, partial, now, check, options);
      if (digest === options.completed) return undefined;
      if (!options.again) await this.#refuseRepetition(digest);
      const pending = { digest, count, ...(await place()) };
      await rename(partial, this.#path("pending.ndjson"));
      await writeAtomically(this.#path("pending.json"), textOf(pending));
      return pending;
    } finally {
      await rm(partial, { force: true });
    }
  }

  /** The records of the import under way, from number `from` on. */
  async *records(from: number): AsyncGenerator<SpooledRecord> {
    const path = this.#path("pending.ndjson");
    let at = 0;
    for await (const { text, number } of readLines(createReadStream(path), path, 4 * RECORD_LIMIT)) {
      if (at++ >= from) yield reviveRecord(text, { file: path, line: number });
    }
  }

  /** Writes down that the import under way is in the log, whose size is `size`. */
  async finish(size: bigint, now: bigint): Promise<void> {
    const pending = await this.pending();
    if (pending === undefined) return;
    const known = (await this.finished()).at(-1);
    // Killed after the line was written, an import finishes twice.
    if (known?.sequence !== pending.sequence || known.digest !== pending.digest) {
      const last = pending.count === 0 ? pending.first : size - 1n;
      await appendFile(this.#path("done.ndjson"), textOf({ ...pending, last, time: now }), { flush: true });
    }
    await rm(this.#path("pending.json"));
    await rm(this.#path("pending.ndjson"), { force: true });
    await syncFolder(this.#folder);
  }

  async #refuseRepetition(digest: string): Promise<void> {
    const before = (await this.finished()).find((done) => done.digest === digest && done.count > 0);
    if (before === undefined) return;
    const range = `${before.first} to ${before.last}`;
    throw new SteleError(
      "refused",
      `the same content is in the log already, entries ${range}; say --again to repeat it`,
    );
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}

/** Writes checked drafts to a file and makes it durable. The digest leaves out the times that `now` supplied. */
async function spool(
  drafts: AsyncIterable<Draft>,
  path: string,
  now: bigint,
  check: (draft: Draft) => JsonObject,
  { signal, onProgress }: SpoolOptions,
): Promise<{ digest: string; count: number }> {
  const hash = createHash("sha256");
  const file = await open(path, "w");
  const lines: string[] = [];
  let count = 0;
  try {
    for await (const draft of drafts) {
      signal?.throwIfAborted();
      const line = lineOf(draft, check(draft));
      hash.update(`${line}\n`);
      // "time" is the last name in canonical order.
      lines.push(draft.time === undefined ? `${line.slice(0, -1)},"time":"${now}"}\n` : `${line}\n`);
      if (++count % 1000 === 0) {
        await file.write(lines.splice(0).join(""));
        onProgress?.(count);
      }
    }
    await file.write(lines.join(""));
    await file.sync();
  } finally {
    await file.close();
  }
  onProgress?.(count);
  return { digest: hash.digest("hex"), count };
}

function lineOf({ time, schema, retentionClass, subject, place }: Draft, data: JsonObject): string {
  try {
    const envelope = toJsonObject({
      ...(time === undefined ? {} : { time: time.toString() }),
      ...(schema === undefined ? {} : { schema }),
      ...(retentionClass === undefined ? {} : { retention: Number(retentionClass) }),
      ...(subject === undefined ? {} : { subject: toHex(subject) }),
    });
    return writeCanonical({ data, ...envelope });
  } catch (error) {
    throw error instanceof SteleError ? error.at(place) : error;
  }
}

function reviveRecord(text: string, place: Place): SpooledRecord {
  const { time, schema, retention, subject, data } = readJson(text, place) as Record<string, never>;
  return {
    time: BigInt(time ?? 0),
    schema,
    retentionClass: retention === undefined ? undefined : BigInt(retention),
    subject: subject === undefined ? undefined : fromHex(subject),
    data: data ?? {},
  };
}

function textOf(value: object): string {
  return `${JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? item.toString() : item))}\n`;
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
