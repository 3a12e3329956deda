import type { Hex } from "../../common/bytes.js";
import { requireSound } from "../table/check.js";
import { ProblemLog } from "../table/problems.js";
import type { EvidenceBook } from "./evidence.js";
import type { PlannedAward } from "./plan.js";
import type { AwardRow } from "./row.js";

/** A person of the roster, as far as an award needs them. */
export interface Awarded {
  readonly staffNumber: string;
  readonly subject: Hex;
  readonly account: Hex;
}

/** What rows are held against. */
export interface ResolveWith {
  readonly file: string;
  /** What messages call the file; its path where left out. */
  readonly shown?: string | undefined;
  person(staffNumber: string): Awarded | undefined | Promise<Awarded | undefined>;
  readonly evidence?: Pick<EvidenceBook, "objection"> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Rows become awards to people: staff numbers are looked up in the roster, records in their log. All of the file is
 * read whatever is wrong with it; what is wrong is listed beside it, like everything else that is wrong with a file.
 * @throws SteleError `input`, once all rows were seen, where one of them names nobody or somebody else's record
 */
export async function* resolveRows(
  rows: AsyncIterable<{ readonly line: number; readonly row: AwardRow }>,
  { file, shown = file, person, evidence, signal }: ResolveWith,
): AsyncGenerator<Omit<PlannedAward, "position">> {
  const problems = new ProblemLog(file);
  try {
    for await (const { line, row } of rows) {
      signal?.throwIfAborted();
      const found = await person(row.staffNumber);
      if (found === undefined) {
        problems.add({ line, field: "staff_number", value: row.staffNumber, problem: "is not in the roster" });
        continue;
      }
      const objection = row.evidence === undefined ? undefined : await evidence?.objection(row.evidence, found.subject);
      if (objection !== undefined) {
        problems.add({ line, field: "evidence", value: `${row.evidence}`, problem: objection });
        continue;
      }
      const { subject, account } = found;
      yield {
        line,
        subject,
        account,
        ...(row.evidence === undefined ? {} : { evidence: row.evidence }),
        content: row.content,
      };
    }
    refuse(problems, shown);
  } finally {
    problems.abandon();
  }
}

function refuse(problems: ProblemLog, shown: string): void {
  const errorsFile = problems.finish();
  if (errorsFile === undefined) return;
  const { count, first } = problems;
  requireSound({ rows: 0n, problems: count, first, errorsFile, digest: "0x" }, shown);
}
