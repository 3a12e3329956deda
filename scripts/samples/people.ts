/**
 * Makes the rosters of samples/people: an invented department of 60 people in three units, one of which has fewer than
 * five, so that its aggregates are withheld. Names are placeholders; accounts are of the development mnemonic.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { developmentWallet } from "../../sdk/chain/development.js";
import { encodeGb18030 } from "./gb18030.js";

/** A person of the sample. */
export interface SamplePerson {
  readonly staffNumber: string;
  readonly name: string;
  readonly unit: string;
  /** Number of the development account that is the person's own. */
  readonly account?: number;
}

const units = [
  ["第一科", 32],
  ["第二科", 25],
  ["档案室", 3],
] as const;
const placeholders = ["张三", "李四", "王五", "赵六"];

/** The first of the accounts that are people's own; eight of the first unit have one. */
const firstAccount = 40;
const withAccount = 8;

/** Everybody, in the order of their staff numbers: A0001 to A0060. */
export function samplePeople(): readonly SamplePerson[] {
  const people: SamplePerson[] = [];
  for (const [unit, count] of units) {
    for (let i = 0; i < count; i++) {
      const n = people.length;
      const two = String(n + 1).padStart(2, "0");
      const own = n < withAccount ? { account: firstAccount + n } : {};
      people.push({ staffNumber: `A00${two}`, name: placeholders[n] ?? `人员${two}`, unit, ...own });
    }
  }
  return people;
}

/** Every file of the sample that this makes: name and bytes. */
export function peopleSample(): ReadonlyMap<string, Uint8Array> {
  const rows = samplePeople().map(({ staffNumber, name, unit, account }) => {
    const address = account === undefined ? "" : developmentWallet(account).address;
    return `${staffNumber},${name},${unit},${address}`;
  });
  const text = ["工号,姓名,单位,账户", ...rows].join("\r\n") + "\r\n";
  return new Map([
    ["roster.csv", Buffer.from(`\ufeff${text}`)],
    ["roster-gb18030.csv", encodeGb18030(text)],
    ["courses-gb18030.csv", encodeGb18030(coursesText())],
    ["reports.csv", Buffer.from(`\ufeff${reportsText()}`)],
  ]);
}

const firstUnit = () => samplePeople().filter(({ unit }) => unit === units[0][0]);
const lines = (...all: readonly string[]) => all.join("\r\n") + "\r\n";

/** A course that the whole first unit took. */
function coursesText(): string {
  const taken = firstUnit().map(({ staffNumber }, i) => {
    return `${staffNumber},急救,2025-03-17,2025-03-18,16,${i % 9 === 4 ? "补考" : "合格"}`;
  });
  return lines("工号,课程,开始日期,结束日期,学时,结果", ...taken);
}

/** The first unit's performance reports of half a year; the first one speaks against the person. */
function reportsText(): string {
  const reports = firstUnit().map(({ staffNumber }, i) => {
    const scores = `duty ${i === 0 ? 1 : 3 + (i % 3)}/5; cooperation ${2 + (i % 4)}/5`;
    return `${staffNumber},2025-01-01,2025-06-30,head of unit,${scores},${i === 0 ? "Late at eleven shifts.,yes" : ",no"}`;
  });
  return lines("staff number,from,until,assessor,scores,conclusion,adverse", ...reports);
}

/** Writes the sample into a folder. */
export function writePeopleSample(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of peopleSample()) writeFileSync(join(folder, name), bytes);
}
