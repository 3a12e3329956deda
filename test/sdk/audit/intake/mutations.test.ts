import { expect } from "chai";
import fc from "fast-check";

import type { ExportFormat } from "../../../../sdk/audit/intake/formats.js";
import { accept, changed, gbBooks, isoBooks, problemsOf, type Books } from "./books.js";

type Mutation = readonly [what: string, file: string, from: string, to: string, problem: string];

const [chart, vouchers] = ["accounts.csv", "vouchers.csv"];
const first = "20250131,2025,1,付,1,1,支付费用,6601,CNY,100.00,0.00,1,甲,1,0";
const second = "20250131,2025,1,付,1,2,";
const other = "20250228,2025,2,转,1,1,";

const gb: readonly Mutation[] = [
  ["a header that lacks a field", vouchers, ",币种编码,", ",币种,", "1 币种编码: is missing"],
  ["a header with a field twice", vouchers, ",附件数,", ",制单人,", "1 制单人: is the name of two columns"],
  ["a header with a field without name", vouchers, ",附件数,", ",,", "1 : has a column without a name"],
  ["a header of no table", chart, "科目编号,科目名称", "a,b", "1 : has a header that is of no table"],
  ["a row with a cell too few", vouchers, "0.00,1,甲", "0.00,甲", "2 : has 14 cells where the header row has 15"],
  ["a row with a cell too many", vouchers, "0.00,1,甲", "0.00,1,,甲", "2 : has 16 cells"],
  ["an empty line", vouchers, `\n${other}`, `\n\n${other}`, "6 : has 1 cells"],
  ["a quote that never ends", vouchers, '摘要",1002', "摘要,1002", "4 : has a quote that is not closed"],
  ["a quote within a cell", vouchers, "存现", '存"现', "6 : has a quote within a cell that is not quoted"],
  ["text after a quoted cell", vouchers, '摘要"', '摘要"x', "4 : has text after a quoted cell"],
  [
    "a date that does not exist",
    vouchers,
    first,
    first.replace("0131", "0132"),
    "2 记账凭证日期: is a date that does not exist",
  ],
  ["the 29th of February", vouchers, "20250228", "20250229", "6 记账凭证日期: is a date that does not exist"],
  ["a date in another form", vouchers, "20250131", "2025-01-31", "2 记账凭证日期: is not a date in the form 20250131"],
  [
    "a date outside its period",
    vouchers,
    first,
    first.replace("20250131", "20250201"),
    "2 记账凭证日期: is a day outside",
  ],
  [
    "a date outside its year",
    vouchers,
    first,
    first.replace("20250131", "20240131"),
    "2 记账凭证日期: is a day outside",
  ],
  [
    "another date than its voucher's",
    vouchers,
    second,
    second.replace("0131", "0130"),
    "3 记账凭证日期: is not that of the voucher's first line",
  ],
  ["a year that is none", vouchers, "20250131,2025,", "20250131,25,", "2 会计年度: is not a year of four digits"],
  ["a period that is no month", vouchers, "0228,2025,2,转,1,1", "0228,2025,13,转,1,1", "6 会计期间号: is no month"],
  ["period 0", vouchers, "0228,2025,2,转,1,1", "0228,2025,0,转,1,1", "6 会计期间号: is no month"],
  ["an empty type", vouchers, ",付,1,1,", ",,1,1,", "2 记账凭证类型编号: is empty"],
  ["a number with a blank", vouchers, ",付,1,1,", ",付,1 ,1,", "2 记账凭证编号: has a blank before or after it"],
  ["a line that is no number", vouchers, ",付,1,1,", ",付,1,a,", "2 记账凭证行号: is not a number from 1"],
  ["lines that begin at 2", vouchers, ",付,1,1,", ",付,1,2,", "2 记账凭证行号: is not 1, the next line"],
  ["a line twice", vouchers, ",付,1,2,", ",付,1,1,", "3 记账凭证行号: is not 2, the next line"],
  ["a line left out", vouchers, ",付,1,3,", ",付,1,4,", "4 记账凭证行号: is not 3, the next line"],
  [
    "a voucher that comes back",
    vouchers,
    `\n${other}`,
    "\n20250131,2025,1,收,9,1,,1001,CNY,0,0,1,甲,1,0\n20250131,2025,1,付,1,4,,1001,CNY,0,0,1,甲,1,0\n" + other,
    "7 记账凭证编号: is the number of an earlier voucher",
  ],
  ["an account not in the chart", vouchers, ",6601,", ",6602,", "2 科目编号: is no account of the chart (会计科目)"],
  ["a chart with an account twice", chart, "1002,银行", "1001,银行", "3 科目编号: is the number of two accounts"],
  ["an account without a name", chart, "库存现金", "", "2 科目名称: is empty"],
  ["a side that is none", chart, "1,借\n1002", "1,左\n1002", "2 余额方向: is not one of 借, 贷"],
  ["a currency that is none", vouchers, "CNY", "RMB", "2 币种编码: is neither a code of ISO 4217"],
  ["three decimals", vouchers, "100.00", "100.000", "2 借方本币金额: is not a decimal number with at most 2 decimals"],
  ["a comma for thousands", vouchers, "100.00", '"1,000.00"', "2 借方本币金额: is not a decimal number"],
  ["an amount in words", vouchers, "100.00", "壹佰元", "2 借方本币金额: is not a decimal number"],
  ["an exponent", vouchers, "100.00", "1e2", "2 借方本币金额: is not a decimal number"],
  ["an empty amount", vouchers, "100.00", "", "2 借方本币金额: is empty"],
  ["an amount too long", vouchers, "100.00", `${"9".repeat(21)}`, "2 借方本币金额: is longer than 20 characters"],
  [
    "one fen too much",
    vouchers,
    "100.00",
    "100.01",
    "2 借方本币金额: the voucher that begins here does not balance: debits 100.01, credits 100.00",
  ],
  [
    "one fen too much at the end of a voucher",
    vouchers,
    "39.50",
    "39.51",
    "2 借方本币金额: the voucher that begins here does not balance",
  ],
  [
    "one fen too much in the last voucher",
    vouchers,
    "CNY,7,0",
    "CNY,7.01,0",
    "6 借方本币金额: the voucher that begins here does not balance",
  ],
  [
    "debit and credit in one line",
    vouchers,
    "0.00,60.50",
    "1.00,60.50",
    "3 贷方本币金额: has a credit where the line has a debit",
  ],
  ["attachments that are no number", vouchers, "0.00,1,甲", "0.00,一,甲", "2 附件数: is not a whole number"],
  ["a flag that is none", vouchers, "甲,1,0\n", "甲,是,0\n", "2 记账标志: is not one of 0, 1"],
  ["a control character", vouchers, "支付费用", "支付\u0007", "2 记账凭证摘要: has a control character"],
  ["a text too long", vouchers, "支付费用", "支".repeat(301), "2 记账凭证摘要: is longer than 300 characters"],
];

