import { expect } from "chai";
import fc from "fast-check";

import { teamHistory, wasOnTeam, type TeamEvent } from "../../../sdk/audit/team.js";

const [a, b] = [`0x${"aB".repeat(20)}`, `0x${"12".repeat(20)}`];
const staffed = (auditor: string, time: bigint, member = 1n): TeamEvent => ({ kind: "staffed", auditor, member, time });
const released = (auditor: string, time: bigint): TeamEvent => ({ kind: "released", auditor, time });
const closed = (time: bigint): TeamEvent => ({ kind: "closed", time });

describe("who was on a team when (E6)", () => {
  it("keeps each time of an account that left and came back, for the member it then had", () => {
    const history = teamHistory([staffed(a, 10n), staffed(b, 15n, 2n), released(a, 20n), staffed(a, 30n, 3n)]);
    const [first, second] = [a.toLowerCase(), b.toLowerCase()];
    expect(history).to.deep.equal([
      { auditor: first, member: 1n, from: 10n, until: 20n },
      { auditor: second, member: 2n, from: 15n },
      { auditor: first, member: 3n, from: 30n },
    ]);
    const at = [9n, 10n, 19n, 20n, 29n, 30n, 999n].map((time) => wasOnTeam(history, a, time));
    expect(at).to.deep.equal([false, true, true, false, false, true, true]);
  });

  it("ends every time with the closing", () => {
    const history = teamHistory([staffed(a, 10n), staffed(b, 11n), released(b, 12n), closed(20n)]);
    expect(history.map(({ until }) => until)).to.deep.equal([20n, 12n]);
    expect([wasOnTeam(history, a, 19n), wasOnTeam(history, a, 20n)]).to.deep.equal([true, false]);
  });

  it("accuses nobody whose clock differs from the chain's by no more than the skew", () => {
    const history = teamHistory([staffed(a, 1_000n), released(a, 2_000n)]);
    const cases: readonly (readonly [bigint, bigint, boolean])[] = [
      [940n, 60n, true],
      [939n, 60n, false],
      [2_059n, 60n, true],
      [2_060n, 60n, false],
      [2_000n, 0n, false],
      [999n, 0n, false],
    ];
    for (const [time, skew, on] of cases) expect(wasOnTeam(history, a, time, skew), `${time}`).to.equal(on);
  });

  it("has nobody on the team who was released in the second of the staffing", () => {
    const history = teamHistory([staffed(a, 10n), released(a, 10n)]);
    expect(wasOnTeam(history, a, 10n, 100n)).to.equal(false);
  });

  it("answers as a walk second by second does, for any order of events", () => {
    const step = fc.record({ wait: fc.bigInt({ min: 0n, max: 3n }), who: fc.nat(2), kind: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const accounts = [a, b, `0x${"99".repeat(20)}`];
        const events: TeamEvent[] = [];
        const on = new Set<string>();
        /** Who is on the team at the end of each second. */
        const after = new Map<bigint, ReadonlySet<string>>();
        let time = 100n;
        for (const { wait, who, kind } of steps) {
          for (let passed = 0n; passed < wait; passed++) after.set(time++, new Set(on));
          const account = accounts[who]!;
          if (kind === 0) {
            events.push(closed(time));
            on.clear();
            break;
          }
          if (on.has(account)) events.push(released(account, time));
          else events.push(staffed(account, time));
          if (!on.delete(account)) on.add(account);
        }
        after.set(time, new Set(on));
        const history = teamHistory(events);
        for (const [second, present] of after) {
          for (const account of accounts) expect(wasOnTeam(history, account, second)).to.equal(present.has(account));
        }
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});
