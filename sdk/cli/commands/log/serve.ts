import { defineCommand } from "../../command.js";
import { positional, text } from "../../fields.js";
import type { ServeOptions } from "../../../log/serve.js";
import { listening, serveUntilInterrupted } from "../../serving.js";

export const logServe = defineCommand({
  name: "log serve",
  summary: "Serve a log's checkpoint, tiles and entries over HTTP",
  description:
    "Serves the C2SP tlog-tiles layout up to the last published checkpoint, on loopback unless --host says otherwise, " +
    "until it is interrupted; beside it the sealed payloads and each recipient's grants, so that who was named when the " +
    "log was opened reads records from afar. Nobody else can open them, and of an erased record there is no grant.\n\n" +
    "Example: stele log serve books/ledger --port 8080",
  reach: "local",
  fields: { folder: positional(text, "FOLDER", "folder of the log"), ...listening },
  async run(input, context) {
    const { serveBook } = await import("../../../book/serve.js");
    const serve = (options: ServeOptions) => serveBook(context.path(input.folder), options);
    await serveUntilInterrupted(serve, input, context, (url, { origin }) => [
      { origin },
      `Serving ${origin} at ${url}`,
    ]);
  },
});
