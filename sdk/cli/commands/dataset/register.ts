import { defineCommand } from "../../command.js";
import { bytes32, number, positional, text, value } from "../../fields.js";
import { actingMember } from "./fields.js";

export const datasetRegister = defineCommand({
  name: "dataset register",
  summary: "Register a dataset of one's store on chain",
  description:
    "Verifies the stored files, and registers root, size and media type as the sending account's member's, with the " +
    "number of mirrors that it promises. Auditors can challenge the member for it from then on.\n\n" +
    "Example: stele dataset register 0xROOT --store datasets --mirrors 2 --account 6",
  reach: "writes",
  fields: {
    root: positional(bytes32, "ROOT", "root of the dataset"),
    store: value(text, "FOLDER", "folder of the store that has it"),
    mirrors: value(
      number.refine((mirrors) => mirrors <= 8, "is too many, 8 at most").default(0),
      "N",
      "how many mirrors are promised (default: 0)",
    ),
  },
  async run(input, context) {
    const { DatasetStore } = await import("../../../audit/datasets/store.js");
    const { registerCall } = await import("../../../audit/datasets/calls.js");
    const { isRegistered } = await import("../../../audit/datasets/registered.js");
    const dataset = await (await DatasetStore.openExisting(context.path(input.store))).get(input.root);
    const bar = context.progress("verify", dataset.description.size);
    await dataset.verify({ signal: context.signal, progress: (done, all) => bar.update(done, all) });
    bar.finish();
    const session = await context.session();
    const { root, size } = dataset.description;
    const call = registerCall(session.suite, dataset.description, input.mirrors);
    if (context.common.propose !== undefined) {
      const submitted = await session.submit(call);
      context.print({ root, submitted }, () => session.describe(submitted, ""));
      return;
    }
    const holder = await actingMember(session, "DATASET_HOLDER");
    const datasetId = await session.suite.contract("Datasets").datasetFor(holder, root, size);
    const known = await isRegistered(session.suite, datasetId as `0x${string}`);
    const submitted = known ? undefined : await session.submit(call, `register ${datasetId}`);
    const title =
      submitted === undefined
        ? `Dataset ${root} was registered already.`
        : session.describe(submitted, `Dataset ${root} is registered.`);
    context.print({ datasetId, root, holder, submitted: submitted ?? null }, () => `${title}\nid  ${datasetId}`);
  },
});
