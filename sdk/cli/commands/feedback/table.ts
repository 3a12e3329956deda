import type { RecordSource } from "../../../book/source.js";
import { SteleError } from "../../../common/errors.js";
import { writeAtomically } from "../../../common/node/files.js";
import { visible } from "../../../common/visible.js";
import type { Criteria } from "../../../rewards/feedback/criteria.js";
import type { FeedbackRecord } from "../../../rewards/feedback/read.js";
import type { ShownTables } from "../../../rewards/feedback/published.js";
import type { TableRows } from "../../../rewards/feedback/rows.js";
import type { UnitTable } from "../../../rewards/feedback/unit-table.js";
import type { Context } from "../../context.js";
import { table, thousands } from "../../output.js";
import type { ShowInput } from "./show.js";

interface Read {
  readonly folder: string;
  readonly records: readonly FeedbackRecord[];
  readonly logId: `0x${string}`;
}

/** A table of one or several units. */
export async function showTable(input: ShowInput, context: Context): Promise<void> {
  const books = await Promise.all(input.book.map((folder) => readBook(folder, context)));
  const criteria = await criteriaOf(input, books, context);
  const parts = await Promise.all(books.map((book) => rowsIn(book, criteria, input, context)));
  const made = await guarded(books, parts, criteria);
  const text = await written(made, input);
  if (input.out !== undefined) {
    await writeAtomically(context.path(input.out), text, undefined, input.out);
    context.note(`Wrote ${input.out}.`);
  }
  const { jsonOf } = await import("../../../rewards/feedback/report.js");
  const left = remarks(parts, input.offline);
  const shown = input.out === undefined ? text : "";
  context.print({ ...jsonOf(made), remarks: left }, () => [shown, ...left].filter((line) => line !== "").join("\n"));
}

async function readBook(folder: string, context: Context): Promise<Read> {
  const { openBookReader } = await import("../../../book/reader.js");
  const { feedbackRecords } = await import("../../../rewards/feedback/read.js");
  const source: RecordSource = await openBookReader(context.path(folder));
  const bar = context.progress(folder);
  try {
    const work = { signal: context.signal, progress: (done: bigint, of: bigint) => bar.update(done, of) };
    const records = await Array.fromAsync(feedbackRecords(source, work));
    return { folder: context.path(folder), records, logId: source.config.logId };
  } finally {
    bar.finish();
    await source.close();
  }
}

/** The criteria that were named, or those of the latest record. */
async function criteriaOf(input: ShowInput, books: readonly Read[], context: Context): Promise<Criteria> {
  const { keptCriteria, readCriteria } = await import("../../../rewards/feedback/criteria-store.js");
  if (input.criteria !== undefined) return readCriteria(context.path(input.criteria), input.criteria);
  for (const { folder, records } of books.toReversed()) {
    const latest = records.findLast(({ content, inEdition }) => inEdition && content !== undefined);
    if (latest?.content !== undefined) return keptCriteria(folder, latest.content.payload.criteria);
  }
  throw new SteleError("missing", "there is no feedback here that could be opened");
}

async function rowsIn(
  { records, logId }: Read,
  criteria: Criteria,
  input: ShowInput,
  context: Context,
): Promise<TableRows> {
  const { rowsOf } = await import("../../../rewards/feedback/rows.js");
  const wanted = new Set(input.unit.map((unit) => unit.normalize("NFC")));
  const chosen = wanted.size === 0 ? records : records.filter(({ content }) => wanted.has(content?.payload.unit ?? ""));
  if (input.offline) return rowsOf(chosen, criteria);
  const { statusesOf } = await import("../../../rewards/feedback/desk.js");
  return rowsOf(chosen, criteria, await statusesOf((await context.session()).suite, logId, chosen, context.signal));
}

/** Makes the table under what each log's folder remembers of tables before, and remembers this one before it is shown. */
async function guarded(books: readonly Read[], parts: readonly TableRows[], criteria: Criteria): Promise<UnitTable> {
  const { ShownTables } = await import("../../../rewards/feedback/published.js");
  const { tableOf } = await import("../../../rewards/feedback/unit-table.js");
  const memories = new Map<string, ShownTables>();
  for (const [i, { folder }] of books.entries()) {
    const memory = await ShownTables.open(folder);
    for (const { unit } of parts[i]!.rows) {
      const other = memories.get(unit);
      if (other !== undefined && other !== memory) {
        throw new SteleError("refused", `two logs hold feedback of a unit called "${unit}"; show them one at a time`);
      }
      memories.set(unit, memory);
    }
  }
  const made = tableOf(
    criteria,
    parts.flatMap(({ rows }) => rows),
    (unit, period, people) => memories.get(unit)!.guard(unit, period, people),
  );
  for (const memory of new Set(memories.values())) await memory.keep();
  return made;
}

async function written(made: UnitTable, { format }: ShowInput): Promise<string> {
  const { columns, textsOf } = await import("../../../rewards/feedback/report.js");
  switch (format) {
    case "svg":
      return (await import("../../../rewards/feedback/chart.js")).feedbackChart(made);
    case "csv": {
      const { csvText } = await import("../../../common/node/csv.js");
      return (await Array.fromAsync(csvText(columns, made.cells.map(textsOf)))).join("");
    }
    case "table":
      return table(
        columns,
        made.cells.map((cell) => textsOf(cell).map(visible)),
      );
  }
}

/** What the table leaves out, and what it cannot say. */
function remarks(parts: readonly TableRows[], offline: boolean): string[] {
  const sum = (of: (part: TableRows) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const [over, closed, other] = [sum((part) => part.over), sum((part) => part.closed), sum((part) => part.other)];
  return [
    ...(over > 0 ? [`${thousands(over)} records were corrected without a successor, withdrawn or have lapsed.`] : []),
    ...(closed > 0 ? [`${thousands(closed)} records were erased or do not open.`] : []),
    ...(other > 0 ? [`${thousands(other)} records are by other criteria.`] : []),
    ...(offline ? ["The desk was not asked: records that were withdrawn may be among these."] : []),
  ];
}
