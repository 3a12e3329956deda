import { SteleError } from "../../../common/errors.js";
import { defineCommand } from "../../command.js";
import { number, positional } from "../../fields.js";
import { table } from "../../output.js";

export const accountPending = defineCommand({
  name: "account pending",
  summary: "List what an account has signed and not seen final, and what the node refuses of it",
  description:
    "The list is of this folder: of what was sent from here. Asking hands stored transactions to the node once more, as " +
    "every command of the account does. It ends with exit code 3 where the node refuses one: nothing can be sent after " +
    "it until the cause is mended or it is cancelled.\n\n" +
    "Example: stele account pending --key awarder.key",
  reach: "signs",
  fields: {},
  async run(_, context) {
    const sender = await (await context.session()).sender();
    const pending = (await sender.look()).toSorted((a, b) => a.nonce - b.nonce);
    const rows = pending.map(({ nonce, label, hashes, refusal }) => [
      `${nonce}`,
      label,
      hashes.at(-1)!,
      refusal === undefined ? "on its way" : `refused: ${refusal}`,
    ]);
    context.print({ account: sender.account, pending }, () =>
      pending.length === 0
        ? `Nothing of account ${sender.account} is pending.`
        : table(["nonce", "what", "transaction", "state"], rows),
    );
    if (pending.some(({ refusal }) => refusal !== undefined)) context.conclude("findings");
  },
});

export const accountCancel = defineCommand({
  name: "account cancel",
  summary: "Cancel a transaction that the node refuses for good, so that the account can send again",
  description:
    "Uses up the transaction's nonce with an empty transfer of the account to itself. Whichever of the two gets into a " +
    "block decides, and the command waits for it: what was cancelled never takes effect. What the node does not refuse " +
    "is on its way and is left alone. It ends with exit code 3 where the transaction ended otherwise. --propose is " +
    "refused: a nonce is the account's own.\n\n" +
    "Example: stele account cancel 17 --key awarder.key",
  reach: "writes",
  fields: { nonce: positional(number, "NONCE", "of the transaction; `stele account pending` lists them") },
  async run({ nonce }, context) {
    if (context.common.propose !== undefined) {
      throw new SteleError("usage", "only the account itself can use up its nonce: leave out --propose");
    }
    const sender = await (await context.session()).sender();
    const found = (await sender.look()).find((intent) => intent.nonce === nonce);
    if (found === undefined) {
      const sentence = `nothing of account ${sender.account} is pending with nonce ${nonce}`;
      throw new SteleError("missing", `${sentence}; \`stele account pending\` lists what is`);
    }
    const { key, label } = found;
    if (context.common.dryRun === true) {
      const { requireStuck } = await import("../../../chain/followed.js");
      requireStuck(found);
      const text = `Dry run: it would use up nonce ${nonce}, so that this never happens: ${label}. Nothing was cancelled.`;
      return context.print({ nonce, key, label, cancelled: false }, () => text);
    }
    const cancelled = await sender.cancel(key, { signal: context.signal });
    const said = cancelled ? "Cancelled, and will not happen" : "Ended before it could be cancelled";
    context.print({ nonce, key, label, cancelled }, () => `${said}: ${label} (nonce ${nonce}).`);
    if (!cancelled) context.conclude("findings");
  },
});
