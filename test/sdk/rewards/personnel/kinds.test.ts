import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { expect } from "chai";
import { network } from "hardhat";

import { policyPublish } from "../../../../sdk/cli/commands/policy/publish.js";
import { policySchema } from "../../../../sdk/cli/commands/policy/schema.js";
import { fromHex, toHex } from "../../../../sdk/common/bytes.js";
import { uriHash } from "../../../../sdk/records/commitments.js";
import { recordOf, type PersonnelEntry } from "../../../../sdk/rewards/personnel/append.js";
import {
  adverseKinds,
  kindOf,
  parsePersonnel,
  personnelKinds,
  personnelSchemas,
} from "../../../../sdk/rewards/personnel/kinds.js";
import { personnelLogKind, personnelRetention, policyFaults } from "../../../../sdk/rewards/personnel/policy.js";
import { deployAudit } from "../../../support/audit.js";
import { commandRunner } from "../../../support/commands.js";
import { criteria, oneOfEach, refused as refusal, subjectOf } from "../../../support/personnel.js";

const { provider } = await network.create();
const entries = oneOfEach(subjectOf("17"));

describe("kinds of personnel records", () => {
  it("names each kind by the schema in the header, and no kind by another schema", () => {
    expect(entries.map(({ kind }) => kind)).to.deep.equal([...personnelKinds]);
    for (const kind of personnelKinds) {
      expect(kindOf({ schema: uriHash(personnelSchemas[kind]) })).to.equal(kind);
    }
    expect(kindOf({ schema: uriHash("urn:stele:schema:json:1") })).to.equal(undefined);
    expect(new Set(Object.values(personnelSchemas)).size).to.equal(personnelKinds.length);
  });

  const report = { from: "2025-01-01", until: "2025-12-31", criteria, assessor: "Head of unit 7" };
  const feedback = entries.find(({ kind }) => kind === "feedback")!.payload;
  const refused: readonly [string, Parameters<typeof parsePersonnel>, string][] = [
    ["a day that no calendar has", ["training", { course: "x", from: "2026-02-30" }], "from"],
    ["an end before the beginning", ["mission", { mission: "x", from: "2026-02-02", until: "2026-02-01" }], "until"],
    ["negative hours", ["training", { course: "x", from: "2026-01-01", hours: -1 }], "hours"],
    ["an unknown change", ["career", { change: "crowned", from: "2026-01-01" }], "change"],
    [
      "a score beyond its scale",
      ["performance", { ...report, scores: [{ criterion: "x", score: 6, of: 5 }] }],
      "scores.0.score",
    ],
    [
      "a scale of nothing",
      ["performance", { ...report, scores: [{ criterion: "x", score: 0, of: 0 }] }],
      "scores.0.of",
    ],
    ["no score", ["performance", { ...report, scores: [] }], "scores"],
    ["feedback without a score", ["feedback", { ...feedback, scores: {} }], "scores"],
    ["feedback of no period", ["feedback", { ...feedback, period: "last year" }], "period"],
    ["a revocation of nothing", ["revocation", { title: "x", date: "2026-01-01", reason: "y" }], "award"],
  ];
  for (const [what, [kind, value], field] of refused) {
    it(`refuses ${what}, and names the field`, async () => {
      const error = await refusal(() => parsePersonnel(kind, value, { file: "people.csv", line: 3 }));
      expect(error.code).to.equal("input");
      expect(error.place).to.deep.equal({ file: "people.csv", line: 3, field });
    });
  }
});

describe("payloads of personnel records", () => {
  it("have no member that their kind does not know", async () => {
    const error = await refusal(() => parsePersonnel("career", { change: "left", from: "2026-01-01", name: "x" }));
    expect(error.message).to.contain('unknown field "name"');
  });
});

describe("what speaks against a person", () => {
  it("PR1: an adverse record is of the class that expires, a revocation and feedback always are, others are kept", () => {
    const classes = Object.fromEntries(entries.map((entry) => [entry.kind, recordOf(entry).retentionClass]));
    expect(classes).to.deep.equal({
      training: 0n,
      career: 0n,
      mission: 0n,
      performance: 1n,
      feedback: 1n,
      award: 0n,
      revocation: 1n,
    });
  });

  it("PR1: neither a training nor an award can be marked adverse, nor a revocation as not", async () => {
    for (const entry of entries) {
      const adverse = adverseKinds[entry.kind] === "never";
      if (adverseKinds[entry.kind] === "may") continue;
      const error = await refusal(() => recordOf({ ...entry, adverse } as PersonnelEntry));
      expect(error.place.field).to.equal("adverse");
    }
  });

  it("takes a subject and addresses as they are, and names the one that is wrong", async () => {
    const [entry] = entries;
    const made = recordOf({ ...entry!, disputeAddress: `0x${"ab".repeat(20)}` });
    expect(toHex(made.subject!)).to.equal(subjectOf("17"));
    expect(made.disputeAddress).to.deep.equal(fromHex(`0x${"ab".repeat(20)}`));
    const wrong = async (more: object) =>
      (await refusal(() => recordOf({ ...entry!, ...more } as PersonnelEntry))).place.field;
    expect(await wrong({ subject: "0x12" })).to.equal("subject");
    expect(await wrong({ metaAddress: "st:eth:0x00" })).to.equal("metaAddress");
    expect(await wrong({ disputeAddress: "0x00" })).to.equal("disputeAddress");
  });
});

describe("the policy of a unit's log", () => {
  it("is published from a sample that protects the people", async () => {
    const sample = JSON.parse(await readFile("samples/people/policy.json", "utf8")) as unknown;
    const policy = policySchema.parse(sample);
    expect(policy.kind).to.equal(personnelLogKind);
    expect(policy.retention.map(BigInt)).to.deep.equal([...personnelRetention]);
    expect(policy.disputePeriod).to.equal(20 * 86_400);
    const retention = policy.retention.map(BigInt);
    expect(policyFaults({ ...policy, disputePeriod: BigInt(policy.disputePeriod), retention })).to.deep.equal([]);
  });

  it("can be published as the sample has it", async () => {
    const { deployed, suite } = await deployAudit(provider as never);
    const run = commandRunner(provider as never, deployed);
    await run(policyPublish, deployed.governor, { file: resolve("samples/people/policy.json") });
    const policies = suite.contract("LogPolicies");
    const policyId = await policies.policyCount();
    expect((await policies.policyOf(policyId)).noticeNeeded).to.equal(true);
    expect((await policies.retentionOf(policyId, 1)).period).to.equal(personnelRetention[1]);
  });

  it("is found wanting without notice, with a shorter dispute or a longer memory", () => {
    const good = { noticeNeeded: true, disputePeriod: 0n, retention: [0n, 1n] };
    expect(policyFaults(good)).to.deep.equal([]);
    expect(policyFaults({ ...good, noticeNeeded: false })[0]).to.contain("before the person was told");
    expect(policyFaults({ ...good, disputePeriod: 1n })[0]).to.contain("less than 1728000");
    expect(policyFaults({ ...good, retention: [0n] })[0]).to.contain("no class");
    expect(policyFaults({ ...good, retention: [0n, 0n] })[0]).to.contain("for ever");
    expect(policyFaults({ ...good, retention: [0n, personnelRetention[1] + 1n] })[0]).to.contain(
      "more than five years",
    );
  });
});
