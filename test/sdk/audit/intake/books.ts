import { createReadStream, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { ExportFormat } from "../../../../sdk/audit/intake/formats.js";
import { ExportError } from "../../../../sdk/audit/intake/problems.js";
import type { ExportFile } from "../../../../sdk/audit/intake/source.js";
import { validateExport, type ExportSummary } from "../../../../sdk/audit/intake/validate.js";

/** Files by name: text, or bytes that are no UTF-8. */
export type Books = Readonly<Record<string, string | Uint8Array>>;

/** Small books in the CSV form of GB/T 24589: two vouchers in two periods. */
export const gbBooks: Books = {
  "accounts.csv": "科目编号,科目名称,科目级次,余额方向\n1001,库存现金,1,借\n1002,银行存款,1,借\n6601,销售费用,1,借\n",
  "vouchers.csv": [
    "记账凭证日期,会计年度,会计期间号,记账凭证类型编号,记账凭证编号,记账凭证行号,记账凭证摘要,科目编号,币种编码,借方本币金额,贷方本币金额,附件数,制单人,记账标志,作废标志",
    "20250131,2025,1,付,1,1,支付费用,6601,CNY,100.00,0.00,1,甲,1,0",
    "20250131,2025,1,付,1,2,支付费用,1001,CNY,0.00,60.50,1,甲,1,0",
    '20250131,2025,1,付,1,3,"两行\n摘要",1002,CNY,0.00,39.50,1,甲,1,0',
    "20250228,2025,2,转,1,1,存现,1002,CNY,7,0,1,乙,1,0",
    "20250228,2025,2,转,1,2,存现,1001,CNY,0,7,1,乙,1,0\n",
  ].join("\n"),
};

/** Small books in tables of ISO 21378: two journal entries. */
export const isoBooks: Books = {
  "BAS_Chart_Of_Accounts.csv": "GL_Account_Number|GL_Account_Name|Balance_Debit_Or_Credit\n10|Cash|D\n20|Sales|C\n",
  "GL_Details.csv": [
    "Journal_ID|Journal_Number|GL_Account_Number|Fiscal_Year|Accounting_Period|Effective_Date|Journal_Line_Number|JE_Header_Description|JE_Line_Description|Source_Code|Functional_Amount|Functional_Currency_Code|Credit_Debit_Indicator",
    "J1|1|10|2025|M3|2025-03-31|1|Sale|Sale|S|12.5000|CNY|D",
    "J1|1|20|2025|M3|2025-03-31|2|Sale|Sale|S|12.5|CNY|C",
    "J2|2|20|2025|Q2|2025-06-30|1|Reversal|Reversal|S|3|CNY|D",
    "J2|2|10|2025|Q2|2025-06-30|2|Reversal|Reversal|S|3.00|CNY|C\n",
  ].join("\n"),
};

/** Files in the order of their names, in pieces of some bytes. */
export function filesOf(books: Books, piece = 65_536): ExportFile[] {
  return Object.keys(books)
    .sort()
    .map((name) => ({ name, content: pieces(books[name] ?? "", piece) }));
}

async function* pieces(content: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

/** The files of a folder below samples/. */
export function sampleFiles(name: string): ExportFile[] {
  const folder = fileURLToPath(new URL(`../../../../samples/${name}/`, import.meta.url));
  const names = readdirSync(folder).sort();
  return names.map((file) => ({ name: file, content: createReadStream(folder + file) as AsyncIterable<Uint8Array> }));
}

export function accept(format: ExportFormat, books: Books, piece?: number): Promise<ExportSummary> {
  return validateExport(format, filesOf(books, piece));
}

/** The problems that books are refused with, as `file:line field: sentence`; none where they are accepted. */
export async function problemsOf(format: ExportFormat, books: Books): Promise<readonly string[]> {
  try {
    await accept(format, books);
    return [];
  } catch (error) {
    if (!(error instanceof ExportError)) throw error;
    return error.problems.map(({ place, sentence }) => {
      return `${place.file ?? ""}:${place.line ?? ""} ${place.field ?? ""}: ${sentence}`;
    });
  }
}

/** Books with one text replaced by another, once. */
export function changed(books: Books, file: string, from: string, to: string): Books {
  const text = books[file];
  if (typeof text !== "string" || !text.includes(from)) throw new Error(`${file} has no ${from}`);
  return { ...books, [file]: text.replace(from, to) };
}
