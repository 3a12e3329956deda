import { readFile } from "node:fs/promises";

import { z } from "zod";

import { toHex, type Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import { machineClock } from "../../../common/time.js";
import type { PersonnelEntry } from "../../../rewards/personnel/append.js";
import { sheetKinds, type SheetCriteria } from "../../../rewards/personnel/sheet.js";
import { cardsField, readCards } from "../../cards.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { positional, text, value, type InputOf } from "../../fields.js";
import { encodingField, rosterFields, withRoster } from "../../roster.js";
import { soundTable } from "../../sound-table.js";

const fields = {
  folder: positional(text, "FOLDER", "folder of the unit's log"),
  file: positional(text, "FILE", "CSV: staff number, days, and what the kind says"),
  kind: value(z.enum(sheetKinds), "KIND", `one of ${sheetKinds.join(", ")}`),
  criteria: value(text.optional(), "FILE", "the published criteria that performance reports were written by"),
  criteriaUri: value(text.optional(), "URI", "where everybody can read them"),
  ...rosterFields,
  encoding: encodingField,
  cards: cardsField,
} as const;
type Input = InputOf<typeof fields>;

/** Records that become durable together. */
const batchSize = 256;

export const personRecord = defineCommand({
  name: "person record",
  summary: "Record trainings, career steps, missions, performance reports or awards of people, from a CSV, once",
  description:
    "The whole file is checked first; all problems are listed in NAME.errors.csv. Every line becomes a record in the " +
    "unit's log that its person opens. A file is a source of its own: interrupted, the same command goes on with what is " +
    "missing, and a file that is recorded is refused. Columns: staff number, from, until, and by kind: course, provider, " +
    "hours, result; change, position, grade, reason; mission, role, place, outcome; assessor, scores such as " +
    "'diligence 4/5; cooperation 3/5', conclusion; title, date, citation of an award, which the award itself can then rest " +
    "on, so that it can be disputed. Where a record speaks against the person, the column adverse says " +
    "yes: it ends after five years.\n\n" +
    "Examples: stele person record books/unit-7 courses.csv --kind training --encoding gb18030\n" +
    "          stele person record books/unit-7 h1.csv --kind performance --criteria criteria.md " +
    "--criteria-uri https://office.example/criteria.md --cards cards",
  reach: "local",
  fields,
  async run(input, context) {
    const { entries, source } = await readSheet(input, context);
    const { Book } = await import("../../../book/book.js");
    const { appendPersonnel } = await import("../../../rewards/personnel/append.js");
    const book = await Book.open(context.path(input.folder));
    try {
      const before = Number(book.nextSequence(source));
      if (before >= entries.length) {
        const sentence = `is recorded already, in ${before} records of ${source}; correct or withdraw those that are wrong`;
        throw new SteleError("refused", sentence, { place: { file: input.file } });
      }
      const bar = context.progress("recording", entries.length);
      for (let at = before; at < entries.length; at += batchSize) {
        context.signal.throwIfAborted();
        await appendPersonnel(book, entries.slice(at, at + batchSize));
        bar.update(Math.min(at + batchSize, entries.length));
      }
      bar.finish();
      const facts = { source, records: entries.length, before, appended: entries.length - before };
      context.print(facts, () => {
        const there = before === 0 ? "" : `, ${before} were there from an import that was interrupted`;
        return `Appended ${facts.appended} records as ${source}${there}. Anchor the log, then give each person theirs.`;
      });
    } finally {
      await book.close();
    }
  },
});

/** Checks the whole file, then reads it. */
async function readSheet(input: Input, context: Context): Promise<{ entries: PersonnelEntry[]; source: string }> {
  const { entryOf, personnelSheet } = await import("../../../rewards/personnel/sheet.js");
  const { kind } = input;
  const criteria = await readCriteria(input, context);
  const cards = await readCards(input.cards, context);
  const time = machineClock();
  return withRoster(context, input, async (roster) => {
    const table = await soundTable(input, personnelSheet(kind, roster, criteria), context);
    const source = `urn:stele:personnel:${kind}:${table.digest.slice(2)}`;
    const entries = await Array.fromAsync(table.rows(), (row) =>
      entryOf(kind, row, { source, time, metaAddress: cards.get(row.staffNumber) }),
    );
    return { entries, source };
  });
}

async function readCriteria(input: Input, context: Context): Promise<SheetCriteria | undefined> {
  const { kind, criteria: file, criteriaUri: uri } = input;
  if (kind !== "performance") {
    if (file === undefined && uri === undefined) return undefined;
    throw new SteleError("usage", "--criteria goes with performance reports");
  }
  if (file === undefined || uri === undefined) {
    throw new SteleError("usage", "performance reports need --criteria FILE and --criteria-uri URI");
  }
  const { sha256 } = await import("../../../common/sha256.js");
  const bytes = await readFile(context.path(file)).catch((cause: unknown) => {
    throw new SteleError("missing", "cannot be read", { place: { file }, cause });
  });
  return { uri, hash: toHex(sha256(bytes)) as Hex };
}
