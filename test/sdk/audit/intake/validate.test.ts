import { expect } from "chai";

import { detectFormat } from "../../../../sdk/audit/intake/detect.js";
import { ExportError } from "../../../../sdk/audit/intake/problems.js";
import { exportReader } from "../../../../sdk/audit/intake/reader.js";
import { validateExport } from "../../../../sdk/audit/intake/validate.js";
import { digestOf } from "../../../../sdk/records/intake/folder.js";
import { accept, changed, filesOf, gbBooks, isoBooks, problemsOf, sampleFiles, type Books } from "./books.js";

const voucher = "vouchers.csv";
const details = "GL_Details.csv";

describe("an export that is right", () => {
  it("is the sample of GB/T 24589, with its sums, days and digests", async () => {
    const summary = await validateExport("gb-t-24589", sampleFiles("audit"));
    expect(summary).to.deep.include({ accounts: 15, postings: 50_011, rows: 50_026, cancelled: 0, decimals: 2 });
    expect(summary).to.deep.include({ from: "2025-01-01", to: "2025-12-31", debit: 27_041_151_652n });
    expect(summary.credit).to.equal(summary.debit);
    expect(summary.files).to.have.length(13);
    const file = new URL("../../../../samples/audit/vouchers-2025-07.csv", import.meta.url).pathname;
    expect(summary.files.find(({ name }) => name === "vouchers-2025-07.csv")?.sha256).to.equal(await digestOf(file));
    expect(summary.remarks).to.deep.equal(["README.md is not checked: its name does not end in .csv"]);
  });

  it("is the sample of ISO 21378, whose fiscal year is no calendar year", async () => {
    const summary = await validateExport("iso-21378", sampleFiles("audit-iso21378"));
    expect(summary).to.deep.include({ accounts: 14, from: "2025-04-01", to: "2026-03-31", decimals: 4 });
    expect(summary.debit).to.equal(summary.credit);
    expect(summary.postings).to.be.at.least(2_000);
    expect(summary.remarks).to.have.length(1);
  });

  it("is recognised by its header, of whatever format", async () => {
    expect(await detectFormat(sampleFiles("audit"))).to.equal("gb-t-24589");
    expect(await detectFormat(sampleFiles("audit-iso21378"))).to.equal("iso-21378");
    expect(await detectFormat(filesOf({ "people.csv": "name,age\na,1\n" }))).to.equal(undefined);
    expect(await detectFormat([])).to.equal(undefined);
  });

  const forms: readonly (readonly [string, (text: string) => string])[] = [
    ["a byte-order mark", (text) => `\uFEFF${text}`],
    ["CRLF", (text) => text.replaceAll("\n", "\r\n")],
    ["every cell quoted", (text) => text.replace(/^(?!两|摘)[^"\n]+$/gm, (row) => row.replace(/[^,|]+/g, '"$&"'))],
    ["no newline at the end", (text) => text.trimEnd()],
  ];
  for (const [what, form] of forms) {
    it(`may be written with ${what}`, async () => {
      for (const [format, books] of [
        ["gb-t-24589", gbBooks],
        ["iso-21378", isoBooks],
      ] as const) {
        const plain = await accept(format, books);
        const formed = Object.fromEntries(Object.entries(books).map(([name, text]) => [name, form(text as string)]));
        const { files: _, ...rest } = await accept(format, formed);
        const { files: __, ...expected } = plain;
        expect(rest).to.deep.equal(expected);
      }
    });
  }

  it("does not depend on how its bytes arrive", async () => {
    const expected = await accept("gb-t-24589", gbBooks);
    for (const piece of [1, 2, 3, 7, 100]) expect(await accept("gb-t-24589", gbBooks, piece)).to.deep.equal(expected);
  });

  it("counts a cancelled voucher, but not in its sums", async () => {
    const books = { ...gbBooks, [voucher]: (gbBooks[voucher] as string).replaceAll("乙,1,0", "乙,1,1") };
    expect(await accept("gb-t-24589", books)).to.deep.include({ vouchers: 2, cancelled: 1, debit: 10_000n });
  });

  it("takes negative amounts, as reversals in red are written", async () => {
    const books = {
      ...gbBooks,
      [voucher]: (gbBooks[voucher] as string).replace("7,0,1,乙", "-7,0,1,乙").replace("0,7,1,乙", "0,-7,1,乙"),
    };
    expect((await accept("gb-t-24589", books)).debit).to.equal(9_300n);
  });

  it("may give the chart after the vouchers", async () => {
    const [chart, vouchers] = filesOf(gbBooks);
    expect((await validateExport("gb-t-24589", [vouchers!, chart!])).accounts).to.equal(3);
  });

  it("remarks on numbers that are missing, on unknown fields and on files that are not looked into", async () => {
    let books = changed(gbBooks, voucher, "记账标志,作废标志", "记账标志,作废标志,备注");
    books = { ...books, [voucher]: (books[voucher] as string).replace(/,([01]),0$/gm, ",$1,0,x"), "cover.pdf": "%PDF" };
    books = changed(
      books,
      voucher,
      "20250228,2025,2,转,1,1,存现,1002,CNY,7,0,1,乙,1,0,x\n20250228,2025,2,转,1,2,存现,1001,CNY,0,7,1,乙,1,0,x",
      [1, 2].map((n) => `20250228,2025,2,转,${n * 5},1,存现,1002,CNY,0,0,1,乙,1,0,x`).join("\n"),
    );
    expect((await accept("gb-t-24589", books)).remarks).to.deep.equal([
      "cover.pdf is not checked: its name does not end in .csv",
      "vouchers.csv: fields not known here and not checked: 备注",
      "4 numbers are missing between the first and the last voucher of 2025-2",
    ]);
  });

  it("may have periods of its own, named before the vouchers", async () => {
    const periods =
      "Fiscal_Year|Accounting_Period|Beginning_Date|Ending_Date\n2025|M3|2025-03-01|2025-03-31\n2025|Q2|2025-04-01|2025-06-30\n";
    const books: Books = { ...isoBooks, "BAS_Accounting_Period.csv": periods };
    expect((await accept("iso-21378", books)).vouchers).to.equal(2);
    const narrow = changed(books, "BAS_Accounting_Period.csv", "2025-06-30", "2025-06-29");
    expect(await problemsOf("iso-21378", narrow)).to.have.length(2);
  });
});

describe("the reader that the recorder asks", () => {
  const listed = (books: Books) =>
    filesOf(books).map(({ name, content }) => ({ path: name, size: 0, read: () => content }));

  it("tells counts, days and sums, and nothing that a cell says", async () => {
    expect(await exportReader("gb-t-24589").validate(listed(gbBooks), {})).to.deep.equal({
      rows: 8,
      accounts: 3,
      vouchers: 2,
      cancelled: 0,
      postings: 5,
      from: "2025-01-31",
      to: "2025-02-28",
      debit: "107.00",
      credit: "107.00",
      remarks: 0,
    });
  });

  it("refuses what is no export of its format", async () => {
    const failure = await exportReader("iso-21378")
      .validate(listed(gbBooks), {})
      .catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(ExportError);
  });
});

describe("an export that is refused", () => {
  it("names the first problem and how many there are, lists twenty and counts the rest", async () => {
    const books = { ...gbBooks, [voucher]: (gbBooks[voucher] as string) + "x\n".repeat(100) };
    const error = await accept("gb-t-24589", books).catch((failure: unknown) => failure);
    if (!(error instanceof ExportError)) return expect.fail("it was not refused");
    expect(error.message).to.equal("vouchers.csv:8: has 1 cells where the header row has 15 (and 99 more problems)");
    expect(error.place).to.deep.equal({ file: voucher, line: 8 });
    expect(error.count).to.equal(100);
    expect(error.problems).to.have.length(20);
    expect(error.details.at(0)).to.equal("vouchers.csv:9: has 1 cells where the header row has 15");
    expect(error.details.at(-1)).to.equal("80 more problems are not listed");
  });

  it("lacks a table that the format needs", async () => {
    expect(await problemsOf("gb-t-24589", { "accounts.csv": gbBooks["accounts.csv"]! })).to.deep.equal([
      ": : the export has no table 记账凭证, which gb-t-24589 needs",
    ]);
    expect(await problemsOf("iso-21378", {})).to.have.length(2);
  });

  it("quotes no cell in what it says", async () => {
    const books = changed(
      gbBooks,
      voucher,
      "20250131,2025,1,付,1,1,支付费用,6601,CNY,100.00",
      "王小明,王小明,王小明,王小明 ,王小明 ,王小明,支付费用,王小明 ,王小明,王小明",
    );
    const problems = await problemsOf("gb-t-24589", books);
    expect(problems.length).to.be.at.least(6);
    for (const problem of problems) expect(problem).not.to.contain("王小明");
  });

  it("stops when it is told to, and reports the bytes that it read", async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const progress = (bytes: number) => void (seen.push(bytes) === 3 && stop.abort());
    const failure = await validateExport("gb-t-24589", sampleFiles("audit"), { signal: stop.signal, progress }).catch(
      (error: Error) => error.name,
    );
    expect(failure).to.equal("AbortError");
    expect(seen[0]).to.be.greaterThan(0);
  });

  it("lets an error that is none of the export's through as it is", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(gbBooks["accounts.csv"] as string);
      throw new Error("the disk is gone");
    }
    const failure = await validateExport("gb-t-24589", [{ name: "accounts.csv", content: broken() }]).catch(
      (error: Error) => error.message,
    );
    expect(failure).to.equal("the disk is gone");
  });

  it("is the same refusal for a journal entry as for a voucher", async () => {
    expect(await problemsOf("iso-21378", changed(isoBooks, details, "12.5000|CNY|D", "12.5001|CNY|D"))).to.deep.equal([
      "GL_Details.csv:2 Functional_Amount: the voucher that begins here does not balance: debits 12.5001, credits 12.5000",
    ]);
  });
});
