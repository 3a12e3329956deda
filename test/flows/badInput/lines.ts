import type { Row } from "./row.js";

const good = '{"data":{"a":1}}';
const file = "bad.ndjson";

function row(name: string, content: string | Uint8Array, says: string | RegExp): Row {
  return { name, files: { [file]: content }, argv: ["log", "append", "book", file], says };
}

/** A short line that is long in its canonical form, where 1e15 has sixteen digits. */
const grows = `{"data":{"a":[${Array.from({ length: 10_000 }, () => "1e15").join(",")}]}}`;

export const lineRows: readonly Row[] = [
  row("a line that is no JSON", `${good}\nhello`, /^bad\.ndjson:2: .*no JSON value \(column 1\)$/),
  row("a line that ends too early", '{"data":{"a":1}', /^bad\.ndjson:1: "}" is expected \(column 16\)$/),
  row("text after the object", `${good} x`, /^bad\.ndjson:1: goes on after the JSON value has ended \(column 18\)$/),
  row("two objects on one line", `${good}${good}`, /^bad\.ndjson:1: goes on after/),
  row("single quotes", "{'data':{}}", /^bad\.ndjson:1: a member's name in double quotes is expected/),
  row("a trailing comma", '{"data":{"a":1,}}', /^bad\.ndjson:1 field "\/data": a member's name/),
  row("a comment", `${good}\n// the end`, /^bad\.ndjson:2: no JSON value/),
  row("NaN", '{"data":{"a":NaN}}', /^bad\.ndjson:1 field "\/data\/a": no JSON value/),
  row("a number with a leading zero", '{"data":{"a":01}}', /^bad\.ndjson:1 field "\/data": "}" is expected/),
  row(
    "a member given twice",
    `${good}\n{"data":{"a":1,"a":2}}`,
    /^bad\.ndjson:2 field "\/data\/a": this member is given/,
  ),
  row("half of a surrogate pair", '{"data":{"a":"\\ud83d"}}', /^bad\.ndjson:1 field "\/data\/a": contains half of/),
  row(
    "a bare control character",
    '{"data":{"a":"\u0001"}}',
    /^bad\.ndjson:1 field "\/data\/a": a text contains a bare/,
  ),
  row(
    "a number that a double alters",
    '{"data":{"n":12345678901234567890}}',
    /^bad\.ndjson:1 field "\/data\/n": 123456/,
  ),
  row("a number that overflows", '{"data":{"n":1e999}}', /^bad\.ndjson:1 field "\/data\/n": 1e999 is more than/),
  row(
    "65 levels",
    `{"data":${'{"a":'.repeat(65)}1${"}".repeat(65)}}`,
    /^bad\.ndjson:1 field "\/data.*nested deeper than 64/,
  ),
  row("an array", `${good}\n\n[1,2]`, 'bad.ndjson:3: a record is a JSON object with a field "data"'),
  row("a bare text", '"data"', 'bad.ndjson:1: a record is a JSON object with a field "data"'),
  row("null", "null", 'bad.ndjson:1: a record is a JSON object with a field "data"'),
  row("an object without data", '{"time":"2026-01-31T08:00:00Z"}', /^bad\.ndjson:1 field "data": is /),
  row("data that is a list", '{"data":[1]}', 'bad.ndjson:1 field "data": is not a JSON object'),
  row("data that is null", '{"data":null}', 'bad.ndjson:1 field "data": is not a JSON object'),
  row("a misspelt field", '{"data":{},"tiem":"2026-01-31T08:00:00Z"}', 'bad.ndjson:1: has an unknown field "tiem"'),
  row(
    "a time without zone",
    '{"data":{},"time":"2026-01-31T08:00:00"}',
    /^bad\.ndjson:1 field "time": .*has no time zone/,
  ),
  row("a date alone", '{"data":{},"time":"2026-01-31"}', /^bad\.ndjson:1 field "time": .*has no time zone/),
  row("a day that is not", '{"data":{},"time":"2026-02-30T08:00:00Z"}', /^bad\.ndjson:1 field "time": .*is no moment/),
  row("hour 24", '{"data":{},"time":"2026-02-03T24:00:00Z"}', /^bad\.ndjson:1 field "time": .*is no moment/),
  row("a time before 1970", '{"data":{},"time":"1969-12-31T23:59:59Z"}', /^bad\.ndjson:1 field "time": .*since 1970/),
  row("a zone that is not", '{"data":{},"time":"2026-01-31T08:00:00+25:00"}', /^bad\.ndjson:1 field "time": time zone/),
  row("a time as a number", '{"data":{},"time":1769846400}', /^bad\.ndjson:1 field "time": /),
  row("a time in words", '{"data":{},"time":"yesterday"}', /^bad\.ndjson:1 field "time": .*is not RFC 3339/),
  row(
    "retention class 16",
    '{"data":{},"retention":16}',
    'bad.ndjson:1 field "retention": is no class, they are 0 to 15',
  ),
  row("half a retention class", '{"data":{},"retention":1.5}', /^bad\.ndjson:1 field "retention": /),
  row("a subject too short", '{"data":{},"subject":"0x12"}', /^bad\.ndjson:1 field "subject": is not 32 bytes of hex/),
  row(
    "subject zero",
    `{"data":{},"subject":"0x${"00".repeat(32)}"}`,
    'bad.ndjson:1 field "subject": is nobody; leave it out',
  ),
  row("a schema that is no URI", '{"data":{},"schema":"voucher"}', 'bad.ndjson:1 field "schema": is not a URI'),
  row(
    "the format's own member",
    `${good}\n{"data":{"$stele":1}}`,
    /^bad\.ndjson:2 field "\/\$stele": this name is reserved/,
  ),
  row(
    "a line over 64 KiB",
    `${good}\n{"data":{"a":"${"x".repeat(70_000)}"}}`,
    /^bad\.ndjson:2: is longer than 65536 bytes/,
  ),
  row("a payload over 64 KiB", grows, /^bad\.ndjson:1: a payload of \d+ bytes, where/),
  row("UTF-16", Buffer.from(`\ufeff${good}`, "utf16le"), "bad.ndjson:1: is not UTF-8 text; convert the file first"),
  row(
    "GB 18030",
    Buffer.concat([Buffer.from('{"data":{"a":"'), Buffer.from([0xd6, 0xd0, 0xce, 0xc4]), Buffer.from('"}}')]),
    "bad.ndjson:1: is not UTF-8 text; convert the file first",
  ),
  row("NUL bytes", `${good}\n\0\0\0`, /^bad\.ndjson:2: no JSON value/),
  row("a compressed file", Buffer.from([0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 3]), /^bad\.ndjson:1: is not UTF-8 text/),
  {
    name: "a bad line of standard input",
    argv: ["log", "append", "book"],
    stdin: `${good}\n{"data":7}`,
    says: 'standard input:2 field "data": is not a JSON object',
  },
  {
    name: "content that is in the log already",
    argv: ["log", "append", "book", "in.ndjson"],
    says: "the same content is in the log already, entries 0 to 1; say --again to repeat it",
  },
];
