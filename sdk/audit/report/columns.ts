import { formatInstant } from "../../common/time.js";
import type { EventLine } from "../line.js";

/** Columns of an answer, in the order in which people read them; the last two name the record that proves the line. */
export const columns = [
  "time",
  "operation",
  "outcome",
  "auditor",
  "engagement",
  "subject",
  "source",
  "sequence",
  "log",
  "index",
] as const;

/** The cells of a line, as text. */
export function cellsOf(line: EventLine): readonly string[] {
  return [
    formatInstant(line.time),
    line.operation,
    line.outcome,
    line.auditor,
    line.engagement ?? "",
    line.subject ?? "",
    line.source,
    line.sequence.toString(),
    line.logId,
    line.index.toString(),
  ];
}
