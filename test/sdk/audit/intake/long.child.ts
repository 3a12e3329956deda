/** Validates books of as many lines as the first argument says, and prints what they hold. Run by long.slow.ts. */
import { validateExport } from "../../../../sdk/audit/intake/validate.js";
import { gbBooks } from "./books.js";

const lines = Number(process.argv[2]);

async function* chart(): AsyncGenerator<Uint8Array> {
  yield Buffer.from(gbBooks["accounts.csv"] as string);
}

async function* vouchers(): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${(gbBooks["vouchers.csv"] as string).split("\n")[0]}\n`);
  for (let i = 0; i < lines; i += 2) {
    const place = `20250131,2025,1,付,${i / 2 + 1}`;
    const rest = `CNY,${i}.25,0.00,1,甲,1,0\n${place},2,支付费用,1001,CNY,0.00,${i}.25,1,甲,1,0\n`;
    yield Buffer.from(`${place},1,支付费用,6601,${rest}`);
  }
}

const {
  postings,
  vouchers: count,
  debit,
} = await validateExport("gb-t-24589", [
  { name: "accounts.csv", content: chart() },
  { name: "vouchers.csv", content: vouchers() },
]);
console.log(`${postings} ${count} ${debit}`);
