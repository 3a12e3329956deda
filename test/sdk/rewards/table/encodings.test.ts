import { expect } from "chai";

import { checkTable, readTable } from "../../../../sdk/rewards/table/check.js";
import { LineReader } from "../../../../sdk/rewards/table/text.js";
import { fileOf, gbNames, refused, spec } from "./fixtures.js";

const gb = Buffer.concat([
  Buffer.from("staff,name,points\nA1,"),
  gbNames.zhang,
  Buffer.from(",5\nA2,"),
  gbNames.li,
  Buffer.from(",6\n"),
]);

describe("a table's encoding", () => {
  it("is UTF-8 with or without a byte-order mark", async () => {
    for (const mark of ["", "\ufeff"]) {
      const file = fileOf(`${mark}工号,姓名,积分\nA1,张三,5\n`);
      expect(await checkTable(file, spec)).to.include({ rows: 1n, problems: 0n });
      for await (const { row } of readTable(file, spec)) expect(row).to.include({ staff: "A1", name: "张三" });
    }
  });

  it("is GB18030 where that is said", async () => {
    const names: string[] = [];
    for await (const { row } of readTable(fileOf(gb), spec, { encoding: "gb18030" })) names.push(row.name);
    expect(names).to.deep.equal(["张三", "李四"]);
  });

  it("is asked for where a file reads as GB18030", async () => {
    const error = await refused(checkTable(fileOf(gb), spec));
    expect(error.place.line).to.equal(2);
    expect(error.sentence).to.equal(
      "is not UTF-8 at byte 21 of the file, but reads as GB18030 (GBK); try --encoding gb18030",
    );
  });

  it("is asked for however late Chinese begins", async () => {
    const ascii = Buffer.from(Array.from({ length: 40_000 }, (_, i) => `B${i},x,1\n`).join(""));
    const file = fileOf(Buffer.concat([Buffer.from("staff,name,points\n"), ascii, gb.subarray(18)]));
    const error = await refused(checkTable(file, spec));
    expect(error.place.line).to.equal(40_002);
    expect(error.sentence)
      .to.include(`at byte ${18 + ascii.length + 3} `)
      .and.include("--encoding gb18030");
  });

  it("names line and byte of a bad sequence in a file that is UTF-8 otherwise, and goes on", async () => {
    const text = Buffer.from("工号,姓名,积分\nA1,张三,5\nA2,李四,-1\n");
    const at = text.indexOf("三");
    text[at + 1] = 0x28;
    const { first } = await checkTable(fileOf(text), spec);
    expect(first).to.deep.equal([
      { line: 2, problem: `is not UTF-8 at byte ${at} of the file` },
      { line: 3, field: "积分", value: "-1", problem: "is not a whole number from 0 to 100" },
    ]);
  });

  it("names line and byte of a bad sequence in GB18030", async () => {
    const broken = Buffer.from(gb);
    broken[22] = 0xff;
    const { first } = await checkTable(fileOf(broken), spec, { encoding: "gb18030" });
    expect(first[0]).to.deep.equal({ line: 2, problem: "is not GB18030 at byte 21 of the file" });
  });

  it("is not taken for GB18030 where it is UTF-8", async () => {
    const sentence = async (text: string) =>
      (await refused(checkTable(fileOf(text), spec, { encoding: "gb18030" }))).sentence;
    expect(await sentence("\ufeffstaff,points\nA1,1\n")).to.include("leave out --encoding gb18030");
    expect(await sentence("工号,姓名,积分\nA1,张三,5\n")).to.equal("reads as UTF-8; leave out --encoding gb18030");
  });

  it("is refused where it is UTF-16", async () => {
    for (const bytes of [Buffer.from("\ufeffstaff", "utf16le"), Buffer.from("staff", "utf16le")]) {
      expect((await refused(checkTable(fileOf(bytes), spec))).sentence).to.equal(
        "is UTF-16 text; save it as CSV UTF-8",
      );
    }
  });

  it("gives the same lines wherever the stream is cut", () => {
    const text = Buffer.from("\ufeff张三\r\nb\rc\n\n\r\n\u{20000}\rend");
    const expected = ["张三", "b", "c", "", "", "\u{20000}", "end"];
    for (let cut = 0; cut <= text.length; cut++) {
      for (const second of [cut, Math.min(text.length, cut + 1)]) {
        const reader = new LineReader("x", "utf-8");
        const pieces = [text.subarray(0, cut), text.subarray(cut, second), text.subarray(second)];
        const lines = [...pieces.flatMap((piece) => reader.take(piece)), ...reader.end()];
        expect(lines.map((line) => line.text)).to.deep.equal(expected);
        expect(lines.map(({ number }) => number)).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
      }
    }
  });
});
