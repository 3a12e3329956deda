/**
 * Makes the criteria and the feedback of samples/people: three quarters of the sample's units. Figures are drawn with a
 * fixed seed; everybody has a level of their own that moves a little from quarter to quarter.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { encodeGb18030 } from "./gb18030.js";
import { samplePeople } from "./people.js";
import { seeded } from "./random.js";

/** The quarters of the sample, in their order. */
export const sampleQuarters = ["2025-Q1", "2025-Q2", "2025-Q3"] as const;

/** The one file that is in GB18030, as an older system writes it. */
export const gb18030File = "feedback-2025-Q3-2.csv";

const criteria = [
  { id: "quality", title: "工作质量", min: 1, max: 5, weight: 3 },
  { id: "teamwork", title: "协作", min: 1, max: 5, weight: 2 },
  { id: "learning", title: "学习", min: 1, max: 5, weight: 1 },
  { id: "initiative", title: "主动性", min: 0, max: 10, weight: 1 },
];

/** Comments as people write them, with what a reader of CSV has to take. */
const comments = ["", "", "", "继续保持", '"按时"完成, 质量稳定', "第一行\n第二行", "", ""];

/** The published criteria. */
function criteriaSample(): string {
  const document = { format: "stele-criteria/1", title: "季度评价", cadence: "quarter", halfLifeDays: 365, criteria };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Units of the sample by the number in their files' names. */
export function sampleUnits(): readonly string[] {
  return [...new Set(samplePeople().map(({ unit }) => unit))];
}

/** Every file of the sample that this makes: name and bytes. */
export function feedbackSample(): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>([["criteria.json", Buffer.from(criteriaSample())]]);
  const random = seeded(20_250_331);
  const levels = new Map(samplePeople().map(({ staffNumber }) => [staffNumber, 35 + random.below(50)]));
  for (const quarter of sampleQuarters) {
    for (const [i, unit] of sampleUnits().entries()) {
      const rows = samplePeople()
        .filter((person) => person.unit === unit)
        .map(({ staffNumber }) => {
          const level = Math.min(Math.max(levels.get(staffNumber)! + random.below(17) - 7, 0), 100);
          levels.set(staffNumber, level);
          const scores = criteria.map(({ min, max }) => {
            const drawn = min + Math.round(((max - min) * (level + random.below(31) - 15)) / 100);
            return Math.min(Math.max(drawn, min), max);
          });
          return [staffNumber, ...scores, quoted(random.pick(comments))].join(",");
        });
      const text = [["工号", ...criteria.map(({ title }) => title), "评语"].join(","), ...rows].join("\r\n") + "\r\n";
      const name = `feedback-${quarter}-${i + 1}.csv`;
      files.set(name, name === gb18030File ? encodeGb18030(text) : Buffer.from(`\ufeff${text}`));
    }
  }
  return files;
}

/** Writes the sample into a folder. */
export function writeFeedbackSample(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of feedbackSample()) writeFileSync(join(folder, name), bytes);
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
