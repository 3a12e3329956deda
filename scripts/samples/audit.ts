/**
 * Makes samples/audit: one year of an invented auditee's books in the data elements of GB/T 24589.1-2010
 * (accounting voucher, 记账凭证, and chart of accounts, 会计科目), one CSV a month.
 *
 * Run: `npm run samples`. The same seed gives the same bytes, which `test/samples` checks.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { seeded, type Random } from "./random.js";

const seed = 24_589;
const year = 2025;
const linesAtLeast = 50_000;

/** Account number, name, side on which its balance normally stands. */
const accounts = [
  ["1001", "库存现金", "借"],
  ["1002", "银行存款", "借"],
  ["1122", "应收账款", "借"],
  ["1403", "原材料", "借"],
  ["1405", "库存商品", "借"],
  ["1601", "固定资产", "借"],
  ["1602", "累计折旧", "贷"],
  ["2202", "应付账款", "贷"],
  ["2211", "应付职工薪酬", "贷"],
  ["22210101", "应交税费-应交增值税-进项税额", "借"],
  ["22210106", "应交税费-应交增值税-销项税额", "贷"],
  ["6001", "主营业务收入", "贷"],
  ["6401", "主营业务成本", "借"],
  ["6601", "销售费用", "借"],
  ["6602", "管理费用", "借"],
] as const;

/** One side of a posting: account, sum in fen on the debit side, on the credit side. */
type Line = readonly [account: string, debit: number, credit: number];

interface Posting {
  readonly kind: string;
  readonly text: string;
  readonly lines: readonly Line[];
}

const vatPercent = 13;

/** The kinds of business the auditee does; each returns lines whose debits equal their credits. */
const business: readonly ((random: Random) => Posting)[] = [
  (random) => {
    const net = amount(random, 5_000_000);
    const vat = Math.round((net * vatPercent) / 100);
    return {
      kind: "转",
      text: "销售商品",
      lines: [["1122", net + vat, 0], ["6001", 0, net], ["22210106", 0, vat]],
    };
  },
  (random) => {
    const net = amount(random, 3_000_000);
    const vat = Math.round((net * vatPercent) / 100);
    return {
      kind: "转",
      text: "采购原材料",
      lines: [["1403", net, 0], ["22210101", vat, 0], ["2202", 0, net + vat]],
    };
  },
  (random) => {
    const sum = amount(random, 4_000_000);
    return { kind: "收", text: "收到货款", lines: [["1002", sum, 0], ["1122", 0, sum]] };
  },
  (random) => {
    const sum = amount(random, 2_500_000);
    return { kind: "付", text: "支付货款", lines: [["2202", sum, 0], ["1002", 0, sum]] };
  },
  (random) => {
    const sum = amount(random, 2_000_000);
    return { kind: "转", text: "结转销售成本", lines: [["6401", sum, 0], ["1405", 0, sum]] };
  },
  (random) => {
    const sum = amount(random, 300_000);
    return { kind: "付", text: "支付费用", lines: [[random.pick(["6601", "6602"]), sum, 0], ["1001", 0, sum]] };
  },
  (random) => {
    const [sales, office] = [amount(random, 900_000), amount(random, 900_000)];
    return {
      kind: "转",
      text: "计提职工薪酬",
      lines: [["6601", sales, 0], ["6602", office, 0], ["2211", 0, sales + office]],
    };
  },
  (random) => {
    const sum = amount(random, 800_000);
    return { kind: "转", text: "计提折旧", lines: [["6602", sum, 0], ["1602", 0, sum]] };
  },
];

function amount(random: Random, below: number): number {
  return 100 + random.below(below);
}

/** Fen as yuan with two decimals, as the standard prints amounts. */
function yuan(fen: number): string {
  return `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, "0")}`;
}

const voucherHead =
  "记账凭证日期,会计年度,会计期间号,记账凭证类型编号,记账凭证编号,记账凭证行号,记账凭证摘要,科目编号,币种编码," +
  "借方本币金额,贷方本币金额,附件数,制单人,审核人,记账人,记账标志,作废标志";

/** The CSV of one month: vouchers numbered from 1, in order of their dates, `lines` lines at least. */
export function month(random: Random, period: number, lines: number): string {
  const rows = [voucherHead];
  const days = new Date(Date.UTC(year, period, 0)).getUTCDate();
  for (let voucher = 1; rows.length <= lines; voucher++) {
    const posting = random.pick(business)(random);
    const day = Math.min(days, 1 + Math.floor(((rows.length - 1) / lines) * days));
    const date = `${year}${String(period).padStart(2, "0")}${String(day).padStart(2, "0")}`;
    const [clerk, attachments] = [1 + random.below(6), 1 + random.below(4)];
    posting.lines.forEach(([account, debit, credit], i) => {
      const people = `制单员${clerk},审核员${1 + (clerk % 3)},记账员1`;
      const place = `${date},${year},${period},${posting.kind},${voucher},${i + 1},${posting.text},${account},CNY`;
      rows.push(`${place},${yuan(debit)},${yuan(credit)},${attachments},${people},1,0`);
    });
  }
  return `${rows.join("\n")}\n`;
}

/** Every file of the sample: name and text. */
export function auditSample(): ReadonlyMap<string, string> {
  const random = seeded(seed);
  const files = new Map<string, string>();
  const chart = accounts.map(([number, name, side]) => `${number},${name},1,${side}`);
  files.set("accounts.csv", `科目编号,科目名称,科目级次,余额方向\n${chart.join("\n")}\n`);
  for (let period = 1; period <= 12; period++) {
    const name = `vouchers-${year}-${String(period).padStart(2, "0")}.csv`;
    files.set(name, month(random, period, Math.ceil(linesAtLeast / 12)));
  }
  return files;
}

/** Writes the sample into a folder. */
export function writeAuditSample(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of auditSample()) writeFileSync(join(folder, name), text);
}
