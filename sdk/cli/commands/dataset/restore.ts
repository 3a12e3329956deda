import { defineCommand } from "../../command.js";
import { flag, text, value } from "../../fields.js";
import { thousands } from "../../output.js";
import { holderField, noteRefusals, openSources, registrationOf, rootOrId, sourcesField } from "./fields.js";

export const datasetRestore = defineCommand({
  name: "dataset restore",
  summary: "Bring a lost or damaged dataset back from mirrors",
  description:
    "Fetches what is missing or differs, each chunk verified as it arrives and asked for again from the next source " +
    "where it is wrong. Killed, it is run again and goes on where it was. With --offline no network is asked: size and " +
    "media type are then what a source says, as far as the root bears it out.\n\n" +
    "Example: stele dataset restore 0xROOT --from http://127.0.0.1:8081 --from /mnt/mirror --into datasets",
  reach: "reads",
  fields: {
    dataset: rootOrId,
    from: sourcesField,
    into: value(text, "FOLDER", "folder of the store; made where it is missing"),
    holder: holderField,
    offline: flag("do not ask a network; needs the dataset's root"),
  },
  async run(input, context) {
    const { DatasetStore } = await import("../../../audit/datasets/store.js");
    const { restoreDataset } = await import("../../../audit/datasets/restore.js");
    const registered = input.offline
      ? undefined
      : await registrationOf(input.dataset, input.holder, await context.session(), context);
    const sources = await openSources(input.from, context);
    const bar = context.progress("restore");
    const { dataset, kept, fetched } = await restoreDataset({
      root: registered?.root ?? input.dataset,
      ...(registered === undefined ? {} : { known: registered }),
      sources,
      store: await DatasetStore.open(context.path(input.into)),
      signal: context.signal,
      progress: (done, all) => bar.update(done, all),
      refused: noteRefusals(context),
    });
    bar.finish(`${thousands(fetched)} chunks fetched, ${thousands(kept)} were there`);
    const { root, size, mediaType } = dataset.description;
    context.print({ root, size, mediaType, kept, fetched, file: dataset.file }, () =>
      fetched === 0n
        ? `Dataset ${root} is whole.`
        : `Dataset ${root} is restored: ${thousands(size)} bytes in ${dataset.file}.`,
    );
  },
});
