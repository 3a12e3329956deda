import { defineCommand } from "../../command.js";
import { bytes32, count, positional, text, value } from "../../fields.js";

export const recordErase = defineCommand({
  name: "record erase",
  summary: "Erase the content of a record for good, and record that it was",
  description:
    "The record's key is destroyed. The entry stays in the log, which proves the same as before, and nobody can read it " +
    "any more. The person whom it was about is told by a record of their own.\n\n" +
    "Example: stele record erase books/staff 41 --reason 'end of retention'",
  reach: "local",
  fields: {
    folder: positional(text, "FOLDER", "folder of the log"),
    index: positional(count, "INDEX", "number of the entry"),
    reason: value(text, "TEXT", "why; it stays readable, so it says nothing about the person"),
    subject: value(bytes32.optional(), "SUBJECT", "whom it was about, to complete an erasure that was killed half-way"),
  },
  async run({ folder, index, reason, subject }, context) {
    const { Book } = await import("../../../book/book.js");
    const { eraseRecord } = await import("../../../rewards/personnel/erase.js");
    const book = await Book.open(context.path(folder));
    try {
      const recorded = await eraseRecord(book, index, { reason, subject });
      context.print({ index, recorded: recorded.index }, () =>
        [`The content of record ${index} is erased.`, `Entry ${recorded.index} says so; anchor the log.`].join("\n"),
      );
    } finally {
      await book.close();
    }
  },
});
