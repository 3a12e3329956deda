import { expect } from "chai";
import fc from "fast-check";

import { isDisputed, isOver, recordStates, stateAt, type DeskPolicy } from "../../../../sdk/records/desk.js";
import { daysText, situationOf, type DeskReading } from "../../../../sdk/rewards/personnel/page/situation.js";

const day = 86_400n;
const policy: DeskPolicy = {
  noticeNeeded: true,
  disputePeriod: 20n * day,
  answerPeriod: 10n * day,
  appealPeriod: 10n * day,
  rulingPeriod: 30n * day,
  clockSkew: 600n,
};
const fresh: DeskReading = {
  state: "recorded",
  noticed: false,
  valid: false,
  disputed: false,
  anchoredBy: 100n,
  expires: 0n,
  elapsed: 0n,
  disputable: undefined,
  addressRounds: 0n,
  openingRounds: 0n,
  opened: false,
  openComplaints: 0n,
  correctedBy: 0n,
  policy,
};
const at = (changes: Partial<DeskReading>, byAddress = true) =>
  situationOf({ ...fresh, ...changes }, 1_000n, byAddress);

describe("how a record stands for its person", () => {
  it("begins without notice: it does not count, can be acknowledged, and be disputed at any time", () => {
    const { counts, steps, deadlines, title } = at({});
    expect({ counts, steps, deadlines, title }).to.deep.equal({
      counts: false,
      steps: ["acknowledge", "dispute"],
      deadlines: [],
      title: "Not acknowledged",
    });
  });

  it("tells how long the first dispute is open after notice, and that later ones need evidence", () => {
    const noticed = { state: "noticed", noticed: true, valid: true } as const;
    const open = at({ ...noticed, disputable: 19n * day });
    expect(open.steps).to.deep.equal(["dispute"]);
    expect(open.deadlines).to.deep.equal([
      { who: "you", what: "dispute it", otherwise: "a dispute needs new evidence", left: day },
    ]);
    const late = at({ ...noticed, disputable: 20n * day + 1n });
    expect([late.steps, late.deadlines]).to.deep.equal([["dispute again"], []]);
    const always = at({ ...noticed, disputable: 99n * day, policy: { ...policy, disputePeriod: 0n } });
    expect([always.steps, always.deadlines]).to.deep.equal([["dispute"], []]);
    expect(at({ ...noticed, disputable: 1n, addressRounds: 8n }).steps).to.deep.equal([]);
    expect(at({ ...noticed, disputable: 1n, addressRounds: 8n }, false).steps).to.deep.equal(["dispute"]);
  });

  it("names who has to speak, and until when", () => {
    const spoken = (state: DeskReading["state"], elapsed: bigint) =>
      at({ state, noticed: true, valid: true, disputed: true, elapsed, addressRounds: 1n, disputable: 1n });
    expect(spoken("disputed", day).deadlines[0]).to.include({ who: "office", left: 9n * day });
    expect(spoken("disputed", day).steps).to.deep.equal([]);
    expect(spoken("answered", day).deadlines[0]).to.include({ who: "you", what: "appeal", left: 9n * day });
    expect(spoken("answered", day).steps).to.deep.equal(["appeal"]);
    expect(spoken("appealed", day).deadlines[0]).to.include({ who: "arbiter", left: 29n * day });
    expect(spoken("upheld", 99n * day).steps).to.deep.equal(["dispute again"]);
  });

  it("says why a record is over", () => {
    for (const state of ["corrected", "withdrawn", "lapsed"] as const) {
      const { over, steps, deadlines, sentence } = at({ state, noticed: true, correctedBy: 7n });
      expect([over, steps, deadlines]).to.deep.equal([state, [], []]);
      expect(sentence).to.contain("does not count any more");
    }
    expect(at({ state: "corrected", correctedBy: 7n }).sentence).to.contain("entry 7");
    const expired = at({ state: "noticed", noticed: true, expires: 1_000n });
    expect([expired.over, expired.title]).to.deep.equal(["expired", "Expired"]);
    expect(at({ state: "noticed", noticed: true, expires: 1_001n }).over).to.equal(undefined);
  });

  it("PR5: whatever the desk says is under dispute, the page says is under dispute", () => {
    const readings = fc.record({
      written: fc.constantFrom(...recordStates),
      elapsed: fc.bigInt({ min: 0n, max: 60n * day }),
      complaints: fc.bigInt({ min: 0n, max: 3n }),
      expires: fc.bigInt({ min: 0n, max: 2_000n }),
      rounds: fc.bigInt({ min: 0n, max: 8n }),
      opened: fc.boolean(),
      byAddress: fc.boolean(),
    });
    fc.assert(
      fc.property(readings, ({ written, elapsed, complaints, expires, rounds, opened, byAddress }) => {
        const state = stateAt({ state: written }, policy, elapsed);
        const disputed = isDisputed(state, complaints);
        const said = at(
          {
            state,
            disputed,
            elapsed,
            expires,
            opened,
            openComplaints: complaints,
            addressRounds: rounds,
            noticed: true,
          },
          byAddress,
        );
        expect(said.disputed).to.equal(disputed);
        const running = state === "disputed" || state === "answered" || state === "appealed";
        if (running) expect(said.deadlines.every(({ left }) => left >= 0n)).to.equal(true);
        if (disputed && !(expires !== 0n && expires <= 1_000n)) expect(said.title).to.match(/dispute|appeal/);
        if (isOver(state)) expect(said.steps).to.deep.equal([]);
      }),
      { numRuns: 500 },
    );
  });

  it("writes days for people", () => {
    const texts = [-1n, 0n, 3_599n, 3_600n, 7_200n, 2n * day - 1n, 2n * day, 20n * day].map(daysText);
    expect(texts).to.deep.equal([
      "over",
      "less than an hour",
      "less than an hour",
      "1 hour",
      "2 hours",
      "47 hours",
      "2 days",
      "20 days",
    ]);
  });
});
