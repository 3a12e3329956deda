/** Makes the awards of samples/people: files of awards for the people of the roster, in UTF-8 and in GB18030. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { encodeGb18030 } from "./gb18030.js";
import { samplePeople } from "./people.js";

const head = "工号,事由,日期,地点";
const places = ["北京", "上海", "成都", ""];

/** Every file of awards: name and bytes. */
export function awardsSample(): ReadonlyMap<string, Uint8Array> {
  const people = samplePeople();
  const day = (n: number) => String(1 + (n % 28)).padStart(2, "0");
  const training = people.map(({ staffNumber }, n) => {
    return `${staffNumber},"完成急救培训, 共 ${16 + (n % 3) * 8} 学时",2025-04-${day(n)},${places[n % 4]}`;
  });
  const service = people.slice(0, 12).map(({ staffNumber }, n) => {
    return `${staffNumber},工作满${5 * (1 + (n % 6))}年,2025年9月${1 + n}日,${places[n % 3]}`;
  });
  const text = (rows: readonly string[]) => `${[head, ...rows].join("\r\n")}\r\n`;
  return new Map([
    ["awards-training.csv", Buffer.from(`\ufeff${text(training)}`)],
    ["awards-service-gb18030.csv", encodeGb18030(text(service))],
  ]);
}

/** Writes the files into a folder. */
export function writeAwardsSample(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of awardsSample()) writeFileSync(join(folder, name), bytes);
}