const details = "GL_Details.csv";
const iso: readonly Mutation[] = [
  ["a header that lacks a field", details, "|Source_Code|", "|Source|", "1 Source_Code: is missing"],
  [
    "a date in another form",
    details,
    "2025-03-31",
    "20250331",
    "2 Effective_Date: is not a date in the form 2025-01-31",
  ],
  ["a date outside its month", details, "M3|2025-03-31|1", "M3|2025-04-01|1", "2 Effective_Date: is a day outside"],
  ["a date outside its quarter", details, "Q2|2025-06-30|1", "Q2|2025-07-01|1", "4 Effective_Date: is a day outside"],
  [
    "a week without a calendar",
    details,
    "|M3|",
    "|W12|",
    "2 Accounting_Period: is no month or quarter; add BAS_Accounting_Period",
  ],
  [
    "another period than its entry's",
    details,
    "M3|2025-03-31|2",
    "Q1|2025-03-31|2",
    "3 Accounting_Period: is not that of the voucher's first line",
  ],
  [
    "five decimals",
    details,
    "12.5000",
    "12.50000",
    "2 Functional_Amount: is not a decimal number with at most 4 decimals",
  ],
  ["a side that is none", details, "CNY|D", "CNY|S", "2 Credit_Debit_Indicator: is not one of C, D"],
  [
    "a side turned round",
    details,
    "CNY|D",
    "CNY|C",
    "2 Functional_Amount: the voucher that begins here does not balance: debits 0.0000, credits 25.0000",
  ],
  [
    "another currency than its entry's",
    details,
    "CNY|C",
    "USD|C",
    "3 Functional_Currency_Code: is not that of the voucher's first line",
  ],
  ["a currency that is none", details, "CNY|D", "YUA|D", "2 Functional_Currency_Code: is neither a code of ISO 4217"],
  [
    "an account not in the chart",
    details,
    "|10|2025|M3",
    "|11|2025|M3",
    "2 GL_Account_Number: is no account of the chart",
  ],
  [
    "an entry that comes back",
    details,
    "S|3.00|CNY|C\n",
    "S|3.00|CNY|C\nJ1|1|10|2025|M3|2025-03-31|3|||S|0|CNY|D\n",
    "6 Journal_ID: is the number of an earlier voucher",
  ],
];

