import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { feedbackSample, gb18030File, sampleQuarters, sampleUnits } from "../../scripts/samples/feedback.js";
import { samplePeople } from "../../scripts/samples/people.js";
import { readCriteria } from "../../sdk/rewards/feedback/criteria-store.js";
import { parsePeriod } from "../../sdk/rewards/feedback/periods.js";
import { sheetOf } from "../../sdk/rewards/feedback/sheet.js";
import { tableOf, type FeedbackRow } from "../../sdk/rewards/feedback/unit-table.js";
import { checkTable, readTable, requireSound } from "../../sdk/rewards/table/check.js";
import { person } from "../support/feedback.js";

const folder = fileURLToPath(new URL("../../samples/people/", import.meta.url));

describe("samples/people: feedback", () => {
  const made: string[] = [];
  after(() => made.forEach((one) => rmSync(one, { recursive: true, force: true })));

  it("is what its generator makes, byte for byte", () => {
    const committed = readdirSync(folder).filter((name) => /^(criteria|feedback-)/.test(name));
    expect(committed.sort()).to.deep.equal([...feedbackSample().keys()].sort());
    for (const [name, bytes] of feedbackSample()) {
      expect(readFileSync(join(folder, name)).equals(bytes), name).to.equal(true);
    }
  });

  it("is read without a problem, and makes a table with one unit withheld", async () => {
    const criteria = await readCriteria(join(folder, "criteria.json"));
    const numbers = new Map(samplePeople().map(({ staffNumber, unit }, i) => [staffNumber, { unit, subject: person(i) }]));
    const scratch = mkdtempSync(join(tmpdir(), "stele-sample-"));
    made.push(scratch);
    const rows: FeedbackRow[] = [];
    for (const period of sampleQuarters) {
      expect(parsePeriod(period, criteria.cadence).name).to.equal(period);
      for (const [i, unit] of sampleUnits().entries()) {
        const name = `feedback-${period}-${i + 1}.csv`;
        const spec = sheetOf(criteria, unit, { person: (staffNumber) => numbers.get(staffNumber) });
        const encoding = name === gb18030File ? "gb18030" : "utf-8";
        requireSound(await checkTable(join(folder, name), spec, { encoding }), name);
        for await (const { row } of readTable(join(folder, name), spec, { encoding })) {
          rows.push({ unit, period, subject: row.subject, index: BigInt(rows.length), scores: row.scores });
        }
      }
    }
    expect(rows).to.have.length(samplePeople().length * sampleQuarters.length);
    const { cells } = tableOf(criteria, rows);
    const withheld = new Set(cells.filter((cell) => cell.withheld === "few").map(({ unit }) => unit));
    expect([...withheld]).to.deep.equal([sampleUnits().at(-1)]);
    expect(cells.filter((cell) => cell.quartiles !== undefined)).to.have.length(3 * 3 * 4);
  });
});
