/**
 * ISO 21378:2019, Audit data collection: the tables of the general ledger module (4.5) and those of the base module (4.4)
 * that the rules need, as delimited text. The README says how sure each name is.
 */
import {
  code,
  date,
  daysIn,
  decimal,
  isCurrency,
  oneOf,
  ordinal,
  text,
  time,
  units,
  whole,
  year,
} from "../../common/kinds.js";
import type { Days, Ledger, Names } from "./ledger.js";
import { fields, words, type Accepted, type Field, type Table } from "./table.js";

/** AMOUNT has four decimals. */
export const decimals = 4;

export const names: Names = {
  chart: "BAS_Chart_Of_Accounts",
  number: "Journal_ID",
  line: "Journal_Line_Number",
  account: "GL_Account_Number",
  date: "Effective_Date",
  period: "Accounting_Period",
  currency: "Functional_Currency_Code",
  debit: "Functional_Amount",
  credit: "Functional_Amount",
};

const amount = decimal(decimals, 22);
const flag = oneOf("0", "1");
const side = oneOf("C", "D");
const day = date("extended");

/** Fields that are the same in every table: amounts in four currencies, who did what when, numbered segments. */
function common(name: string): Field | undefined {
  if (/^(Business|Account)_Segment_(\d{1,3}|[A-Z]\w*)$/.test(name)) return { kind: text(60), filled: false };
  if (/_(Currency|CUR)_Code$/.test(name)) return { kind: code(3), filled: false };
  if (/(^|_)(Amount|Balance)$/.test(name)) return { kind: amount, filled: false };
  if (/(^|_)Quantity$/.test(name)) return { kind: amount, filled: false };
  if (/^(Created|Approved|Last_Modified|Posted)_User_ID$/.test(name)) return { kind: code(25), filled: false };
  if (/^(Created|Approved|Last_Modified|Posted)_Date$/.test(name)) return { kind: day, filled: false };
  if (/^(Created|Approved|Last_Modified|Posted)_Time$/.test(name)) return { kind: time, filled: false };
  return undefined;
}

const placed = { GL_Account_Number: code(100), Fiscal_Year: year, Accounting_Period: code(15) };

const detailFields = fields(
  {
    ...placed,
    Journal_ID: code(100),
    Journal_Number: code(100),
    Effective_Date: day,
    Journal_Line_Number: ordinal,
    Source_Code: code(25),
    Functional_Amount: amount,
    Credit_Debit_Indicator: side,
  },
  {
    JE_Type_Code: code(60),
    JE_Header_Description: text(1000),
    JE_Line_Description: text(1000),
    Bill_Number: text(100),
    Bill_Type_Code: code(60),
    Bill_Date: day,
    UOM_Code: code(80),
    Unit_Price: decimal(8, 22),
    Settlement_Method_Code: code(60),
    Reversal_Indicator: oneOf("1", "2"),
    Reversal_Journal_ID: code(100),
    Cancellation_Sign: flag,
  },
);

const details: Table = {
  name: "GL_Details",
  mandatory: words(
    "Journal_ID Journal_Number GL_Account_Number Fiscal_Year Accounting_Period Effective_Date Journal_Line_Number",
    "JE_Header_Description JE_Line_Description Source_Code Functional_Amount Credit_Debit_Indicator",
  ),
  field: (name) => detailFields(name) ?? common(name),
  enter(row, ledger) {
    checkCurrencies(row, ledger);
    const sum = units(row.get("Functional_Amount"), decimals);
    const isDebit = row.get("Credit_Debit_Indicator") === "D";
    ledger.post(
      {
        type: "",
        run: "",
        number: row.get("Journal_ID"),
        line: Number(row.get("Journal_Line_Number")),
        account: row.get("GL_Account_Number"),
        date: row.get("Effective_Date").replaceAll("-", ""),
        period: periodOf(row),
        debit: isDebit ? sum : 0n,
        credit: isDebit ? 0n : sum,
        currency: row.get("Functional_Currency_Code") || row.get("Functional_CUR_Code"),
        cancelled: row.get("Cancellation_Sign") === "1",
      },
      row.place,
    );
  },
};

const accounts: Table = {
  name: "BAS_Chart_Of_Accounts",
  mandatory: ["GL_Account_Number", "GL_Account_Name"],
  field: (name) => accountFields(name) ?? common(name),
  enter(row, ledger) {
    ledger.account(row.get("GL_Account_Number"), { ...row.place, field: "GL_Account_Number" });
    const parent = row.get("Parent_GL_Account_Number");
    if (parent !== "") ledger.use(parent, { ...row.place, field: "Parent_GL_Account_Number" });
  },
};

