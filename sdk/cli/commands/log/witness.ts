import { defineCommand } from "../../command.js";
import { positional, text } from "../../fields.js";
import { listening, serveUntilInterrupted } from "../../serving.js";

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
    ...listening,
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
      const serve = (options: Parameters<typeof serveWitness>[1]) => serveWitness(witness, options);
      const { address } = witness;
      await serveUntilInterrupted(serve, input, context, (url) => [
        { address },
        `Witness ${address} answers at ${url}`,
      ]);
    } finally {
      await witness.close();
    }
  },
});
