import { expect } from "chai";
import { id, Wallet } from "ethers";
import { network } from "hardhat";

import { capabilities } from "../../../sdk/chain/capabilities.js";
import { type ActorLabel, type AuditSuite, day, deployAudit } from "../../support/audit.js";

const { provider, networkHelpers } = await network.create();
const { time } = networkHelpers;
const DAY = BigInt(day);
const forever = 2n ** 40n - 1n;

async function opened() {
  const suite = await deployAudit(provider);
  const engagement = await suite.openEngagement({ team: [suite.actor("officeAuditor").address] });
  return { ...suite, engagement, engagements: suite.suite.contract("Engagements") };
}
type Opened = Awaited<ReturnType<typeof opened>>;

/** What requireAuditor says of an account: office and auditee, or throws. */
const asked = ({ engagements, engagement, actor }: Opened, label: ActorLabel) =>
  engagements.requireAuditor(engagement, actor(label).address);

const staff = ({ as, engagement, actor }: Opened, ...labels: ActorLabel[]) =>
  as("office", "Engagements").staff(
    engagement,
    labels.map((label) => actor(label).address),
  );

const release = ({ as, engagement, actor }: Opened, ...labels: ActorLabel[]) =>
  as("office", "Engagements").release(
    engagement,
    labels.map((label) => actor(label).address),
  );

const suspend = ({ suite, deployed, actor }: AuditSuite, label: ActorLabel) =>
  suite.contract("Members").connect(deployed.registrar).suspend(actor(label).member, id("cause"));

const reinstate = ({ suite, deployed, actor }: AuditSuite, label: ActorLabel) =>
  suite.contract("Members").connect(deployed.governor).reinstate(actor(label).member);

