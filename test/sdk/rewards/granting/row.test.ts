import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { checkTable, readTable } from "../../../../sdk/rewards/table/check.js";
import { awardTable, readDay, type AwardRow } from "../../../../sdk/rewards/granting/row.js";
import { temporaryFolders } from "../../../support/folders.js";

const anybody = () => undefined;

describe("a file of awards", () => {
  const folder = temporaryFolders();
  const terms = { needsEvidence: false, hasLog: true };

  function fileOf(text: string): string {
    const file = join(folder(), "awards.csv");
    writeFileSync(file, text);
    return file;
  }

  async function rowsOf(text: string): Promise<AwardRow[]> {
    const rows: AwardRow[] = [];
    for await (const { row } of readTable(fileOf(text), awardTable(terms, anybody))) rows.push(row);
    return rows;
  }

  it("is read with English or Chinese headings, in any order, with quotes and CRLF", async () => {
    const rows = await rowsOf('地点,工号,事由,日期,记录号\r\n"北京, 海淀",007,"他说""好""",2026年3月4日,12\r\n');
    expect(rows).to.deep.equal([
      { staffNumber: "007", evidence: 12n, content: { citation: '他说"好"', date: "2026-03-04", place: "北京, 海淀" } },
    ]);
  });

  it("tells of a person who comes twice also where one of the rows has another problem", async () => {
    const file = fileOf("工号,事由,日期\n1,a,yesterday\n1,b,\n2,c,\n2,,\n");
    const { first } = await checkTable(file, awardTable(terms, anybody));
    expect(first.map(({ line, field, problem }) => [line, field, problem])).to.deep.equal([
      [2, "日期", "is no day; write it as 2026-03-14"],
      [3, "工号", "is in line 2 already"],
      [5, "事由", "is empty"],
      [5, "工号", "is in line 4 already"],
    ]);
  });

  it("keeps what a file leaves out out of the award", async () => {
    const rows = await rowsOf("staff_number,citation,date\n1,well done,\n");
    expect(rows).to.deep.equal([{ staffNumber: "1", content: { citation: "well done" } }]);
  });

  const hostile: [string, string, string][] = [
    ["a person twice", "staff_number,citation\n1,a\n2,b\n1,c\n", "is in line 2 already"],
    ["a person without a number", "staff_number,citation\n,a\n", "empty"],
    ["an award without a citation", "staff_number,citation\n1,\n", "empty"],
    ["a negative record", "staff_number,citation,evidence\n1,a,-1\n", "is no number of a record"],
    ["a record in exponents", "staff_number,citation,evidence\n1,a,1e3\n", "is no number of a record"],
    ["a huge record", `staff_number,citation,evidence\n1,a,${"9".repeat(40)}\n`, "is no number of a record"],
    ["a record beyond 48 bits", `staff_number,citation,evidence\n1,a,${2n ** 48n}\n`.slice(0, 60), "record"],
    ["a day that does not exist", "staff_number,citation,date\n1,a,2026-02-30\n", "no calendar has"],
    ["a day in words", "staff_number,citation,date\n1,a,yesterday\n", "is no day"],
    ["an unknown column", "staff_number,citation,salary\n1,a,9\n", "salary"],
    ["a quote that is never closed", 'staff_number,citation\n1,"a\n2,b\n', "quote"],
  ];
  for (const [what, text, problem] of hostile) {
    it(`refuses ${what}, and lists it`, async () => {
      const file = fileOf(text);
      const { problems, first, errorsFile } = await checkTable(file, awardTable(terms, anybody));
      expect(problems).to.equal(1n);
      expect(`${first[0]?.field ?? ""} ${first[0]?.problem ?? ""}`).to.include(problem);
      expect(readFileSync(errorsFile!, "utf8")).to.include(first[0]!.problem.slice(0, 20));
    });
  }

  it("refuses who is not in the roster, naming the line", async () => {
    const file = fileOf("staff_number,citation\n1,a\n2,b\n");
    const known = (staff: string) => (staff === "1" ? undefined : "is not in the roster");
    const { first } = await checkTable(file, awardTable(terms, known));
    expect(first).to.deep.equal([{ line: 3, field: "staff_number", value: "2", problem: "is not in the roster" }]);
  });

  it("refuses rows without a record where the type needs one, and a record where no log was named", async () => {
    const file = fileOf("staff_number,citation,evidence\n1,a,\n2,b,4\n");
    const needed = await checkTable(file, awardTable({ needsEvidence: true, hasLog: true }, anybody));
    expect(needed.first.map(({ line }) => line)).to.deep.equal([2]);
    const unnamed = await checkTable(file, awardTable({ needsEvidence: false, hasLog: false }, anybody));
    expect(unnamed.first.map(({ line }) => line)).to.deep.equal([3]);
  });

  it("reads days as departments write them, and no others", () => {
    for (const text of ["2026-03-04", "2026/3/4", "2026.3.4", "2026年3月4日", "2026-3-4"]) {
      expect(readDay(text)).to.equal("2026-03-04");
    }
    for (const text of ["2026-3/4", "2026-3-4日", "04.03.2026", "2025-02-29", "2026-13-01", ""]) {
      expect(() => readDay(text)).to.throw("da");
    }
  });
});
