import type { Hex } from "../../common/bytes.js";
import { text, type Kind } from "../../common/kinds.js";
import { enrolledPerson, refusedPerson, staffColumn, type Staff } from "../roster/staff-column.js";
import type { TableSpec } from "../table/spec.js";
import type { Criteria, Criterion } from "./criteria.js";

/** One line of a unit's file: what one person was given. */
export interface SheetRow {
  readonly staffNumber: string;
  readonly subject: Hex;
  readonly scores: Readonly<Record<string, number>>;
  readonly comment: string | undefined;
}

const commentColumn = "comment";

/**
 * The table of a unit's feedback: a staff number, a column for each criterion under its id or its title, and, where the
 * file has one, a comment. Everybody in it is on the roster, and in this unit.
 */
export function sheetOf({ criteria }: Criteria, unit: string, staff: Staff): TableSpec<SheetRow> {
  return {
    columns: [
      staffColumn,
      ...criteria.map((one) => ({ name: one.id, aliases: [one.title], kind: scoreOn(one) })),
      { name: commentColumn, aliases: ["comments", "remark", "评语", "备注"], optional: true, kind: text(4_000) },
    ],
    key: ({ staffNumber }) => staffNumber,
    keyColumn: staffColumn.name,
    keyIsCell: true,
    parse(record) {
      const staffNumber = record[staffColumn.name] ?? "";
      const scores = Object.fromEntries(criteria.map(({ id }) => [id, Number(record[id])]));
      return {
        staffNumber,
        subject: subjectIn(staff, staffNumber, unit),
        scores,
        comment: record[commentColumn] || undefined,
      };
    },
  };
}

function subjectIn(staff: Staff, staffNumber: string, unit: string): Hex {
  const person = enrolledPerson(staff, staffNumber);
  if (person.unit.normalize("NFC") !== unit) throw refusedPerson(`is of the unit "${person.unit}", not of "${unit}"`);
  return person.subject;
}

/** A whole number on the scale, written as people write it: -3, 0, 5. */
function scoreOn({ min, max }: Criterion): Kind {
  return (cell) => {
    const score = /^-?\d{1,7}$/.test(cell) ? Number(cell) : Number.NaN;
    return score >= min && score <= max ? undefined : `is no whole number from ${min} to ${max}`;
  };
}
