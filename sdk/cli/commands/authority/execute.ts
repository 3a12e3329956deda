import { readAuthority, type PendingView } from "../../../chain/governance/authority.js";
import { callOf, type Call, type Submission } from "../../../chain/governance/call.js";
import { blockTime } from "../../../chain/moment.js";
import { RevertError } from "../../../chain/revert.js";
import { SteleError, sentenceOf } from "../../../common/errors.js";
import { formatInstant } from "../../../common/time.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { positional, text } from "../../fields.js";
import type { Session } from "../../session.js";
import { holderOf, logSource } from "../../governed.js";

export const authorityExecute = defineCommand({
  name: "authority execute",
  summary: "Execute scheduled operations of the account whose delay is over",
  description: "Example: stele authority execute --key governance.key",
  reach: "writes",
  fields: {
    operation: positional(text.optional(), "ID", "one operation by its id or its beginning; else all that are due"),
  },
  async run({ operation }, context) {
    const session = await context.session();
    const due = await dueOperations(context, session, operation);
    const done: Done[] = [];
    const refused: string[] = [];
    for (const pending of due) {
      const { id, text } = pending;
      try {
        done.push({ operation: id, text, submitted: await session.submit(executeCall(session, pending)) });
      } catch (error) {
        // One that its contract refuses holds up no other.
        if (due.length === 1 || !(error instanceof RevertError)) throw error;
        refused.push(`${id}: ${sentenceOf(error)}`);
      }
    }
    context.print(done, () =>
      due.length === 0
        ? "no operation of this account is due"
        : done.map(({ text, submitted }) => `${text}: ${submitted.kind}`).join("\n"),
    );
    if (refused.length === 0) return;
    const sentence = `${refused.length} of ${due.length} operations that are due cannot be executed; mend the cause within a week of the time they were due, then they expire`;
    throw new SteleError("refused", sentence, { details: refused });
  },
});

/** An operation and what became of it. */
interface Done {
  readonly operation: string;
  readonly text: string;
  readonly submitted: Submission;
}

async function dueOperations(context: Context, session: Session, wanted?: string): Promise<PendingView[]> {
  const caller =
    context.common.propose === undefined
      ? await (await session.signer()).getAddress()
      : await holderOf(context, session, "GOVERNOR");
  const { pending } = await readAuthority(session.suite, logSource(session, context));
  const own = pending.filter((row) => row.caller.toLowerCase() === caller.toLowerCase());
  const now = await blockTime(session.connection.provider);
  if (wanted === undefined) return own.filter(({ due }) => due <= now);
  const found = own.filter(({ id }) => id.startsWith(wanted.toLowerCase()));
  const [only] = found;
  if (only === undefined || found.length > 1) {
    const why = only === undefined ? "no operation" : "more than one operation";
    throw new SteleError("usage", `${why} of ${caller} that waits begins with ${wanted}`);
  }
  if (only.due > now)
    throw new SteleError("refused", `"${only.text}" can be executed from ${formatInstant(only.due)} on`);
  return [only];
}

function executeCall(session: Session, { target, data, text }: PendingView): Call {
  const abi = session.suite.contract("AccessManager").interface;
  const manager = { contract: "AccessManager", address: session.suite.address("AccessManager"), abi };
  return callOf(manager, "execute", [target, data], `execute: ${text}`);
}
