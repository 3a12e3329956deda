import { fromHex, toHex, type Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import { writeAtomically } from "../../../common/node/files.js";
import { formatInstant } from "../../../common/time.js";
import type { Presentation } from "../../../records/presentation.js";
import { decodeHeader } from "../../../records/header.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { bytes32, count, flag, list, positional, text, value } from "../../fields.js";
import { table } from "../../output.js";
import { deskStatus, isFolder, shownFromBook, shownFromFile, type DeskShown } from "./desk.js";
import { readHeld, type HeldRecord } from "./subject.js";

interface ShowInput {
  readonly source: string;
  readonly index: bigint | undefined;
  readonly field: readonly string[];
  readonly toSubject: boolean;
  readonly out: string | undefined;
  readonly offline: boolean;
  readonly log: Hex | undefined;
  readonly person: string | undefined;
  readonly copy: string | undefined;
}

export const recordShow = defineCommand({
  name: "record show",
  summary: "Show a record, or present parts of it to somebody",
  description:
    "From the log's folder the owner sees the whole record, and with --out presents it: --field names what is disclosed " +
    "(JSON Pointer, several times), --to-subject adds the opening that lets its subject dispute. From an opening, or from " +
    "the file that a person got, the person does the same. From a presented file the reader sees what it discloses. " +
    "Unless --offline, the desk is asked for the record's state.\n\n" +
    "Examples: stele record show books/ledger 41\n" +
    "          stele record show mine.json 41 --field /hours --out shown.json",
  reach: "reads",
  fields: {
    source: positional(text, "SOURCE", "folder of the log, opening, file of the person, or presented record"),
    index: positional(count.optional(), "INDEX", "number of the entry, where SOURCE holds several"),
    field: list(text, "POINTER", "field to disclose in --out, for instance /amount"),
    toSubject: flag("put the opening of the subject commitment into --out"),
    out: value(text.optional(), "FILE", "write a presentation"),
    offline: flag("do not ask the desk"),
    log: value(bytes32.optional(), "LOGID", "the log, where a person's file holds several"),
    person: value(text.optional(), "KEYS", "the person's own keys, where the file is sealed"),
    copy: value(text.optional(), "FOLDER|URL", "a copy of the log, where the file is older than the chain's head"),
  },
  async run(input, context) {
    if (await isFolder(input.source, context)) return showFromFolder(input, context);
    await showFromFile(input, await readHeld({ ...input, file: input.source }, context), context);
  },
});

async function showFromFile(input: ShowInput, held: HeldRecord, context: Context): Promise<void> {
  const { presentation, opening } = held;
  const entry = fromHex(presentation.proof.entry);
  if (opening === undefined && (input.out !== undefined || input.field.length > 0 || input.toSubject)) {
    throw new SteleError("usage", "--out, --field and --to-subject go with the folder of a log, or an opening");
  }
  if (opening !== undefined && input.out !== undefined) {
    const { present } = await import("../../../rewards/personnel/opening.js");
    await write(input.out, present(opening, input.field, input.toSubject), context);
  }
  const copy = input.copy && { place: input.copy, context };
  const shown = async () => shownFromFile(presentation.proof, input.source, await context.session(), copy);
  const payload = await payloadOf(held, input.source);
  await print(entry, presentation.proof.index, payload, input.offline ? undefined : shown, context);
}

async function payloadOf(
  { presentation, opening }: HeldRecord,
  file: string,
): Promise<Readonly<Record<string, unknown>>> {
  if (opening !== undefined) {
    const { checkedOpening } = await import("../../../rewards/personnel/opening.js");
    return checkedOpening(opening, { file }).payload;
  }
  const { openedOf } = await import("../../../records/presentation.js");
  const { fields } = openedOf(presentation, fromHex(presentation.proof.entry), { file });
  return Object.fromEntries(fields.map(({ pointer, value }) => [pointer, value]));
}

async function write(out: string, presentation: Presentation, context: Context): Promise<void> {
  const { formatPresentation } = await import("../../../records/presentation.js");
  await writeAtomically(context.path(out), formatPresentation(presentation), 0o600, out);
  context.note(`Wrote ${out}.`);
}

async function showFromFolder(input: ShowInput, context: Context): Promise<void> {
  const { index } = input;
  if (index === undefined) throw new SteleError("usage", "INDEX is missing: which entry of the log?");
  const { Book } = await import("../../../book/book.js");
  const book = await Book.open(context.path(input.source));
  try {
    const record = await book.openRecord(index);
    if (input.out !== undefined) {
      const { show } = await import("../../../records/disclosure.js");
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
      await write(input.out, presentation, context);
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
