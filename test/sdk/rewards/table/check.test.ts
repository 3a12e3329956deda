import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";

import { expect } from "chai";
import fc from "fast-check";

import { SteleError } from "../../../../sdk/common/errors.js";
import { checkTable, readTable, requireSound } from "../../../../sdk/rewards/table/check.js";
import { fileOf, refused, spec, type Line } from "./fixtures.js";

async function rowsOf(file: string): Promise<Line[]> {
  const rows: Line[] = [];
  for await (const { row } of readTable(file, spec)) rows.push(row);
  return rows;
}

/** Problems of a text as "line field: problem". */
async function problemsOf(content: string): Promise<string[]> {
  const { first } = await checkTable(fileOf(content), spec);
  return first.map(({ line, field, problem }) => `${line}${field === undefined ? "" : ` ${field}`}: ${problem}`);
}

describe("a table", () => {
  const plain = "staff,name,points\nA1,Person 1,5\nA2,Person 2,0\n";
  const people = [
    { staff: "A1", name: "Person 1", points: 5 },
    { staff: "A2", name: "Person 2", points: 0 },
  ];

  it("gives rows and the digest of the file's bytes", async () => {
    const file = fileOf(plain);
    const check = await checkTable(file, spec);
    const digest = createHash("sha256").update(plain).digest("hex");
    expect(check).to.deep.equal({ rows: 2n, problems: 0n, first: [], digest: `0x${digest}` });
    expect(await rowsOf(file)).to.deep.equal(people);
  });

  for (const [what, content] of [
    ["CRLF", plain.replaceAll("\n", "\r\n")],
    ["lone CR, as old spreadsheets write", plain.replaceAll("\n", "\r")],
    ["no end of the last line", plain.trimEnd()],
    ["blank lines and rows of commas", plain.replace("\nA2", "\n\n , ,\n,,\nA2") + "\n\n"],
    ["trailing commas of a spreadsheet", plain.replaceAll("\n", ",,\n")],
    ["quotes everywhere", plain.replaceAll(/[^,\n]+/g, '"$&"')],
    ["semicolons", plain.replaceAll(",", ";")],
    ["tabs", plain.replaceAll(",", "\t")],
    ["blanks around cells", plain.replaceAll(",", " ,\u3000")],
    ["Chinese headings", plain.replace("staff,name,points", "工号,姓名,积分")],
    ["other capitals and blanks in headings", plain.replace("staff,name,points", "Staff_Number,NAME, Points ")],
    ["columns in another order", "points,staff,name\n5,A1,Person 1\n0,A2,Person 2\n"],
  ] as const) {
    it(`is read with ${what}`, async () => {
      const file = fileOf(content);
      expect(await checkTable(file, spec)).to.include({ rows: 2n, problems: 0n });
      expect(await rowsOf(file)).to.deep.equal(people);
    });
  }

  it("may lack an optional column", async () => {
    expect(await rowsOf(fileOf("staff,points\nA1,5\n"))).to.deep.equal([{ staff: "A1", name: "", points: 5 }]);
  });

  it("keeps commas, quotes and line ends within quotes, and counts lines as an editor does", async () => {
    const file = fileOf('staff,name,points\nA1,"a ""b"", c\r\nd",5\nA2,x,-1\n');
    expect((await checkTable(file, spec)).first[0]).to.include({ line: 4, field: "points", value: "-1" });
    expect(await rowsOf(fileOf('staff,name,points\nA1,"a ""b"", c\r\nd",5\n'))).to.deep.equal([
      { staff: "A1", name: 'a "b", c\nd', points: 5 },
    ]);
  });

  it("I3: names line and cell of what is wrong, and goes on", async () => {
    const rows = [
      "A1,a,-1",
      "A2,b,1e99",
      `A3,c,${"9".repeat(60)}`,
      ",d,1",
      "A5,e",
      "A6,f,1,2",
      `${"x".repeat(17)},g,1`,
    ];
    expect(await problemsOf(`staff,name,积分\n${rows.join("\n")}\nA8,\u0007h,1\nA1,again,2\n`)).to.deep.equal([
      "2 积分: is not a whole number from 0 to 100",
      "3 积分: is not a whole number from 0 to 100",
      "4 积分: is not a whole number from 0 to 100",
      "5 staff: is empty",
      "6: has 2 cells where the heading names 3",
      "7: has 4 cells where the heading names 3",
      "8 staff: is longer than 16 characters",
      "9 name: has a control character",
    ]);
  });

  it("names both lines of a person that comes twice", async () => {
    expect(await problemsOf("staff,points\nA1,1\nA2,1\n\nA1,2\n")).to.deep.equal(["5 staff: is in line 2 already"]);
  });

  it("I4: goes on with the next line after a quote that is wrong or never closed", async () => {
    const rows = ['A1,"open,1', "A2,b,101", 'A3,a"b,1', 'A4,"a"b,1', '"A5",c,1', "A6,d,x"];
    expect(await problemsOf(`staff,name,points\n${rows.join("\n")}\n`)).to.deep.equal([
      "2: has a quote that is not closed",
      "3 points: is not a whole number from 0 to 100",
      "4: has a quote within a cell that is not quoted",
      "5: has text after a quoted cell; a quote within a cell is written twice",
      "7 points: is not a whole number from 0 to 100",
    ]);
  });

  it("I7: refuses the heading where it comes again, as in files that were put together", async () => {
    expect(await problemsOf(`${plain}staff , name,points\n"staff",name,points\n`)).to.deep.equal([
      "4: is the heading once more, as in files that were put together; take the line out",
      "5: is the heading once more, as in files that were put together; take the line out",
    ]);
    expect((await checkTable(fileOf(`${plain}staff,Person 3,7\n`), spec)).problems).to.equal(0n);
  });

  it("I3: finds what cannot be seen in a cell: NUL, a mark of byte order, and numbers in other digits", async () => {
    const hidden = ["A\u00003,c,1", "A4,c,\u0661", "\ufeffA1,c,1"];
    const problems = await problemsOf(`\ufeff${plain}${hidden.join("\n")}\n`);
    expect(problems.map((problem) => problem.split(" ")[0])).to.deep.equal(["4", "5", "6"]);
  });

  it("I2: passes over a line of a hundred megabytes, and over a quote that is never closed after it", async () => {
    const file = fileOf(`${plain}"`);
    const piece = "x".repeat(1 << 20);
    for (let i = 0; i < 100; i++) appendFileSync(file, piece);
    appendFileSync(file, '\n"A3,Person 3,1\nA4,Person 4,1\n');
    const before = process.memoryUsage().rss;
    const { first } = await checkTable(file, spec);
    expect(first.map(({ line }) => line)).to.deep.equal([4, 5]);
    expect(process.memoryUsage().rss - before).to.be.lessThan(80 << 20);
  });

  it("passes over a line that is too long, and says so", async () => {
    const long = `A1,${"x".repeat(70_000)},1`;
    const longer = `A2,${"x".repeat(700_000)},1`;
    const sentence = "is longer than 65536 bytes, the most a row may have";
    expect(await problemsOf(`staff,name,points\n${long}\nA3,y,-1\n${longer}\nA4,z,-2`)).to.deep.equal([
      `2: ${sentence}`,
      "3 points: is not a whole number from 0 to 100",
      `4: ${sentence}`,
      "5 points: is not a whole number from 0 to 100",
    ]);
  });

  it("refuses headings that are unknown, doubled or missing, before it looks at rows", async () => {
    expect(await problemsOf("staff,工号,colour\nA1,x,-1\n")).to.deep.equal([
      '1 工号: heads two columns, the other as "staff"',
      "1 colour: is no column of this table, which has staff (工号), name (姓名), points (积分)",
      "1 points: is missing; a column is headed points or 积分",
    ]);
  });

  it("refuses a file without rows, an empty one, a folder and none at all", async () => {
    expect(await problemsOf("staff,points\n\n")).to.deep.equal(["1: is the heading; there is no row below it"]);
    const empty = fileOf("");
    expect((await refused(checkTable(empty, spec))).message).to.equal(`${empty}: is empty, without even a heading`);
    expect((await refused(checkTable("/", spec))).message).to.match(/is not a plain file/);
    expect((await refused(checkTable("/nowhere.csv", spec))).code).to.equal("missing");
  });

  it("I5: refuses a file that changed after it was checked", async () => {
    const file = fileOf(plain);
    const { digest } = await checkTable(file, spec);
    writeFileSync(file, plain.replace("5", "6"));
    const read = async () => {
      for await (const _ of readTable(file, spec, { digest }));
    };
    expect((await refused(read())).message).to.match(/has changed since it was checked/);
  });

  it("I1: refuses to give rows of a file with a problem", async () => {
    const error = await refused(rowsOf(fileOf("staff,points\nA1,-1\n")));
    expect(error.place).to.include({ line: 2, field: "points" });
  });

  it("passes on what is no problem of the file", async () => {
    const broken = { ...spec, parse: () => { throw new TypeError("a bug"); } }; // prettier-ignore
    expect(await checkTable(fileOf(plain), broken).catch(String)).to.equal("TypeError: a bug");
    const controller = new AbortController();
    controller.abort(new SteleError("usage", "stopped"));
    expect((await refused(checkTable(fileOf(plain), spec, { signal: controller.signal }))).sentence).to.equal(
      "stopped",
    );
  });

  it("reads back any cells that were written, whatever they hold", async () => {
    const cell = fc.string({ unit: "binary", maxLength: 20 }).map((text) => text.replaceAll(/\p{Cc}/gu, "\n"));
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 8 }), async (names) => {
        const quoted = names.map((name, i) => `${i},"${name.replaceAll('"', '""')}",1`);
        const file = fileOf(`staff,name,points\n${quoted.join("\r\n")}`, "round.csv");
        expect((await checkTable(file, spec)).first).to.deep.equal([]);
        const read = (await rowsOf(file)).map(({ name }) => name);
        expect(read).to.deep.equal(names.map((name) => Buffer.from(name).toString().trim().normalize("NFC")));
      }),
      { numRuns: 200 },
    );
  });
});