describe("Engagements: the team", () => {
  it("E1: lets in only accounts that act as auditors for a member other than the auditee", async () => {
    const world = await networkHelpers.loadFixture(opened);
    const { engagements, suite, actor, deployed } = world;
    const members = suite.contract("Members");
    for (const label of ["outsider", "agency", "mirrorOne"] as const) {
      await expect(staff(world, label))
        .to.be.revertedWithCustomError(engagements, "EngagementsNotAccredited")
        .withArgs(actor(label).address);
    }
    const agency = actor("agency").member;
    await members.connect(deployed.governor).setCapabilities(agency, capabilities.LOG_OWNER | capabilities.AUDITOR);
    await expect(staff(world, "agency"))
      .to.be.revertedWithCustomError(engagements, "EngagementsConflict")
      .withArgs(agency, agency);
    await staff(world, "firm", "otherOffice");
    expect([...(await asked(world, "firm"))]).to.deep.equal([actor("office").member, agency]);
  });

  it("E1: stops an auditor whose own member became the auditee's", async () => {
    const world = await networkHelpers.loadFixture(opened);
    const { engagements, suite, actor, as, deployed } = world;
    await staff(world, "firmAuditor");
    const [agency, auditor] = [actor("agency").member, actor("firmAuditor").address];
    await as("firm", "Members").removeDelegate(auditor);
    const granted = capabilities.LOG_OWNER | capabilities.AUDITOR;
    await suite.contract("Members").connect(deployed.governor).setCapabilities(agency, granted);
    await as("agency", "Members").nameDelegate(auditor, capabilities.AUDITOR, forever);
    await as("firmAuditor", "Members").acceptDelegation(agency);
    await expect(asked(world, "firmAuditor"))
      .to.be.revertedWithCustomError(engagements, "EngagementsConflict")
      .withArgs(agency, agency);
  });

  it("refuses to staff twice, to release whom it does not have, and more than 64 at once", async () => {
    const world = await networkHelpers.loadFixture(opened);
    const { engagements, engagement, actor, as } = world;
    await expect(staff(world, "officeAuditor"))
      .to.be.revertedWithCustomError(engagements, "EngagementsAlreadyStaffed")
      .withArgs(engagement, actor("officeAuditor").address);
    await expect(staff(world, "firm", "firm")).to.be.revertedWithCustomError(engagements, "EngagementsAlreadyStaffed");
    await expect(release(world, "firm"))
      .to.be.revertedWithCustomError(engagements, "EngagementsNotStaffed")
      .withArgs(engagement, actor("firm").address);
    const crowd = Array.from({ length: 65 }, () => Wallet.createRandom().address);
    for (const method of ["staff", "release"] as const) {
      await expect(as("office", "Engagements")[method](engagement, crowd))
        .to.be.revertedWithCustomError(engagements, "EngagementsTooMany")
        .withArgs("accounts", 65n, 64n);
    }
  });

  it("keeps the latest time on the team, through release and return", async () => {
    const world = await networkHelpers.loadFixture(opened);
    const { engagements, engagement, actor, now } = world;
    const { address, member } = actor("firmAuditor");
    const staffed = await staff(world, "firmAuditor");
    await expect(staffed).to.emit(engagements, "AuditorStaffed").withArgs(engagement, address, member);
    const from = await now();
    expect([...(await engagements.staffingOf(engagement, address))]).to.deep.equal([from, 0n]);
    await time.increase(100);
    await expect(release(world, "firmAuditor")).to.emit(engagements, "AuditorReleased").withArgs(engagement, address);
    expect([...(await engagements.staffingOf(engagement, address))]).to.deep.equal([from, await now()]);
    await expect(asked(world, "firmAuditor"))
      .to.be.revertedWithCustomError(engagements, "EngagementsNotStaffed")
      .withArgs(engagement, address);
    await staff(world, "firmAuditor");
    expect([...(await engagements.staffingOf(engagement, address))]).to.deep.equal([await now(), 0n]);
    await asked(world, "firmAuditor");
  });

  it("is the office's alone: no other office, no auditor, no auditee touches it", async () => {
    const { as, engagements, engagement, actor, suite } = await networkHelpers.loadFixture(opened);
    const accounts = [actor("officeAuditor").address];
    const { member } = actor("otherOffice");
    for (const method of ["staff", "release"] as const) {
      await expect(as("otherOffice", "Engagements")[method](engagement, accounts))
        .to.be.revertedWithCustomError(engagements, "EngagementsNotOffice")
        .withArgs(engagement, member);
      await expect(as("agency", "Engagements")[method](engagement, accounts)).to.be.revertedWithCustomError(
        suite.contract("Members"),
        "MembersMissingCapability",
      );
    }
    await expect(as("otherOffice", "Engagements").close(engagement))
      .to.be.revertedWithCustomError(engagements, "EngagementsNotOffice")
      .withArgs(engagement, member);
  });

  it("E2: nobody acts before the window, after it or after the closing, which is for good", async () => {
    const world = await networkHelpers.loadFixture(opened);
    const { as, engagements, actor, now, openEngagement } = world;
    const from = (await now()) + 1_000n;
    const engagement = await openEngagement({ from, until: from + DAY, team: [actor("firm").address] });
    const later = { ...world, engagement };
    const inactive = () =>
      expect(asked(later, "firm"))
        .to.be.revertedWithCustomError(engagements, "EngagementsNotActive")
        .withArgs(engagement);
    await inactive();
    await staff(later, "firmAuditor"); // a team is made up before it starts
    await time.increaseTo(from - 1n);
    await inactive();
    await time.increaseTo(from);
    await asked(later, "firm");
    await time.increaseTo(from + DAY - 1n);
    await asked(later, "firm");
    // In the very second; with its own gas limit, since an estimate would run in the second before.
    await time.setNextBlockTimestamp(from + DAY);
    const late = as("office", "Engagements").staff(engagement, [actor("otherOffice").address], { gasLimit: 300_000n });
    await expect(late).to.be.revertedWithCustomError(engagements, "EngagementsNotActive");
    await inactive();
    await expect(staff(later, "otherOffice"))
      .to.be.revertedWithCustomError(engagements, "EngagementsNotActive")
      .withArgs(engagement);
    await release(later, "firmAuditor"); // the record of who left may be completed

    const office = as("office", "Engagements");
    await asked(world, "officeAuditor");
    await expect(office.close(world.engagement)).to.emit(engagements, "EngagementClosed").withArgs(world.engagement);
    expect((await engagements.engagementOf(world.engagement)).closedAt).to.equal(await now());
    expect(await engagements.isActive(world.engagement)).to.equal(false);
    await expect(asked(world, "officeAuditor")).to.be.revertedWithCustomError(engagements, "EngagementsNotActive");
    for (const again of [
      () => office.close(world.engagement),
      () => staff(world, "firm"),
      () => release(world, "officeAuditor"),
    ]) {
      await expect(again())
        .to.be.revertedWithCustomError(engagements, "EngagementsClosedAlready")
        .withArgs(world.engagement);
    }
  });

  it("E3: an office that is suspended stops its team in the same block, and does nothing itself", async () => {
    const world = await networkHelpers.loadFixture(opened);
    const { as, engagements, engagement, suite } = world;
    await staff(world, "firmAuditor");
    await suspend(world, "office");
    expect(await engagements.isActive(engagement)).to.equal(false);
    for (const label of ["officeAuditor", "firmAuditor"] as const) {
      await expect(asked(world, label)).to.be.revertedWithCustomError(engagements, "EngagementsNotActive");
    }
    const members = suite.contract("Members");
    for (const attempt of [
      () => staff(world, "firm"),
      () => release(world, "firmAuditor"),
      () => as("office", "Engagements").close(engagement),
    ]) {
      await expect(attempt()).to.be.revertedWithCustomError(members, "MembersMissingCapability");
    }
    await reinstate(world, "office");
    await asked(world, "firmAuditor");
  });

  it("E3: an office whose validity ended, or that is an audit office no more, has no active engagement", async () => {
    const world = await networkHelpers.loadFixture(opened);
    const { engagements, engagement, suite, deployed, actor, now } = world;
    const members = suite.contract("Members").connect(deployed.governor);
    const office = actor("office").member;
    await members.setCapabilities(office, capabilities.AUDITOR);
    expect(await engagements.isActive(engagement)).to.equal(false);
    await members.setCapabilities(office, capabilities.AUDIT_OFFICE | capabilities.AUDITOR);
    expect(await engagements.isActive(engagement)).to.equal(true);
    await members.setValidity(office, 0n, (await now()) + 100n);
    expect(await engagements.isActive(engagement)).to.equal(true);
    await time.increase(100);
    expect(await engagements.isActive(engagement)).to.equal(false);
    await members.setValidity(office, (await now()) + 100n, forever);
    expect(await engagements.isActive(engagement)).to.equal(false);
  });

  it("E3: an auditor acts only while it and its member are accredited", async () => {
    const world = await networkHelpers.loadFixture(opened);
    const { engagements, suite, deployed, actor, as, now } = world;
    await staff(world, "firmAuditor", "firm");
    const { address } = actor("firmAuditor");
    const refused = () =>
      expect(asked(world, "firmAuditor"))
        .to.be.revertedWithCustomError(engagements, "EngagementsNotAccredited")
        .withArgs(address);
    await suspend(world, "firm");
    await refused();
    await asked(world, "officeAuditor");
    await reinstate(world, "firm");
    await asked(world, "firmAuditor");
    const members = suite.contract("Members").connect(deployed.governor);
    await members.setCapabilities(actor("firm").member, capabilities.WITNESS);
    await refused();
    await members.setCapabilities(actor("firm").member, capabilities.AUDITOR);
    await asked(world, "firmAuditor");
    await as("firm", "Members").nameDelegate(address, capabilities.AUDITOR, (await now()) + 50n);
    await as("firmAuditor", "Members").acceptDelegation(actor("firm").member);
    await asked(world, "firmAuditor");
    await time.increase(60);
    await refused();
    await as("firm", "Members").removeDelegate(address);
    await refused();
    await asked(world, "firm");
  });

  it("releases an account that is accredited no more", async () => {
    const world = await networkHelpers.loadFixture(opened);
    await staff(world, "firmAuditor");
    await suspend(world, "firm");
    await release(world, "firmAuditor");
    await reinstate(world, "firm");
    await expect(asked(world, "firmAuditor")).to.be.revertedWithCustomError(world.engagements, "EngagementsNotStaffed");
  });
});
