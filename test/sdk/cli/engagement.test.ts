import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { id, sha256, toUtf8Bytes } from "ethers";
import { network } from "hardhat";

import type { EngagementState } from "../../../sdk/audit/engagement-state.js";
import { engagementClose } from "../../../sdk/cli/commands/engagement/close.js";
import { engagementOpen } from "../../../sdk/cli/commands/engagement/open.js";
import { engagementShow } from "../../../sdk/cli/commands/engagement/show.js";
import { engagementStaff } from "../../../sdk/cli/commands/engagement/staff.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { formatInstant } from "../../../sdk/common/time.js";
import { day, deployAudit } from "../../support/audit.js";
import { commandRunner } from "../../support/commands.js";

const { provider, networkHelpers } = await network.create();
const scopeFile = join(mkdtempSync(join(tmpdir(), "stele-engagement-")), "scope.txt");
writeFileSync(scopeFile, "the books of 2025");

async function audit() {
  const suite = await deployAudit(provider);
  const run = commandRunner(provider, suite.deployed);
  const input = {
    ref: "2026/17",
    auditee: String(suite.actor("agency").member),
    scope: scopeFile,
    until: formatInstant((await suite.now()) + 30n * BigInt(day)),
    log: [suite.logs.agency.logId, suite.logs.otherAgency.lineage],
    auditor: [suite.actor("officeAuditor").address],
  };
  const office = suite.actor("office");
  const engagement = await suite.suite.contract("Engagements").engagementFor(office.member, id(input.ref));
  return { ...suite, run, input, office: office.signer, engagement };
}

async function opened() {
  const world = await audit();
  await world.run(engagementOpen, world.office, world.input);
  return world;
}

