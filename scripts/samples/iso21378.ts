/**
 * Makes samples/audit-iso21378: one fiscal year of an invented auditee's books in tables of ISO 21378:2019, as delimited
 * text with `|`. The fiscal year runs from April, so that its periods are those of BAS_Accounting_Period and no months of
 * the calendar year. The same seed gives the same bytes, which `test/samples` checks.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { seeded, type Random } from "./random.js";

const seed = 21_378;
const fiscalYear = 2025;
const linesAtLeast = 2_000;
const periods = 12;

/** Account number, name, type, natural balance. */
const accounts = [
  ["1000", "Assets", "Assets", "D", ""],
  ["1010", "Cash at bank", "Assets", "D", "1000"],
  ["1100", "Trade receivables", "Assets", "D", "1000"],
  ["1200", "Inventory", "Assets", "D", "1000"],
  ["1500", "Plant and equipment", "Assets", "D", "1000"],
  ["1590", "Accumulated depreciation", "Assets", "C", "1000"],
  ["2000", "Liabilities", "Liabilities", "C", ""],
  ["2100", "Trade payables", "Liabilities", "C", "2000"],
  ["2200", "Wages payable", "Liabilities", "C", "2000"],
  ["4000", "Sales", "Revenues", "C", ""],
  ["5000", "Cost of sales", "Expenses", "D", ""],
  ["6000", "Wages", "Expenses", "D", ""],
  ["6100", "Depreciation", "Expenses", "D", ""],
  ["6200", "Office, travel and other", "Expenses", "D", ""],
] as const;

interface Entry {
  readonly type: string;
  readonly source: string;
  readonly text: string;
  /** Account, hundredths, debit or credit. */
  readonly lines: readonly (readonly [account: string, amount: number, side: "D" | "C"])[];
}

const business: readonly ((random: Random) => Entry)[] = [
  (random) => {
    const [sum, cost] = [money(random, 4_000_000), money(random, 2_000_000)];
    const lines = [["1100", sum, "D"], ["4000", sum, "C"], ["5000", cost, "D"], ["1200", cost, "C"]] as const;
    return { type: "SAL", source: "SALES", text: `Sale "on account"`, lines };
  },
  (random) => {
    const sum = money(random, 2_500_000);
    return { type: "PUR", source: "PURCH", text: "Goods received", lines: [["1200", sum, "D"], ["2100", sum, "C"]] };
  },
  (random) => {
    const sum = money(random, 3_000_000);
    return { type: "REC", source: "CASH", text: "Receipt", lines: [["1010", sum, "D"], ["1100", sum, "C"]] };
  },
  (random) => {
    const sum = money(random, 2_000_000);
    return { type: "PAY", source: "CASH", text: "Payment", lines: [["2100", sum, "D"], ["1010", sum, "C"]] };
  },
  (random) => {
    const sum = money(random, 900_000);
    return { type: "GEN", source: "PAYROLL", text: "Wages, month", lines: [["6000", sum, "D"], ["2200", sum, "C"]] };
  },
  (random) => {
    const sum = money(random, 400_000);
    return { type: "GEN", source: "MANUAL", text: "Depreciation", lines: [["6100", sum, "D"], ["1590", sum, "C"]] };
  },
  (random) => {
    const sum = money(random, 150_000);
    return { type: "PAY", source: "CASH", text: "Office | travel", lines: [["6200", sum, "D"], ["1010", sum, "C"]] };
  },
];

