import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";

import { memberAccept } from "../../../sdk/cli/commands/member/accept.js";
import { memberEnrol } from "../../../sdk/cli/commands/member/enrol.js";
import { policyPublish } from "../../../sdk/cli/commands/policy/publish.js";
import { policyShow } from "../../../sdk/cli/commands/policy/show.js";
import { subjectConsent } from "../../../sdk/cli/commands/subject/consent.js";
import { subjectClaim, subjectEnrol, subjectId } from "../../../sdk/cli/commands/subject/enrol.js";
import {
  subjectRecoverPropose,
  subjectRecoverSecond,
  subjectRecoverVeto,
} from "../../../sdk/cli/commands/subject/recover.js";
import { subjectShow } from "../../../sdk/cli/commands/subject/show.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { deploySuite, type TestSuite } from "../../../sdk/testing/index.js";
import { commandRunner } from "../../support/commands.js";

const { provider, networkHelpers } = await network.create();
const folder = mkdtempSync(join(tmpdir(), "stele-subject-"));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function account(deployed: TestSuite, index: number) {
  const found = deployed.accounts[index];
  if (found === undefined) throw new Error("the node holds too few accounts");
  return found;
}

async function offices() {
  const deployed = await deploySuite(provider);
  const run = commandRunner(provider, deployed);
  for (const index of [5, 6]) {
    const administrator = account(deployed, index).address;
    const input = { name: `Office ${index}`, administrator, capabilities: "SUBJECT_OFFICER,SUPERVISOR,ARBITER" };
    await run(memberEnrol, deployed.registrar, input);
    await run(memberAccept, account(deployed, index), { member: String(index - 4) });
  }
  const identity = { domain: id("personnel"), commitment: id("a commitment") };
  const { output } = await run(subjectId, undefined, { member: "1", ...identity });
  return { deployed, run, identity, subject: output.trim() };
}

async function refusal(attempt: Promise<unknown>): Promise<SteleError> {
  const error = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(SteleError);
  return error as SteleError;
}

describe("subject commands", () => {
  it("enrol a held account, let the person claim it, recover it, veto", async () => {
    const { deployed, run, identity, subject } = await networkHelpers.loadFixture(offices);
    const consentOf = async (index: number, held = false) =>
      file(
        `${index}.json`,
        (await run(subjectConsent, account(deployed, index), { subject, held, json: true })).output,
      );
    const officer = account(deployed, 5);
    await run(subjectEnrol, officer, { ...identity, consent: await consentOf(8, true), held: true });
    expect((await run(subjectShow, undefined, { subject })).output).to.include("its key held by the member");
    await run(subjectClaim, officer, { subject, consent: await consentOf(9) });
    const shown = await run(subjectShow, undefined, { subject });
    expect(shown.output).to.include(account(deployed, 9).address).and.include("no recovery is open");
    await run(subjectRecoverPropose, officer, { subject, consent: await consentOf(10) });
    const to = account(deployed, 10).address;
    await run(subjectRecoverSecond, account(deployed, 6), { subject, proposer: "1", to });
    expect((await run(subjectShow, undefined, { subject })).output).to.include("contested");
    await run(subjectRecoverVeto, account(deployed, 9), { subject });
    expect((await run(subjectShow, undefined, { subject })).output).to.include("vetoed");
  });

  it("refuse a consent for another subject, naming file and field", async () => {
    const { deployed, run, identity } = await networkHelpers.loadFixture(offices);
    const other = `0x${"12".repeat(32)}`;
    const consent = file(
      "other.json",
      (await run(subjectConsent, account(deployed, 8), { subject: other, json: true })).output,
    );
    const error = await refusal(run(subjectEnrol, account(deployed, 5), { ...identity, consent }));
    expect(error.code).to.equal("input");
    expect(error.message).to.match(/other\.json field "subject": is for 0x1212/);
  });
});

describe("policy commands", () => {
  const policy = {
    kind: "audit.events",
    burst: 1000,
    rate: 10,
    witnesses: 0,
    mirrors: 0,
    silence: 86_400,
    anchoring: 3_600,
    clockSkew: 60,
    noticeNeeded: false,
    disputePeriod: 0,
    answerPeriod: 86_400,
    appealPeriod: 86_400,
    rulingPeriod: 86_400,
    supervisor: 1,
    arbiter: 2,
    ombudsman: 1,
    eligibleWitnesses: [],
    eligibleMirrors: [],
    retention: [0, 31_536_000],
  };

  it("publish a policy from a file and show it", async () => {
    const { deployed, run } = await networkHelpers.loadFixture(offices);
    await run(policyPublish, deployed.governor, { file: file("policy.json", JSON.stringify(policy)) });
    const { output } = await run(policyShow, undefined, { policy: "1", json: true });
    const shown = JSON.parse(output) as Record<string, unknown>;
    expect(shown["burst"]).to.equal("1000");
    expect(shown["retention"]).to.deep.equal(["0", "31536000"]);
    expect(shown["kind"]).to.equal(id("audit.events"));
  });

  const bad: readonly (readonly [string, string, RegExp])[] = [
    ["a file that is no JSON", "{", /bad\.json:1: is not JSON/],
    ["an unknown field", JSON.stringify({ ...policy, colour: 1 }), /bad\.json: has an unknown field "colour"/],
    ["a negative period", JSON.stringify({ ...policy, silence: -1 }), /bad\.json field "silence"/],
    ["a missing field", JSON.stringify({ ...policy, rate: undefined }), /bad\.json field "rate": is missing/],
  ];
  for (const [what, content, pattern] of bad) {
    it(`refuse ${what}`, async () => {
      const { deployed, run } = await networkHelpers.loadFixture(offices);
      const error = await refusal(run(policyPublish, deployed.governor, { file: file("bad.json", content) }));
      expect(error.message).to.match(pattern);
      expect(await deployed.suite.contract("LogPolicies").policyCount()).to.equal(0n);
    });
  }
});
