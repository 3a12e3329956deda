import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { rosterTable } from "../../../../sdk/rewards/enrolment/table.js";
import { checkTable } from "../../../../sdk/rewards/table/check.js";

const folder = mkdtempSync(join(tmpdir(), "stele-people-"));

async function problemOf(staffNumber: string): Promise<string | undefined> {
  const file = join(folder, "people.csv");
  writeFileSync(file, `staffNumber,unit\n${staffNumber},North\n`);
  return (await checkTable(file, rosterTable())).first[0]?.problem;
}

describe("staff numbers of a department's file", () => {
  it("EN7: are refused where they would make a second person of one: other widths, letters and what cannot be seen", async () => {
    for (const [given, meant] of [
      ["Ａ１２３", "A123"],
      ["A\u200b123", "A123"],
      ["A1\u00ad23", "A123"],
      ["A\u206612\u2069", "A12"],
      ["A1\ufeff23", "A123"],
      ["①7", "17"],
    ] as const) {
      expect(await problemOf(given), given).to.match(new RegExp(`write it as ${meant}$`));
    }
    expect(await problemOf("АB12")).to.match(/two scripts/); // the first is Cyrillic
    expect(await problemOf("A\u000012")).to.equal("has a control character");
  });

  it("may be of any one script, with any signs, however composed", async () => {
    for (const given of ["A123", "甲-0017", "А-17", "Z/9 (b)", "e\u0301t\u00e9 4", "０".normalize("NFKC")]) {
      expect(await problemOf(given), given).to.equal(undefined);
    }
  });
});
