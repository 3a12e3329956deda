import type { Hex } from "../../../common/bytes.js";
import type { Context } from "../../context.js";
import { wantedCall } from "../../governed.js";
import { thousands } from "../../output.js";

/** Calls that wait for the chain at the same time. */
const atOnce = 16;

interface Undo {
  readonly folder: string;
  readonly unit: string;
  readonly period: string;
  readonly reason: Hex;
}

/**
 * Withdraws every record of a unit's period at the desk that has not ended yet. Interrupted, it goes on when it is run
 * again, since the desk knows which are withdrawn.
 */
export async function undoFeedback({ folder, unit, period, reason }: Undo, context: Context): Promise<void> {
  const { openBookView } = await import("../../../book/prove.js");
  const { editionToUndo } = await import("../../../rewards/feedback/import.js");
  const { standingAmong } = await import("../../../rewards/feedback/desk.js");
  const { config, log } = await openBookView(context.path(folder));
  try {
    const { logId } = config;
    const session = await context.session();
    const edition = await editionToUndo(log, { unit, period });
    const left = await standingAmong(session.suite, logId, edition.indexes);
    const bar = context.progress("withdrawing", left.length);
    const kinds = new Set<string>();
    for (let at = 0; at < left.length; at += atOnce) {
      context.signal.throwIfAborted();
      const calls = left.slice(at, at + atOnce).map((index) => {
        const label = `withdraw record ${index}`;
        return wantedCall(session, {
          contract: "RecordDesk",
          method: "withdraw",
          values: [logId, index, reason],
          label,
        });
      });
      const done = await Promise.all(calls.map((call, i) => session.submit(call, `${logId} ${left[at + i]} withdraw`)));
      for (const { kind } of done) kinds.add(kind);
      bar.update(Math.min(at + atOnce, left.length));
    }
    bar.finish();
    const over = edition.indexes.length - left.length;
    const [how = "nothing"] = kinds;
    context.print({ logId, ...edition, withdrawn: left, over, submitted: how }, () => told(how, left.length, over));
  } finally {
    await log.reader.close();
  }
}

function told(how: string, count: number, over: number): string {
  const rest = over === 0 ? "" : `; ${thousands(over)} had ended before`;
  switch (how) {
    case "sent":
      return `Withdrew ${thousands(count)} records${rest}. The right file can be imported now, as the next revision.`;
    case "simulated":
      return `Dry run: ${thousands(count)} records would be withdrawn${rest}. Nothing was sent.`;
    case "proposed":
      return `Proposed to withdraw ${thousands(count)} records${rest}. Nothing was sent.`;
    default:
      return `All ${thousands(over)} records had ended before. Nothing was sent.`;
  }
}
