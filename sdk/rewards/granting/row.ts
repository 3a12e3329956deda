import { SteleError } from "../../common/errors.js";
import type { Column, TableSpec } from "../table/spec.js";
import type { AwardContent } from "./content.js";

/** One line of a file of awards. */
export interface AwardRow {
  readonly staffNumber: string;
  /** Index of the record that the award rests on. */
  readonly evidence?: bigint;
  readonly content: AwardContent;
}

const columns: readonly Column[] = [
  { name: "staff_number", aliases: ["staff number", "staff no", "employee_id", "工号", "职工号"] },
  { name: "citation", aliases: ["reason", "嘉奖事由", "事由", "获奖事由"] },
  { name: "date", aliases: ["日期", "获奖日期"], optional: true },
  { name: "place", aliases: ["location", "地点"], optional: true },
  { name: "evidence", aliases: ["record", "evidence record", "依据记录", "记录号"], optional: true },
];

/** What a file of awards has to fit. */
export interface AwardTableTerms {
  /** The type asks for a record with every award. */
  readonly needsEvidence: boolean;
  /** Whether a log was named in which to look records up. */
  readonly hasLog: boolean;
}

/**
 * The table that a personnel department fills in: one award a line, each person once.
 * @param objection why nobody with a staff number can be awarded; undefined where somebody can
 * @param onRow told of every row, in order, as it is parsed
 */
export function awardTable(
  terms: AwardTableTerms,
  objection: (staffNumber: string) => string | undefined,
  onRow: (row: AwardRow) => void = () => undefined,
): TableSpec<AwardRow> {
  return {
    columns,
    keyColumn: "staff_number",
    keyIsCell: true,
    key: ({ staffNumber }) => staffNumber,
    parse: (record) => {
      const { staff_number: staffNumber = "", citation = "", date = "", place = "", evidence = "" } = record;
      const why = objection(staffNumber);
      if (why !== undefined) throw wrong("staff_number", why);
      const index = evidenceOf(evidence, terms);
      const row = {
        staffNumber,
        ...(index === undefined ? {} : { evidence: index }),
        content: {
          citation,
          ...(date === "" ? {} : { date: readDay(date) }),
          ...(place === "" ? {} : { place }),
        },
      };
      onRow(row);
      return row;
    },
  };
}

function evidenceOf(text: string, { needsEvidence, hasLog }: AwardTableTerms): bigint | undefined {
  if (text === "") {
    if (needsEvidence) throw wrong("evidence", "is empty, and the award type needs a record for every award");
    return undefined;
  }
  if (!hasLog) throw wrong("evidence", "names a record; say with --evidence in which log");
  if (!/^\d{1,14}$/.test(text)) throw wrong("evidence", "is no number of a record");
  const index = BigInt(text);
  if (index >= 1n << 48n) throw wrong("evidence", "is larger than any log");
  return index;
}

/**
 * A day as departments write it: 2026-03-14, 2026/3/14, 2026.3.14 or 2026年3月14日.
 * @returns YYYY-MM-DD
 * @throws SteleError `input`
 */
export function readDay(text: string): string {
  const parts = /^(\d{4})(?:-(\d{1,2})-|\/(\d{1,2})\/|\.(\d{1,2})\.|年(\d{1,2})月)(\d{1,2})日?$/.exec(text);
  const [year, month, day] = [parts?.[1], parts?.slice(2, 6).find((part) => part !== undefined), parts?.[6]];
  if (year === undefined || month === undefined || day === undefined || (text.endsWith("日") && !text.includes("年"))) {
    throw wrong("date", "is no day; write it as 2026-03-14");
  }
  const shown = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const moment = new Date(`${shown}T00:00:00Z`);
  const real = !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(shown);
  if (!real) throw wrong("date", "is a day that no calendar has");
  return shown;
}

function wrong(field: string, sentence: string): SteleError {
  return new SteleError("input", sentence, { place: { field } });
}
