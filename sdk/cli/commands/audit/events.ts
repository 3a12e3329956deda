import { join } from "node:path";

import { z } from "zod";

import { operations } from "../../../audit/event.js";
import type { EventLine } from "../../../audit/line.js";
import type { Answer, Question } from "../../../audit/questions/answer.js";
import type { LogReach } from "../../../audit/questions/reach.js";
import { eventTable } from "../../../audit/report/table.js";
import { visible } from "../../../common/visible.js";
import type { Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import { writeAtomically } from "../../../common/node/files.js";
import { makeFolder } from "../../../common/node/folders.js";
import { parseInstant } from "../../../common/time.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { address, bytes32, flag, list, number, text, value, type InputOf } from "../../fields.js";
import { table, thousands } from "../../output.js";
import { withBooks, type Books } from "./sources.js";

const dayLength = 86_400n;
const isDay = /^\d{4}-\d{2}-\d{2}$/;

/** A day (UTC), or a moment. */
const moment = text.refine(
  (given) => isDay.test(given) || readable(given),
  "is no day (2026-01-31) and no RFC 3339 time",
);

const fields = {
  book: list(text, "FOLDER|URL", "log whose events are asked for: its folder, or where it is served (several times)"),
  auditor: value(address.optional(), "ADDRESS", "everything that this account touched"),
  dataset: value(
    bytes32.optional(),
    "ROOT",
    "everything that happened to this dataset, or to the record of this leaf hash",
  ),
  engagement: value(bytes32.optional(), "ID", "everything in this engagement"),
  from: value(moment.optional(), "TIME", "from this day (UTC) or moment on"),
  to: value(moment.optional(), "TIME", "up to the end of this day (UTC), or to before this moment"),
  operation: list(z.enum(operations), "NAME", `only this operation (several times): ${operations.join(", ")}`),
  failed: flag("only what failed"),
  index: value(
    text.default("audit.index"),
    "FILE",
    "index to answer from, made where it is not there (default: audit.index)",
  ),
  rebuild: flag("throw the index away first"),
  format: value(z.enum(["table", "csv", "svg"]).default("table"), "FORMAT", "table, csv or svg (default: table)"),
  limit: value(number.default(100), "N", "lines of a table, and of --json (default: 100)"),
  out: value(text.optional(), "FILE", "write the answer to a file"),
  prove: value(
    text.regex(/^(all|\d{1,9})$/, "is neither a number nor all").optional(),
    "N|all",
    "prove the first N lines, or all",
  ),
  proofs: value(text.optional(), "FOLDER", "where proofs are written, one file a line"),
  recipient: value(text.optional(), "NAME", "read as this recipient of the logs (default: their owner)"),
  recipientKey: value(text.optional(), "FILE", "private key (JWK) of the recipient"),
  offline: flag("do not compare the logs with their heads on chain"),
} as const;

type Input = InputOf<typeof fields>;

export const auditEvents = defineCommand({
  name: "audit events",
  summary: "Answer who touched what, from the records of one or several logs",
  description:
    "Follows the logs into an index and answers from it; the index can be deleted at any time. Lines are sorted by the " +
    "time that their sources gave. What could not be looked at is counted below the answer, never left out in silence. " +
    "A proof of a line is a presented record: stele proof verify checks it.\n\n" +
    "Examples: stele audit events --book books/ledger --auditor 0x70997970C51812dc3A010C7d01b50e0d17dc79C8\n" +
    "          stele audit events --book books/ledger --engagement 0x5f… --from 2026-03-01 --to 2026-03-31 --format csv\n" +
    "          stele audit events --book books/ledger --dataset 0x9c… --prove all --proofs proofs",
  reach: "reads",
  fields,
  async run(input, context) {
    if (input.book.length === 0) throw new SteleError("usage", "name a log with --book FOLDER or URL");
    if ((input.prove === undefined) !== (input.proofs === undefined)) {
      throw new SteleError("usage", "--prove and --proofs FOLDER go together");
    }
    if (context.common.json && input.format !== "table" && input.out === undefined) {
      throw new SteleError("usage", "--json and a CSV or SVG on standard output exclude each other; give --out FILE");
    }
    const question = questionOf(input);
    const { AuditIndex } = await import("../../../audit/questions/audit-index.js");
    const file = context.path(input.index);
    if (input.rebuild) AuditIndex.remove(file);
    const index = AuditIndex.open(file);
    try {
      await withBooks(index, input, context, async (books) => {
        const answer = index.ask(question);
        const proofs = await prove(answer, books, input, context);
        if (input.format === "table") await showTable(answer, proofs, input, context);
        else await writeWhole(answer, proofs, input, context);
      });
    } finally {
      index.close();
    }
  },
});

function questionOf({ auditor, dataset, engagement, operation, failed, from, to }: Input): Question {
  if (auditor === undefined && dataset === undefined && engagement === undefined) {
    throw new SteleError("usage", "ask for --auditor, --dataset or --engagement");
  }
  return {
    auditor: auditor?.toLowerCase() as Hex | undefined,
    subject: dataset,
    engagement,
    operations: operation,
    failed,
    from: from === undefined ? undefined : secondsOf(from),
    to: to === undefined ? undefined : secondsOf(to) + (isDay.test(to) ? dayLength : 0n),
  };
}

/** The question as a chart's title. */
function titleOf({ auditor, dataset, engagement, from, to }: Input): string {
  const parts = [
    ["by", auditor],
    ["on", dataset],
    ["in", engagement],
    ["from", from],
    ["to", to],
  ] as const;
  const named = parts.filter(([, given]) => given !== undefined).map(([word, given]) => `${word} ${given}`);
  return `Data events ${named.join(" ")}`;
}

function secondsOf(given: string): bigint {
  return parseInstant(isDay.test(given) ? `${given}T00:00:00Z` : given);
}

function readable(given: string): boolean {
  try {
    parseInstant(given);
    return true;
  } catch {
    return false;
  }
}

async function showTable(answer: Answer, proofs: readonly string[], input: Input, context: Context): Promise<void> {
  const lines = await first(answer, input.limit);
  const count = answer.count();
  const { head, rows } = await eventTable(lines, input.limit);
  const drawn = `${table(head, rows)}\n${remarks(answer, lines.length, count).join("\n")}`;
  if (input.out !== undefined) await writeAtomically(context.path(input.out), `${drawn}\n`, 0o600, input.out);
  const shown = { lines, count, reach: answer.reach, proofs, ...(input.out === undefined ? {} : { file: input.out }) };
  context.print(shown, () =>
    input.out === undefined ? drawn : `Wrote ${thousands(lines.length)} lines to ${input.out}.`,
  );
}

async function writeWhole(answer: Answer, proofs: readonly string[], input: Input, context: Context): Promise<void> {
  const count = answer.count();
  const write = async (put: (text: string) => unknown): Promise<void> => {
    if (input.format === "csv") {
      const { eventCsv } = await import("../../../audit/report/csv.js");
      for await (const piece of eventCsv(answer)) await put(piece);
    } else {
      const { eventTimeline } = await import("../../../audit/report/timeline.js");
      await put(await eventTimeline(answer, { title: titleOf(input) }));
    }
  };
  for (const remark of remarks(answer, count, count)) context.note(remark);
  if (input.out === undefined) return write((piece) => context.stdout.write(piece));
  const { open } = await import("node:fs/promises");
  const file = await open(context.path(input.out), "w", 0o600);
  try {
    await write((piece) => file.write(piece));
    await file.sync();
  } finally {
    await file.close();
  }
  const shown = { file: input.out, count, reach: answer.reach, proofs };
  context.print(shown, () => `Wrote ${thousands(count)} lines to ${input.out}.`);
}

async function first(lines: AsyncIterable<EventLine>, limit: number): Promise<EventLine[]> {
  const taken: EventLine[] = [];
  if (limit === 0) return taken;
  for await (const line of lines) if (taken.push(line) >= limit) break;
  return taken;
}

/** How many lines there are, and how far they are all. */
function remarks({ reach }: Answer, shown: number, count: number): string[] {
  const more = count > shown ? `, ${thousands(count - shown)} more (--limit, or --format csv)` : "";
  return [`${thousands(shown)} lines${more}.`, ...reach.logs.map(remark)];
}

function remark({ label, size, anchored, closed, claimed }: LogReach): string {
  const chain = anchored === undefined ? "not compared with the chain" : `${thousands(anchored)} of them on chain`;
  const stubs = Object.entries(closed).filter(([, count]) => count > 0);
  const parts = stubs.map(([why, count]) => `${thousands(count)} ${why}`);
  if (claimed > 0) parts.push(`${thousands(claimed)} said to be erased, but open`);
  const rest =
    parts.length === 0 ? "all of them could be looked at" : `NOT LOOKED AT in this window: ${parts.join(", ")}`;
  return `${visible(label)}: ${thousands(size)} entries, ${chain}; ${rest}.`;
}

/** Writes proofs of the first lines. @returns their files */
async function prove(
  answer: Answer,
  books: Books,
  { prove: wanted, proofs }: Input,
  context: Context,
): Promise<string[]> {
  if (wanted === undefined || proofs === undefined) return [];
  const { proveLine } = await import("../../../audit/questions/prove.js");
  const { formatPresentation } = await import("../../../records/presentation.js");
  const most = wanted === "all" ? Number.POSITIVE_INFINITY : Number(wanted);
  const folder = context.path(proofs);
  makeFolder(folder, 0o700);
  const files: string[] = [];
  const bar = context.progress("prove", Math.min(most, answer.count()));
  for await (const line of answer) {
    if (files.length >= most) break;
    context.signal.throwIfAborted();
    const book = books.get(line.logId);
    if (book === undefined) {
      throw new SteleError("missing", `record ${line.index} is of the log ${line.logId}; name it with --book`);
    }
    const file = join(folder, `${line.logId.slice(2, 10)}-${line.index}.json`);
    await writeAtomically(file, formatPresentation(await proveLine(line, book)), 0o600);
    files.push(file);
    bar.update(files.length);
  }
  bar.finish(`${thousands(files.length)} proofs in ${proofs}`);
  return files;
}
