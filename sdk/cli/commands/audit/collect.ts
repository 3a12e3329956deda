import { exportFormats } from "../../../audit/intake/formats.js";
import { writeAtomically } from "../../../common/node/files.js";
import { z } from "zod";

import { defineCommand } from "../../command.js";
import { positional, text, value } from "../../fields.js";
import { table, thousands } from "../../output.js";
import { recordedAs, recordingFields, recordOf, withRecorder } from "./recording.js";

export const auditCollect = defineCommand({
  name: "audit collect",
  summary: "Collect a file or a folder into an encrypted dataset, on record",
  description:
    "A folder becomes one archive, the same bytes for the same files. With --format the books in it are validated first; " +
    "a refusal names file, line and field. A failure is recorded as one. Interrupted, run it again: the next command " +
    "that records puts in order what was left.\n\n" +
    "Example: stele audit collect exports/2025 --book books/events --store datasets --engagement 0x… --format gb-t-24589 " +
    "--key auditor.key",
  reach: "local",
  fields: {
    path: positional(text, "PATH", "file or folder to collect"),
    ...recordingFields,
    format: value(z.enum(exportFormats).optional(), "FORMAT", `validate it as ${exportFormats.join(" or ")}`),
    mediaType: value(text.optional(), "TYPE", "media type of a single file (default: by its ending)"),
    label: value(text.optional(), "TEXT", "where it was taken from, for the record; no name of a person"),
    listing: value(text.optional(), "FILE", "write path, size and digest of every file that was collected"),
  },
  async run(input, context) {
    const { formatListing } = await import("../../../audit/recorder/archive.js");
    const reader = input.format === undefined ? undefined : await readerOf(input.format);
    const bar = context.progress("collect");
    await withRecorder(input, context, async (recorder) => {
      const recorded = await recorder.collect(context.path(input.path), {
        signal: context.signal,
        progress: (done) => bar.update(done),
        ...(reader === undefined ? {} : { reader }),
        ...(input.mediaType === undefined ? {} : { mediaType: input.mediaType }),
        ...(input.label === undefined ? {} : { label: input.label }),
      });
      const { dataset, listing, facts } = recorded.result;
      const { root, size, chunks, mediaType } = dataset.description;
      const bytes = listing.reduce((sum, file) => sum + file.size, 0);
      bar.finish(`${thousands(bytes)} bytes`);
      if (input.listing !== undefined)
        await writeAtomically(context.path(input.listing), formatListing(listing), undefined, input.listing);
      const value = { root, size, chunks, mediaType, files: listing.length, bytes, facts: facts ?? null };
      context.print({ ...value, record: recordOf(recorded) }, () =>
        [
          table(
            ["what", "value"],
            [
              ["root", root],
              ["files", thousands(listing.length)],
              ["bytes", thousands(bytes)],
              ["bytes encrypted", thousands(size)],
              ["media type", mediaType],
              ...Object.entries(facts ?? {}).map(([name, fact]): [string, string] => [name, String(fact)]),
            ],
          ),
          recordedAs(recorded),
        ].join("\n"),
      );
    });
  },
});

async function readerOf(format: (typeof exportFormats)[number]) {
  const { exportReader } = await import("../../../audit/intake/reader.js");
  return exportReader(format);
}
