import { SteleError } from "../../common/errors.js";
import { text } from "../../common/kinds.js";
import type { Column } from "../table/spec.js";
import { staffNumberLength, type Person } from "./person.js";

type Enrolled = Pick<Person, "unit" | "subject" | "pending">;

/** Who is on the roster: `Roster`. */
export interface Staff {
  person(staffNumber: string): Enrolled | undefined;
}

/** The column that says whom a record of a row is about. */
export const staffColumn = {
  name: "staff number",
  aliases: ["staff no", "staff id", "工号", "员工编号", "员工号"],
  kind: text(staffNumberLength),
} as const satisfies Column;

/** Whom its cell names. @throws SteleError `input` where there can be no record about them */
export function enrolledPerson(staff: Staff, staffNumber: string): Enrolled {
  const person = staff.person(staffNumber);
  if (person === undefined) throw refusedPerson("is nobody's on the roster");
  if (person.pending === true) throw refusedPerson("is not enrolled yet; finish the import of the roster first");
  return person;
}

/** A problem of the cell. */
export function refusedPerson(sentence: string): SteleError {
  return new SteleError("input", sentence, { place: { field: staffColumn.name } });
}
