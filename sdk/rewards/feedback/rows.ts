import { isOver } from "../../records/desk.js";
import type { RecordStatus } from "./judge.js";
import type { FeedbackRecord } from "./read.js";
import type { FeedbackRow } from "./unit-table.js";

/** What a table is made of, and what it leaves out. */
export interface TableRows {
  readonly rows: readonly FeedbackRow[];
  /** Records that were erased, or do not open. */
  readonly closed: number;
  /** Records that have ended at the desk. */
  readonly over: number;
  /** Records by other criteria. */
  readonly other: number;
}

/**
 * The rows of a unit's table: records of the latest edition of each period that have not ended. A correction stands in
 * the place of what it corrects. Disputed records are counted as they stand: a table that changed with each dispute
 * would tell what the disputed one says.
 * @param statuses what the desk says, by index; undefined where it was not asked
 */
export function rowsOf(
  records: readonly FeedbackRecord[],
  criteria: { readonly hash: string },
  statuses?: ReadonlyMap<bigint, RecordStatus>,
): TableRows {
  const byIndex = new Map(records.map((record) => [record.index, record]));
  const latest = new Map<string, number>();
  for (const { content, inEdition } of records) {
    if (content === undefined || !inEdition) continue;
    const key = JSON.stringify([content.payload.unit, content.payload.period]);
    latest.set(key, Math.max(latest.get(key) ?? 0, content.payload.revision));
  }
  const counts = { closed: 0, over: 0, other: 0 };
  const rows = records.flatMap((record): FeedbackRow[] => {
    const { content, inEdition } = record;
    if (content === undefined) counts.closed++;
    if (content === undefined || !inEdition) return [];
    const { unit, period, revision } = content.payload;
    if (latest.get(JSON.stringify([unit, period])) !== revision) return [];
    const standing = standingOf(record, byIndex, statuses);
    if (standing?.content === undefined) counts.over++;
    else if (standing.content.payload.criteria !== criteria.hash) counts.other++;
    else
      return [
        { unit, period, subject: content.subject, index: standing.index, scores: standing.content.payload.scores },
      ];
    return [];
  });
  return { rows, ...counts };
}

/** The record, or what corrects it; undefined where it has ended otherwise. */
function standingOf(
  record: FeedbackRecord,
  byIndex: ReadonlyMap<bigint, FeedbackRecord>,
  statuses: ReadonlyMap<bigint, RecordStatus> | undefined,
): FeedbackRecord | undefined {
  const status = statuses?.get(record.index);
  if (status === undefined || !isOver(status.state)) return record;
  const next = status.correctedBy === undefined ? undefined : byIndex.get(status.correctedBy);
  // A correction comes later, so this ends.
  if (next === undefined || next.index <= record.index) return undefined;
  const [now, before] = [next.content, record.content];
  const fits =
    now?.subject === before?.subject &&
    now?.payload.unit === before?.payload.unit &&
    now?.payload.period === before?.payload.period;
  return fits ? standingOf(next, byIndex, statuses) : undefined;
}
