import { join } from "node:path";

import { expect } from "chai";

import { fromHex } from "../../../../sdk/common/bytes.js";
import { SteleError } from "../../../../sdk/common/errors.js";
import { appendFeedback, editionToUndo, planFeedback } from "../../../../sdk/rewards/feedback/import.js";
import { feedbackSource } from "../../../../sdk/rewards/feedback/payload.js";
import { editionsIn } from "../../../../sdk/rewards/feedback/read.js";
import { parsePeriod } from "../../../../sdk/rewards/feedback/periods.js";
import { recordOf } from "../../../../sdk/rewards/personnel/append.js";
import { draftRecord } from "../../../../sdk/records/record.js";
import { faultsOf, withBook } from "../../../support/books.js";
import { entriesFor, jobFor, person, record, recordsOf, unitConfig, upTo } from "../../../support/feedback.js";
import { temporaryFolders } from "../../../support/folders.js";

async function refusal(work: Promise<unknown>): Promise<SteleError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SteleError) return error;
  throw new Error("it was not refused");
}

describe("the import of a unit's feedback", () => {
  const newFolder = temporaryFolders();
  const inBook = (work: Parameters<typeof withBook>[1]) => withBook(join(newFolder(), "book"), work, unitConfig);

  it("records everybody once, in the period's own source, with what came before", () =>
    inBook(async (book) => {
      await record(book, jobFor("2024-Q1", entriesFor(upTo(12))));
      await record(book, jobFor("2024-Q2", entriesFor(upTo(13))));
      const records = await recordsOf(book);
      expect(records).to.have.length(25);
      expect(records.every(({ inEdition }) => inEdition)).to.equal(true);
      expect(await faultsOf(book)).to.deep.equal([]);
      const second = records.filter(({ content }) => content?.payload.period === "2024-Q2");
      expect(new Set(second.map(({ content }) => content!.subject)).size).to.equal(13);
      for (const { content, header } of second) {
        const isNew = content!.subject === person(13);
        expect(content!.payload.previous).to.deep.equal(isNew ? null : { period: "2024-Q1", revision: 1 });
        expect(content!.payload.records).to.equal(13);
        expect([header.time, header.retentionClass]).to.deep.equal([parsePeriod("2024-Q2", "quarter").end, 1n]);
      }
      const span = { first: parsePeriod("2023-Q4", "quarter"), last: parsePeriod("2024-Q4", "quarter") };
      expect(await editionsIn(book.log, "unit 7", span)).to.deep.equal([
        { period: "2024-Q1", revision: 1, records: 12n },
        { period: "2024-Q2", revision: 1, records: 13n },
      ]);
    }));

  it("does not tell by its order whose a record is", () =>
    inBook(async (book) => {
      const job = jobFor("2024-Q1", entriesFor(upTo(40)));
      const orders = await Promise.all([1, 2, 3].map(() => planFeedback(book, job)));
      const texts = orders.map(({ records }) => records.map(({ subject }) => subject).join());
      expect(new Set([...texts, job.entries.map(({ subject }) => subject).join()]).size).to.equal(4);
    }));

  it("is refused a second time, with the same file or another, and changes nothing", () =>
    inBook(async (book) => {
      await record(book, jobFor("2024-Q1", entriesFor(upTo(6))));
      for (const people of [upTo(6), upTo(7), upTo(5), [90]]) {
        const error = await refusal(planFeedback(book, jobFor("2024-Q1", entriesFor(people))));
        expect([error.code, error.message]).to.deep.equal([
          "refused",
          'feedback of "unit 7" for 2024-Q1 is recorded already, in 6 records; to replace it, withdraw them with --undo first',
        ]);
      }
      expect(book.log.size()).to.equal(6n);
      // Another unit and another period are none of it.
      await record(book, jobFor("2024-Q1", entriesFor(upTo(5)), "unit 8"));
      await record(book, jobFor("2024-Q2", entriesFor(upTo(5))));
      expect(book.log.size()).to.equal(16n);
    }));

  it("goes on where it was killed, with nobody twice", () =>
    inBook(async (book) => {
      const job = jobFor("2024-Q1", entriesFor(upTo(20)));
      const plan = await planFeedback(book, job);
      await appendFeedback(book, { ...plan, records: plan.records.slice(0, 7) });
      const rest = await planFeedback(book, job);
      expect([rest.recorded, rest.records.length, rest.revision]).to.deep.equal([7, 13, 1]);
      await appendFeedback(book, rest);
      const subjects = (await recordsOf(book)).map(({ content }) => content!.subject);
      expect([subjects.length, new Set(subjects).size]).to.deep.equal([20, 20]);
      expect((await recordsOf(book)).every(({ content }) => content!.payload.previous === null)).to.equal(true);
      expect((await refusal(planFeedback(book, job))).code).to.equal("refused");
    }));

  it("refuses to go on with another file", () =>
    inBook(async (book) => {
      const plan = await planFeedback(book, jobFor("2024-Q1", entriesFor(upTo(20))));
      await appendFeedback(book, { ...plan, records: plan.records.slice(0, 7) });
      const comment = entriesFor(upTo(20)).map((entry) => ({ ...entry, comment: "well" }));
      for (const entries of [entriesFor(upTo(19)), entriesFor(upTo(20), () => 3), entriesFor(upTo(21)), comment]) {
        const error = await refusal(planFeedback(book, jobFor("2024-Q1", entries)));
        expect(error.message).to.contain("another file");
      }
    }));

  it("makes a revision once every record has ended, and says so in its source", () =>
    inBook(async (book) => {
      await record(book, jobFor("2024-Q1", entriesFor(upTo(6))));
      const over = new Set<bigint>();
      const ended = async (indexes: readonly bigint[]) => indexes.find((index) => !over.has(index));
      const job = jobFor(
        "2024-Q1",
        entriesFor(upTo(6), () => 4),
      );
      for (const index of [0n, 1n, 2n, 3n, 4n, 5n]) {
        expect((await refusal(planFeedback(book, job, { ended }))).code).to.equal("refused");
        over.add(index);
      }
      const { revision, source } = await record(book, job, ended);
      expect([revision, source]).to.deep.equal([2, "urn:stele:feedback:unit%207:2024-Q1:r2"]);
      const second = (await recordsOf(book)).slice(6);
      expect(second.every(({ inEdition }) => inEdition)).to.equal(true);
      for (const { content } of second) {
        expect(content!.payload.previous).to.deep.equal({ period: "2024-Q1", revision: 1 });
      }
      const undone = await editionToUndo(book.log, { unit: "unit 7", period: "2024-Q1" });
      expect([undone.revision, undone.indexes]).to.deep.equal([2, [6n, 7n, 8n, 9n, 10n, 11n]]);
      expect((await refusal(editionToUndo(book.log, { unit: "unit 7", period: "2024-Q2" }))).code).to.equal("missing");
    }));

  it("takes a killed import that was withdrawn as over", () =>
    inBook(async (book) => {
      const plan = await planFeedback(book, jobFor("2024-Q1", entriesFor(upTo(9))));
      await appendFeedback(book, { ...plan, records: plan.records.slice(0, 2) });
      const next = await planFeedback(book, jobFor("2024-Q1", entriesFor(upTo(8))), { ended: async () => undefined });
      expect([next.revision, next.records.length]).to.deep.equal([2, 8]);
    }));

  it("refuses a period that has not ended, nobody, somebody twice, and scores beyond the scale", () =>
    inBook(async (book) => {
      const now = parsePeriod("2024-Q1", "quarter").end - 1n;
      const job = jobFor("2024-Q1", entriesFor(upTo(3)));
      expect((await refusal(planFeedback(book, job, { now }))).message).to.contain("has not ended");
      expect((await planFeedback(book, job, { now: now + 1n })).records).to.have.length(3);
      expect((await refusal(planFeedback(book, jobFor("2024-Q1", [])))).code).to.equal("input");
      expect((await refusal(planFeedback(book, jobFor("2024-Q1", entriesFor([1, 2, 1]))))).message).to.contain("twice");
      expect(
        (
          await refusal(
            planFeedback(
              book,
              jobFor(
                "2024-Q1",
                entriesFor([1], () => 6),
              ),
            ),
          )
        ).place.field,
      ).to.equal("quality");
    }));

  it("leaves evidence where somebody records a period a second time behind its back", () =>
    inBook(async (book) => {
      const { records } = await record(book, jobFor("2024-Q1", entriesFor(upTo(5))));
      // By hand into the log: the same source and a number that is used already.
      const source = feedbackSource({ unit: "unit 7", period: "2024-Q1", revision: 1 });
      const { payload, time, schema, retentionClass, subject } = recordOf(records[0]!);
      const { entry } = draftRecord({
        logId: fromHex(unitConfig.logId),
        source,
        sequence: 2n,
        time,
        schema: schema!,
        retentionClass: retentionClass!,
        subject: subject!,
        payload,
        recipients: [],
      });
      await book.log.append([entry], [new Uint8Array(64)]);
      expect(await faultsOf(book)).to.deep.equal(["repetition: 2 instead of 5"]);
    }));

  it("is not fooled by the words of a record that stands in another source", () =>
    inBook(async (book) => {
      const { records } = await planFeedback(book, jobFor("2024-Q1", entriesFor(upTo(5))));
      await book.append(records.map((one) => recordOf({ ...one, source: "urn:example:elsewhere" })));
      expect((await recordsOf(book)).some(({ inEdition }) => inEdition)).to.equal(false);
      const plan = await record(book, jobFor("2024-Q1", entriesFor(upTo(5))));
      expect([plan.recorded, plan.records.length]).to.deep.equal([0, 5]);
      expect(plan.records.every(({ payload }) => "previous" in payload && payload.previous === null)).to.equal(true);
    }));
});
