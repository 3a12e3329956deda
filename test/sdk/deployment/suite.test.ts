import { expect } from "chai";

import { connection, deploySuiteFixture } from "../../support/suite.js";

describe("deploySuite", () => {
  it("puts the suite on an in-process chain and names it in the directory", async () => {
    const { suite } = await connection.networkHelpers.loadFixture(deploySuiteFixture);
    const names = await suite.contract("Directory").names();
    expect([...names].sort()).to.deep.equal(Object.keys(suite.manifest.contracts).sort());
  });
});
