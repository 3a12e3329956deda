import type { Submission } from "../../../chain/governance/call.js";
import { SteleError } from "../../../common/errors.js";
import type { Waiting } from "../../../rewards/awards/moves.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { bytes32, list, value } from "../../fields.js";
import { logSource } from "../../governed.js";
import type { Session } from "../../session.js";
import { tokenNumber } from "./fields.js";

/** Awards, or accounts, in one transaction. */
const atOnce = 100;

export const awardMigrate = defineCommand({
  name: "award migrate",
  summary: "Move awards and points to the accounts that their holders have now",
  description:
    "After a claim or a recovery the holder of an award is told right at once; this brings what ERC-721 and ERC-1155 " +
    "tell after it. Anyone may do it, for one person (--subject), for named awards, or for all that wait.\n\n" +
    "Examples: stele award migrate --subject 0x… --account 4\n          stele award migrate --token 4294967296 --account 4",
  reach: "writes",
  fields: {
    subject: value(bytes32.optional(), "SUBJECT", "only what this person has"),
    token: list(tokenNumber, "TOKEN", "only this award; several times"),
  },
  async run({ subject, token }, context) {
    if (subject !== undefined && token.length > 0)
      throw new SteleError("usage", "name a --subject or awards, not both");
    const session = await context.session();
    const waiting = token.length > 0 ? { tokens: token, points: new Map() } : await find(subject, session, context);
    const submitted = await move(waiting, session, context);
    const accounts = [...waiting.points.values()].reduce((sum, some) => sum + some.length, 0);
    const value = { tokens: waiting.tokens, points: Object.fromEntries(waiting.points), submitted };
    const what = `${waiting.tokens.length} awards and the points of ${accounts} accounts`;
    context.print(value, () =>
      submitted.length === 0
        ? "Nothing waits: every award is where it belongs."
        : submitted.map((one) => session.describe(one, `Moved ${what}.`)).join("\n"),
    );
  },
});

async function find(subject: `0x${string}` | undefined, session: Session, context: Context): Promise<Waiting> {
  const { waitingToMove } = await import("../../../rewards/awards/moves.js");
  const bar = context.progress("read events");
  const source = { ...logSource(session, context), progress: (block: number, head: number) => bar.update(block, head) };
  const waiting = await waitingToMove(session.suite, source, subject);
  bar.finish();
  return waiting;
}

async function move({ tokens, points }: Waiting, session: Session, context: Context): Promise<Submission[]> {
  const { migrateCall, migratePointsCall } = await import("../../../rewards/granting/calls.js");
  const calls = pages(tokens).map((page) => migrateCall(session.suite, page));
  for (const [id, accounts] of points) {
    calls.push(...pages(accounts).map((page) => migratePointsCall(session.suite, id, page)));
  }
  const submitted: Submission[] = [];
  for (const call of calls) {
    context.signal.throwIfAborted();
    submitted.push(await session.submit(call));
  }
  return submitted;
}

function pages<T>(all: readonly T[]): (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / atOnce) }, (_, i) => all.slice(i * atOnce, (i + 1) * atOnce));
}
