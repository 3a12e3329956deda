import { join } from "node:path";

import { expect } from "chai";

import type { Book } from "../../../../sdk/book/book.js";
import { SteleError } from "../../../../sdk/common/errors.js";
import type { Trust } from "../../../../sdk/proof/bundle.js";
import { parseCriteria } from "../../../../sdk/rewards/feedback/criteria.js";
import type { RecordStatus } from "../../../../sdk/rewards/feedback/judge.js";
import { periodAt, parsePeriod } from "../../../../sdk/rewards/feedback/periods.js";
import { makeStandingProof } from "../../../../sdk/rewards/feedback/prove.js";
import {
  formatStandingProof,
  parseStandingProof,
  type StandingProof,
} from "../../../../sdk/rewards/feedback/standing-proof.js";
import { verifyStanding } from "../../../../sdk/rewards/feedback/verify.js";
import { recordOf } from "../../../../sdk/rewards/personnel/append.js";
import type { RecordOpening } from "../../../../sdk/rewards/personnel/opening.js";
import { withBook } from "../../../support/books.js";
import {
  alikeFor,
  criteria,
  criteriaText,
  entriesFor,
  jobFor,
  openingsOf,
  person,
  record,
  recordsOf,
  refusalOf,
  unitConfig,
  upTo,
} from "../../../support/feedback.js";
import { temporaryFolders } from "../../../support/folders.js";

const at = parsePeriod("2024-Q4", "quarter").end;
const noted: RecordStatus = { state: "noticed", valid: true, expires: 0n };

