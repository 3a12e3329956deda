import { expect } from "chai";
import fc from "fast-check";

import { Numbers } from "../../../../sdk/audit/intake/numbers.js";
import { gbBooks, isoBooks, problemsOf } from "./books.js";

const latin = "GL_Account_Number,GL_Account_Name\n10,Caf\u00e9\n";

/** 科目编号,科目名称 and a row, as GB18030 writes them. */
const gb18030 = Buffer.from("bfc6c4bfb1e0bac52cbfc6c4bfc3fbb3c60a313030312cbfe2b4e6cfd6bdf00a", "hex");

describe("an export in another encoding", () => {
  it("is refused with a sentence that says GB18030, and how to convert it", async () => {
    const problems = await problemsOf("gb-t-24589", { ...gbBooks, "accounts.csv": gb18030 });
    expect(problems[0]).to.match(/^accounts\.csv:1 : is GB18030 \(GBK\) text, not UTF-8; convert it first/);
    expect(problems).to.have.length(1);
  });

  it("is refused as UTF-16, with and without a mark", async () => {
    const text = gbBooks["accounts.csv"] as string;
    for (const bytes of [Buffer.from(`\uFEFF${text}`, "utf16le"), Buffer.from("a,b\n", "utf16le")]) {
      const problems = await problemsOf("gb-t-24589", { ...gbBooks, "accounts.csv": bytes });
      expect(problems[0]).to.equal("accounts.csv:1 : is UTF-16 text; save it as UTF-8");
    }
  });

  it("is refused at its line where only one line is wrong", async () => {
    const bytes = Buffer.concat([Buffer.from(latin), Buffer.from([0x31, 0x31, 0x2c, 0xff, 0xfe, 0x0a])]);
    const problems = await problemsOf("iso-21378", { ...isoBooks, "BAS_Chart_Of_Accounts.csv": bytes });
    expect(problems[0]).to.match(/^BAS_Chart_Of_Accounts\.csv:3 : is not UTF-8 text/);
  });

  it("is refused as empty, as too long a row and as random bytes, and never by anything but a problem", async () => {
    expect((await problemsOf("gb-t-24589", { ...gbBooks, "x.csv": "" }))[0]).to.match(/^x\.csv: : is empty/);
    const long = `${gbBooks["accounts.csv"] as string}1003,${"x".repeat(70_000)},1,借\n`;
    expect((await problemsOf("gb-t-24589", { ...gbBooks, "accounts.csv": long }))[0]).to.contain(
      "is longer than 65536",
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.boolean(), async (bytes, xml) => {
        const problems = await problemsOf("gb-t-24589", { ...gbBooks, [xml ? "x.xml" : "x.csv"]: bytes });
        expect(problems.length).to.be.at.least(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe("numbers that were given out", () => {
  it("are told apart as a set tells them, and missing ones counted, in whatever order", () => {
    const number = fc.oneof(
      fc.nat(60).map(String),
      fc.nat(60).map((n) => `收${n}`),
      fc.constantFrom("007", "07", "7", "x", "1-2"),
    );
    fc.assert(
      fc.property(fc.array(number, { maxLength: 120 }), (given) => {
        const [numbers, seen] = [new Numbers(), new Set<string>()];
        for (const one of given) {
          expect(numbers.add(one)).to.equal(!seen.has(one));
          seen.add(one);
        }
        const plain = [...seen].filter((one) => /^(0|[1-9]\d*)$/.test(one) && one !== "0").map(Number);
        const own = plain.length === 0 ? 0 : Math.max(...plain) - Math.min(...plain) + 1 - plain.length;
        expect(numbers.missing()).to.be.at.least(own);
      }),
      { numRuns: 500 },
    );
  });

  it("are kept apart when there are more groups than are worth telling apart", () => {
    const numbers = new Numbers();
    for (let i = 0; i < 5000; i++) expect(numbers.add(`${String.fromCharCode(0x4e00 + i)}1`)).to.equal(true);
    for (let i = 0; i < 5000; i++) expect(numbers.add(`${String.fromCharCode(0x4e00 + i)}1`)).to.equal(false);
  });
});
