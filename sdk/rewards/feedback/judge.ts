import type { RecordState } from "../../records/desk.js";

/** What the desk says of a record, as far as a standing depends on it. */
export interface RecordStatus {
  readonly state: RecordState;
  /** Noticed where the policy asks for it, not ended, not expired. */
  readonly valid: boolean;
  /** Seconds; the first one in which it is not valid any more; 0 for never, and where it is not known. */
  readonly expires: bigint;
  /** Index of the record that corrects it, where it is corrected. */
  readonly correctedBy?: bigint | undefined;
}

/** Whether a record counts in a standing, and why not, or what should be known with it. */
export interface Judgement {
  readonly counts: boolean;
  readonly remark?: string;
}

/**
 * A record that is under dispute does not count until its owner has answered, nor while an appeal is open; one that was
 * answered counts, and says so. One that has ended or expired does not count. Complaints alone change nothing: anybody
 * who is enrolled can complain about any record.
 * @param status undefined where the desk was not asked
 */
export function judge(status: RecordStatus | undefined): Judgement {
  if (status === undefined) return { counts: true, remark: "the desk was not asked" };
  const { state, valid } = status;
  switch (state) {
    case "disputed":
      return { counts: false, remark: "disputed, and not answered yet" };
    case "appealed":
      return { counts: false, remark: "appealed, and not decided yet" };
    case "corrected":
    case "withdrawn":
    case "lapsed":
      return { counts: false, remark: state };
  }
  if (!valid) return { counts: false, remark: "not valid at the desk: without notice, not anchored, or expired" };
  return state === "answered"
    ? { counts: true, remark: "upheld by its owner; an appeal is still possible" }
    : { counts: true };
}
