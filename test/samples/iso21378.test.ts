import { readFileSync, readdirSync } from "node:fs";

import { expect } from "chai";

import { isoSample } from "../../scripts/samples/iso21378.js";

const folder = new URL("../../samples/audit-iso21378/", import.meta.url);

describe("samples/audit-iso21378", () => {
  it("is what its generator makes, byte for byte", () => {
    const sample = isoSample();
    const committed = readdirSync(folder).filter((name) => name.endsWith(".csv"));
    expect(committed.sort()).to.deep.equal([...sample.keys()].sort());
    for (const [name, text] of sample) expect(readFileSync(new URL(name, folder), "utf8") === text, name).to.equal(true);
  });

  it("holds at least 2,000 journal lines", () => {
    expect(isoSample().get("GL_Details.csv")?.trimEnd().split("\n").length).to.be.at.least(2_001);
  });
});
