import { createHash } from "node:crypto";

import { expect } from "chai";
import fc from "fast-check";

import { SteleError } from "../../../../sdk/common/errors.js";
import { parseCriteria } from "../../../../sdk/rewards/feedback/criteria.js";
import {
  cadences,
  lastEnded,
  parsePeriod,
  periodAt,
  periodsBetween,
} from "../../../../sdk/rewards/feedback/periods.js";
import { quartersText, quartilesOf } from "../../../../sdk/rewards/feedback/quartiles.js";
import { standingOf } from "../../../../sdk/rewards/feedback/standing.js";
import { fresh, weightAfter } from "../../../../sdk/rewards/feedback/weight.js";
import { criteriaText, refusalOf } from "../../../support/feedback.js";

const day = 86_400n;

describe("published criteria", () => {
  it("are named by the SHA-256 of their bytes", () => {
    const text = criteriaText();
    expect(parseCriteria(text).hash).to.equal(`0x${createHash("sha256").update(text).digest("hex")}`);
    expect(parseCriteria(`${text}\n`).hash).to.not.equal(parseCriteria(text).hash);
  });

  const wrong: readonly [string, Record<string, unknown>, string][] = [
    ["no criterion", { criteria: [] }, "criteria"],
    ["a scale without length", { criteria: [{ id: "a", title: "A", min: 3, max: 3, weight: 1 }] }, "criteria.0.max"],
    ["half points", { criteria: [{ id: "a", title: "A", min: 0.5, max: 3, weight: 1 }] }, "criteria.0.min"],
    ["a weight of nothing", { criteria: [{ id: "a", title: "A", min: 0, max: 3, weight: 0 }] }, "criteria.0.weight"],
    ["an id that is no column", { criteria: [{ id: "=A", title: "A", min: 0, max: 3, weight: 1 }] }, "criteria.0.id"],
    ["no half-life", { halfLifeDays: 0 }, "halfLifeDays"],
    ["weeks", { cadence: "week" }, "cadence"],
    ["members of their own", { ranking: true }, ""],
  ];
  for (const [what, change, field] of wrong) {
    it(`are refused with ${what}, naming the field`, () => {
      const error = refusalOf(() => parseCriteria(criteriaText(change), { file: "criteria.json" }));
      expect([error.code, error.place.field ?? ""]).to.deep.equal(["input", field]);
    });
  }

  it("are refused with an id or a title twice, a member twice, and as no JSON or no UTF-8", () => {
    const a = { id: "a", title: "A", min: 0, max: 3, weight: 1 };
    for (const other of [
      { ...a, title: "B" },
      { ...a, id: "b" },
    ]) {
      expect(() => parseCriteria(criteriaText({ criteria: [a, other] }))).to.throw(SteleError, "twice");
    }
    expect(() => parseCriteria('{"format":"stele-criteria/1","format":"stele-criteria/1"}')).to.throw(SteleError);
    expect(() => parseCriteria("title: yaml")).to.throw(SteleError);
    expect(() => parseCriteria(Uint8Array.of(0xff, 0xfe))).to.throw(SteleError, "UTF-8");
  });
});

describe("periods", () => {
  it("are read as they are written, and follow each other without a gap", () => {
    const names = { month: "2023-11", quarter: "2023-Q4", "half-year": "2023-H2", year: "2023" };
    for (const cadence of cadences) {
      const first = parsePeriod(names[cadence], cadence);
      const last = periodAt(first.ordinal + 30, cadence);
      const all = periodsBetween(first, last);
      expect(all).to.have.length(31);
      for (const [i, period] of all.entries()) {
        expect(parsePeriod(period.name, cadence)).to.deep.equal(period);
        expect(lastEnded(period.end, cadence).name).to.equal(period.name);
        if (i === 0) continue;
        expect(lastEnded(period.end - 1n, cadence).name).to.equal(all[i - 1]!.name);
        expect(period.name > all[i - 1]!.name).to.equal(true);
      }
      expect(periodsBetween(last, first)).to.deep.equal([]);
    }
    expect(parsePeriod("2026-Q1", "quarter").end).to.equal(BigInt(Date.UTC(2026, 3, 1) / 1000));
  });

  it("are refused in another cadence, another spelling or before 1970", () => {
    for (const name of ["2026-03", "2026Q1", "2026-Q5", "2026-Q0", "1969-Q4", "2026", "２０２６-Q1", "2026-Q1 ", ""]) {
      expect(() => parsePeriod(name, "quarter"), name).to.throw(SteleError);
    }
  });
});

