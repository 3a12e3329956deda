/**
 * GB/T 24589.1-2010, accounting software of enterprises: the tables of its general ledger (Table 2) and of the public
 * archives (Table 1) that the rules need, with the lengths of section 4.2.
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
  units,
  whole,
  year,
  type Kind,
} from "../../common/kinds.js";
import type { Days, Ledger, Names } from "./ledger.js";
import { fields, words, type Accepted, type Field, type Table } from "./table.js";

/** D20.2. */
export const decimals = 2;

export const names: Names = {
  chart: "会计科目",
  number: "记账凭证编号",
  line: "记账凭证行号",
  account: "科目编号",
  date: "记账凭证日期",
  period: "会计期间号",
  currency: "币种编码",
  debit: "借方本币金额",
  credit: "贷方本币金额",
};

const amount = decimal(decimals);
const flag = oneOf("0", "1");
const side = oneOf("借", "贷");

/** 辅助项1编号 to 辅助项30编号, on lines and balances. */
function subsidiary(name: string): Field | undefined {
  return /^辅助项([1-9]|[12]\d|30)编号$/.test(name) ? { kind: text(60), filled: false } : undefined;
}

const quantities: Readonly<Record<string, Kind>> = {
  计量单位: text(10),
  借方数量: decimal(6),
  借方原币金额: amount,
  贷方数量: decimal(6),
  贷方原币金额: amount,
};

const voucherFields = fields(
  {
    记账凭证日期: date("basic"),
    会计年度: year,
    会计期间号: code(15),
    记账凭证类型编号: code(60),
    记账凭证编号: code(60),
    记账凭证行号: ordinal,
    科目编号: code(60),
    币种编码: code(10),
    借方本币金额: amount,
    贷方本币金额: amount,
  },
  {
    ...quantities,
    记账凭证摘要: text(300),
    汇率类型编号: code(60),
    汇率: decimal(4),
    单价: decimal(4),
    凭证头可扩展字段结构值: text(300),
    分录行可扩展字段结构值: text(300),
    结算方式编码: code(60),
    票据类型: text(60),
    票据号: text(60),
    票据日期: date("basic"),
    附件数: whole(4),
    制单人: text(30),
    审核人: text(30),
    记账人: text(30),
    记账标志: flag,
    作废标志: flag,
    凭证来源系统: text(20),
  },
);

const vouchers: Table = {
  name: "记账凭证",
  mandatory: words(
    "记账凭证日期 会计年度 会计期间号 记账凭证类型编号 记账凭证编号 记账凭证行号",
    "记账凭证摘要 科目编号 币种编码 借方本币金额 贷方本币金额",
  ),
  field: (name) => voucherFields(name) ?? subsidiary(name),
  enter(row, ledger) {
    currency(row, ledger);
    const period = periodOf(row);
    ledger.post(
      {
        type: row.get("记账凭证类型编号"),
        run: period,
        number: row.get("记账凭证编号"),
        line: Number(row.get("记账凭证行号")),
        account: row.get("科目编号"),
        date: row.get("记账凭证日期"),
        period,
        debit: units(row.get("借方本币金额"), decimals),
        credit: units(row.get("贷方本币金额"), decimals),
        currency: "", // debits and credits are in the books' own
        cancelled: row.get("作废标志") === "1",
      },
      row.place,
    );
  },
};

const accounts: Table = {
  name: "会计科目",
  mandatory: ["科目编号", "科目名称"],
  field: fields(
    { 科目编号: code(60), 科目名称: text(60) },
    { 科目级次: whole(2), 科目类型: text(20), 余额方向: oneOf("借", "贷", "借方", "贷方") },
  ),
  enter: (row, ledger) => ledger.account(row.get("科目编号"), { ...row.place, field: "科目编号" }),
};

const periods: Table = {
  name: "会计期间",
  mandatory: ["会计年度", "会计期间号", "会计期间起始日期", "会计期间结束日期"],
  field: fields({
    会计年度: year,
    会计期间号: code(15),
    会计期间起始日期: date("basic"),
    会计期间结束日期: date("basic"),
  }),
  enter(row, ledger) {
    const days = { from: row.get("会计期间起始日期"), to: row.get("会计期间结束日期") };
    ledger.period(periodOf(row), days, { ...row.place, field: "会计期间号" });
  },
};

const currencies: Table = {
  name: "币种",
  mandatory: ["币种编码", "币种名称"],
  field: fields({ 币种编码: code(10), 币种名称: text(30) }),
  enter: (row, ledger) => void ledger.currencies.add(row.get("币种编码")),
};

const balanceAmounts = ["期初本币余额", "借方本币金额", "贷方本币金额", "期末本币余额"] as const;

const balanceFields = fields(
  {
    科目编号: code(60),
    会计年度: year,
    会计期间号: code(15),
    期初余额方向: side,
    期末余额方向: side,
    期初本币余额: amount,
    借方本币金额: amount,
    贷方本币金额: amount,
    期末本币余额: amount,
  },
  {
    ...quantities,
    币种编码: code(10),
    期初数量: decimal(6),
    期初原币余额: amount,
    期末数量: decimal(6),
    期末原币余额: amount,
  },
);

const balances: Table = {
  name: "科目余额及发生额",
  mandatory: ["科目编号", "会计年度", "会计期间号", "期初余额方向", "期末余额方向", ...balanceAmounts],
  field: (name) => balanceFields(name) ?? subsidiary(name),
  enter(row, ledger) {
    currency(row, ledger);
    ledger.use(row.get("科目编号"), { ...row.place, field: "科目编号" });
    const [opening, debit, credit, closing] = balanceAmounts.map((name) => units(row.get(name), decimals)) as [
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    const signed = (balance: bigint, side: string) => (row.get(side) === "借" ? balance : -balance);
    if (signed(opening, "期初余额方向") + debit - credit !== signed(closing, "期末余额方向")) {
      ledger.problem({ ...row.place, field: "期末本币余额" }, "is not the opening balance with the period's movement");
    }
  },
};

function periodOf(row: Accepted): string {
  return `${row.get("会计年度")}-${row.get("会计期间号")}`;
}

function currency(row: Accepted, ledger: Ledger): void {
  const cell = row.get("币种编码");
  if (cell === "" || isCurrency(cell) || ledger.currencies.has(cell)) return;
  ledger.problem(
    { ...row.place, field: "币种编码" },
    "is neither a code of ISO 4217 nor one of the table 币种 before it",
  );
}

/**
 * The days of a period where the export has no 会计期间: a fiscal year is the calendar year, 1201 is the first
 * adjustment of December.
 */
export function calendar(period: string): Days | string {
  const [, year = "", month = ""] = /^(\d{4})-(\d{1,2}|\d{2}(?=\d{2}$))/.exec(period) ?? [];
  const number = Number(month);
  if (number < 1 || number > 12) return "is no month; add the table 会计期间 where the books have other periods";
  const start = `${year}${month.padStart(2, "0")}`;
  return { from: `${start}01`, to: `${start}${daysIn(Number(year), number)}` };
}

export const tables: readonly Table[] = [vouchers, accounts, periods, currencies, balances];
