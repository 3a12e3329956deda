import { writeAtomically } from "../../../common/node/files.js";
import { defineCommand } from "../../command.js";
import { count, positional, text, value } from "../../fields.js";

export const logProve = defineCommand({
  name: "log prove",
  summary: "Write a proof bundle of one entry",
  description:
    "The bundle holds the entry, its inclusion proof and the latest published checkpoint; stele proof verify needs " +
    "nothing else but a network or a key to trust. The payload stays sealed.\n\n" +
    "Example: stele log prove books/ledger 41 --out proof.json",
  reach: "local",
  fields: {
    folder: positional(text, "FOLDER", "folder of the log"),
    index: positional(count, "INDEX", "number of the entry, from 0"),
    out: value(text.optional(), "FILE", "file to write (default: standard output)"),
  },
  async run(input, context) {
    const { openBookView, proveEntry } = await import("../../../book/prove.js");
    const { formatBundle } = await import("../../../proof/bundle.js");
    const { config, log } = await openBookView(context.path(input.folder));
    try {
      const bundle = formatBundle(await proveEntry(log, config, input.index));
      if (input.out === undefined) return void context.stdout.write(bundle);
      await writeAtomically(context.path(input.out), bundle, undefined, input.out);
      context.print(
        { file: input.out, index: input.index },
        () => `Wrote the proof of entry ${input.index} to ${input.out}.`,
      );
    } finally {
      await log.reader.close();
    }
  },
});
