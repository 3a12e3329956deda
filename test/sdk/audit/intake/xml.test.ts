import { expect } from "chai";

import { detectFormat } from "../../../../sdk/audit/intake/detect.js";
import { accept, filesOf, gbBooks, problemsOf, type Books } from "./books.js";

const space = "http://sxbw.audit.gov.cn/AccountingSoftwareDataInterfaceStandard/2010/SOE/XMLSchema";

/** The CSV books in the form of the standard's annex B: a table an element, a field an element in it. */
function xmlOf(books: Books, declaration = '<?xml version="1.0" encoding="UTF-8"?>'): string {
  const element = (table: string, file: string) => {
    const [head = "", ...rows] = (books[file] as string).replace('"两行\n摘要"', "两行摘要").trimEnd().split("\n");
    return rows.map((row) => {
      const cells = row.split(",").map((cell, i) => `<${head.split(",")[i]}>${cell}</${head.split(",")[i]}>\n`);
      return `<${table}>\n${cells.join("")}</${table}>\n`;
    });
  };
  const body = [...element("会计科目", "accounts.csv"), ...element("记账凭证", "vouchers.csv")].join("");
  return `${declaration}\n<总账 xmlns="${space}">\n${body}</总账>\n`;
}

const ledger = xmlOf(gbBooks);

describe("the XML form of GB/T 24589.1", () => {
  it("holds the same books as the CSV form", async () => {
    const { files: _, ...xml } = await accept("gb-t-24589", { "总账.xml": ledger });
    const { files: __, ...csv } = await accept("gb-t-24589", gbBooks);
    expect(xml).to.deep.equal(csv);
    expect(await detectFormat(filesOf({ "总账.xml": ledger }))).to.equal("gb-t-24589");
  });

  it("is read in GB18030, as the standard's example is written", async () => {
    const root = Buffer.from("d7dcd5cb", "hex"); // 总账
    const account = Buffer.from("bbe1bcc6bfc6c4bf", "hex"); // 会计科目
    const [number, name] = [Buffer.from("bfc6c4bfb1e0bac5", "hex"), Buffer.from("bfc6c4bfc3fbb3c6", "hex")];
    const tag = (which: Buffer, end = false) => Buffer.concat([Buffer.from(end ? "</" : "<"), which, Buffer.from(">")]);
    const field = (which: Buffer, text: Buffer) => Buffer.concat([tag(which), text, tag(which, true)]);
    const row = Buffer.concat([
      tag(account),
      field(number, Buffer.from("1001")),
      field(name, Buffer.from("cfd6bdf0", "hex")),
      tag(account, true),
    ]);
    const head = Buffer.from('<?xml version="1.0" encoding="GB18030"?>\n');
    const accounts = Buffer.concat([head, tag(root), row, tag(root, true)]);
    const vouchers = { "vouchers.csv": (gbBooks["vouchers.csv"] as string).replace(/,(1002|6601),/g, ",1001,") };
    expect(await accept("gb-t-24589", { "a.xml": accounts, ...vouchers }, 5)).to.deep.include({
      accounts: 1,
      vouchers: 2,
    });
    const broken = Buffer.concat([head, tag(root), Buffer.from([0xff, 0x80, 0x20]), tag(root, true)]);
    expect((await problemsOf("gb-t-24589", { "a.xml": broken, ...vouchers }))[0]).to.contain("is not GB18030 text");
  });

  it("is refused at the line of its row and at its field", async () => {
    const wrong = ledger.replace("<借方本币金额>100.00<", "<借方本币金额>100.001<");
    const line = wrong.split("\n").findIndex((text) => text === "<记账凭证>") + 1;
    expect((await problemsOf("gb-t-24589", { "总账.xml": wrong }))[0]).to.match(
      new RegExp(`^总账\\.xml:${line} 借方本币金额: is not`),
    );
    const absent = ledger.replace("<币种编码>CNY</币种编码>\n", "");
    expect((await problemsOf("gb-t-24589", { "总账.xml": absent }))[0]).to.contain(`:${line} 币种编码: is missing`);
  });

  for (const [what, from, to, problem] of [
    [
      "a document type, whatever it declares",
      "\n<总账",
      '\n<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n<总账',
      "has a document type",
    ],
    ["an entity", "库存现金", "&e;", "is not XML"],
    ["a root that is not closed", "</总账>", "", "is not XML"],
    ["a field twice", "<科目级次>1</科目级次>", "<科目名称>1</科目名称>", "has the field 科目名称 twice"],
    ["an element within a field", "库存现金", "<b>库存现金</b>", "has an element b within a field"],
    ["text between fields", "</科目编号>", "</科目编号>x", "has text outside a field"],
    [
      "another encoding than it says",
      'encoding="UTF-8"',
      'encoding="UTF-16"',
      "says an encoding that is neither UTF-8 nor GB18030",
    ],
    ["another root", /总账/g, "总帐", "has another root than 总账 or 公共档案"],
  ] as const) {
    it(`is refused for ${what}`, async () => {
      const problems = await problemsOf("gb-t-24589", { "总账.xml": ledger.replace(from, to) });
      expect(problems[0]).to.contain(problem);
      expect(problems[0]).to.match(/^总账\.xml:/);
    });
  }

  it("is remarked on, where it holds other tables or is another module", async () => {
    const more = ledger.replace("</总账>", "<报表集><报表编号>1</报表编号></报表集></总账>");
    const { remarks } = await accept("gb-t-24589", { "总账.xml": more, "应收应付.xml": "<应收应付></应收应付>" });
    expect(remarks).to.deep.equal([
      "应收应付.xml is not checked: 应收应付 is another module",
      "总账.xml: the table 报表集 is not checked",
    ]);
  });
});
