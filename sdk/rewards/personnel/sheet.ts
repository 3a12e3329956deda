import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { date, oneOf, text, type Kind } from "../../common/kinds.js";
import { enrolledPerson, staffColumn, type Staff } from "../roster/staff-column.js";
import type { Column, TableSpec } from "../table/spec.js";
import type { PersonnelEntry } from "./append.js";
import { adverseKinds, parsePersonnel, type PersonnelPayload } from "./kinds.js";

/** Kinds that a department writes down in tables. Feedback and revocations come from commands of their own. */
export const sheetKinds = ["training", "career", "mission", "performance", "award"] as const;
export type SheetKind = (typeof sheetKinds)[number];

/** One line: whom it is about and what it says. */
export interface PersonnelRow {
  readonly staffNumber: string;
  readonly subject: Hex;
  readonly adverse: boolean | undefined;
  readonly payload: PersonnelPayload<SheetKind>;
}

/** The published criteria of performance reports. */
export type SheetCriteria = PersonnelPayload<"performance">["criteria"];

const day = date("extended");
const optional = { optional: true } as const;

const from: Column = { name: "from", aliases: ["开始日期", "起始日期"], kind: day };
const until: Column = { name: "until", aliases: ["结束日期", "截止日期"], kind: day, ...optional };
const line = (name: string, ...aliases: readonly string[]): Column => ({ name, aliases, kind: text(200) });
const prose = (name: string, ...aliases: readonly string[]): Column => ({
  name,
  aliases,
  kind: text(4_000),
  ...optional,
});

const columns: Readonly<Record<SheetKind, readonly Column[]>> = {
  training: [
    line("course", "课程", "培训内容"),
    { ...line("provider", "培训机构"), ...optional },
    { name: "hours", aliases: ["学时"], kind: hours, ...optional },
    { ...line("result", "结果", "成绩"), ...optional },
  ],
  career: [
    { name: "change", aliases: ["变动", "变动类型"], kind: text(20) },
    { ...line("position", "职位", "岗位"), ...optional },
    { ...line("grade", "职级"), ...optional },
    prose("reason", "原因"),
  ],
  mission: [
    line("mission", "任务"),
    { ...line("role", "角色", "担任"), ...optional },
    { ...line("place", "地点"), ...optional },
    prose("outcome", "结果"),
  ],
  performance: [
    line("assessor", "考核人岗位", "assessed by"),
    { name: "scores", aliases: ["考核得分"], kind: text(4_000) },
    prose("conclusion", "考核结论"),
  ],
  award: [line("title", "奖项", "荣誉名称"), prose("citation", "颁奖词", "表彰事由")],
};

/** The days of a record: an award has one, a report a whole period. */
const days: Readonly<Record<SheetKind, readonly Column[]>> = {
  training: [from, until],
  career: [from, until],
  mission: [from, until],
  performance: [from, { ...until, optional: false }],
  award: [{ name: "date", aliases: ["授予日期", "表彰日期"], kind: day }],
};

/**
 * The table of one kind of record: a staff number, the days, and what the kind says. Scores of a report stand in one
 * cell: `diligence 4/5; cooperation 3/5`. Where a kind may speak against the person, a column `adverse` says yes or no.
 * @param criteria those that performance reports were written by
 */
export function personnelSheet(kind: SheetKind, staff: Staff, criteria?: SheetCriteria): TableSpec<PersonnelRow> {
  const mayBeAdverse = adverseKinds[kind] === "may";
  const adverse: Column = { name: "adverse", aliases: ["不利记录"], kind: oneOf("yes", "no", "是", "否"), ...optional };
  return {
    columns: [staffColumn, ...columns[kind], ...days[kind], ...(mayBeAdverse ? [adverse] : [])],
    key: (row) => JSON.stringify(row),
    keyColumn: staffColumn.name,
    parse(record) {
      const { [staffColumn.name]: staffNumber = "", adverse: said = "", ...cells } = record;
      return {
        staffNumber,
        subject: enrolledPerson(staff, staffNumber).subject,
        adverse: said === "" ? undefined : said === "yes" || said === "是",
        payload: parsePersonnel(kind, payloadOf(cells, criteria)),
      };
    },
  };
}

/** The record of a line. @param time seconds since 1970 */
export function entryOf(
  kind: SheetKind,
  { subject, adverse, payload }: PersonnelRow,
  { source, time, metaAddress }: { source: string; time: bigint; metaAddress: string | undefined },
): PersonnelEntry {
  return { kind, subject, adverse, payload, source, time, metaAddress } as PersonnelEntry;
}

function payloadOf(cells: Readonly<Record<string, string>>, criteria: SheetCriteria | undefined): object {
  const said = Object.entries(cells).filter(([, cell]) => cell !== "");
  return {
    ...Object.fromEntries(said.map(([name, cell]) => [name, valueOf(name, cell)])),
    ...(criteria === undefined ? {} : { criteria }),
  };
}

function valueOf(name: string, cell: string): unknown {
  if (name === "hours") return Number(cell);
  return name === "scores" ? cell.split(/[;；]/).map((one) => scoreOf(one.trim())) : cell;
}

function scoreOf(one: string): object {
  const [, criterion, score, of] = /^(.{1,200}?)\s+(-?\d{1,7}(?:\.\d{1,3})?)\s*\/\s*(\d{1,7})$/u.exec(one) ?? [];
  if (criterion !== undefined) return { criterion, score: Number(score), of: Number(of) };
  throw new SteleError("input", "is not scores like: diligence 4/5; cooperation 3/5", { place: { field: "scores" } });
}

function hours(cell: string): ReturnType<Kind> {
  return /^\d{1,6}(\.\d{1,2})?$/.test(cell) ? undefined : "is no number of hours";
}
