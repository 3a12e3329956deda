import { readFileSync, readdirSync } from "node:fs";

import { expect } from "chai";

import { auditSample } from "../../scripts/samples/audit.js";

const folder = new URL("../../samples/audit/", import.meta.url);

describe("samples/audit", () => {
  const sample = auditSample();

  it("is what its generator makes, byte for byte", () => {
    const committed = readdirSync(folder).filter((name) => name.endsWith(".csv"));
    expect(committed.sort()).to.deep.equal([...sample.keys()].sort());
    for (const [name, text] of sample) expect(readFileSync(new URL(name, folder), "utf8") === text, name).to.equal(true);
  });

  it("holds at least 50,000 voucher lines, whose debits equal their credits in every voucher", () => {
    let lines = 0;
    for (const [name, text] of sample) {
      if (!name.startsWith("vouchers-")) continue;
      const balances = new Map<string, bigint>();
      for (const row of text.trimEnd().split("\n").slice(1)) {
        const cells = row.split(",");
        const [debit, credit] = [fen(cells[9]), fen(cells[10])];
        balances.set(cells[4] ?? "", (balances.get(cells[4] ?? "") ?? 0n) + debit - credit);
        lines++;
      }
      for (const [voucher, balance] of balances) expect(balance, `${name} voucher ${voucher}`).to.equal(0n);
    }
    expect(lines).to.be.at.least(50_000);
  });
});

function fen(yuan: string | undefined): bigint {
  return BigInt((yuan ?? "").replace(".", ""));
}