describe("a single change to an export that is right", () => {
  const tables: readonly (readonly [ExportFormat, Books, readonly Mutation[]])[] = [
    ["gb-t-24589", gbBooks, gb],
    ["iso-21378", isoBooks, iso],
  ];
  for (const [format, books, mutations] of tables) {
    for (const [what, file, from, to, problem] of mutations) {
      it(`is refused at its file, line and field in ${format}: ${what}`, async () => {
        const problems = await problemsOf(format, changed(books, file, from, to));
        expect(
          problems.some((one) => one.startsWith(`${file}:${problem}`)),
          problems.join("\n"),
        ).to.equal(true);
      });
    }
  }

  it("is refused once, not once more for what follows from it", async () => {
    expect(await problemsOf("gb-t-24589", changed(gbBooks, vouchers, "100.00", "x"))).to.have.length(1);
    expect(await problemsOf("gb-t-24589", changed(gbBooks, vouchers, ",附件数,", ",制单人,"))).to.have.length(1);
  });
});

describe("any cell of a row made garbage", () => {
  const garbage = fc.oneof(
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.constantFrom(
      "",
      "0",
      "-1",
      "1",
      "2",
      "借",
      "C",
      "D",
      "CNY",
      "20250131",
      "2025-03-31",
      "1e3",
      "１",
      "M3",
      "'",
      "10",
      "1001",
    ),
  );
  for (const [format, books, file, delimiter, free] of [
    ["gb-t-24589", gbBooks, vouchers, ",", ["记账凭证摘要", "附件数", "制单人", "记账标志", "作废标志"]],
    [
      "iso-21378",
      isoBooks,
      details,
      "|",
      ["Journal_Number", "JE_Header_Description", "JE_Line_Description", "Source_Code"],
    ],
  ] as const) {
    it(`is refused in ${format}, or says the same, or is a field that no rule knows`, async () => {
      const lines = (books[file] as string).replace("\n摘要", "摘要").trimEnd().split("\n");
      const head = (lines[0] ?? "").split(delimiter);
      const expected = await accept(format, { ...books, [file]: lines.join("\n") });
      const run = async (row: number, column: number, cell: string) => {
        const cells = (lines[row] ?? "").split(delimiter);
        const before = cells[column] ?? "";
        cells[column] = `"${cell
          .toWellFormed()
          .replaceAll('"', '""')
          .replace(/[\r\n]/g, " ")}"`;
        const changedLines = lines.map((line, i) => (i === row ? cells.join(delimiter) : line));
        const mutated: Books = { ...books, [file]: `${changedLines.join("\n")}\n` };
        const problems = await problemsOf(format, mutated);
        if (problems.length > 0) return;
        const summary = await accept(format, mutated);
        const { files: _, remarks: __, ...sums } = summary;
        const { files: ___, remarks: ____, ...same } = expected;
        const harmless =
          (free as readonly string[]).includes(head[column] ?? "") ||
          otherwiseAllowed(format, head[column] ?? "", before, cell);
        if (harmless) return;
        expect(sums, `${head[column]} of row ${row} = ${JSON.stringify(cell)}`).to.deep.equal(same);
        expect(equal(cell, before), `${head[column]} of row ${row} = ${JSON.stringify(cell)}`).to.equal(true);
      };
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: lines.length - 1 }), fc.nat(head.length - 1), garbage, run),
        { numRuns: 600 },
      );
    });
  }
});

/** Whether two cells are the same number, or the same text. */
function equal(cell: string, before: string): boolean {
  const number = /^-?\d+(\.\d+)?$/;
  return cell === before || (number.test(cell) && number.test(before) && Number(cell) === Number(before));
}

/** Cells that may hold another right value without the books being wrong: another account of the chart, another currency. */
function otherwiseAllowed(format: ExportFormat, field: string, before: string, cell: string): boolean {
  if (field === "科目编号" || field === "GL_Account_Number") return ["1001", "1002", "6601", "10", "20"].includes(cell);
  if (field === "币种编码") return cell === "CNY";
  return format === "iso-21378" && field === "Accounting_Period" && cell === before;
}
