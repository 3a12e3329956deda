import { expect } from "chai";
import { ZeroHash } from "ethers";
import { network } from "hardhat";

import { capabilities } from "../../../sdk/chain/capabilities.js";
import type { Hex } from "../../../sdk/common/bytes.js";
import type { ActorLabel } from "../../support/audit.js";
import { DatasetWorld, DAY, plain, State, testDataset } from "../../support/datasetWorld.js";

const { provider, networkHelpers } = await network.create();
const dataset = testDataset(40_000);
const NOTICE = 30n * DAY;

async function world() {
  const it = await DatasetWorld.deploy(provider, networkHelpers);
  const datasetId = await it.registered(dataset);
  await it.confirmed(datasetId, "mirrorOne");
  return { it, datasetId, engagement: await it.audit.openEngagement() };
}

const load = () => networkHelpers.loadFixture(world);

describe("Datasets: challenges", () => {
  it("D5: opens a challenge of the holder and of a mirror, by every auditor of the team", async () => {
    const { it, datasetId, engagement } = await load();
    const asked = [
      ["officeAuditor", "agency"],
      ["firmAuditor", "mirrorOne"],
    ] as const;
    for (const [i, [by, respondent]] of asked.entries()) {
      const drawBlock = BigInt(await it.audit.deployed.provider.getBlockNumber()) + 2n;
      await expect(it.as(by).challenge(datasetId, it.member(respondent), engagement))
        .to.emit(it.datasets, "ChallengeOpened")
        .withArgs(BigInt(i + 1), datasetId, it.member(respondent), engagement, it.audit.actor(by).address, drawBlock);
      expect(plain(await it.datasets.challengeOf(i + 1))).to.deep.equal({
        datasetId,
        respondent: it.member(respondent),
        office: it.member("office"),
        openedAt: await it.audit.now(),
        drawnAt: 0n,
        drawBlock,
        chunk: 0n,
        state: State.Pending,
      });
    }
    expect(await it.datasets.challengeCount()).to.equal(2n);
  });

  it("D5: takes a challenge from an auditor of an active engagement only", async () => {
    const { it, datasetId, engagement } = await load();
    const engagements = it.audit.suite.contract("Engagements");
    const holder = it.member("agency");
    for (const by of ["office", "otherOffice", "agency", "outsider"] as const) {
      await expect(it.as(by).challenge(datasetId, holder, engagement), by)
        .to.be.revertedWithCustomError(engagements, "EngagementsNotStaffed")
        .withArgs(engagement, it.audit.actor(by).address);
    }
    await expect(it.as("officeAuditor").challenge(datasetId, holder, ZeroHash))
      .to.be.revertedWithCustomError(engagements, "EngagementsUnknown")
      .withArgs(ZeroHash);
    await it.suspend("firm");
    await expect(it.as("firmAuditor").challenge(datasetId, holder, engagement))
      .to.be.revertedWithCustomError(engagements, "EngagementsNotAccredited")
      .withArgs(it.audit.actor("firmAuditor").address);
    await it.audit.as("office", "Engagements").close(engagement);
    await expect(it.as("officeAuditor").challenge(datasetId, holder, engagement))
      .to.be.revertedWithCustomError(engagements, "EngagementsNotActive")
      .withArgs(engagement);
  });

  it("D5: takes no challenge of a dataset of somebody else than the auditee, nor of one that is not there", async () => {
    const { it, datasetId } = await load();
    const other = await it.audit.openEngagement({ auditee: it.member("otherAgency") });
    await expect(it.as("officeAuditor").challenge(datasetId, it.member("agency"), other))
      .to.be.revertedWithCustomError(it.datasets, "DatasetsNotAuditee")
      .withArgs(it.member("agency"), it.member("otherAgency"));
    await expect(it.as("officeAuditor").challenge(ZeroHash, it.member("otherAgency"), other))
      .to.be.revertedWithCustomError(it.datasets, "DatasetsUnknown")
      .withArgs(ZeroHash);
  });

  it("D5: challenges the holder and those who vouch, nobody else", async () => {
    const { it, datasetId, engagement } = await load();
    const refused = async (respondent: bigint) =>
      expect(it.as("officeAuditor").challenge(datasetId, respondent, engagement))
        .to.be.revertedWithCustomError(it.datasets, "DatasetsNotMirror")
        .withArgs(datasetId, respondent);
    for (const respondent of [0n, 99n, it.member("mirrorTwo"), it.member("otherAgency")]) await refused(respondent);
    await it.as("mirrorOne").withdraw(datasetId);
    await refused(it.member("mirrorOne"));
  });

  it("D5: nobody challenges its own office or its own member", async () => {
    const { it, datasetId, engagement } = await load();
    const { AUDIT_OFFICE, AUDITOR, MIRROR } = capabilities;
    await it.setCapabilities("office", AUDIT_OFFICE | AUDITOR | MIRROR);
    await it.setCapabilities("firm", AUDITOR | MIRROR);
    await it.confirmed(datasetId, "office", "firm");
    const own: readonly (readonly [ActorLabel, bigint])[] = [
      ["officeAuditor", it.member("office")],
      ["firmAuditor", it.member("office")],
      ["firmAuditor", it.member("firm")],
    ];
    for (const [by, respondent] of own) {
      await expect(it.as(by).challenge(datasetId, respondent, engagement))
        .to.be.revertedWithCustomError(it.datasets, "DatasetsIneligible")
        .withArgs(it.audit.actor(by).address, respondent);
    }
    await it.as("officeAuditor").challenge(datasetId, it.member("firm"), engagement);
  });

  it("D6: an office challenges a respondent 16 times a day, by whatever engagement, auditor and dataset", async () => {
    const { it, datasetId, engagement } = await load();
    await nextDay(it);
    const [office, agency] = [it.member("office"), it.member("agency")];
    const engagements = [engagement, await it.audit.openEngagement(), await it.audit.openEngagement()];
    const datasets = [datasetId, await it.registered(testDataset(5))];
    expect(await it.datasets.challengesLeft(office, agency)).to.equal(16n);
    for (let i = 0; i < 16; i++) {
      await it.challenged(
        datasets[i % 2]!,
        engagements[i % 3] as Hex,
        "agency",
        i % 5 ? "officeAuditor" : "firmAuditor",
      );
      expect(await it.datasets.challengesLeft(office, agency)).to.equal(15n - BigInt(i));
    }
    for (const by of ["officeAuditor", "firmAuditor"] as const) {
      await expect(it.as(by).challenge(datasets[1]!, agency, engagements[2]!))
        .to.be.revertedWithCustomError(it.datasets, "DatasetsChallengesExhausted")
        .withArgs(office, agency, 16n);
    }
    // Neither another respondent nor another office is affected.
    await it.challenged(datasetId, engagement, "mirrorOne");
    const other = await it.audit.openEngagement({ by: "otherOffice", team: [it.audit.actor("otherOffice").address] });
    await it.challenged(datasetId, other, "agency", "otherOffice");
    expect(await it.datasets.challengesLeft(it.member("otherOffice"), agency)).to.equal(15n);
    await nextDay(it);
    expect(await it.datasets.challengesLeft(office, agency)).to.equal(16n);
    await it.challenged(datasetId, engagement);
    expect(await it.datasets.challengesLeft(office, agency)).to.equal(15n);
  });

  it("D2: a holder can be challenged for 30 open days after its notice, to the second, a mirror while it vouches", async () => {
    const { it, datasetId } = await load();
    const engagement = await it.audit.openEngagement({ until: (await it.audit.now()) + 100n * DAY });
    await it.as("agency").retire(datasetId);
    const retiredAt = await it.audit.now();
    await it.outage(3n * DAY);
    const closing = retiredAt + NOTICE + 3n * DAY;
    await networkHelpers.time.setNextBlockTimestamp(closing);
    const id = await it.challenged(datasetId, engagement);
    await expect(it.as("officeAuditor").challenge(datasetId, it.member("agency"), engagement))
      .to.be.revertedWithCustomError(it.datasets, "DatasetsRetiredAlready")
      .withArgs(datasetId);
    await it.challenged(datasetId, engagement, "mirrorOne");
    // What was asked before the end is still owed.
    const chunk = await it.drawn(id);
    await it.answer(id, dataset, chunk);
  });
});

/** To the middle of the next UTC day, so that no test straddles midnight. */
async function nextDay(it: DatasetWorld): Promise<void> {
  const now = await it.audit.now();
  await networkHelpers.time.increaseTo((now / DAY + 1n) * DAY + DAY / 2n);
}
