import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { text, type Kind } from "../../common/kinds.js";
import type { TableSpec } from "../table/spec.js";
import type { Criteria, Criterion } from "./criteria.js";

/** One line of a unit's file: what one person was given. */
export interface SheetRow {
  readonly staffNumber: string;
  readonly subject: Hex;
  readonly scores: Readonly<Record<string, number>>;
  readonly comment: string | undefined;
}

/** Who is on the roster: `Roster`. */
export interface Staff {
  person(staffNumber: string): { readonly unit: string; readonly subject: Hex; readonly pending?: true } | undefined;
}

const staffColumn = "staff number";
const commentColumn = "comment";

/**
 * The table of a unit's feedback: a staff number, a column for each criterion under its id or its title, and, where the
 * file has one, a comment. Everybody in it is on the roster, and in this unit.
 */
export function sheetOf({ criteria }: Criteria, unit: string, staff: Staff): TableSpec<SheetRow> {
  return {
    columns: [
      { name: staffColumn, aliases: ["staff no", "staff id", "工号", "员工编号", "员工号"], kind: text(64) },
      ...criteria.map((one) => ({ name: one.id, aliases: [one.title], kind: scoreOn(one) })),
      { name: commentColumn, aliases: ["comments", "remark", "评语", "备注"], optional: true, kind: text(4_000) },
    ],
    key: ({ staffNumber }) => staffNumber,
    keyColumn: staffColumn,
    parse(record) {
      const staffNumber = record[staffColumn] ?? "";
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
  const refused = (sentence: string) => new SteleError("input", sentence, { place: { field: staffColumn } });
  const person = staff.person(staffNumber);
  if (person === undefined) throw refused("is nobody's on the roster");
  if (person.pending === true) throw refused("is not enrolled yet; finish the import of the roster first");
  if (person.unit.normalize("NFC") !== unit) throw refused(`is of the unit "${person.unit}", not of "${unit}"`);
  return person.subject;
}

/** A whole number on the scale, written as people write it: -3, 0, 5. */
function scoreOn({ min, max }: Criterion): Kind {
  return (cell) => {
    const score = /^-?\d{1,7}$/.test(cell) ? Number(cell) : Number.NaN;
    return score >= min && score <= max ? undefined : `is no whole number from ${min} to ${max}`;
  };
}
