import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { extname } from "node:path";

import { z } from "zod";

import type { ImportProgress } from "../../../book/import.js";
import { SteleError } from "../../../common/errors.js";
import type { Draft } from "../../../records/intake/draft.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { flag, positional, text, value } from "../../fields.js";
import { thousands } from "../../output.js";

export const logAppend = defineCommand({
  name: "log append",
  summary: "Append records from NDJSON, CSV or a folder",
  description:
    "NDJSON: one object a line with data and, where known, time (RFC 3339 with a zone), schema, retention and subject. " +
    "CSV: one record a row. A folder: one record a file, with path, size, digest and times. Everything is checked " +
    "before the first record is appended; killed, the next append completes it.\n\n" +
    "Example: stele log append books/ledger samples/audit/vouchers-2025-01.csv",
  reach: "local",
  fields: {
    folder: positional(text, "FOLDER", "folder of the log"),
    source: positional(text.default("-"), "SOURCE", "file or folder to record; standard input (NDJSON) where absent"),
    format: value(z.enum(["ndjson", "csv"]).optional(), "FORMAT", "ndjson or csv (default: by the file's ending)"),
    again: flag("append content that the log has already once more"),
  },
  async run(input, context) {
    const { Book } = await import("../../../book/book.js");
    const drafts = await draftsOf(input.source, input.format, context);
    const book = await Book.open(context.path(input.folder));
    const bar = context.progress("append");
    try {
      const added = await book.import(drafts, {
        again: input.again,
        signal: context.signal,
        onProgress: (progress) => bar.update(...barOf(progress)),
      });
      bar.finish(`${thousands(added.count)} records`);
      const size = book.log.size();
      context.print({ ...added, size }, () => sentence(added.first, added.count, added.resumed, size));
    } finally {
      await book.close();
    }
  },
});

async function draftsOf(
  source: string,
  format: "ndjson" | "csv" | undefined,
  context: Context,
): Promise<AsyncIterable<Draft>> {
  const { readNdjson } = await import("../../../records/intake/ndjson.js");
  const { readCsv } = await import("../../../records/intake/csv.js");
  const { readFolder } = await import("../../../records/intake/folder.js");
  if (source === "-") {
    return format === "csv" ? readCsv(context.stdin, "standard input") : readNdjson(context.stdin, "standard input");
  }
  const path = context.path(source);
  const what = await stat(path).catch((cause: unknown) => {
    throw new SteleError("missing", "there is no such file or folder", { place: { file: source }, cause });
  });
  if (what.isDirectory()) {
    if (format !== undefined) throw new SteleError("usage", "--format is for a file, and SOURCE is a folder");
    return readFolder(path, context.signal);
  }
  const stream = readable(path, source);
  return (format ?? extname(path).slice(1)) === "csv" ? readCsv(stream, source) : readNdjson(stream, source);
}

async function* readable(path: string, shown: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw new SteleError("missing", "cannot be read", { place: { file: shown }, cause });
  }
}

function barOf({ phase, done, total }: ImportProgress): [number, number?] {
  return phase === "checking" || total === undefined ? [done] : [done, total];
}

function sentence(first: bigint, count: number, resumed: number, size: bigint): string {
  const before = resumed === 0 ? "" : `Completed an interrupted append of ${thousands(resumed)} records. `;
  if (count === 0) return `${before}There was nothing to append; the log has ${thousands(size)} entries.`;
  const last = first + BigInt(count) - 1n;
  return `${before}Appended ${thousands(count)} records as entries ${first} to ${last}; the log has ${thousands(size)} entries.`;
}
