import { readFile } from "node:fs/promises";

import { expect } from "chai";
import { id } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";

import { policySchema } from "../../../sdk/cli/commands/policy/schema.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { parseWith } from "../../../sdk/common/schema.js";
import { deployAudit } from "../../support/audit.js";

const { provider } = await network.create();
const sample = JSON.parse(await readFile("samples/people/policy.json", "utf8")) as Record<string, unknown>;

describe("a policy as governance writes it down", () => {
  const wrong = [
    { field: "arbiter", change: { arbiter: 0 } },
    { field: "arbiter", change: { arbiter: 1 } },
    { field: "supervisor", change: { supervisor: 0 } },
    { field: "ombudsman", change: { ombudsman: 0 } },
    { field: "clockSkew", change: { clockSkew: 86_401 } },
    { field: "witnesses", change: { witnesses: 3 } },
    { field: "mirrors", change: { mirrors: 9 } },
    { field: "eligibleWitnesses", change: { eligibleWitnesses: [5, 4] } },
    { field: "retention", change: { retention: [] } },
  ];
  for (const { field, change } of wrong) {
    it(`is refused with ${JSON.stringify(change)}, naming the field`, () => {
      try {
        parseWith(policySchema, { ...sample, ...change }, { file: "policy.json" });
        expect.fail("it was taken");
      } catch (error) {
        if (!(error instanceof SteleError)) throw error;
        expect(error.place).to.deep.include({ file: "policy.json", field });
      }
    });
  }

  it("is taken or refused as the contract does, 300 random ones of enrolled members", async () => {
    const { deployed, suite } = await deployAudit(provider as never);
    const policies = suite.contract("LogPolicies").connect(deployed.governor);
    const count = Number(await suite.contract("Members").memberCount());
    const office = fc.integer({ min: 0, max: Math.min(count, 4) });
    const number = fc.constantFrom(0, 1, 2, 86_400, 86_401);
    const cosigners = fc.array(fc.integer({ min: 1, max: count }), { maxLength: 3 });
    const needed = fc.constantFrom(0, 1, 2, 3, 8, 9);
    const offices = { supervisor: office, arbiter: office, ombudsman: office };
    const periods = { disputePeriod: number, answerPeriod: number, appealPeriod: number, rulingPeriod: number };
    const rules = { burst: number, rate: number, silence: number, anchoring: number, clockSkew: number };
    const sets = { eligibleWitnesses: cosigners, eligibleMirrors: cosigners, witnesses: needed, mirrors: needed };
    const classes = { retention: fc.array(number, { maxLength: 17 }) };
    const changes = fc.record({ ...offices, ...periods, ...rules, ...sets, ...classes }, { requiredKeys: [] });
    const answers = new Set<boolean>();
    const check = fc.asyncProperty(changes, async (change) => {
      const { eligibleWitnesses, eligibleMirrors, retention, ...rules } = { ...sample, ...change } as typeof base;
      const policy = { ...rules, kind: id(rules.kind) };
      const taken = await policies.publish.staticCall(policy, eligibleWitnesses, eligibleMirrors, retention).then(
        () => true,
        () => false,
      );
      answers.add(taken);
      expect(policySchema.safeParse({ ...sample, ...change }).success).to.equal(taken);
    });
    const base = policySchema.parse(sample);
    await fc.assert(check, { numRuns: 300, seed: 1121 });
    expect(answers.size, "some of each").to.equal(2);
  });
});
