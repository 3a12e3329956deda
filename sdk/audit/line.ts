import type { Hex } from "../common/bytes.js";
import type { Operation, Outcome } from "./event.js";

/**
 * What an answer about data events says of one event. (`logId`, `index`) names the record, from which the line can be
 * proved at any time; everything else repeats what the opened record says.
 */
export interface EventLine {
  readonly logId: Hex;
  /** The record's index in its log. */
  readonly index: bigint;
  /** Seconds since 1970: the time of the record's header, as its source says. */
  readonly time: bigint;
  /** URI of the source. */
  readonly source: string;
  readonly sequence: bigint;
  readonly operation: Operation;
  readonly outcome: Outcome;
  /** Account that did it, lower-case hex. */
  readonly auditor: Hex;
  /** Absent for what an agency did by itself. */
  readonly engagement?: Hex;
  /** What was touched: a dataset's root, a record's leaf hash or an account. */
  readonly subject?: Hex;
  /** The event's own time, where it is not the header's: one of two clocks is wrong, or somebody lies. */
  readonly stated?: bigint;
}
