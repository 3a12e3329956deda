import type { ErasureTarget } from "../../../audit/recorder/erase.js";
import type { Book } from "../../../book/book.js";
import { SteleError } from "../../../common/errors.js";
import { defineCommand } from "../../command.js";
import { bytes32, count, flag, list, positional, text, value } from "../../fields.js";
import { recordedAs, recordingFields, recordOf, withRecorder } from "./recording.js";

export const auditErase = defineCommand({
  name: "audit erase",
  summary: "Erase the key of a dataset or of records for good, on record",
  description:
    "Without its key nobody reads the dataset again, wherever copies of its ciphertext are. The erasure itself stays on " +
    "record, with the head of the journal of erasures. It cannot be undone.\n\n" +
    'Example: stele audit erase 0x… --reason "retention is over" --book books/events --store datasets --key officer.key',
  reach: "local",
  fields: {
    root: positional(bytes32.optional(), "ROOT", "root of the dataset; left out where --record names records"),
    ...recordingFields,
    reason: value(text, "TEXT", "a code or a sentence without personal data: it outlives what is erased"),
    record: list(count, "INDEX", "entry of the log whose record is erased; several times"),
    removeCopy: flag("delete the ciphertext in the store too"),
  },
  async run(input, context) {
    const named = (input.root === undefined ? 0 : 1) + (input.record.length > 0 ? 1 : 0);
    if (named !== 1) throw new SteleError("usage", "name a dataset by ROOT, or records by --record");
    if (input.removeCopy && input.root === undefined) throw new SteleError("usage", "--remove-copy is for a dataset");
    await withRecorder(input, context, async (recorder, book) => {
      const target: ErasureTarget =
        input.root === undefined
          ? { records: await leavesOf(book, input.record) }
          : { dataset: input.root, removeCopy: input.removeCopy };
      const recorded = await recorder.erase(target, input.reason);
      const { number, time } = recorded.result;
      context.print({ erasures: number, time, reason: input.reason, record: recordOf(recorded) }, () =>
        [`Erased for good; the journal of erasures has ${number} entries.`, recordedAs(recorded)].join("\n"),
      );
    });
  },
});

async function leavesOf(book: Book, indexes: readonly bigint[]): Promise<Uint8Array[]> {
  const { headerHash } = await import("../../../records/header.js");
  const size = book.log.size();
  return Promise.all(
    indexes.map(async (index) => {
      if (index >= size) throw new SteleError("missing", `there is no entry ${index}; the log has ${size}`);
      return headerHash(await book.log.entry(index));
    }),
  );
}
