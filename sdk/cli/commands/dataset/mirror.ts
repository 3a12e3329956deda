import { defineCommand } from "../../command.js";
import { text, value } from "../../fields.js";
import { thousands } from "../../output.js";
import {
  actingMember,
  holderField,
  noteRefusals,
  openSources,
  registrationOf,
  rootOrId,
  sourcesField,
} from "./fields.js";

export const datasetMirror = defineCommand({
  name: "dataset mirror",
  summary: "Keep a copy of a dataset and vouch for it on chain",
  description:
    "Fetches what is missing, verifies every chunk against the root that the chain holds, signs for having it with the " +
    "sending account, which acts for a mirror, and files the statement. Killed, it is run again and goes on where it " +
    "was. Run again later, it verifies the copy and renews the statement.\n\n" +
    "Example: stele dataset mirror 0xROOT --store mirror --from http://127.0.0.1:8081 --account 8",
  reach: "writes",
  fields: {
    dataset: rootOrId,
    store: value(text, "FOLDER", "folder of the mirror's store; made where it is missing"),
    from: sourcesField,
    holder: holderField,
  },
  async run(input, context) {
    const { DatasetStore } = await import("../../../audit/datasets/store.js");
    const { mirrorDataset } = await import("../../../audit/datasets/mirror.js");
    const { confirmCall } = await import("../../../audit/datasets/calls.js");
    const session = await context.session();
    const member = await actingMember(session, "MIRROR");
    const registration = await registrationOf(input.dataset, input.holder, session, context);
    const { datasetId, root, size } = registration;
    if (context.common.dryRun) {
      const sentence = `Dry run: ${thousands(size)} bytes would be fetched where they are missing, and member ${member} would vouch.`;
      return context.print({ datasetId, root, size, member }, () => `${sentence} Nothing was fetched or signed.`);
    }
    const sources = await openSources(input.from, context);
    const bar = context.progress("fetch");
    const { fetched, kept, possession } = await mirrorDataset({
      registration,
      suite: session.suite,
      signer: await session.signer(),
      sources,
      store: await DatasetStore.open(context.path(input.store)),
      signal: context.signal,
      progress: (done, all) => bar.update(done, all),
      refused: noteRefusals(context),
    });
    bar.finish(`${thousands(fetched)} chunks fetched, ${thousands(kept)} were there`);
    const submitted = await session.submit(confirmCall(session.suite, datasetId, [possession]));
    context.print({ datasetId, root, member, fetched, kept, possession, submitted }, () =>
      session.describe(submitted, `Member ${member} vouches for dataset ${root}.`),
    );
  },
});