async function refusal(attempt: Promise<unknown>, says: string): Promise<void> {
  const error = await attempt.then(
    () => expect.fail("was not refused"),
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(SteleError);
  expect((error as SteleError).message).to.include(says);
}

describe("engagement commands", () => {
  it("open an engagement from a scope document, logs by id or lineage, and a team", async () => {
    const { run, suite, office, input, engagement, actor, logs, now } = await networkHelpers.loadFixture(audit);
    const { output } = await run(engagementOpen, office, input);
    expect(output).to.include(engagement).and.include("is open");
    const contract = suite.contract("Engagements");
    const kept = await contract.engagementOf(engagement);
    expect([kept.scope, kept.auditee]).to.deep.equal([
      sha256(toUtf8Bytes("the books of 2025")),
      actor("agency").member,
    ]);
    expect((await now()) - kept.from < 60n).to.equal(true);
    const lineages = [logs.agency.lineage, logs.otherAgency.lineage].sort();
    expect([...(await contract.lineagesOf(engagement))]).to.deep.equal(lineages);
    await contract.requireAuditor(engagement, actor("officeAuditor").address);
  });

  it("opened again, say that it is open, and send nothing; with other terms, they refuse", async () => {
    const { run, office, input, deployed } = await networkHelpers.loadFixture(opened);
    const block = await deployed.provider.getBlockNumber();
    const { output } = await run(engagementOpen, office, input);
    expect(output).to.match(/is open already, since .*Nothing was sent/);
    const { output: json } = await run(engagementOpen, office, { ...input, ref: id(input.ref), json: true });
    expect((JSON.parse(json) as { submitted: unknown }).submitted).to.equal(null);
    for (const [field, other] of Object.entries({
      auditee: "4",
      until: "2199-01-01T00:00:00Z",
      log: [],
      from: "2020-01-01T00:00:00Z",
    })) {
      await refusal(run(engagementOpen, office, { ...input, [field]: other }), `another --${field}`);
    }
    expect(await deployed.provider.getBlockNumber()).to.equal(block);
  });

  it("simulate with --dry-run and write a proposal with --propose, and send nothing", async () => {
    const { run, suite, office, input, engagement, actor } = await networkHelpers.loadFixture(audit);
    const { output } = await run(engagementOpen, office, { ...input, dryRun: true });
    expect(output).to.include("Dry run").and.include(engagement);
    const { proposal } = await run(engagementOpen, undefined, { ...input, office: "1", propose: "safe.json" });
    expect(proposal?.transactions.map(({ to }) => to)).to.deep.equal([suite.address("Engagements")]);
    await refusal(run(engagementShow, undefined, { engagement }), "there is no engagement");
    await run(engagementOpen, office, input);
    const change = { engagement, add: [actor("firm").address], release: input.auditor, propose: "team.json" };
    expect((await run(engagementStaff, undefined, change)).proposal?.transactions.length).to.equal(2);
    const dry = await run(engagementClose, office, { engagement, dryRun: true });
    expect(dry.output).to.include("Dry run");
    await suite.contract("Engagements").requireAuditor(engagement, actor("officeAuditor").address);
  });

  it("change the team, once, and show its history in bounded ranges", async () => {
    const { run, office, input, engagement, actor } = await networkHelpers.loadFixture(opened);
    const change = { engagement, add: [actor("firm").address], release: input.auditor };
    const { output } = await run(engagementStaff, office, change);
    expect(output).to.match(/Off the team: .*\nOnto the team: /);
    expect((await run(engagementStaff, office, change)).output).to.include("as you want it already");
    await run(engagementStaff, office, { engagement, add: input.auditor });
    const { output: json } = await run(engagementShow, undefined, { engagement, json: true });
    const { team, active, supported, ref } = JSON.parse(json) as EngagementState;
    expect([active, supported, ref]).to.deep.equal([true, true, id(input.ref)]);
    const [auditor, firm] = [actor("officeAuditor"), actor("firm")].map(({ address }) => address.toLowerCase());
    expect(team.map((one) => [one.auditor, one.until === undefined])).to.deep.equal([
      [auditor, false],
      [firm, true],
      [auditor, true],
    ]);
  });

  it("show what the logs are for it, and the closing, once", async () => {
    const { run, office, engagement, logs, as } = await networkHelpers.loadFixture(opened);
    await networkHelpers.time.increase(day + 60);
    await as("outsider", "LogRegistry").markOverdue(logs.agency.logId);
    const { output } = await run(engagementShow, undefined, { engagement });
    expect(output)
      .to.match(/supported +NO/)
      .and.include("defaulted")
      .and.include("overdue")
      .and.include("1, office");
    expect(output).to.include(", active");
    expect((await run(engagementClose, office, { engagement })).output).to.include("is closed");
    expect((await run(engagementClose, office, { engagement })).output).to.include("closed already");
    expect((await run(engagementShow, undefined, { engagement })).output).to.include("not active");
  });

  it("refuse bad input with a sentence that names it", async () => {
    const { run, office, input, engagement, actor, logs } = await networkHelpers.loadFixture(opened);
    const open = (changes: object) => run(engagementOpen, office, { ...input, ref: "another", ...changes });
    const bad = actor("firm").address.replace(/[a-f]/, (letter) => letter.toUpperCase());
    await refusal(open({ ref: "" }), "--ref");
    await refusal(open({ auditee: "0" }), "--auditee");
    await refusal(open({ auditee: "99" }), "EngagementsUnknownMember (member 99)");
    await refusal(open({ auditee: "1" }), "EngagementsConflict");
    await refusal(open({ scope: "nowhere.pdf" }), "nowhere.pdf");
    await refusal(open({ until: "2020-01-01T00:00:00Z" }), "--until");
    await refusal(open({ until: "tomorrow" }), "--until");
    await refusal(open({ from: "2020-01-01T00:00:00Z" }), "EngagementsInvalidWindow");
    await refusal(open({ log: [id("no log")] }), "is no log of this suite");
    await refusal(open({ log: ["0x12"] }), "--log");
    await refusal(open({ auditor: ["0x12"] }), "--auditor");
    await refusal(open({ auditor: [bad] }), "checksum");
    await refusal(open({ auditor: [actor("agency").address] }), "EngagementsNotAccredited");
    await refusal(run(engagementOpen, actor("outsider").signer, { ...input, ref: "x" }), "belongs to no member");
    await refusal(run(engagementOpen, actor("firm").signer, { ...input, ref: "x" }), "MembersMissingCapability");
    await refusal(run(engagementStaff, office, { engagement }), "--add or --release");
    const both = { engagement, add: input.auditor, release: input.auditor };
    await refusal(run(engagementStaff, office, both), "both in --add and in --release");
    await refusal(run(engagementStaff, office, { engagement: logs.agency.logId, add: [bad] }), "checksum");
    for (const command of [engagementShow, engagementClose]) {
      await refusal(run(command, office, { engagement: id("none") }), "there is no engagement");
      await refusal(run(command, office, { engagement: "none" }), "ID");
    }
    await refusal(run(engagementClose, actor("otherOffice").signer, { engagement }), "EngagementsNotOffice");
  });
});