describe("how feedback fades", () => {
  it("halves with each half-life, exactly", () => {
    for (let n = 0n; n <= 64n; n++) expect(weightAfter(n * 90n * day, 90n * day)).to.equal(fresh >> n);
    expect(weightAfter(66n * day, day)).to.equal(0n);
    expect(weightAfter(-5n, day)).to.equal(fresh);
  });

  it("is what floating point says, to its precision, and never rises with age", () => {
    const ages = fc.tuple(fc.bigInt(0n, 1n << 33n), fc.bigInt(0n, 10_000n), fc.bigInt(1n, 36_500n));
    fc.assert(
      fc.property(ages, ([age, more, days]) => {
        const weight = weightAfter(age, days * day);
        const expected = 2 ** (-Number(age) / Number(days * day));
        const error = Math.abs(Number(weight) / 2 ** 64 - expected);
        expect(error <= expected * 1e-11 + 2 ** -57, `${error} of ${expected}`).to.equal(true);
        expect(weightAfter(age + more, days * day) <= weight).to.equal(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("a person's standing", () => {
  const criteria = parseCriteria(criteriaText());
  const quarters = fc.uniqueArray(fc.integer({ min: 2020 * 4, max: 2030 * 4 }), { minLength: 1, maxLength: 24 });
  const one = fc.record({ quality: fc.integer({ min: 1, max: 5 }), teamwork: fc.integer({ min: -10, max: 10 }) });
  const history = quarters.chain((ordinals) => {
    return fc.array(one, { minLength: ordinals.length, maxLength: ordinals.length }).map((scores) => {
      return ordinals.map((ordinal, i) => ({ period: periodAt(ordinal, "quarter"), scores: scores[i]! }));
    });
  });

  it("is what a naive computation in floating point says", () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 0, max: 4_000 }), (assessments, later) => {
        const newest = assessments.reduce((last, { period }) => (period.end > last ? period.end : last), 0n);
        const at = newest + BigInt(later) * day;
        const standing = standingOf(criteria, assessments, at)!;
        const weights = assessments.map(({ period }) => 2 ** (-Number(at - period.end) / (365 * 86_400)));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const mean = (id: "quality" | "teamwork") =>
          assessments.reduce((sum, { scores }, i) => sum + weights[i]! * scores[id], 0) / total;
        const overall = (3 * ((mean("quality") - 1) / 4) + (mean("teamwork") + 10) / 20) / 4;
        const near = (exact: bigint | undefined, naive: number) => {
          expect(Math.abs(Number(exact) - Math.floor(1_000 * naive + 1e-9))).to.be.at.most(1);
        };
        near(standing.means["quality"], mean("quality"));
        near(standing.means["teamwork"], mean("teamwork"));
        near(standing.overall, overall);
        near(standing.weight, total);
        expect(standing.count).to.equal(assessments.length);
      }),
      { numRuns: 500 },
    );
  });

  it("is exactly a fraction where ages are whole half-lives", () => {
    const ends = [0n, 1n, 2n].map((n) => 1_700_000_000n - n * 365n * day);
    const scores = [5, 3, 1].map((quality, i) => ({ quality, teamwork: [10, 0, -10][i]! }));
    const assessments = ends.map((end, i) => ({ period: { name: `p${i}`, end }, scores: scores[i]! }));
    // (4·5 + 2·3 + 1·1) / 7 = 27/7, (40 + 0 - 10) / 7 = 30/7
    const standing = standingOf(criteria, assessments, ends[0]!);
    expect(standing?.means).to.deep.equal({ quality: 3857n, teamwork: 4285n });
    // (3 · (20/7)/4 + ((100/7)/20)) / 4 = 5/7
    expect(standing?.overall).to.equal(714n);
    expect(standing?.weight).to.equal(1_750n);
  });

  it("has the same means whenever it is asked for and in whatever order, and fades in weight alone", () => {
    fc.assert(
      fc.property(history, fc.bigInt(0n, 1n << 31n), (assessments, later) => {
        const at = 2_000_000_000n;
        const { weight, ...means } = standingOf(criteria, assessments, at)!;
        const { weight: faded, ...same } = standingOf(criteria, assessments.toReversed(), at + later)!;
        expect(same).to.deep.equal(means);
        expect(faded <= weight).to.equal(true);
      }),
    );
  });

  it("stays on the scale, and rounds down below zero too", () => {
    const at = periodAt(2026 * 4, "quarter");
    const worst = standingOf(criteria, [{ period: at, scores: { quality: 1, teamwork: -10 } }], at.end);
    expect([worst?.overall, worst?.means]).to.deep.equal([0n, { quality: 1_000n, teamwork: -10_000n }]);
    const best = standingOf(criteria, [{ period: at, scores: { quality: 5, teamwork: 10 } }], at.end);
    expect(best?.overall).to.equal(1_000n);
    const thirds = [-1, 0, 0].map((teamwork) => ({ period: at, scores: { quality: 1, teamwork } }));
    expect(standingOf(criteria, thirds, at.end)?.means["teamwork"]).to.equal(-334n);
    expect(standingOf(criteria, [], at.end)).to.equal(undefined);
  });

  it("is refused for scores beyond the scale, of no criterion, broken or missing", () => {
    const period = periodAt(2026 * 4, "quarter");
    const wrong: Record<string, number>[] = [
      { quality: 6, teamwork: 0 },
      { quality: 0, teamwork: 0 },
      { quality: 2.5, teamwork: 0 },
      { quality: 1 },
      { quality: 1, teamwork: 0, charm: 1 },
      { quality: Number.NaN, teamwork: 0 },
    ];
    for (const scores of wrong) {
      expect(() => standingOf(criteria, [{ period, scores }], period.end), JSON.stringify(scores)).to.throw(SteleError);
    }
  });
});

describe("quartiles", () => {
  /** As the definition says it: h = (n - 1) p, and what lies between its two neighbours. */
  function naive(values: readonly number[], p: number): number {
    const sorted = values.toSorted((a, b) => a - b);
    const h = (sorted.length - 1) * p;
    const low = sorted[Math.floor(h)]!;
    return low + (h - Math.floor(h)) * ((sorted[Math.floor(h) + 1] ?? low) - low);
  }

  it("are those of definition 7, exactly", () => {
    const values = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, (scores) => {
        const { count, lower, median, upper } = quartilesOf(scores);
        expect(count).to.equal(scores.length);
        const expected = [0.25, 0.5, 0.75].map((p) => naive(scores, p));
        expect([lower, median, upper].map((one) => Number(one) / 4)).to.deep.equal(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it("are R's own for its own examples", () => {
    // quantile(1:10) and quantile(c(2,4,4,5)): 3.25 5.5 7.75, and 3.5 4 4.25
    const texts = (values: number[]) => {
      const { lower, median, upper } = quartilesOf(values);
      return [lower, median, upper].map(quartersText);
    };
    expect(texts([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])).to.deep.equal(["3.25", "5.5", "7.75"]);
    expect(texts([2, 4, 4, 5])).to.deep.equal(["3.5", "4", "4.25"]);
    expect(texts([-3, -2])).to.deep.equal(["-2.75", "-2.5", "-2.25"]);
  });
});
