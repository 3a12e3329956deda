/**
 * Checks and reads a CSV of as many lines as the second argument says, with hostile ones where the third says so; prints
 * what was found and how far memory went. Run by long.slow.ts.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

import { rosterTable } from "../../../../sdk/rewards/enrolment/table.js";
import { checkTable, readTable } from "../../../../sdk/rewards/table/check.js";

const [folder = "", count = "0", hostile] = process.argv.slice(2);
const lines = Number(count);
const file = join(folder, "long.csv");

/** Every hundredth line is one of these: a quote that is never closed, huge cells, bad bytes, a repeated person. */
const bad = [
  (n: number) => `"S${n},open,Unit\n`,
  (n: number) => `S${n},${"x".repeat(100_000)},Unit\n`,
  (n: number) => Buffer.from([0x53, ...Buffer.from(`${n},`), 0xc3, 0x28, ...Buffer.from(",Unit\n")]),
  () => `S1,Person again,Unit\n`,
  (n: number) => `=cmd|${n},\u0000,\n`,
  (n: number) => `${"9".repeat(400)}${n},a,b,c,d,e,f\n`,
  (n: number) => `S${n},"a"b,Unit\n`,
];

function write(): void {
  const handle = openSync(file, "w");
  let pieces: (string | Buffer)[] = ["staffNumber,name,unit\n"];
  const flush = (): void => {
    writeSync(handle, Buffer.concat(pieces.map((piece) => Buffer.from(piece as string))));
    pieces = [];
  };
  for (let n = 1; n <= lines; n++) {
    const wrong = hostile === "hostile" && n % 100 === 0 ? bad[(n / 100) % bad.length] : undefined;
    pieces.push(wrong?.(n) ?? `S${n},"人员 ""${n}""",Unit ${n % 30}\r\n`);
    if (n % 1_000 === 0) flush();
  }
  flush();
  closeSync(handle);
}

write();
let most = 0;
const look = (): void => void (most = Math.max(most, process.memoryUsage.rss()));
const before = process.memoryUsage.rss();
const check = await checkTable(file, rosterTable(), { onProgress: look });
let read = 0;
if (check.problems === 0n) {
  for await (const { row } of readTable(file, rosterTable(), { digest: check.digest, onProgress: look })) {
    if (row.staffNumber !== "") read++;
  }
}
const mib = (bytes: number): number => Math.round(bytes / 2 ** 20);
console.log(
  JSON.stringify({ rows: String(check.rows), problems: String(check.problems), read, growth: mib(most - before) }),
);
