import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";
import fc from "fast-check";

import type { RecordStatus } from "../../../../sdk/rewards/feedback/judge.js";
import { csvText } from "../../../../sdk/common/node/csv.js";
import { feedbackChart } from "../../../../sdk/rewards/feedback/chart.js";
import { ShownTables } from "../../../../sdk/rewards/feedback/published.js";
import { columns, jsonOf, textsOf } from "../../../../sdk/rewards/feedback/report.js";
import { rowsOf } from "../../../../sdk/rewards/feedback/rows.js";
import { fewest, tableOf, type FeedbackRow, type UnitTable } from "../../../../sdk/rewards/feedback/unit-table.js";
import { withBook } from "../../../support/books.js";
import {
  alikeFor,
  criteria,
  entriesFor,
  person,
  record,
  recordsOf,
  unitConfig,
  upTo,
} from "../../../support/feedback.js";
import { temporaryFolders } from "../../../support/folders.js";

function rows(
  unit: string,
  period: string,
  people: readonly number[],
  quality = (n: number) => 1 + (n % 5),
): FeedbackRow[] {
  return entriesFor(people, quality).map(({ subject, scores }, i) => ({
    unit,
    period,
    subject,
    scores,
    index: BigInt(i),
  }));
}

const cell = (table: UnitTable, unit: string | undefined, period: string, criterion = "quality") =>
  table.cells.find((one) => one.unit === unit && one.period === period && one.criterion === criterion)!;

describe("a unit's table", () => {
  it("shows quartiles, the change of the median, and the periods without feedback", () => {
    const table = tableOf(criteria, [
      ...rows("a", "2023-Q4", upTo(5), (n) => n),
      ...rows("a", "2024-Q2", upTo(6), () => 4),
      ...rows("a", "2024-Q3", upTo(6), () => 5),
    ]);
    expect(table.periods).to.deep.equal(["2023-Q4", "2024-Q1", "2024-Q2", "2024-Q3"]);
    expect(cell(table, "a", "2023-Q4").quartiles).to.deep.equal({ count: 5, lower: 8n, median: 12n, upper: 16n });
    expect(cell(table, "a", "2024-Q1")).to.deep.include({ quartiles: undefined, withheld: undefined });
    expect(cell(table, "a", "2024-Q2").change).to.equal(undefined);
    expect(cell(table, "a", "2024-Q3").change).to.equal(4n);
    expect(table.cells.some(({ unit }) => unit === undefined)).to.equal(false);
  });

  it("FB4: shows no figure of fewer than five people, nor any that includes them, whatever the units", () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(sizes, (units) => {
        const all = units.flatMap((size, i) =>
          rows(
            `unit ${i}`,
            "2024-Q1",
            upTo(size).map((n) => n + 10 * i),
          ),
        );
        const table = tableOf(criteria, all);
        const shown = units.filter((size) => size >= fewest).reduce((sum, size) => sum + size, 0);
        for (const { unit, quartiles, withheld } of table.cells) {
          if (unit === undefined) {
            expect(quartiles?.count ?? 0).to.equal(shown);
            continue;
          }
          const size = units[Number(unit.slice(5))]!;
          expect([quartiles?.count, withheld]).to.deep.equal(size < fewest ? [undefined, "few"] : [size, undefined]);
        }
        const small = units.flatMap((size, i) => (size > 0 && size < fewest ? [`unit ${i}`] : []));
        const texts = table.cells.filter(({ unit }) => small.includes(unit ?? "")).map(textsOf);
        for (const text of texts) expect(text.slice(4, 9)).to.deep.equal(["", "", "", "", ""]);
      }),
      { numRuns: 300 },
    );
  });

  it("counts a person once in a period, by the last record in the log", () => {
    const twice = [...rows("a", "2024-Q1", upTo(5), () => 1), ...rows("a", "2024-Q1", upTo(5), () => 5)];
    const table = tableOf(
      criteria,
      twice.map((row, i) => ({ ...row, index: BigInt(i) })),
    );
    expect(cell(table, "a", "2024-Q1").quartiles).to.deep.equal({ count: 5, lower: 20n, median: 20n, upper: 20n });
  });

  it("names nobody, and has no place where a person's own figure could stand", () => {
    const table = tableOf(criteria, rows("a", "2024-Q1", upTo(7)));
    const json = JSON.stringify(jsonOf(table));
    for (const n of upTo(7)) expect(json).to.not.contain(person(n).slice(2));
    expect(columns).to.not.include.members(["mean", "min", "max", "sum"]);
    expect(jsonOf(table)).to.have.property("method").that.contains("definition 7");
  });

  it("is CSV that no spreadsheet computes with", async () => {
    const formula = "=HYPERLINK(1)";
    const odd = { ...criteria, criteria: criteria.criteria.map((one) => ({ ...one, title: `${formula} ${one.id}` })) };
    const table = tableOf(odd, rows("a", "2024-Q1", upTo(7)));
    let text = "";
    for await (const piece of csvText(columns, table.cells.map(textsOf))) text += piece;
    const lines = text.split("\r\n");
    expect(lines[0]).to.equal(columns.join(","));
    expect(lines[1]).to.contain("'=HYPERLINK(1)").and.to.contain(",7,");
  });
});

