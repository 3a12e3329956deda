import { expect } from "chai";
import { AbiCoder, id, keccak256, type Result, ZeroHash } from "ethers";
import { network } from "hardhat";

import { type AuditSuite, day, deployAudit, type EngagementTerms } from "../../support/audit.js";

const { provider, networkHelpers } = await network.create();
const { time } = networkHelpers;
const DAY = BigInt(day);

async function audit() {
  return deployAudit(provider);
}

/** Terms that are good, with changes; the block that takes them comes one second later. */
async function terms(
  { actor, logs, now }: AuditSuite,
  changes: Partial<EngagementTerms> = {},
): Promise<EngagementTerms> {
  const from = (await now()) + 100n;
  const lineages = [logs.agency.lineage, logs.otherAgency.lineage].sort();
  return {
    by: "office",
    ref: id("2026/17"),
    auditee: actor("agency").member,
    scope: id("scope"),
    from,
    until: from + 30n * DAY,
    lineages,
    team: [actor("officeAuditor").address, actor("firmAuditor").address],
    ...changes,
  };
}

function open(suite: AuditSuite, { by, ref, auditee, scope, from, until, lineages, team }: EngagementTerms) {
  return suite.as(by, "Engagements").open(ref, auditee, scope, from, until, [...lineages], [...team]);
}

