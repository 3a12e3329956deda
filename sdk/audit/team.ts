import type { Hex } from "../common/bytes.js";

/** What an engagement's events say of its team, oldest first. */
export type TeamEvent =
  | { readonly kind: "staffed"; readonly auditor: string; readonly member: bigint; readonly time: bigint }
  | { readonly kind: "released"; readonly auditor: string; readonly time: bigint }
  | { readonly kind: "closed"; readonly time: bigint };

/** One time of one account on a team, in block seconds. */
export interface TeamTime {
  /** Lower-case hex. */
  readonly auditor: Hex;
  /** The member for which it was accredited when it was staffed. */
  readonly member: bigint;
  readonly from: bigint;
  /** The first second in which it was not on the team any more; absent while it is. */
  readonly until?: bigint;
}

/**
 * Who was on a team when, in the order of staffing. An account that was released and staffed again has two times. The
 * closing ends every time that was still open.
 */
export function teamHistory(events: Iterable<TeamEvent>): readonly TeamTime[] {
  const times: TeamTime[] = [];
  const open = new Map<string, number>();
  const end = (place: number, until: bigint) => void (times[place] = { ...times[place]!, until });
  for (const event of events) {
    if (event.kind === "closed") {
      for (const place of open.values()) end(place, event.time);
      open.clear();
      continue;
    }
    const auditor = event.auditor.toLowerCase() as Hex;
    const place = open.get(auditor);
    if (event.kind === "staffed") {
      open.set(auditor, times.push({ auditor, member: event.member, from: event.time }) - 1);
    } else if (place !== undefined) {
      end(place, event.time);
      open.delete(auditor);
    }
  }
  return times;
}

/**
 * Whether an account was on the team at a time, by the clock of the chain.
 * @param skew seconds by which the clock that gave the time may differ from the chain's: on the team at some moment
 * within them is enough, so that clocks that disagree by no more accuse nobody
 */
export function wasOnTeam(history: readonly TeamTime[], account: string, time: bigint, skew = 0n): boolean {
  const auditor = account.toLowerCase();
  return history.some(
    ({ auditor: one, from, until }) =>
      one === auditor && from <= time + skew && (until === undefined || time - skew < until) && from !== until,
  );
}