describe("the list of a table's problems", () => {
  it("I6: holds all of them with formulas escaped, its owner's alone, while 20 are told", async () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => `=cmd|${i},-${i + 1}`);
    const file = fileOf(`staff,points\n${rows.join("\n")}\n`, "many.csv");
    const check = await checkTable(file, spec);
    expect(check).to.include({ rows: 0n, problems: 3_000n, errorsFile: file.replace(".csv", ".errors.csv") });
    const error = await refused((async () => requireSound(check, "many.csv"))());
    expect(error.message).to.equal('many.csv:2 field "points": "-1" is not a whole number from 0 to 100');
    expect(error.details).to.have.length(20);
    expect(error.details.at(-1)).to.match(/^3000 problems in all, listed in .*many\.errors\.csv; nothing was changed$/);
    const listed = readFileSync(check.errorsFile!, "utf8").split("\r\n");
    expect(listed[0]).to.equal("\ufeffline,field,value,problem");
    expect(listed[3_000]).to.equal("3001,points,'-3000,is not a whole number from 0 to 100");
    expect(statSync(check.errorsFile!).mode & 0o777).to.equal(0o600);
  });

  it("I6: is written through no link that lies in its way, and is its owner's alone whatever lay there", async () => {
    const file = fileOf("staff,name,points\nA1,Person 1,x\n");
    const [other, partial] = [fileOf("somebody's"), `${file.replace(".csv", ".errors.csv")}.${process.pid}.tmp`];
    symlinkSync(other, partial);
    const { errorsFile } = await checkTable(file, spec);
    expect(readFileSync(other, "utf8")).to.equal("somebody's");
    expect(statSync(errorsFile!).mode & 0o777).to.equal(0o600);
    writeFileSync(partial, "", { mode: 0o644 });
    await checkTable(file, spec);
    expect(statSync(errorsFile!).mode & 0o777).to.equal(0o600);
  });

  it("I6: is gone once a later check finds nothing", async () => {
    const file = fileOf("staff,points\nA1,-1\n", "mended.csv");
    const { errorsFile } = await checkTable(file, spec);
    expect(existsSync(errorsFile!)).to.equal(true);
    writeFileSync(file, "staff,points\nA1,1\n");
    const check = await checkTable(file, spec);
    expect(existsSync(errorsFile!)).to.equal(false);
    requireSound(check, file);
  });

  it("shortens cells and keeps escape codes from the terminal", async () => {
    const file = fileOf(`staff,points\nA1,"${"\u202ex".repeat(40)}"\n`);
    const error = await refused(checkTable(file, spec).then((check) => requireSound(check, file)));
    expect(error.sentence)
      .to.match(/^"(\\u202ex)+…?/)
      .and.not.include("\u202e");
  });
});
