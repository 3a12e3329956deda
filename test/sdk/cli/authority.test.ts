import { expect } from "chai";
import { network } from "hardhat";

import { safeChecksum } from "../../../sdk/chain/governance/proposal.js";
import { authorityExecute } from "../../../sdk/cli/commands/authority/execute.js";
import { authorityHalt, authorityResume } from "../../../sdk/cli/commands/authority/halt.js";
import { authorityOutageDeclare, authorityOutageEnd } from "../../../sdk/cli/commands/authority/outage.js";
import { authorityShow } from "../../../sdk/cli/commands/authority/show.js";
import { memberAccept } from "../../../sdk/cli/commands/member/accept.js";
import { memberDelegate } from "../../../sdk/cli/commands/member/delegate.js";
import { memberEnrol } from "../../../sdk/cli/commands/member/enrol.js";
import { memberShow } from "../../../sdk/cli/commands/member/show.js";
import { memberReinstate, memberSuspend } from "../../../sdk/cli/commands/member/suspend.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { deploySuite } from "../../../sdk/testing/index.js";
import { commandRunner } from "../../support/commands.js";

const { provider, networkHelpers } = await network.create();
const day = 86_400;

async function delayed() {
  const delays = { admin: day, governor: day, registrar: 0 };
  const deployed = await deploySuite(provider, { governance: { delays } });
  return { deployed, run: commandRunner(provider, deployed) };
}

async function enrolled() {
  const { deployed, run } = await delayed();
  const administrator = deployed.accounts[5];
  const delegate = deployed.accounts[6];
  if (administrator === undefined || delegate === undefined) throw new Error("the node holds too few accounts");
  const input = { name: "Audit Office", administrator: administrator.address, capabilities: "LOG_OWNER,WITNESS" };
  await run(memberEnrol, deployed.registrar, input);
  await run(memberAccept, administrator, { member: "1" });
  return { deployed, run, administrator, delegate, input };
}

async function refusal(attempt: Promise<unknown>): Promise<SteleError> {
  const error = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(SteleError);
  return error as SteleError;
}