describe("tables one after the other", () => {
  const newFolder = temporaryFolders();

  it("FB5: are withheld where fewer than five people's figures differ from a table that was shown", async () => {
    const folder = newFolder();
    const show = async (all: readonly FeedbackRow[]) => {
      const shown = await ShownTables.open(folder);
      const table = tableOf(criteria, all, shown.guard);
      await shown.keep();
      return cell(table, "a", "2024-Q1").withheld;
    };
    const first = rows("a", "2024-Q1", upTo(20));
    expect(await show(first)).to.equal(undefined);
    expect(await show(first.toReversed())).to.equal(undefined);
    // Somebody left out, somebody added, somebody corrected.
    expect(await show(first.slice(1))).to.equal("changed");
    expect(await show(rows("a", "2024-Q1", upTo(24)))).to.equal("changed");
    expect(await show(first.map((row, i) => (i < 4 ? { ...row, scores: { quality: 3, teamwork: 0 } } : row)))).to.equal(
      "changed",
    );
    // Five of them are enough, and are remembered as well.
    const five = first.map((row, i) => (i < 5 ? { ...row, scores: { quality: 3, teamwork: 7 } } : row));
    expect(await show(five)).to.equal(undefined);
    expect(await show(five.slice(0, 19))).to.equal("changed");
    expect(await show(first)).to.equal(undefined);
    const file = join(folder, "feedback", "shown.json");
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    const text = await readFile(file, "utf8");
    for (const n of upTo(20)) expect(text).to.not.contain(person(n).slice(2, 20));
  });

  it("FB5: never differ by one to four people, over random histories", () => {
    const tables = fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 14 }), { minLength: 5 }), {
      minLength: 2,
      maxLength: 8,
    });
    return fc.assert(
      fc.asyncProperty(tables, async (history) => {
        const guard = (await ShownTables.open(newFolder())).guard;
        const passed: Set<number>[] = [];
        for (const people of history) {
          const table = tableOf(criteria, rows("a", "2024-Q1", people), guard);
          if (cell(table, "a", "2024-Q1").withheld === undefined) passed.push(new Set(people));
        }
        for (const a of passed) {
          for (const b of passed) {
            const apart = [...a].filter((n) => !b.has(n)).length + [...b].filter((n) => !a.has(n)).length;
            expect(apart === 0 || apart >= fewest, `${apart}`).to.equal(true);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("the rows of a table", () => {
  const newFolder = temporaryFolders();
  const over = (state: "withdrawn" | "lapsed" | "corrected", correctedBy?: bigint) => ({
    state,
    valid: false,
    expires: 0n,
    correctedBy,
  });

  it("are those of the latest edition, without what has ended, and with corrections in the place of what they correct", () =>
    withBook(
      join(newFolder(), "book"),
      async (book) => {
        await record(book, alikeFor("2024-Q1", 6, 1));
        await record(book, alikeFor("2024-Q1", 6, 2), async () => undefined);
        const before = await recordsOf(book);
        const wrong = before[8]!;
        const { recordOf } = await import("../../../../sdk/rewards/personnel/append.js");
        const { subject, payload } = wrong.content!;
        const fix = {
          kind: "feedback",
          subject,
          time: wrong.header.time,
          payload: { ...payload, scores: { quality: 5, teamwork: 0 } },
        } as const;
        await book.append([recordOf(fix), recordOf({ ...fix, subject: person(99) })]);
        const records = await recordsOf(book);
        expect(rowsOf(records, criteria).rows.map(({ scores }) => scores["quality"])).to.deep.equal([2, 2, 2, 2, 2, 2]);
        const desk = new Map<bigint, RecordStatus>([
          [6n, over("withdrawn")],
          [7n, over("corrected", 13n)], // a correction about somebody else
          [8n, over("corrected", 12n)],
          [9n, over("lapsed")],
          [10n, { state: "disputed", valid: true, expires: 0n }],
        ]);
        const found = rowsOf(records, criteria, desk);
        expect(found.rows.map(({ index, scores }) => [index, scores["quality"]])).to.deep.equal([
          [12n, 5],
          [10n, 2],
          [11n, 2],
        ]);
        expect([found.over, found.closed, found.other]).to.deep.equal([3, 0, 0]);
        expect(rowsOf(records, { hash: "0x00" }).other).to.equal(6);
        book.keys.erase((await book.openRecord(11n)).leafHash, "asked for by a test");
        expect(rowsOf(await recordsOf(book), criteria).closed).to.equal(1);
      },
      unitConfig,
    ));
});

describe("the chart of a table", () => {
  const all = [
    ...rows("车间 1", "2024-Q1", upTo(9)),
    ...rows("车间 1", "2024-Q2", upTo(9), () => 3),
    ...rows("b", "2024-Q2", upTo(3)),
  ];

  it("is the same SVG for the same table, with a title and a description, and a mark for each cell that is shown", async () => {
    const table = tableOf(criteria, all);
    const svg = await feedbackChart(table);
    expect(await feedbackChart(table)).to.equal(svg);
    const bars = [...svg.matchAll(/<g class="mark-rect role-mark[^"]*"[^>]*>(.*?)<\/g>/gs)].map(([, marks]) => marks!);
    expect(bars.map((marks) => marks.match(/<path/g)?.length)).to.deep.equal([2, 2]);
    expect(svg).to.match(
      /^<svg[^>]* role="img" aria-labelledby="title desc"><title id="title">Feedback of a quarter<\/title>/,
    );
    expect(svg)
      .to.contain("Medians in 2024-Q2: 车间 1, Quality of work: 3; 车间 1, 合作:")
      .and.to.contain("1 withheld");
  });

  it("FB4: draws nothing of a unit that is withheld", async () => {
    const few = tableOf(criteria, rows("b", "2024-Q2", upTo(4)));
    const none = tableOf(criteria, []);
    for (const table of [few, none]) expect(await feedbackChart(table)).to.contain("No figures are shown.");
  });

  it("says in sight which figures are withheld, and how to read the others", async () => {
    const svg = await feedbackChart(tableOf(criteria, all));
    for (const told of ["Bars from the lower to the upper quartile", "few people behind them: b 2024-Q2."]) {
      expect(svg.replace(/<desc.*?<\/desc>/s, "")).to.contain(told);
    }
    const many = "abcdef".split("").flatMap((unit, i) => rows(unit, "2024-Q1", upTo(i < 5 ? 2 : 6)));
    expect(await feedbackChart(tableOf(criteria, many))).to.contain("d 2024-Q1, and 1 more.");
  });

  it("keeps its size under long titles, and grows with its periods and units", async () => {
    const size = (svg: string) => Number(/width="(\d+)"/.exec(svg)![1]);
    const long = "工作态度与纪律遵守情况（含出勤、着装、值班）".repeat(4);
    const titled = {
      ...criteria,
      title: long,
      criteria: criteria.criteria.map((one) => ({ ...one, title: long + one.id })),
    };
    const [usual, under] = await Promise.all([criteria, titled].map((one) => feedbackChart(tableOf(one, all))));
    expect(size(under!)).to.be.lessThan(size(usual!) + 100);
    const years = [2021, 2022, 2023, 2024].flatMap((year) =>
      [1, 2, 3, 4].flatMap((quarter) => rows("a", `${year}-Q${quarter}`, upTo(6))),
    );
    const grown = await feedbackChart(tableOf(criteria, years));
    const periods = [...grown.matchAll(/<text[^>]*translate\(([\d.]+),[^>]*>20\d\d-Q\d</g)].map(([, x]) => Number(x));
    expect(periods).to.have.length(32);
    for (let i = 1; i < 16; i++) expect(periods[i]! - periods[i - 1]!).to.be.greaterThan(50);
  });

  it("tells units apart by their marks, not by colour alone", async () => {
    const svg = await feedbackChart(
      tableOf(criteria, [...rows("a", "2024-Q1", upTo(6)), ...rows("b", "2024-Q1", upTo(6))]),
    );
    const marks = [...svg.matchAll(/<g class="mark-symbol role-legend-symbol"[^>]*>.*?d="([^"]+)"/gs)].map(
      ([, d]) => d,
    );
    expect(marks).to.have.length(2);
    expect(new Set(marks).size).to.equal(2);
  });

  it("lets no markup out of a title", async () => {
    const odd = {
      ...criteria,
      criteria: criteria.criteria.map((one) => ({ ...one, title: `</svg><script>${one.id}` })),
    };
    const svg = await feedbackChart(tableOf(odd, all), { title: "a < b\u0000" });
    expect(svg).to.not.contain("<script>").and.to.not.contain("\u0000");
    expect(svg.match(/<svg/g)).to.have.length(1);
  });
});
