import { blockTime } from "../chain/moment.js";
import { SteleError } from "../common/errors.js";
import type { Context } from "./context.js";
import { duration, value } from "./fields.js";
import type { Session } from "./session.js";

/** How long something counts that is signed for somebody else to hand in. */
export const lifetimeField = value(duration.default(7 * 86_400), "TIME", "how long the signature counts (default: 7d)");

/** Refuses what --sign has no part in. @throws SteleError `usage` */
export function requireOnlySigning({ common }: Context): void {
  if (common.dryRun === true || common.propose !== undefined) {
    throw new SteleError("usage", "--sign sends nothing: leave out --dry-run and --propose");
  }
}

/** The last block second in which a signature counts that is made now. @param lifetime seconds */
export async function deadlineAfter(lifetime: number, { connection }: Session): Promise<bigint> {
  return (await blockTime(connection.provider)) + BigInt(lifetime);
}
