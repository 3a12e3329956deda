import { visible } from "../../common/visible.js";
import type { EventLine } from "../line.js";
import { cellsOf, columns } from "./columns.js";

/** Lines for a screen. */
export interface EventTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Whether there are lines that are not shown. */
  readonly more: boolean;
}

/**
 * The first lines of an answer as cells. Accounts and hashes are shortened in the middle, since a screen is narrow; CSV
 * and JSON have them whole. Characters that a terminal obeys or that turn the direction of text are written
 * as their code, since a source's name comes from whoever wrote the log.
 * @param limit lines that are shown
 */
export async function eventTable(
  lines: AsyncIterable<EventLine> | Iterable<EventLine>,
  limit = 1000,
): Promise<EventTable> {
  const rows: (readonly string[])[] = [];
  for await (const line of lines) {
    if (rows.length === limit) return { head: columns, rows, more: true };
    rows.push(cellsOf(line).map(short).map(visible));
  }
  return { head: columns, rows, more: false };
}

/** 0x70997970…79c8 of an account or a hash. */
function short(cell: string): string {
  return /^0x[0-9a-f]{40,}$/i.test(cell) ? `${cell.slice(0, 10)}…${cell.slice(-4)}` : cell;
}
