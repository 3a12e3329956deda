import { defineCommand } from "../../command.js";
import { positional, text } from "../../fields.js";
import { listening, serveUntilInterrupted } from "../../serving.js";

export const datasetServe = defineCommand({
  name: "dataset serve",
  summary: "Serve the ciphertexts of a store over HTTP",
  description:
    "Serves what mirrors and restorers fetch: descriptions, ciphertexts and trees, with ranges; on loopback unless " +
    "--host says otherwise, until it is interrupted. Keys are elsewhere and are not served.\n\n" +
    "Example: stele dataset serve datasets --port 8081",
  reach: "local",
  fields: { folder: positional(text, "FOLDER", "folder of the store"), ...listening },
  async run(input, context) {
    const { DatasetStore } = await import("../../../audit/datasets/store.js");
    const { serveDatasets } = await import("../../../audit/datasets/serve.js");
    const store = await DatasetStore.openExisting(context.path(input.folder));
    const datasets = await store.list();
    await serveUntilInterrupted(
      (options) => serveDatasets(store, options),
      input,
      context,
      (url) => [{ datasets }, `Serving ${datasets.length} datasets at ${url}`],
    );
  },
});