describe("a proof of standing", () => {
  const newFolder = temporaryFolders();
  let openings: readonly RecordOpening[];
  let others: readonly RecordOpening[];
  let trust: Trust;

  /** Four quarters of one person: 5, 4, 1, 3. */
  before(() =>
    withBook(
      join(newFolder(), "book"),
      async (book: Book) => {
        for (const [i, quality] of [5, 4, 1, 3].entries()) {
          const { name } = periodAt(2024 * 4 + i, "quarter");
          await record(
            book,
            jobFor(
              name,
              entriesFor(upTo(6), (n) => (n === 1 ? quality : 2)),
            ),
          );
        }
        const second = (await recordsOf(book)).find((one) => {
          return one.content?.subject === person(1) && one.content.payload.period === "2024-Q3";
        })!;
        const { payload } = second.content!;
        const right = { ...payload, scores: { ...payload.scores, quality: 5 } };
        await book.append([
          recordOf({ kind: "feedback", subject: person(1), time: second.header.time, payload: right }),
        ]);
        await book.publish();
        openings = await openingsOf(book, person(1));
        others = await openingsOf(book, person(2));
        trust = { verifierKey: book.verifierKey };
      },
      unitConfig,
    ),
  );

  const proofOf = (some: readonly RecordOpening[], statuses?: ReadonlyMap<bigint, RecordStatus>): StandingProof =>
    parseStandingProof(formatStandingProof(makeStandingProof(some, { criteria, at, statuses })));
  const all = (status: RecordStatus) => new Map(openings.map(({ proof }) => [proof.index, status]));
  const first4 = () => openings.slice(0, 4);

  it("FB2: says the same to everybody after a journey as text", () => {
    const { standing, records, gaps } = verifyStanding(proofOf(first4(), all(noted)), trust);
    // 5·2^-0.75.. and so on: newest weighs most; between the plain mean 3.25 and the newest, 3.
    expect(Number(standing?.means["quality"])).to.be.within(2_500, 3_250);
    expect(records.map(({ counts }) => counts)).to.deep.equal([true, true, true, true]);
    expect([gaps.leftOut, gaps.silent, gaps.recorded, gaps.remarks]).to.deep.equal([[], [], undefined, []]);
  });

  it("FB2: holds one person, unit and log, and each record once", () => {
    const mixed = proofOf([openings[0]!, others[1]!]);
    expect(refusalOf(() => verifyStanding(mixed, trust)).message).to.contain("about somebody else");
    const twice = proofOf([openings[0]!, openings[0]!]);
    expect(refusalOf(() => verifyStanding(twice, trust)).message).to.contain("here already");
    const nobody = { ...proofOf(first4()), records: [] };
    expect(refusalOf(() => verifyStanding(nobody, trust)).code).to.equal("input");
    expect(() => makeStandingProof([], { criteria, at })).to.throw(SteleError, "no feedback");
  });

  it("FB2: needs every part as it was", () => {
    const text = formatStandingProof(proofOf(first4(), all(noted)));
    const document = JSON.parse(text) as { records: { presentation: Record<string, never> }[] };
    const change = (edit: (presentation: never) => void): SteleError => {
      const copy = structuredClone(document);
      edit(copy.records[1]!.presentation as never);
      return refusalOf(() => verifyStanding(parseStandingProof(copy), trust));
    };
    type Shown = {
      opening?: { salt: string };
      proof: { index: number; checkpoint: string };
      disclosure: { fields: { path: string[]; value: unknown }[] };
    };
    const edits: ((shown: Shown) => void)[] = [
      (shown) => void (shown.opening!.salt = `0x${"00".repeat(32)}`),
      (shown) => void delete shown.opening,
      (shown) => void (shown.proof.index += 1),
      (shown) => void (shown.proof.checkpoint = shown.proof.checkpoint.replace(/\n\d+\n/, "\n99\n")),
      (shown) => void (shown.disclosure.fields.find(({ path }) => path.at(-1) === "quality")!.value = 5),
      (shown) => void (shown.disclosure.fields.find(({ path }) => path[0] === "period")!.value = "2024-Q1"),
      (shown) => void (shown.disclosure.fields = shown.disclosure.fields.filter(({ path }) => path[0] !== "previous")),
      (shown) =>
        void (shown.disclosure.fields = shown.disclosure.fields.filter(({ path }) => path.at(-1) !== "teamwork")),
    ];
    for (const edit of edits) expect(change(edit as never).place.field, String(edit)).to.match(/^records\.1|teamwork/);
    expect(refusalOf(() => verifyStanding(proofOf(first4()), { verifierKey: "x+1+y" }))).to.be.instanceOf(SteleError);
  });

  it("FB2: takes the criteria that the records name, and no others", () => {
    const gentle = parseCriteria(criteriaText({ halfLifeDays: 1 }));
    const { standing, records } = verifyStanding({ ...proofOf(first4()), criteria: gentle }, trust);
    expect([standing, new Set(records.map(({ remark }) => remark))]).to.deep.equal([
      undefined,
      new Set(["given by other criteria"]),
    ]);
  });

  it("FB3: names what was left out, and only what was", () => {
    for (const [keep, leftOut] of [
      [[0, 1, 2, 3], []],
      [[0, 1, 3], ["2024-Q3"]],
      [[1, 2, 3], ["2024-Q1"]],
      [[0, 3], ["2024-Q3"]],
      [[3], ["2024-Q3"]],
      [[0, 1, 2], []],
    ] as const) {
      const { gaps } = verifyStanding(proofOf(keep.map((i) => openings[i]!)), trust);
      expect(gaps.leftOut, String(keep)).to.deep.equal(leftOut);
      const missing = [0, 1, 2, 3].filter((i) => i > keep[0] && !keep.includes(i as never));
      expect(gaps.silent).to.deep.equal(missing.map((i) => `2024-Q${i + 1}`));
    }
  });

  it("FB3: says where the log holds more or fewer records than the records promise", () => {
    const editions = [
      { period: "2024-Q1", revision: 1, records: 7n },
      { period: "2024-Q2", revision: 1, records: 6n },
      { period: "2024-Q4", revision: 2, records: 6n },
    ];
    const { gaps } = verifyStanding(proofOf(first4().slice(0, 3)), trust, { editions });
    expect([gaps.recorded, gaps.remarks]).to.deep.equal([
      ["2024-Q4"],
      ["2024-Q1 was to have 6 records, and the log holds 7"],
    ]);
  });

  it("FB6: counts by what the desk said: not what is disputed, appealed, over or without notice", () => {
    const third = openings[2]!.proof.index;
    const states: readonly [RecordStatus, boolean][] = [
      [{ ...noted, state: "disputed" }, false],
      [{ ...noted, state: "answered" }, true],
      [{ ...noted, state: "appealed" }, false],
      [{ ...noted, state: "upheld" }, true],
      [{ ...noted, state: "recorded", valid: false }, false],
      [{ ...noted, state: "withdrawn", valid: false }, false],
      [{ ...noted, state: "lapsed", valid: false }, false],
      [{ ...noted, state: "corrected", valid: false, correctedBy: 999n }, false],
      [{ ...noted, valid: false, expires: 5n }, false],
    ];
    for (const [status, counts] of states) {
      const { records, standing } = verifyStanding(proofOf(first4(), all(noted).set(third, status)), trust);
      expect(records[2]!.counts, status.state).to.equal(counts);
      expect(standing?.count).to.equal(counts ? 4 : 3);
    }
  });

  it("counts a correction in the place of what it corrects, and by itself not at all", () => {
    const [third, correction] = [openings[2]!.proof.index, openings[4]!.proof.index];
    const alone = verifyStanding(proofOf(openings, all(noted)), trust);
    expect(alone.records.map(({ shown, counts }) => [shown.index === correction, counts])).to.deep.include([
      true,
      false,
    ]);
    expect(alone.standing?.count).to.equal(4);
    const desk = all(noted).set(third, { ...noted, state: "corrected", valid: false, correctedBy: correction });
    const { records, standing, gaps } = verifyStanding(proofOf(openings, desk), trust);
    expect(records.filter(({ shown }) => shown.period === "2024-Q3").map(({ counts }) => counts)).to.deep.equal([
      false,
      true,
    ]);
    expect([standing?.count, gaps.remarks]).to.deep.equal([4, []]);
    expect(standing!.means["quality"]! > alone.standing!.means["quality"]!).to.equal(true);
  });

  it("counts one record of a period where two revisions stand, the later one, and says so", async () => {
    await withBook(
      join(newFolder(), "book"),
      async (book) => {
        await record(book, alikeFor("2024-Q1", 5, 1));
        await record(book, alikeFor("2024-Q1", 5, 5), async () => undefined);
        await book.publish();
        const both = await openingsOf(book, person(3));
        const { records, standing } = verifyStanding(proofOf(both), { verifierKey: book.verifierKey });
        expect(standing?.means["quality"]).to.equal(5_000n);
        expect(records[0]?.remark).to.equal("not withdrawn, and superseded by 2024-Q1 (revision 2)");
      },
      unitConfig,
    );
  });

  it("holds no comment, and nobody else", () => {
    const text = formatStandingProof(proofOf(first4()));
    expect(text).to.not.contain("comment").and.to.not.contain(person(2).slice(2));
  });

  it("is refused as text that is none", () => {
    const text = formatStandingProof(proofOf(first4()));
    const document = JSON.parse(text) as Record<string, unknown>;
    for (const [change, field] of [
      [{ format: "stele-standing/2" }, "format"],
      [{ at: "-1" }, "at"],
      [{ criteria: "{}" }, /^criteria/],
      [{ records: [] }, "records"],
      [{ records: [{ presentation: {} }] }, /^records\.0/],
      [{ rank: 1 }, undefined],
    ] as const) {
      const error = refusalOf(() => parseStandingProof({ ...document, ...change }, { file: "x.json" }));
      expect([error.code, error.place.file]).to.deep.equal(["input", "x.json"]);
      if (field instanceof RegExp) expect(error.place.field).to.match(field);
      else expect(error.place.field).to.equal(field);
    }
    expect(() => parseStandingProof("{")).to.throw(SteleError, "JSON");
  });
});
