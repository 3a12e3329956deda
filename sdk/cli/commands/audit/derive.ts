import { SteleError } from "../../../common/errors.js";
import { defineCommand } from "../../command.js";
import { bytes32, list, positional, text, value } from "../../fields.js";
import { thousands } from "../../output.js";
import { recordedAs, recordingFields, recordOf, withRecorder } from "./recording.js";

export const auditDerive = defineCommand({
  name: "audit derive",
  summary: "Make a new dataset out of others with a program, on record",
  description:
    "The datasets go to the program's standard input, decrypted, one after the other; what it writes to its standard " +
    "output becomes a new encrypted dataset whose record names what it was made from. Nothing is written to disk in " +
    "plain. A program that fails makes nothing, and its failure is recorded.\n\n" +
    "Example: stele audit derive cut --arg=-d, --arg=-f1,4 --input 0x… --media-type text/csv --book books/events " +
    "--store datasets --engagement 0x… --key auditor.key",
  reach: "local",
  fields: {
    program: positional(text, "PROGRAM", "program to run; no shell is in between"),
    arg: list(text, "ARG", "argument of the program; several times, --arg=-x for one that begins with a dash"),
    input: list(bytes32, "ROOT", "root of a dataset to derive from; several times"),
    ...recordingFields,
    mediaType: value(text, "TYPE", "media type of what the program writes"),
    label: value(text.optional(), "TEXT", "how it was made, for the record; no name of a person"),
  },
  async run(input, context) {
    if (input.input.length === 0) throw new SteleError("usage", "--input is missing: which dataset to derive from?");
    const { byCommand } = await import("../../../audit/recorder/derive.js");
    const derivation = byCommand([input.program, ...input.arg], (said) => context.note(said.trimEnd()));
    const bar = context.progress("derive");
    await withRecorder(input, context, async (recorder) => {
      const recorded = await recorder.derive(input.input, derivation, {
        mediaType: input.mediaType,
        signal: context.signal,
        progress: (done) => bar.update(done),
        ...(input.label === undefined ? {} : { label: input.label }),
      });
      const { root, size, chunks, mediaType } = recorded.result.description;
      bar.finish(`${thousands(size)} bytes encrypted`);
      context.print({ root, size, chunks, mediaType, inputs: input.input, record: recordOf(recorded) }, () =>
        [`Derived dataset ${root}, ${thousands(size)} bytes encrypted.`, recordedAs(recorded)].join("\n"),
      );
    });
  },
});
