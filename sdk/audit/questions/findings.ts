import type { Hex } from "../../common/bytes.js";
import { idSpan, stubKinds } from "./layout.js";
import type { IndexStore } from "./store.js";

/** A record that is not what it should be. */
export interface Finding {
  readonly logId: Hex;
  readonly index: bigint;
  /** Time of the header. */
  readonly time: bigint;
  /**
   * `malformed`: its schema says that it is a data event, and its payload is none. `unproven`: its content is not the one
   * that its header commits to. `clock`: the event gives another time than its header. `claimed`: the log says that it
   * was erased, and it still opens.
   */
  readonly kind: "malformed" | "unproven" | "clock" | "claimed";
  readonly sentence: string;
}

const pageRows = 256;
const bad = stubKinds.map((kind, i) => ({ kind, i })).filter(({ kind }) => kind === "malformed" || kind === "unproven");

const queries = [
  `SELECT id, time, why, sentence FROM stubs WHERE id > ? AND why IN (${bad.map(({ i }) => i).join(", ")}) ORDER BY id LIMIT ?`,
  "SELECT id, time, stated FROM events INDEXED BY by_stated WHERE stated IS NOT NULL AND id > ? ORDER BY id LIMIT ?",
  "SELECT id, time FROM claims JOIN events USING (id) WHERE id > ? ORDER BY id LIMIT ?",
];

/** All findings, kind by kind. */
export async function* findingsOf(store: IndexStore): AsyncGenerator<Finding> {
  const logs = new Map(store.logs().map((log) => [log.n, log.logId]));
  for (const sql of queries) {
    let last = -1;
    for (;;) {
      const rows = store.rowsOf(sql, last, pageRows);
      if (rows.length === 0) break;
      for (const row of rows) yield findingOf(row, logs);
      last = rows.at(-1)!["id"] as number;
    }
  }
}

function findingOf(row: Record<string, unknown>, logs: ReadonlyMap<number, Hex>): Finding {
  const id = row["id"] as number;
  const place = {
    logId: logs.get(Math.floor(id / idSpan))!,
    index: BigInt(id % idSpan),
    time: BigInt(row["time"] as number),
  };
  if (row["why"] !== undefined) {
    const kind = stubKinds[row["why"] as number] as "malformed" | "unproven";
    return { ...place, kind, sentence: String(row["sentence"]) };
  }
  if (row["stated"] !== undefined) {
    const apart = Math.abs((row["stated"] as number) - (row["time"] as number));
    return { ...place, kind: "clock", sentence: `the event's own time is ${apart} s from its header's` };
  }
  return { ...place, kind: "claimed", sentence: "the log says that it was erased, and its key is still there" };
}
