import type { Row } from "./row.js";

const file = "bad.csv";
const good = "account,amount\n1001,12.50\n";

function row(name: string, content: string | Uint8Array, says: string | RegExp): Row {
  return { name, files: { [file]: content }, argv: ["log", "append", "book", file], says };
}

export const csvRows: readonly Row[] = [
  row("a row with a cell too many", `${good}1002,3,4\n`, "bad.csv:3: has another number of cells than the header row"),
  row("a row with a cell too few", `${good}1002\n`, "bad.csv:3: has another number of cells than the header row"),
  row("a quote that is not closed", `${good}"1002,3\n`, /^bad\.csv:\d+: has a quote that is not closed$/),
  row("a quote inside a bare cell", `${good}10"02,3\n`, /^bad\.csv:3: is not CSV: /),
  row("text after a closing quote", `${good}"1002"x,3\n`, /^bad\.csv:3: is not CSV: /),
  row("two columns of one name", "account,account\n1,2\n", 'bad.csv:1 field "account": is the name of two columns'),
  row("a column without a name", "account,\n1,2\n", "bad.csv:1: has a column without a name"),
  row("the format's own name for a column", "$stele\n1\n", /^bad\.csv:2 field "\/\$stele": this name is reserved/),
  row(
    "GB 18030",
    Buffer.concat([Buffer.from(good), Buffer.from([0xd6, 0xd0, 0x2c, 0x31, 0x0a])]),
    "bad.csv:3: is not UTF-8 text; convert the file first",
  ),
  row("Latin-1", Buffer.from(`${good}caf\u00e9,1\n`, "latin1"), "bad.csv:3: is not UTF-8 text; convert the file first"),
  row("UTF-16", Buffer.from(`\ufeff${good}`, "utf16le"), "bad.csv:1: is not UTF-8 text; convert the file first"),
  row("a line over 64 KiB", `${good}${"9".repeat(70_000)},1\n`, /^bad\.csv:3: is longer than 65536 bytes/),
  row(
    "a row of many lines over 64 KiB",
    `${good}"${"nine\n".repeat(20_000)}",1\n`,
    /^bad\.csv:\d+: is longer than 65536/,
  ),
  {
    name: "a bad row of standard input",
    argv: ["log", "append", "book", "--format", "csv"],
    stdin: "a,b\n1\n",
    says: "standard input:2: has another number of cells than the header row",
  },
];
