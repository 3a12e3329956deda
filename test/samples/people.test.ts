import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { encodeGb18030 } from "../../scripts/samples/gb18030.js";
import { peopleSample, samplePeople } from "../../scripts/samples/people.js";
import { rosterTable } from "../../sdk/rewards/enrolment/table.js";
import { personnelSheet } from "../../sdk/rewards/personnel/sheet.js";
import { checkTable, readTable } from "../../sdk/rewards/table/check.js";

const folder = new URL("../../samples/people/", import.meta.url);

describe("samples/people", () => {
  it("has the rosters that their generator makes, byte for byte", () => {
    for (const [name, bytes] of peopleSample()) {
      expect(readFileSync(new URL(name, folder)).equals(bytes), name).to.equal(true);
    }
  });

  it("has rosters that `roster import` takes, the same people in both encodings", async () => {
    const rosters: unknown[] = [];
    for (const [name, encoding] of [["roster.csv", "utf-8"], ["roster-gb18030.csv", "gb18030"]] as const) {
      const file = fileURLToPath(new URL(name, folder));
      expect(await checkTable(file, rosterTable(), { encoding })).to.include({ rows: 60n, problems: 0n });
      const people: unknown[] = [];
      for await (const { row } of readTable(file, rosterTable(), { encoding })) people.push(row);
      rosters.push(people);
    }
    expect(rosters[0]).to.deep.equal(rosters[1]);
  });

  it("has records of the first unit that `person record` takes", async () => {
    const known = new Map(samplePeople().map((person) => [person.staffNumber, { unit: person.unit, subject: `0x${"11".repeat(32)}` as const }]));
    const staff = { person: (staffNumber: string) => known.get(staffNumber) };
    const criteria = { uri: "urn:criteria:1", hash: `0x${"22".repeat(32)}` as const };
    for (const [name, kind, encoding] of [
      ["courses-gb18030.csv", "training", "gb18030"],
      ["reports.csv", "performance", "utf-8"],
    ] as const) {
      const spec = personnelSheet(kind, staff, kind === "performance" ? criteria : undefined);
      const check = await checkTable(fileURLToPath(new URL(name, folder)), spec, { encoding });
      expect(check, name).to.include({ rows: 32n, problems: 0n });
    }
  });

  it("has a unit of fewer than five people", () => {
    const counts = Map.groupBy(samplePeople(), ({ unit }) => unit);
    expect([...counts.values()].map((people) => people.length)).to.deep.equal([32, 25, 3]);
  });

  it("is written in GB18030 only as far as two bytes go", () => {
    expect(Buffer.from(encodeGb18030("a张")).toString("hex")).to.equal("61d5c5");
    expect(() => encodeGb18030("\u{20000}")).to.throw(/four bytes/);
  });
});