describe("authority and member commands", () => {
  it("declare an outage, in which no deadline runs, and end it", async () => {
    const { deployed, run } = await networkHelpers.loadFixture(delayed);
    const clock = deployed.suite.contract("OpenClock");
    await run(authorityOutageDeclare, deployed.guardian, { length: "6h", reason: "power-cut" });
    expect((await clock.standing()).stands).to.equal(true);
    await networkHelpers.time.increase(600);
    await run(authorityOutageEnd, deployed.guardian);
    expect((await clock.standing()).stands).to.equal(false);
    const attempt = run(authorityOutageDeclare, deployed.registrar, { length: "6h", reason: "power-cut" });
    expect((await refusal(attempt)).code).to.equal("refused");
  });

  it("enrol, accept, delegate and show a member", async () => {
    const { run, administrator, delegate } = await networkHelpers.loadFixture(enrolled);
    await run(memberDelegate, administrator, {
      delegate: delegate.address,
      capabilities: "WITNESS",
      until: "2100-01-01T00:00:00Z",
    });
    await run(memberAccept, delegate, { member: "1", delegation: true });
    const { output } = await run(memberShow, undefined, { member: "1" });
    expect(output).to.include("Audit Office, active").and.include(administrator.address);
    expect(output).to.match(new RegExp(`${delegate.address}.*WITNESS.*2100-01-01T00:00:00Z`));
    await run(memberDelegate, administrator, { delegate: delegate.address, remove: true });
    expect((await run(memberShow, undefined, { member: "1" })).output).to.include("no delegates");
  });

  it("enrol tells the number of the member that it made", async () => {
    const { run, deployed, input } = await networkHelpers.loadFixture(enrolled);
    const second = { ...input, administrator: deployed.accounts[7]?.address };
    expect((await run(memberEnrol, deployed.registrar, second)).output).to.include("enrolled as member 2;");
    const third = { ...input, administrator: deployed.accounts[8]?.address, json: true };
    expect(JSON.parse((await run(memberEnrol, deployed.registrar, third)).output)).to.include({ member: "3" });
    const proposed = { ...input, administrator: deployed.accounts[9]?.address, propose: "proposal.json" };
    expect((await run(memberEnrol, undefined, proposed)).output).to.not.include("enrolled as");
  });

  it("--dry-run says what would be sent, decoded, and changes nothing", async () => {
    const { run, deployed, input } = await networkHelpers.loadFixture(enrolled);
    const { output } = await run(memberEnrol, deployed.registrar, {
      ...input,
      administrator: deployed.accounts[7]?.address,
      dryRun: true,
    });
    expect(output).to.include("Members.enrol(name: Audit Office, administrator: 0x").and.include("nothing was sent");
    expect(await deployed.suite.contract("Members").memberCount()).to.equal(1n);
  });

  it("a call with delay is scheduled, waits, and is executed once due", async () => {
    const { run, deployed } = await networkHelpers.loadFixture(enrolled);
    const { registrar, governor, suite } = deployed;
    await run(memberSuspend, registrar, { member: "1", reason: "AUDIT-7" });
    expect((await run(memberReinstate, governor, { member: "1" })).output).to.include("can be executed 86400 s later");
    const early = await refusal(run(memberReinstate, governor, { member: "1" }));
    expect(early.message).to.include("is scheduled already");
    expect((await run(authorityShow, undefined)).output).to.include("Members.reinstate(member: 1)");
    expect((await run(authorityExecute, governor)).output).to.include("no operation of this account is due");
    await networkHelpers.time.increase(day);
    await run(authorityExecute, governor);
    expect((await suite.contract("Members").memberInfo(1)).status).to.equal(1n);
    expect((await run(authorityShow, undefined)).output).to.include("no operation is waiting");
  });

  it("an operation that its contract refuses holds up no other", async () => {
    const { run, deployed } = await networkHelpers.loadFixture(enrolled);
    const { guardian, governor } = deployed;
    await run(memberReinstate, governor, { member: "1" });
    await run(authorityHalt, guardian, { contract: "LogRegistry" });
    await run(authorityResume, governor, { contract: "LogRegistry" });
    await networkHelpers.time.increase(day);
    const error = await refusal(run(authorityExecute, governor));
    expect(error.message).to.include("1 of 2 operations that are due cannot be executed");
    expect(error.details.join()).to.match(/^0x[0-9a-f]{64}: .*Members/);
    expect((await run(authorityShow, undefined)).output).to.include("nothing is halted");
    const alone = await refusal(run(authorityExecute, governor));
    expect(alone.message).to.include("Members");
  });

  it("--propose makes the call of whoever holds the role, without an account", async () => {
    const { run, deployed } = await networkHelpers.loadFixture(enrolled);
    await run(memberSuspend, deployed.registrar, { member: "1", reason: "AUDIT-7" });
    const { proposal } = await run(memberReinstate, undefined, { member: "1", propose: "proposal.json" });
    const [scheduled] = proposal?.transactions ?? [];
    expect(scheduled?.contractMethod.name).to.equal("schedule");
    expect(proposal?.meta.createdFromSafeAddress).to.equal(deployed.governor.address);
    expect(proposal && safeChecksum(proposal)).to.equal(proposal?.meta.checksum);
    await deployed.governor.sendTransaction({ to: scheduled?.to ?? "", data: scheduled?.data ?? "" });
    await networkHelpers.time.increase(day);
    const later = await run(authorityExecute, undefined, { propose: "proposal.json" });
    const [execute] = later.proposal?.transactions ?? [];
    await deployed.governor.sendTransaction({ to: execute?.to ?? "", data: execute?.data ?? "" });
    expect((await deployed.suite.contract("Members").memberInfo(1)).status).to.equal(1n);
  });

  it("the guardian halts at once, and only governance resumes", async () => {
    const { run, deployed } = await networkHelpers.loadFixture(delayed);
    await run(authorityHalt, deployed.guardian, { contract: "LogRegistry" });
    expect((await run(authorityShow, undefined)).output).to.include("halted: LogRegistry");
    const error = await refusal(run(authorityResume, deployed.guardian, { contract: "LogRegistry" }));
    expect(error.message).to.include("it belongs to GOVERNOR");
    expect((await run(authorityResume, deployed.governor, { contract: "LogRegistry" })).output).to.include(
      "scheduling sent",
    );
  });

  it("authority show lists roles, delays and members from the chain", async () => {
    const { run, deployed } = await networkHelpers.loadFixture(enrolled);
    const { output } = await run(authorityShow, undefined);
    for (const text of [
      "GOVERNOR",
      "REGISTRAR",
      "86400 s",
      deployed.guardian.address,
      "LOG_OWNER,WITNESS",
      "nothing is halted",
    ]) {
      expect(output).to.include(text);
    }
    const json = JSON.parse((await run(authorityShow, undefined, { json: true })).output) as { functions: string[][] };
    expect(json.functions).to.deep.include(["Members", "enrol", "REGISTRAR"]);
  });

  const bad: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
    ["an unknown capability", { capabilities: "FLY" }, /--capabilities "FLY" .*"FLY" is no capability/],
    ["an address that is none", { administrator: "0x12" }, /--administrator "0x12" is not an address/],
    ["a time without a zone", { until: "2030-01-01T00:00:00" }, /--until .*has no time zone/],
    ["no name", { name: undefined }, /--name is missing/],
  ];
  for (const [what, change, pattern] of bad) {
    it(`refuses ${what}`, async () => {
      const { run, deployed, input } = await networkHelpers.loadFixture(enrolled);
      const error = await refusal(run(memberEnrol, deployed.registrar, { ...input, ...change }));
      expect(error.code).to.equal("usage");
      expect(error.message).to.match(pattern);
    });
  }

  it("shows the contract's own refusal", async () => {
    const { run, deployed, input } = await networkHelpers.loadFixture(enrolled);
    const error = await refusal(
      run(memberEnrol, deployed.registrar, { ...input, from: "2030-01-01T00:00:00Z", until: "2029-01-01T00:00:00Z" }),
    );
    expect(error.message).to.include("MembersInvalidWindow");
  });
});
