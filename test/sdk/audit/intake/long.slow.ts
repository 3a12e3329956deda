import { expect } from "chai";

import { execute } from "../../../../scripts/checks/support.js";

describe("a long export", () => {
  it("of a million lines is read within 48 MiB of heap", async function () {
    this.timeout(300_000);
    const child = new URL("long.child.ts", import.meta.url).pathname;
    const args = ["--max-old-space-size=48", "--import", "tsx", child, "1000000"];
    const { code, output } = await execute(process.execPath, args, { cwd: process.cwd() });
    expect(code, output).to.equal(0);
    const [postings, vouchers, debit] = output.trim().split(" ");
    expect([postings, vouchers]).to.deep.equal(["1000000", "500000"]);
    // Sum of i + 0.25 over the even i below a million, in fen.
    expect(BigInt(debit ?? 0)).to.equal(24_999_950_000_000n + 500_000n * 25n);
  });
});
