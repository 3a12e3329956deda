import type { Restored, RestoreOptions } from "../../../audit/datasets/restore.js";
import { SteleError } from "../../../common/errors.js";
import { defineCommand } from "../../command.js";
import { flag, text, value } from "../../fields.js";
import { thousands } from "../../output.js";
import { recordedAs, recordingFields, recordOf, withRecorder } from "../audit/recording.js";
import { bookField, holderField, noteRefusals, openSources, registrationOf, rootOrId, sourcesField } from "./fields.js";

const { book: _book, store: _store, ...actorFields } = recordingFields;

export const datasetRestore = defineCommand({
  name: "dataset restore",
  summary: "Bring a lost or damaged dataset back from mirrors",
  description:
    "Fetches what is missing or differs, each chunk verified as it arrives and asked for again from the next source " +
    "where it is wrong. Killed, it is run again and goes on where it was. With --book the restoration is recorded before " +
    "the dataset is in the store. With --offline no network is asked: size and media type are then what a source says, " +
    "as far as the root bears it out.\n\n" +
    "Example: stele dataset restore 0xROOT --from http://127.0.0.1:8081 --from /mnt/mirror --into datasets --book books/events --key officer.key",
  reach: "reads",
  fields: {
    dataset: rootOrId,
    from: sourcesField,
    into: value(text, "FOLDER", "folder of the store; made where it is missing"),
    holder: holderField,
    offline: flag("do not ask a network; needs the dataset's root"),
    book: bookField,
    ...actorFields,
  },
  async run(input, context) {
    const { DatasetStore } = await import("../../../audit/datasets/store.js");
    const { restoreDataset } = await import("../../../audit/datasets/restore.js");
    const { book, into } = input;
    if (book === undefined && (input.auditor ?? input.engagement ?? input.source) !== undefined) {
      throw new SteleError("usage", "--auditor, --engagement and --source go with --book");
    }
    const registered = input.offline
      ? undefined
      : await registrationOf(input.dataset, input.holder, await context.session(), context);
    const root = registered?.root ?? input.dataset;
    const sources = await openSources(input.from, context);
    const bar = context.progress("restore");
    const work: Pick<RestoreOptions, "known" | "signal" | "progress" | "refused"> = {
      ...(registered === undefined ? {} : { known: registered }),
      signal: context.signal,
      progress: (done, all) => bar.update(done, all),
      refused: noteRefusals(context),
    };
    const print = ({ dataset, kept, fetched }: Restored, record: object | null, remark: string): void => {
      bar.finish(`${thousands(fetched)} chunks fetched, ${thousands(kept)} were there`);
      const { size, mediaType } = dataset.description;
      context.print({ root, size, mediaType, kept, fetched, file: dataset.file, record }, () =>
        fetched === 0n
          ? `Dataset ${root} is whole.${remark}`
          : `Dataset ${root} is restored: ${thousands(size)} bytes in ${dataset.file}.${remark}`,
      );
    };
    if (book === undefined) {
      const store = await DatasetStore.open(context.path(into));
      return print(await restoreDataset({ root, sources, store, ...work }), null, "");
    }
    await withRecorder({ ...input, book, store: into }, context, async (recorder) => {
      const recorded = await recorder.restore(root, sources, work);
      print(recorded.result, recordOf(recorded), ` ${recordedAs(recorded)}`);
    });
  },
});
