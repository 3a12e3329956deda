import { equal, fromHex, toHex } from "../../../common/bytes.js";
import { formatInstant } from "../../../common/time.js";
import { defineCommand } from "../../command.js";
import { flag, positional, text } from "../../fields.js";
import { table, thousands } from "../../output.js";

const states = ["unknown", "open", "frozen"] as const;

export const logStatus = defineCommand({
  name: "log status",
  summary: "Compare a log's folder with its head on chain",
  description:
    "Shows local size, published checkpoint and the chain's head, whether the log extends that head, what may still be " +
    "added, and whether it is frozen or was marked overdue.\n\n" +
    "Example: stele log status books/ledger",
  reach: "reads",
  fields: {
    folder: positional(text, "FOLDER", "folder of the log"),
    offline: flag("look at the folder alone"),
  },
  async run(input, context) {
    const { openBookView } = await import("../../../book/prove.js");
    const { readUnverified } = await import("../../../proof/checkpoint.js");
    const { config, log } = await openBookView(context.path(input.folder));
    try {
      const local = await log.storedHead();
      const note = await log.published();
      const published = note === undefined ? undefined : readUnverified(note).size;
      const rows: [string, string][] = [
        ["log", `${config.kind}/${config.name}`],
        ["log id", config.logId],
        ["entries", thousands(local.size)],
        ["published", published === undefined ? "nothing yet" : thousands(published)],
      ];
      const status: Record<string, unknown> = { ...config, size: local.size, root: toHex(local.root), published };
      if (!input.offline) {
        const { suite } = await context.session();
        const registry = suite.contract("LogRegistry");
        const [head, root] = await registry.headOf(config.logId);
        const extended =
          head.size <= local.size && (head.size === 0n || equal(await log.rootAt(head.size), fromHex(root)));
        const overdue = await registry.overdueSince(await registry.lineageOf(config.logId));
        const allowance = await registry.allowanceOf(config.logId);
        const state = states[Number(head.status)] ?? "unknown";
        Object.assign(status, { chain: { size: head.size, root, state, overdue, allowance, extended } });
        rows.push(
          ["on chain", `${thousands(head.size)} (${state})`],
          ["local extends chain", extended ? "yes" : "NO: this folder is not the log that was anchored"],
          ["not yet anchored", extended ? thousands(local.size - head.size) : "-"],
          ["may be added now", thousands(allowance)],
          ["last contact", formatInstant(head.lastAdvance)],
          ["marked overdue", overdue === 0n ? "never" : `since ${formatInstant(overdue)}`],
        );
      }
      context.print(status, () => table(["what", "value"], rows));
    } finally {
      await log.reader.close();
    }
  },
});
