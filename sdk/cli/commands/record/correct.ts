import { SteleError } from "../../../common/errors.js";
import { readText } from "../../../common/node/files.js";
import type { RecordSource } from "../../../book/source.js";
import type { OpenedRecord } from "../../../records/record.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { count, flag, positional, text, value } from "../../fields.js";
import { shownFromBook } from "./desk.js";
import { submitToDesk } from "./submit.js";

export const recordCorrect = defineCommand({
  name: "record correct",
  summary: "Correct a record as its owner",
  description:
    "First with --payload FILE: appends what is right, about the same person, as another entry. Once that is anchored, " +
    "with --with N: tells the chain that entry N stands in the record's place. The first one stays in the log and reads " +
    "as corrected.\n\n" +
    "Examples: stele record correct books/staff 41 --payload right.json\n" +
    "          stele record correct books/staff 41 --with 97 --account 5",
  reach: "writes",
  fields: {
    folder: positional(text, "FOLDER", "folder of the log"),
    index: positional(count, "INDEX", "number of the entry that is wrong"),
    payload: value(text.optional(), "FILE", "the right content as JSON: append it"),
    schema: value(text.optional(), "URI", "schema of both, where it is none of a personnel record's or the log's own"),
    with: value(count.optional(), "N", "number of the entry that is right: make it the correction"),
    reveal: flag("let everybody see whom both are about, where they share no one-time address"),
  },
  async run(input, context) {
    const { folder, index, payload, with: other } = input;
    if ((payload === undefined) === (other === undefined)) {
      throw new SteleError("usage", "give --payload FILE first, and --with N once that entry is anchored");
    }
    if (payload !== undefined) return appendCorrection({ ...input, payload }, context);
    await tellChain(folder, [index, other!], input.reveal, context);
  },
});

interface NewCorrection {
  readonly folder: string;
  readonly index: bigint;
  readonly payload: string;
  readonly schema: string | undefined;
}

async function appendCorrection({ folder, index, payload, schema }: NewCorrection, context: Context): Promise<void> {
  const { Book } = await import("../../../book/book.js");
  const { readJson } = await import("../../../common/json.js");
  const { correctionOf } = await import("../../../rewards/personnel/correct.js");
  const content = readJson(await readText(context.path(payload), payload), { file: payload });
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new SteleError("input", "is no JSON object", { place: { file: payload } });
  }
  const book = await Book.open(context.path(folder));
  try {
    const made = correctionOf(await book.openRecord(index), {
      payload: content,
      schema: schema ?? book.config.schema,
      place: { file: payload },
    });
    if (context.common.dryRun === true || context.common.propose !== undefined) {
      context.print({ index, appended: null }, () => "The content is as its kind has it. Nothing was appended.");
      return;
    }
    const [appended] = await book.append([made]);
    const next = `stele record correct ${folder} ${index} --with ${appended!.index}`;
    context.print({ index, appended: appended!.index, next }, () =>
      [`Appended entry ${appended!.index}. Once it is anchored, make it the correction:`, `  ${next}`].join("\n"),
    );
  } finally {
    await book.close();
  }
}

async function tellChain(
  folder: string,
  [index, other]: readonly [bigint, bigint],
  reveal: boolean,
  context: Context,
): Promise<void> {
  const { openBookReader } = await import("../../../book/reader.js");
  const { correctionOpenings } = await import("../../../rewards/personnel/correct.js");
  const source = await openBookReader(context.path(folder));
  try {
    const openings = correctionOpenings(await opened(source, index), await opened(source, other), reveal);
    const session = await context.session();
    const [record, correction] = [
      await shownFromBook(source, index, session),
      await shownFromBook(source, other, session),
    ];
    await submitToDesk(context, "correct", [record, correction, openings], record, {
      label: `correct record ${index} by ${other}`,
      done: `Record ${index} is corrected by record ${other}.`,
      more: { correction: other },
    });
  } finally {
    await source.close();
  }
}

async function opened(source: RecordSource, index: bigint): Promise<OpenedRecord> {
  const { record, missing } = await source.openRecord(index);
  if (record !== undefined) return record;
  throw new SteleError("missing", `record ${index} does not open any more (${missing}); withdraw it instead`);
}
