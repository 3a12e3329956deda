import { defineCommand } from "../../command.js";
import { positional, text } from "../../fields.js";
import { listening, serveUntilInterrupted } from "../../serving.js";

export const logServe = defineCommand({
  name: "log serve",
  summary: "Serve a log's checkpoint, tiles and entries over HTTP",
  description:
    "Serves the C2SP tlog-tiles layout up to the last published checkpoint, on loopback unless --host says otherwise, " +
    "until it is interrupted. Sealed payloads are not served.\n\n" +
    "Example: stele log serve books/ledger --port 8080",
  reach: "local",
  fields: { folder: positional(text, "FOLDER", "folder of the log"), ...listening },
  async run(input, context) {
    const { openBookView } = await import("../../../book/prove.js");
    const { serveLog } = await import("../../../log/serve.js");
    const { log } = await openBookView(context.path(input.folder));
    try {
      const serve = (options: Parameters<typeof serveLog>[1]) => serveLog(log.reader, options);
      const { origin } = log;
      await serveUntilInterrupted(serve, input, context, (url) => [{ origin }, `Serving ${origin} at ${url}`]);
    } finally {
      await log.reader.close();
    }
  },
});