/** Every file of the sample: name and text. */
export function isoSample(): ReadonlyMap<string, string> {
  const balances = new Map<string, number>();
  const trial: string[][] = [];
  const details: string[][] = [];
  const random = seeded(seed);
  for (let period = 1; period <= periods; period++) {
    details.push(...entries(random, period, balances, new Set(details.map(([id]) => id)).size));
    for (const [account] of accounts) {
      const ending = decimal(balances.get(account) ?? 0);
      trial.push([account, `${fiscalYear}`, `M${period}`, days(period).last, ending, "CNY", "HQ"]);
    }
  }
  const chart = accounts.map(([number, name, type, side, parent]) => [number, name, name, type, parent, side, "1"]);
  const calendar = Array.from({ length: periods }, (_, i) => {
    const { first, last } = days(i + 1);
    return [`${fiscalYear}`, `M${i + 1}`, first, last];
  });
  const sources = ["SALES", "PURCH", "CASH", "PAYROLL", "MANUAL"].map((code) => {
    return [code, `Journal ${code.toLowerCase()}`, code === "MANUAL" ? "M" : "S"];
  });
  return new Map([
    ["BAS_Accounting_Period.csv", delimited("Fiscal_Year|Accounting_Period|Beginning_Date|Ending_Date", calendar)],
    ["BAS_Chart_Of_Accounts.csv", delimited(chartHead, chart)],
    ["GL_Details.csv", delimited(detailsHead, details)],
    ["GL_Source.csv", delimited("Source_Code|Source_Description|System_Manual_Identifier", sources)],
    ["GL_Trial_Balance.csv", delimited(trialHead, trial)],
  ]);
}

const chartHead =
  "GL_Account_Number|GL_Account_Name|GL_Account_Description|Account_Type|Parent_GL_Account_Number|" +
  "Balance_Debit_Or_Credit|Active_Flag";
const trialHead =
  "GL_Account_Number|Fiscal_Year|Accounting_Period|Balance_As_Of_Date|Functional_Ending_Balance|" +
  "Functional_Currency_Code|Business_Segment_01";
const detailsHead =
  "Journal_ID|Journal_Number|GL_Account_Number|Fiscal_Year|Accounting_Period|Effective_Date|Journal_Line_Number|" +
  "JE_Type_Code|JE_Header_Description|JE_Line_Description|Source_Code|Functional_Amount|Functional_Currency_Code|" +
  "Credit_Debit_Indicator|Reversal_Indicator|Created_User_ID|Created_Date|Created_Time|Business_Segment_01";

/** The lines of a period, at least its share, after `before` entries; the balances move with them. */
function entries(random: Random, period: number, balances: Map<string, number>, before: number): string[][] {
  const rows: string[][] = [];
  const share = Math.ceil(linesAtLeast / periods);
  const { first, last } = days(period);
  const length = Number(last.slice(8));
  for (let number = 1; rows.length < share; number++) {
    const { type, source, text, lines } = random.pick(business)(random);
    const day = Math.min(length, 1 + Math.floor((rows.length / share) * length));
    const date = `${first.slice(0, 8)}${two(day)}`;
    const id = `JE-${String(before + number).padStart(7, "0")}`;
    const [user, hour, minute] = [`U${1 + random.below(4)}`, 8 + random.below(10), random.below(60)];
    lines.forEach(([account, amount, side], i) => {
      balances.set(account, (balances.get(account) ?? 0) + (side === "D" ? amount : -amount));
      const place = [id, `M${period}-${number}`, account, `${fiscalYear}`, `M${period}`, date, `${i + 1}`];
      const who = [user, date, `${two(hour)}:${two(minute)}`, "HQ"];
      rows.push([...place, type, text, text, source, decimal(amount), "CNY", side, "", ...who]);
    });
  }
  return rows;
}

/** First and last day of a period: April is the first. */
function days(period: number): { readonly first: string; readonly last: string } {
  const [year, month] = period <= 9 ? [fiscalYear, period + 3] : [fiscalYear + 1, period - 9];
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return { first: `${year}-${two(month)}-01`, last: `${year}-${two(month)}-${last}` };
}

function money(random: Random, below: number): number {
  return 100 + random.below(below);
}

/** Hundredths with the four decimals of the standard's type. */
function decimal(hundredths: number): string {
  const digits = String(Math.abs(hundredths)).padStart(3, "0");
  return `${hundredths < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}00`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}

function delimited(head: string, rows: readonly (readonly string[])[]): string {
  const quoted = (cell: string) => (/[|"\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return `${[head, ...rows.map((row) => row.map(quoted).join("|"))].join("\n")}\n`;
}

/** Writes the sample into a folder. */
export function writeIsoSample(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of isoSample()) writeFileSync(join(folder, name), text);
}
