import type { Hex } from "../../common/bytes.js";
import type { Question } from "./answer.js";
import { idSpan, stubKinds, type StubKind } from "./layout.js";
import type { IndexedLog, IndexStore } from "./store.js";

/** How far an answer is complete in one log. */
export interface LogReach {
  readonly logId: Hex;
  /** Kind and name. */
  readonly label: string;
  /** The answer covers entries 0 to below this one. */
  readonly size: bigint;
  /** Root over the headers of these entries. */
  readonly root: Uint8Array;
  /** Entries of them under the latest head on chain that was looked at; undefined where none was. */
  readonly anchored: bigint | undefined;
  /** Events that could be looked at, in all. */
  readonly events: number;
  /** Records of other schemas. */
  readonly other: number;
  /** Records in the question's window that could not be looked at: each may be a line that is missing here. */
  readonly closed: Readonly<Record<StubKind, number>>;
  /** Records that the log says were erased, and that could be opened all the same. */
  readonly claimed: number;
}

/** How far an answer is complete: nothing is left out in silence. */
export interface Reach {
  readonly logs: readonly LogReach[];
  /** Records in the window that could not be looked at, of all logs. */
  readonly closed: number;
}

/** What an answer to a question covers now. */
export function reachOf(
  store: IndexStore,
  logs: readonly IndexedLog[],
  question: Pick<Question, "from" | "to">,
): Reach {
  const closed = closedOf(store, question);
  const claims = store.rowsOf(`SELECT id / ${idSpan} AS n, count(*) AS c FROM claims GROUP BY n`);
  const claimed = new Map(claims.map((row) => [row["n"], row["c"] as number]));
  const reached = logs.map(({ n, logId, label, size, root, anchored, events, other }) => {
    const why = Object.fromEntries(stubKinds.map((kind, i) => [kind, closed.get(`${n} ${i}`) ?? 0]));
    const stubs = why as Record<StubKind, number>;
    return { logId, label, size, root, anchored, events, other, closed: stubs, claimed: claimed.get(n) ?? 0 };
  });
  return { logs: reached, closed: [...closed.values()].reduce((sum, count) => sum + count, 0) };
}

function closedOf(store: IndexStore, { from, to }: Pick<Question, "from" | "to">): Map<string, number> {
  const where = from === undefined && to === undefined ? "" : "WHERE time >= ? AND time < ?";
  const window = where === "" ? [] : [from ?? 0n, to ?? BigInt(Number.MAX_SAFE_INTEGER)];
  const sql = `SELECT id / ${idSpan} AS n, why, count(*) AS c FROM stubs ${where} GROUP BY n, why`;
  return new Map(
    store.rowsOf(sql, ...window).map((row) => [`${String(row["n"])} ${String(row["why"])}`, row["c"] as number]),
  );
}
