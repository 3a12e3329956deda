import { SteleError } from "../../../common/errors.js";
import type { Criteria } from "../../../rewards/feedback/criteria.js";
import type { FeedbackJob } from "../../../rewards/feedback/history.js";
import type { FeedbackPlan } from "../../../rewards/feedback/import.js";
import { unitName } from "../../../rewards/feedback/payload.js";
import { reasonCode } from "../../codes.js";
import { cardsField, readCards } from "../../cards.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { positional, text, value, type InputOf } from "../../fields.js";
import { encodingField, rosterFields, withRoster } from "../../roster.js";
import { soundTable } from "../../sound-table.js";

const fields = {
  folder: positional(text, "FOLDER", "folder of the unit's log"),
  file: positional(text.optional(), "FILE", "CSV: staff number, a column for each criterion, optional comment"),
  unit: value(text.pipe(unitName), "NAME", "the unit, as the roster has it"),
  period: value(text, "PERIOD", "the period, in the criteria's cadence: 2026-03, 2026-Q1, 2026-H1 or 2026"),
  criteria: value(text.optional(), "FILE", "published criteria"),
  ...rosterFields,
  encoding: encodingField,
  cards: cardsField,
  undo: value(reasonCode.optional(), "CODE", "withdraw all records of the period instead, for this published reason"),
} as const;
type Input = InputOf<typeof fields>;

export const feedbackImport = defineCommand({
  name: "feedback import",
  summary: "Record a unit's feedback for a period, once",
  description:
    "The whole file is checked first; all problems are listed in NAME.errors.csv. Every line becomes a record in the " +
    "unit's log that its person opens, in an order that does not tell whose it is. Interrupted, run it again: it goes on " +
    "with what is missing. A period is recorded once; to replace it, take it back with --undo and import the right file, " +
    "which becomes the next revision.\n\n" +
    "Examples: stele feedback import books/unit-7 q1.csv --unit 'unit 7' --period 2026-Q1 --criteria criteria.json\n" +
    "          stele feedback import books/unit-7 --unit 'unit 7' --period 2026-Q1 --undo wrong-file --account 5",
  reach: "writes",
  fields,
  async run(input, context) {
    if (input.undo !== undefined) {
      if (input.file !== undefined)
        throw new SteleError("usage", "--undo takes no FILE; import the right one afterwards");
      const { undoFeedback } = await import("./undo.js");
      return undoFeedback({ ...input, reason: input.undo }, context);
    }
    if (input.file === undefined || input.criteria === undefined) {
      throw new SteleError("usage", "name the CSV FILE and --criteria FILE, or --undo CODE");
    }
    if (context.common.propose !== undefined) {
      throw new SteleError("usage", "an import writes the log and sends nothing; --propose goes with --undo");
    }
    const { readCriteria } = await import("../../../rewards/feedback/criteria-store.js");
    const criteria = await readCriteria(context.path(input.criteria), input.criteria);
    const { job, digest, absent } = await readJob({ ...input, file: input.file }, criteria, context);
    await importJob(input, { job, digest, absent }, context);
  },
});

interface Sheet {
  readonly job: FeedbackJob;
  /** SHA-256 of the file. */
  readonly digest: `0x${string}`;
  /** People of the unit on the roster who have no line. */
  readonly absent: number;
}

/** Checks the whole file, then reads it. */
async function readJob(input: Input & { file: string }, criteria: Criteria, context: Context): Promise<Sheet> {
  const { sheetOf } = await import("../../../rewards/feedback/sheet.js");
  const { parsePeriod } = await import("../../../rewards/feedback/periods.js");
  const { unit } = input;
  const period = parsePeriod(input.period, criteria.cadence);
  return withRoster(context, input, async (roster) => {
    const table = await soundTable(input, sheetOf(criteria, unit, roster), context);
    const cards = await readCards(input.cards, context);
    const entries = await Array.fromAsync(table.rows(), (row) => ({ ...row, metaAddress: cards.get(row.staffNumber) }));
    let absent = -entries.length;
    for await (const person of roster.people()) if (person.unit.normalize("NFC") === unit) absent++;
    return { job: { unit, period, criteria, entries }, digest: table.digest, absent };
  });
}

async function importJob(input: Input, { job, digest, absent }: Sheet, context: Context): Promise<void> {
  const { Book } = await import("../../../book/book.js");
  const { appendFeedback, planFeedback } = await import("../../../rewards/feedback/import.js");
  const { importId } = await import("../../../rewards/imports/id.js");
  const { keepCriteria } = await import("../../../rewards/feedback/criteria-store.js");
  const folder = context.path(input.folder);
  const book = await Book.open(folder);
  try {
    const plan = await planFeedback(book, job, { ended: endedAt(book.config.logId, context) });
    const parameters = {
      unit: job.unit,
      period: job.period.name,
      revision: plan.revision,
      criteria: job.criteria.hash,
    };
    const id = importId({ kind: "feedback", digest, parameters });
    const facts = { import: id, source: plan.source, revision: plan.revision, people: job.entries.length, absent };
    if (context.common.dryRun === true) {
      context.print({ ...facts, recorded: plan.recorded, appended: 0 }, () => rehearsal(plan, facts));
      return;
    }
    await keepCriteria(folder, job.criteria);
    const bar = context.progress("recording", job.entries.length);
    await appendFeedback(book, plan, { signal: context.signal, onProgress: (done) => bar.update(done) });
    bar.finish();
    context.print({ ...facts, recorded: plan.recorded, appended: plan.records.length }, () => summary(plan, facts));
  } finally {
    await book.close();
  }
}

/** Asks the desk whether records have ended; only where an edition is there already. */
function endedAt(logId: `0x${string}`, context: Context) {
  return async (indexes: readonly bigint[]): Promise<bigint | undefined> => {
    const { firstStanding } = await import("../../../rewards/feedback/desk.js");
    return firstStanding((await context.session()).suite, logId, indexes);
  };
}

interface Facts {
  readonly import: string;
  readonly people: number;
  readonly absent: number;
}

function rehearsal(plan: FeedbackPlan, facts: Facts): string {
  return [
    `Dry run: ${facts.people} people, no problem in the file; ${plan.records.length} records would be appended ` +
      `as ${plan.source}. Nothing was changed.`,
    ...missing(facts),
  ].join("\n");
}

function summary(plan: FeedbackPlan, facts: Facts): string {
  const before = plan.recorded === 0 ? "" : `, ${plan.recorded} were there from an import that was interrupted`;
  return [
    `import ${facts.import}`,
    `Appended ${plan.records.length} records as ${plan.source}${before}. Anchor the log, then give each person theirs.`,
    ...missing(facts),
  ].join("\n");
}

function missing({ absent }: Facts): string[] {
  return absent > 0 ? [`${absent} more of the unit are on the roster and have no line.`] : [];
}
