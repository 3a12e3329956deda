import { expect } from "chai";

import { SteleError } from "../../sdk/common/errors.js";
import { markdownTable, meets, readable, terminalTable } from "../../scripts/bench/report.js";
import { checkAgainstLimits, select, unmeasured } from "../../scripts/bench/run.js";
import { row, targetOf } from "../../scripts/bench/types.js";

const advance = "log advance, 1.00M to 1.01M entries, no witness";

describe("bench harness", () => {
  it("takes a row's target from limits.json and from nowhere else", () => {
    expect(row({ name: advance, unit: "gas", value: 60_000, better: "less" }).target).to.equal(68_000);
    expect(targetOf("something unlimited")).to.equal(null);
  });

  it("tells a met target from a missed one, in both directions", () => {
    const append = "log append, 300-byte entries, durable, batches of 1,000";
    expect(meets(row({ name: advance, unit: "gas", value: 68_000, better: "less" }))).to.equal(true);
    expect(meets(row({ name: advance, unit: "gas", value: 68_001, better: "less" }))).to.equal(false);
    expect(meets(row({ name: append, unit: "entries/s", value: 99_999, better: "more" }))).to.equal(false);
    expect(meets(row({ name: "unlimited", unit: "s", value: 1, better: "less" }))).to.equal(null);
  });

  it("refuses a row whose unit or direction is not its limit's, and a value that is no number", () => {
    const wrong = [
      row({ name: advance, unit: "s", value: 1, better: "less" }),
      row({ name: advance, unit: "gas", value: 1, better: "more" }),
      row({ name: "unlimited", unit: "s", value: Number.NaN, better: "less" }),
    ];
    for (const figure of wrong) expect(() => checkAgainstLimits(figure)).to.throw(SteleError);
  });

  it("refuses the name of a module that is not there", () => {
    const listed = [{ name: "gas-log", gas: true }];
    expect(() => select(["gas-lgo"], false, listed)).to.throw("no bench module is called gas-lgo; there are gas-log");
    expect(select([], false, listed)).to.deep.equal(listed);
  });

  it("runs what takes long only where it is named, or in a smoke run", () => {
    const listed = [
      { name: "log", gas: false },
      { name: "audit-scale", gas: false, byName: true },
    ];
    expect(select([], false, listed)).to.deep.equal(listed.slice(0, 1));
    expect(select(["audit-scale"], false, listed)).to.deep.equal(listed.slice(1));
    expect(select([], true, listed)).to.deep.equal(listed);
  });

  it("names limits that nobody measured", () => {
    expect(unmeasured([])).to.include(advance);
    expect(unmeasured([row({ name: advance, unit: "gas", value: 1, better: "less" })])).not.to.include(advance);
  });

  it("prints target, floor and peer of one row", () => {
    const figure = row({
      name: advance,
      unit: "gas",
      value: 70_123,
      better: "less",
      floor: 54_000,
      peer: { name: "someone", value: 90_000 },
    });
    for (const text of [terminalTable([figure]), markdownTable([figure])]) {
      for (const part of ["70,123", "<= 68,000", "MISSED", "54,000", "90,000 (someone)"]) expect(text).to.include(part);
    }
    expect(readable(0.012345)).to.equal("0.0123");
  });
});
