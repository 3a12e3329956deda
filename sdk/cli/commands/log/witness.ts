import { once } from "node:events";

import { defineCommand } from "../../command.js";
import { number, positional, text, value } from "../../fields.js";

export const logWitness = defineCommand({
  name: "log witness",
  summary: "Cosign heads of logs for whoever asks over HTTP",
  description:
    "Keeps, in FOLDER, the last head of each log that it signed, and signs only heads that extend it. The keys of the " +
    "logs are taken from the chain. On loopback unless --host says otherwise, until it is interrupted.\n\n" +
    "Example: stele log witness witness/ --port 8090 --key witness.key",
  reach: "signs",
  fields: {
    folder: positional(text, "FOLDER", "memory of the witness; never set it back"),
    port: value(
      number.refine((port) => port < 65_536, "is no port").default(0),
      "PORT",
      "port (default: any free one)",
    ),
    host: value(text.default("127.0.0.1"), "ADDRESS", "address to listen on (default: 127.0.0.1)"),
  },
  async run(input, context) {
    const { LocalWitness } = await import("../../../log/witness.js");
    const { serveWitness } = await import("../../../log/witness-http.js");
    const { checkpointKeysOf } = await import("../../../chain/log-state.js");
    const session = await context.session();
    const witness = await LocalWitness.open(context.path(input.folder), {
      signer: await session.signer(),
      registry: { chainId: session.manifest.chainId, address: session.suite.address("LogRegistry") },
      keysOf: (logId) => checkpointKeysOf(session.suite, logId),
    });
    try {
      const served = await serveWitness(witness, { host: input.host, port: input.port });
      const { address } = witness;
      context.print(
        { url: served.url, address },
        () => `Witness ${address} answers at ${served.url}; stop with Ctrl-C.`,
      );
      if (!context.signal.aborted) await once(context.signal, "abort");
      await served.close();
    } finally {
      await witness.close();
    }
  },
});
