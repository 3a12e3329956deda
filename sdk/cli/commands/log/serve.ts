import { once } from "node:events";

import { defineCommand } from "../../command.js";
import { number, positional, text, value } from "../../fields.js";

export const logServe = defineCommand({
  name: "log serve",
  summary: "Serve a log's checkpoint, tiles and entries over HTTP",
  description:
    "Serves the C2SP tlog-tiles layout up to the last published checkpoint, on loopback unless --host says otherwise, " +
    "until it is interrupted. Sealed payloads are not served.\n\n" +
    "Example: stele log serve books/ledger --port 8080",
  reach: "local",
  fields: {
    folder: positional(text, "FOLDER", "folder of the log"),
    port: value(
      number.refine((port) => port < 65_536, "is no port").default(0),
      "PORT",
      "port (default: any free one)",
    ),
    host: value(text.default("127.0.0.1"), "ADDRESS", "address to listen on (default: 127.0.0.1)"),
  },
  async run(input, context) {
    const { openBookView } = await import("../../../book/prove.js");
    const { serveLog } = await import("../../../log/serve.js");
    const { log } = await openBookView(context.path(input.folder));
    try {
      const served = await serveLog(log.reader, { host: input.host, port: input.port });
      context.print(
        { url: served.url, origin: log.origin },
        () => `Serving ${log.origin} at ${served.url}; stop with Ctrl-C.`,
      );
      if (!context.signal.aborted) await once(context.signal, "abort");
      await served.close();
    } finally {
      await log.reader.close();
    }
  },
});
