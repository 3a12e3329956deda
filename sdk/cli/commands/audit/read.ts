import { defineCommand } from "../../command.js";
import { bytes32, positional, text, value } from "../../fields.js";
import { thousands } from "../../output.js";
import { recordedAs, recordingFields, recordOf, withRecorder } from "./recording.js";

export const auditRead = defineCommand({
  name: "audit read",
  summary: "Read a dataset or one file of it, on record",
  description:
    "Everything is decrypted and verified, then recorded, and only then written to --out: a new file that its owner alone " +
    "may read. A folder that was collected comes out as a tar archive, or --file names one file of it.\n\n" +
    "Example: stele audit read 0x… --file vouchers.csv --out vouchers.csv --book books/events --store datasets " +
    "--engagement 0x… --key auditor.key",
  reach: "local",
  fields: {
    root: positional(bytes32, "ROOT", "root of the dataset"),
    ...recordingFields,
    out: value(text, "FILE", "file to write; must not be there"),
    file: value(text.optional(), "PATH", "one file of a folder that was collected, as its listing names it"),
  },
  async run(input, context) {
    const bar = context.progress("read");
    await withRecorder(input, context, async (recorder) => {
      const recorded = await recorder.readInto(input.root, context.path(input.out), {
        signal: context.signal,
        progress: (done) => bar.update(done),
        ...(input.file === undefined ? {} : { file: input.file }),
      });
      const { bytes, sha256 } = recorded.result;
      bar.finish(`${thousands(bytes)} bytes`);
      context.print({ file: input.out, bytes, sha256, record: recordOf(recorded) }, () =>
        [`Wrote ${thousands(bytes)} bytes to ${input.out}, SHA-256 ${sha256}.`, recordedAs(recorded)].join("\n"),
      );
    });
  },
});
