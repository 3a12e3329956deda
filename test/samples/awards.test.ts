import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { awardsSample } from "../../scripts/samples/awards.js";
import { samplePeople } from "../../scripts/samples/people.js";
import { awardTable } from "../../sdk/rewards/granting/row.js";
import { checkTable } from "../../sdk/rewards/table/check.js";
import { readAwardType } from "../../sdk/rewards/terms.js";

const folder = new URL("../../samples/people/", import.meta.url);

describe("samples/people, awards", () => {
  it("has the files that their generator makes, byte for byte", () => {
    for (const [name, bytes] of awardsSample()) {
      expect(readFileSync(new URL(name, folder)).equals(bytes), name).to.equal(true);
    }
  });

  it("has files that `award import` takes, about people of the roster", async () => {
    const known = new Set(samplePeople().map(({ staffNumber }) => staffNumber));
    const spec = awardTable({ needsEvidence: false, hasLog: false }, (staff) =>
      known.has(staff) ? undefined : "is not in the roster",
    );
    for (const [name, encoding, rows] of [
      ["awards-training.csv", "utf-8", 60n],
      ["awards-service-gb18030.csv", "gb18030", 12n],
    ] as const) {
      const check = await checkTable(fileURLToPath(new URL(name, folder)), spec, { encoding });
      expect(check, name).to.include({ rows, problems: 0n });
    }
  });

  it("has a type of each category that `award type publish` takes, with its criteria beside it", async () => {
    for (const [n, name] of ["training", "career", "mission", "service"].entries()) {
      const file = fileURLToPath(new URL(`types/${name}.json`, folder));
      const { category, criteriaHash } = await readAwardType(file, name);
      expect(category).to.equal(BigInt(n + 1));
      expect(criteriaHash).to.match(/^0x[0-9a-f]{64}$/);
    }
  });
});