describe("Engagements: opening", () => {
  it("keeps the terms, the logs and the team, and says so in events", async () => {
    const suite = await networkHelpers.loadFixture(audit);
    const engagements = suite.suite.contract("Engagements");
    const given = await terms(suite);
    const { ref, auditee, scope, from, until, lineages, team } = given;
    const office = suite.actor("office").member;
    const engagement = await engagements.engagementFor(office, ref);
    const opened = await open(suite, given);
    await expect(opened)
      .to.emit(engagements, "EngagementOpened")
      .withArgs(engagement, office, auditee, ref, scope, from, until, lineages);
    for (const [i, label] of (["officeAuditor", "firmAuditor"] as const).entries()) {
      await expect(opened)
        .to.emit(engagements, "AuditorStaffed")
        .withArgs(engagement, team[i], suite.actor(label).member);
    }
    const openedAt = await suite.now();
    const kept = await engagements.engagementOf(engagement);
    expect((kept as unknown as Result).toObject()).to.deep.equal({
      scope,
      office,
      auditee,
      from,
      until,
      openedAt,
      closedAt: 0n,
    });
    expect([...(await engagements.lineagesOf(engagement))]).to.deep.equal(lineages);
    for (const account of team) {
      expect([...(await engagements.staffingOf(engagement, account))]).to.deep.equal([openedAt, 0n]);
    }
  });

  it("derives the id from suite, office and reference, so that offices do not collide", async () => {
    const suite = await networkHelpers.loadFixture(audit);
    const engagements = suite.suite.contract("Engagements");
    const ref = id("2026/17");
    const encoded = AbiCoder.defaultAbiCoder().encode(
      ["string", "bytes32", "uint32", "bytes32"],
      ["stele.engagement", suite.suite.manifest.suiteId, 1n, ref],
    );
    expect(await engagements.engagementFor(1n, ref)).to.equal(keccak256(encoded));
    await open(suite, await terms(suite));
    await open(suite, await terms(suite, { by: "otherOffice" }));
    await expect(open(suite, await terms(suite)))
      .to.be.revertedWithCustomError(engagements, "EngagementsExists")
      .withArgs(await engagements.engagementFor(suite.actor("office").member, ref));
  });

  it("is for an audit office alone", async () => {
    const suite = await networkHelpers.loadFixture(audit);
    const members = suite.suite.contract("Members");
    for (const by of ["firm", "agency", "officeAuditor", "outsider"] as const) {
      await expect(open(suite, await terms(suite, { by }))).to.be.revertedWithCustomError(
        members,
        "MembersMissingCapability",
      );
    }
  });

  it("needs an auditee that is enrolled and is not the office, and a scope", async () => {
    const suite = await networkHelpers.loadFixture(audit);
    const engagements = suite.suite.contract("Engagements");
    const office = suite.actor("office").member;
    for (const auditee of [0n, 99n]) {
      await expect(open(suite, await terms(suite, { auditee })))
        .to.be.revertedWithCustomError(engagements, "EngagementsUnknownMember")
        .withArgs(auditee);
    }
    await expect(open(suite, await terms(suite, { auditee: office })))
      .to.be.revertedWithCustomError(engagements, "EngagementsConflict")
      .withArgs(office, office);
    await expect(open(suite, await terms(suite, { scope: ZeroHash }))).to.be.revertedWithCustomError(
      engagements,
      "EngagementsNoScope",
    );
  });

  it("takes a suspended auditee: whoever is suspended can be audited all the more", async () => {
    const suite = await networkHelpers.loadFixture(audit);
    const { deployed, actor } = suite;
    await suite.suite.contract("Members").connect(deployed.registrar).suspend(actor("agency").member, id("cause"));
    await open(suite, await terms(suite));
  });

  it("takes a window that begins at most a day ago and ends later than now and than it begins", async () => {
    const suite = await networkHelpers.loadFixture(audit);
    const engagements = suite.suite.contract("Engagements");
    const at = (await suite.now()) + 50n;
    const windows: readonly (readonly [bigint, bigint, boolean])[] = [
      [at - DAY, at + 1n, true],
      [at - DAY - 1n, at + 1n, false],
      [at, at, false],
      [at + 10n, at + 10n, false],
      [at + 10n, at + 9n, false],
      [at - 10n, at, false],
      [0n, 2n ** 40n - 1n, false],
      [2n ** 40n - 2n, 2n ** 40n - 1n, true],
    ];
    for (const [from, until, good] of windows) {
      const snapshot = await networkHelpers.takeSnapshot();
      await time.setNextBlockTimestamp(at);
      const given = await terms(suite, { from, until });
      const { ref, auditee, scope, lineages, team } = given;
      // With its own gas limit, since an estimate would run in the second before.
      const sent = suite
        .as("office", "Engagements")
        .open(ref, auditee, scope, from, until, [...lineages], [...team], { gasLimit: 1_000_000n });
      if (good) await sent;
      else {
        await expect(sent).to.be.revertedWithCustomError(engagements, "EngagementsInvalidWindow").withArgs(from, until);
      }
      await snapshot.restore();
    }
  });

  it("takes at most 16 logs, each opened, strictly ascending", async () => {
    const suite = await networkHelpers.loadFixture(audit);
    const engagements = suite.suite.contract("Engagements");
    const many: string[] = [];
    for (let i = 0; i < 17; i++) many.push((await suite.openLog("agency", `log-${i}`)).lineage);
    many.sort();
    await expect(open(suite, await terms(suite, { lineages: many })))
      .to.be.revertedWithCustomError(engagements, "EngagementsTooMany")
      .withArgs("lineages", 17n, 16n);
    const [a = "", b = ""] = many;
    for (const [first, second] of [
      [b, a],
      [a, a],
    ] as const) {
      await expect(open(suite, await terms(suite, { lineages: [first, second] })))
        .to.be.revertedWithCustomError(engagements, "EngagementsUnordered")
        .withArgs(first, second);
    }
    for (const lineage of [id("no log"), ZeroHash]) {
      await expect(open(suite, await terms(suite, { lineages: [lineage] })))
        .to.be.revertedWithCustomError(engagements, "EngagementsUnknownLog")
        .withArgs(lineage);
    }
    await open(suite, await terms(suite, { lineages: many.slice(0, 16) }));
    await open(suite, await terms(suite, { ref: id("another"), lineages: [], team: [] }));
  });

  it("knows only what was opened", async () => {
    const { suite, as, actor } = await networkHelpers.loadFixture(audit);
    const engagements = suite.contract("Engagements");
    const none = id("none");
    const account = actor("firmAuditor").address;
    for (const attempt of [
      () => engagements.engagementOf(none),
      () => engagements.lineagesOf(none),
      () => engagements.staffingOf(none, account),
      () => engagements.isActive(none),
      () => engagements.supportOf(none),
      () => engagements.requireAuditor(none, account),
      () => as("office", "Engagements").staff(none, []),
      () => as("office", "Engagements").release(none, []),
      () => as("office", "Engagements").close(none),
    ]) {
      await expect(attempt()).to.be.revertedWithCustomError(engagements, "EngagementsUnknown").withArgs(none);
    }
  });
});
