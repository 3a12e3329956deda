import { expect } from "chai";
import { network } from "hardhat";

import type { ILogPolicies } from "../../../typechain-types/index.js";
import { deployLogs, KIND, type PolicyChanges, policyFor } from "../../support/logs.js";

const { ethers, networkHelpers } = await network.create();

async function suite() {
  return deployLogs(ethers);
}

describe("LogPolicies", () => {
  it("keeps a published policy as it was given", async () => {
    const { policies, people, publish } = await networkHelpers.loadFixture(suite);
    const [a, b] = people.witnesses;
    const id = await publish({
      policy: { witnesses: 2n, mirrors: 1n, clockSkew: 86_400n, noticeNeeded: true },
      eligibleWitnesses: [a.id, b.id],
      eligibleMirrors: [people.mirror.id],
      retention: [0n, 60n],
    });
    expect(id).to.equal(1n);
    const policy = await policies.policyOf(id);
    expect([policy.kind, policy.burst, policy.witnesses, policy.noticeNeeded]).to.deep.equal([
      KIND,
      1_000_000n,
      2n,
      true,
    ]);
    expect([policy.supervisor, policy.arbiter, policy.ombudsman]).to.deep.equal([3n, 4n, 5n]);
    expect([...(await policies.eligibleWitnesses(id))]).to.deep.equal([a.id, b.id]);
    expect([...(await policies.eligibleMirrors(id))]).to.deep.equal([people.mirror.id]);
    expect([...(await policies.retentionOf(id, 0))]).to.deep.equal([true, 0n]);
    expect([...(await policies.retentionOf(id, 1))]).to.deep.equal([true, 60n]);
    expect([...(await policies.retentionOf(id, 2))]).to.deep.equal([false, 0n]);
  });

  it("P1: has no function that changes a published policy", async () => {
    const { policies } = await networkHelpers.loadFixture(suite);
    const writing: string[] = [];
    policies.interface.forEachFunction((each) => {
      if (!each.constant) writing.push(each.name);
    });
    expect(writing.sort()).to.deep.equal(["publish", "setAuthority"]);
  });

  it("lets nobody but governance publish", async () => {
    const { policies, people, signers } = await networkHelpers.loadFixture(suite);
    for (const signer of [signers.admin, signers.guardian, signers.registrar, signers.outsider]) {
      const attempt = policies.connect(signer).publish(policyFor(people), [], [], [0n]);
      await expect(attempt).to.be.revertedWithCustomError(policies, "AccessManagedUnauthorized");
    }
  });

  it("knows no policy 0 and none beyond the last", async () => {
    const { policies, publish } = await networkHelpers.loadFixture(suite);
    await publish();
    for (const id of [0n, 2n]) {
      for (const ask of [
        () => policies.policyOf(id),
        () => policies.eligibleWitnesses(id),
        () => policies.eligibleMirrors(id),
        () => policies.retentionOf(id, 0),
      ]) {
        await expect(ask()).to.be.revertedWithCustomError(policies, "LogPoliciesUnknown").withArgs(id);
      }
    }
  });

  const wrong: [string, Partial<ILogPolicies.PolicyStruct>][] = [
    ["kind", { kind: `0x${"0".repeat(64)}` }],
    ["burst", { burst: 0n }],
    ["rate", { rate: 0n }],
    ["silence", { silence: 0n }],
    ["anchoring", { anchoring: 0n }],
    ["clockSkew", { clockSkew: 86_401n }],
    ["answerPeriod", { answerPeriod: 0n }],
    ["appealPeriod", { appealPeriod: 0n }],
    ["rulingPeriod", { rulingPeriod: 0n }],
    ["supervisor", { supervisor: 0n }],
    ["supervisor", { supervisor: 10n }],
    ["arbiter", { arbiter: 0n }],
    ["arbiter", { arbiter: 10n }],
    ["ombudsman", { ombudsman: 0n }],
    ["ombudsman", { ombudsman: 10n }],
  ];
  for (const [name, policy] of wrong) {
    it(`refuses a policy whose ${name} is ${Object.values(policy).join()}`, async () => {
      const { policies, publish } = await networkHelpers.loadFixture(suite);
      await expect(publish({ policy })).to.be.revertedWithCustomError(policies, "LogPoliciesInvalid").withArgs(name);
    });
  }

  const lists: [string, string, PolicyChanges][] = [
    ["unordered witnesses", "eligibleWitnesses", { eligibleWitnesses: [7n, 6n] }],
    ["a witness twice", "eligibleWitnesses", { eligibleWitnesses: [6n, 6n] }],
    ["a witness that is not enrolled", "eligibleWitnesses", { eligibleWitnesses: [6n, 10n] }],
    ["member 0 as a witness", "eligibleWitnesses", { eligibleWitnesses: [0n, 6n] }],
    ["nine witnesses", "eligibleWitnesses", { eligibleWitnesses: [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n] }],
    ["unordered mirrors", "eligibleMirrors", { eligibleMirrors: [9n, 6n] }],
    ["no retention class", "retention", { retention: [] }],
    ["17 retention classes", "retention", { retention: Array.from({ length: 17 }, () => 1n) }],
  ];
  for (const [what, field, changes] of lists) {
    it(`refuses ${what}`, async () => {
      const { policies, publish } = await networkHelpers.loadFixture(suite);
      await expect(publish(changes)).to.be.revertedWithCustomError(policies, "LogPoliciesInvalid").withArgs(field);
    });
  }

  it("refuses to ask for more cosigners than there can be", async () => {
    const { policies, publish } = await networkHelpers.loadFixture(suite);
    await expect(publish({ policy: { witnesses: 2n }, eligibleWitnesses: [6n] }))
      .to.be.revertedWithCustomError(policies, "LogPoliciesTooFew")
      .withArgs("eligibleWitnesses", 1, 2);
    await expect(publish({ policy: { mirrors: 9n } }))
      .to.be.revertedWithCustomError(policies, "LogPoliciesTooFew")
      .withArgs("eligibleMirrors", 8, 9);
  });

  it("P2: keeps the arbiter apart from the supervisor and the ombudsman", async () => {
    const { policies, publish } = await networkHelpers.loadFixture(suite);
    await expect(publish({ policy: { arbiter: 3n } }))
      .to.be.revertedWithCustomError(policies, "LogPoliciesConflict")
      .withArgs("arbiter", "supervisor");
    await expect(publish({ policy: { arbiter: 5n } }))
      .to.be.revertedWithCustomError(policies, "LogPoliciesConflict")
      .withArgs("arbiter", "ombudsman");
    expect(await publish({ policy: { ombudsman: 3n } })).to.equal(1n);
  });
});
