import { toHex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import { writeAtomically } from "../../../common/node/files.js";
import { formatInstant } from "../../../common/time.js";
import type { Presentation } from "../../../records/presentation.js";
import { decodeHeader } from "../../../records/header.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { count, flag, list, positional, text, value } from "../../fields.js";
import { table } from "../../output.js";
import { deskStatus, isFolder, readPresentation, shownFromBook, shownFromFile, type DeskShown } from "./desk.js";

interface ShowInput {
  readonly source: string;
  readonly index: bigint | undefined;
  readonly field: readonly string[];
  readonly toSubject: boolean;
  readonly out: string | undefined;
  readonly offline: boolean;
}

export const recordShow = defineCommand({
  name: "record show",
  summary: "Show a record, or present parts of it to somebody",
  description:
    "From the log's folder the owner sees the whole record, and with --out presents it: --field names what is disclosed " +
    "(JSON Pointer, several times), --to-subject adds the opening that lets its subject dispute. From a presented file " +
    "the reader sees what it discloses. Unless --offline, the desk is asked for the record's state.\n\n" +
    "Examples: stele record show books/ledger 41\n" +
    "          stele record show books/ledger 41 --field /amount --out shown.json",
  reach: "reads",
  fields: {
    source: positional(text, "SOURCE", "folder of the log, or a presented record"),
    index: positional(count.optional(), "INDEX", "number of the entry, with a folder"),
    field: list(text, "POINTER", "field to disclose in --out, for instance /amount"),
    toSubject: flag("put the opening of the subject commitment into --out"),
    out: value(text.optional(), "FILE", "write a presentation"),
    offline: flag("do not ask the desk"),
  },
  async run(input, context) {
    if (await isFolder(input.source, context)) return showFromFolder(input, context);
    if (input.index !== undefined || input.out !== undefined || input.field.length > 0 || input.toSubject) {
      throw new SteleError("usage", "INDEX, --out, --field and --to-subject go with the folder of a log");
    }
    const { openedOf } = await import("../../../records/presentation.js");
    const { fromHex } = await import("../../../common/bytes.js");
    const presentation = await readPresentation(input.source, context);
    const { fields } = openedOf(presentation, fromHex(presentation.proof.entry), { file: input.source });
    const payload = Object.fromEntries(fields.map(({ pointer, value }) => [pointer, value]));
    const shown = async () => shownFromFile(presentation.proof, input.source, await context.session());
    await print(
      fromHex(presentation.proof.entry),
      presentation.proof.index,
      payload,
      input.offline ? undefined : shown,
      context,
    );
  },
});

async function showFromFolder(input: ShowInput, context: Context): Promise<void> {
  const { index } = input;
  if (index === undefined) throw new SteleError("usage", "INDEX is missing: which entry of the log?");
  const { Book } = await import("../../../book/book.js");
  const book = await Book.open(context.path(input.source));
  try {
    const record = await book.openRecord(index);
    if (input.out !== undefined) {
      const { show } = await import("../../../records/disclosure.js");
      const { formatPresentation } = await import("../../../records/presentation.js");
      if (input.toSubject && record.subject === undefined) {
        throw new SteleError("refused", `record ${index} is about nobody, so there is nothing to open`);
      }
      const opening = record.subject && { subject: toHex(record.subject.subjectId), salt: toHex(record.subject.salt) };
      const presentation: Presentation = {
        format: "stele-record/1",
        proof: await book.prove(index),
        disclosure: show(record.complete, record.secret, input.field),
        opening: input.toSubject ? opening : undefined,
      };
      await writeAtomically(context.path(input.out), formatPresentation(presentation), 0o600);
      context.note(`Wrote ${input.out}.`);
    }
    const shown = async () => shownFromBook(book, index, await context.session());
    await print(record.entry, index, record.payload, input.offline ? undefined : shown, context);
  } finally {
    await book.close();
  }
}

async function print(
  entry: Uint8Array,
  index: bigint,
  payload: Readonly<Record<string, unknown>>,
  shown: (() => Promise<DeskShown>) | undefined,
  context: Context,
): Promise<void> {
  const header = decodeHeader(entry);
  const desk = shown === undefined ? undefined : await deskStatus(await shown(), await context.session());
  const rows: [string, string][] = [
    ["index", index.toString()],
    ["log id", toHex(header.logId)],
    ["source, sequence", `${toHex(header.source).slice(0, 18)}…, ${header.sequence}`],
    ["time", formatInstant(header.time)],
    ["schema", `${toHex(header.schema).slice(0, 18)}…`],
    ["retention class", header.retentionClass.toString()],
  ];
  if (desk !== undefined) {
    rows.push(
      ["state", `${desk.state}${desk.valid ? ", valid" : ", NOT VALID"}${desk.disputed ? ", DISPUTED" : ""}`],
      ["anchored by", formatInstant(desk.anchoredBy)],
      ["expires", desk.expires === 0n ? "never" : formatInstant(desk.expires)],
    );
  }
  for (const [name, value] of Object.entries(payload)) {
    rows.push([name, typeof value === "string" ? value : JSON.stringify(value)]);
  }
  context.print({ index, header, payload, desk: desk ?? null }, () => table(["what", "value"], rows));
}
