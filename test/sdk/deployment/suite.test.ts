import { expect } from "chai";

import { roles } from "../../../sdk/chain/capabilities.js";
import { manifestOf } from "../../../sdk/chain/deployment/manifest.js";
import { callOf } from "../../../sdk/chain/governance/call.js";
import { connectSuite } from "../../../sdk/chain/suite.js";
import { deploySuite } from "../../../sdk/testing/index.js";
import { connection, deploySuiteFixture } from "../../support/suite.js";

describe("deploySuite", () => {
  it("puts the suite on an in-process chain and names it in the directory", async () => {
    const { suite } = await connection.networkHelpers.loadFixture(deploySuiteFixture);
    const names = await suite.contract("Directory").names();
    expect([...names].sort()).to.deep.equal(Object.keys(suite.manifest.contracts).sort());
  });

  it("lets a setup act before the hand-over, and the deployer keeps no role it was lent for it", async () => {
    const { suite, deployer } = await deploySuite(connection.provider, {
      async setup(plan) {
        const { contract } = connectSuite(plan.provider, await manifestOf(plan, "setup"));
        const members = contract("Members");
        const target = { contract: "Members", address: plan.address("Members"), abi: members.interface };
        const values = ["Office", plan.governance.account, 1, 0, 2n ** 40n - 1n];
        const done = async () => (await members.memberCount()) === 1n;
        await plan.submit({ call: callOf(target, "enrol", values, "enrol Office"), done });
      },
    });
    expect(await suite.contract("Members").nameOf(1)).to.equal("Office");
    const manager = suite.contract("AccessManager");
    for (const role of Object.values(roles)) expect((await manager.hasRole(role, deployer.address))[0]).to.equal(false);
  });
});
