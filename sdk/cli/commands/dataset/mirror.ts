import type { MirrorOptions } from "../../../audit/datasets/mirror.js";
import type { Registration } from "../../../audit/datasets/registered.js";
import type { Restored } from "../../../audit/datasets/restore.js";
import type { Recorded } from "../../../audit/recorder/operations.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { text, value } from "../../fields.js";
import { thousands } from "../../output.js";
import { recordOf, withRecorder } from "../audit/recording.js";
import {
  actingMember,
  bookField,
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
    "was. Run again later, it verifies the copy and renews the statement. With --book the transfer is recorded in a log " +
    "of the mirror's.\n\n" +
    "Example: stele dataset mirror 0xROOT --store mirror --from http://127.0.0.1:8081 --account 8",
  reach: "writes",
  fields: {
    dataset: rootOrId,
    store: value(text, "FOLDER", "folder of the mirror's store; made where it is missing"),
    from: sourcesField,
    holder: holderField,
    book: bookField,
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
    const bar = context.progress("fetch");
    const work: Work = {
      sources: await openSources(input.from, context),
      store: await DatasetStore.open(context.path(input.store)),
      signal: context.signal,
      progress: (done, all) => bar.update(done, all),
      refused: noteRefusals(context),
    };
    const recorded = await transfer(registration, work, input, context);
    const mirrored = await mirrorDataset({
      registration,
      suite: session.suite,
      member,
      signer: await session.signer(),
      ...work,
    });
    const { fetched, kept } = recorded?.result ?? mirrored;
    bar.finish(`${thousands(fetched)} chunks fetched, ${thousands(kept)} were there`);
    const { possession } = mirrored;
    const record = recorded === undefined ? null : recordOf(recorded);
    const submitted = await session.submit(confirmCall(session.suite, datasetId, [possession]));
    context.print({ datasetId, root, member, fetched, kept, possession, submitted, record }, () =>
      session.describe(submitted, `Member ${member} vouches for dataset ${root}.`),
    );
  },
});

type Work = Omit<MirrorOptions, "registration" | "suite" | "member" | "signer">;

/** Fetches it as an operation on record, where a log is named; what follows finds it in the store. */
async function transfer(
  known: Registration,
  work: Work,
  { book, store }: { readonly book: string | undefined; readonly store: string },
  context: Context,
): Promise<Recorded<Restored> | undefined> {
  if (book === undefined) return undefined;
  const { key, account } = context.common;
  const actor = { key, account, auditor: undefined, engagement: undefined, source: undefined };
  const { store: target, ...options } = work;
  return withRecorder({ ...actor, book, store }, context, (recorder) =>
    recorder.transfer(known.root, target, { ...options, known }),
  );
}
