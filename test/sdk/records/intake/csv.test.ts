import { createReadStream } from "node:fs";

import { expect } from "chai";

import type { Draft } from "../../../../sdk/records/intake/draft.js";
import { readCsv } from "../../../../sdk/records/intake/csv.js";

describe("reading a CSV into records", () => {
  it("gives every row of the sample books as text by its column, with its line", async () => {
    const file = new URL("../../../../samples/audit/vouchers-2025-02.csv", import.meta.url);
    let [rows, last]: [number, Draft | undefined] = [0, undefined];
    for await (const draft of readCsv(createReadStream(file), "vouchers.csv")) {
      last = draft;
      rows++;
    }
    expect(rows).to.equal(4167);
    expect(last?.place.line).to.equal(4168);
    expect(last?.data["科目编号"]).to.match(/^\d+$/);
  });

  it("reads quotes, CRLF, line breaks in a cell and a byte-order mark", async () => {
    const rows = await read('\uFEFFname,note\r\n"a ""b""","two\nlines"\r\n');
    expect(rows.map((row) => row.data)).to.deep.equal([{ name: 'a "b"', note: "two\nlines" }]);
  });

  for (const [what, text, message] of [
    ["a row with too few cells", "a,b\n1,2\n3\n", "f.csv:3: has another number of cells"],
    ["a quote that never ends", 'a,b\n1,"2\n', "has a quote that is not closed"],
    ["two columns of one name", "a,a\n1,2\n", 'f.csv:1 field "a": is the name of two columns'],
    ["a column without name", "a,\n1,2\n", "f.csv:1: has a column without a name"],
    ["bytes that are not UTF-8", Buffer.from([0x61, 0x0a, 0xff, 0x0a]), "f.csv:2: is not UTF-8"],
    ["a row over 64 KiB", `a\n${"x".repeat(70_000)}\n`, "f.csv:2: is longer than 65536 bytes"],
  ] as const) {
    it(`refuses ${what}, naming the line`, async () => {
      const refusal = await read(text).then(
        () => "nothing was refused",
        (error: Error) => error.message,
      );
      expect(refusal).to.contain(message);
    });
  }
});

async function read(text: string | Buffer): Promise<Draft[]> {
  const pieces = (async function* () {
    yield Buffer.from(text as string);
  })();
  return Array.fromAsync(readCsv(pieces, "f.csv"));
}