const accountFields = fields(
  { GL_Account_Number: code(100), GL_Account_Name: text(100) },
  {
    GL_Account_Description: text(1000),
    FS_Caption: text(100),
    Account_Type: text(100),
    Account_Subtype: text(100),
    Account_Hierarchy: whole(2),
    Parent_GL_Account_Number: code(100),
    Balance_Debit_Or_Credit: side,
    Active_Flag: flag,
  },
);

const periods: Table = {
  name: "BAS_Accounting_Period",
  mandatory: ["Fiscal_Year", "Accounting_Period", "Beginning_Date", "Ending_Date"],
  field: fields(
    { Fiscal_Year: year, Accounting_Period: code(15), Beginning_Date: day, Ending_Date: day },
    { Accounting_Period_ID: code(60) },
  ),
  enter(row, ledger) {
    const days = { from: dayOf(row, "Beginning_Date"), to: dayOf(row, "Ending_Date") };
    ledger.period(periodOf(row), days, { ...row.place, field: "Accounting_Period" });
  },
};

const currencies: Table = {
  name: "BAS_Currency",
  mandatory: ["Currency_Code", "Currency_Name"],
  field: fields({ Currency_Code: code(3), Currency_Name: text(30) }, { Minor_Unit: whole(1), Active_Flag: flag }),
  enter: (row, ledger) => void ledger.currencies.add(row.get("Currency_Code")),
};

const trialBalance: Table = {
  name: "GL_Trial_Balance",
  mandatory: ["GL_Account_Number", "Fiscal_Year", "Accounting_Period", "Balance_As_Of_Date"],
  field: (name) => fields({ ...placed, Balance_As_Of_Date: day })(name) ?? common(name),
  enter(row, ledger) {
    checkCurrencies(row, ledger);
    ledger.use(row.get("GL_Account_Number"), { ...row.place, field: "GL_Account_Number" });
    const fields = { period: "Accounting_Period", date: "Balance_As_Of_Date" };
    ledger.day(periodOf(row), dayOf(row, "Balance_As_Of_Date"), row.place, fields);
  },
};

const periodBalance: Table = {
  name: "GL_Accounts_Period_Balance",
  mandatory: [...Object.keys(placed), "BEG_Balance_Indicator", "Ending_Balance_Indicator"],
  field: (name) => balanceFields(name) ?? common(name),
  enter(row, ledger) {
    checkCurrencies(row, ledger);
    ledger.use(row.get("GL_Account_Number"), { ...row.place, field: "GL_Account_Number" });
  },
};

const balanceFields = fields(
  { ...placed, BEG_Balance_Indicator: side, Ending_Balance_Indicator: side },
  { UOM_Code: code(80) },
);

const sources: Table = {
  name: "GL_Source",
  mandatory: ["Source_Code", "Source_Description"],
  field: fields(
    { Source_Code: code(25), Source_Description: text(1000) },
    {
      ERP_Subledger_Module: text(100),
      System_Manual_Identifier: oneOf("S", "M"),
      Business_Process_Major: text(100),
      Business_Process_Minor: text(100),
    },
  ),
  enter: () => undefined,
};

function checkCurrencies(row: Accepted, ledger: Ledger): void {
  for (const whose of ["Functional", "Reporting", "Local", "Transaction"]) {
    for (const field of [`${whose}_Currency_Code`, `${whose}_CUR_Code`]) {
      const cell = row.get(field);
      if (cell === "" || isCurrency(cell) || ledger.currencies.has(cell)) continue;
      ledger.problem({ ...row.place, field }, "is neither a code of ISO 4217 nor one of BAS_Currency before it");
    }
  }
}

function periodOf(row: Accepted): string {
  return `${row.get("Fiscal_Year")}-${row.get("Accounting_Period")}`;
}

function dayOf(row: Accepted, field: string): string {
  return row.get(field).replaceAll("-", "");
}

/** The days of a period where the export has no BAS_Accounting_Period: M1 to M12 and Q1 to Q4 of the calendar year. */
export function calendar(period: string): Days | string {
  const [, year = "", kind = "", number = ""] = /^(\d{4})-([MQ]?)(\d{1,2})$/.exec(period) ?? [];
  const months = kind === "Q" ? 3 : 1;
  const last = Number(number) * months;
  if (last < 1 || last > 12) return "is no month or quarter; add BAS_Accounting_Period where the books have others";
  const month = (n: number) => `${year}${String(n).padStart(2, "0")}`;
  return { from: `${month(last - months + 1)}01`, to: `${month(last)}${daysIn(Number(year), last)}` };
}

export const tables: readonly Table[] = [details, accounts, periods, currencies, trialBalance, periodBalance, sources];
