import { expect } from "chai";
import { network } from "hardhat";

import { capabilities } from "../../../sdk/chain/capabilities.js";
import type { ActorLabel } from "../../support/audit.js";
import { DatasetWorld, DAY, plain, State, testDataset } from "../../support/datasetWorld.js";

const { provider, networkHelpers } = await network.create();
const dataset = testDataset(9_500);

async function world() {
  const it = await DatasetWorld.deploy(provider, networkHelpers);
  const datasetId = await it.registered(dataset);
  await it.confirmed(datasetId, "mirrorOne");
  return { it, datasetId, engagement: await it.audit.openEngagement() };
}

/** A challenge of the agency whose chunk is drawn. */
async function asked() {
  const all = await world();
  const { challengeId, chunk } = await all.it.asked(all.datasetId, all.engagement);
  return { ...all, id: challengeId, chunk, drawnAt: await all.it.audit.now() };
}

/** Likewise of a mirror. */
async function askedMirror() {
  const all = await world();
  const { challengeId, chunk } = await all.it.asked(all.datasetId, all.engagement, "mirrorOne");
  return { ...all, id: challengeId, chunk };
}

const load = <T>(fixture: () => Promise<T>) => networkHelpers.loadFixture(fixture);

describe("Datasets: answers", () => {
  it("D8, D10: takes the chunk that was drawn and counts the answer, once", async () => {
    const { it, datasetId, id, chunk } = await load(asked);
    await expect(it.answer(id, dataset, chunk))
      .to.emit(it.datasets, "ChallengeAnswered")
      .withArgs(id, it.audit.actor("agency").address);
    expect((await it.datasets.challengeOf(id)).state).to.equal(State.Answered);
    expect(plain(await it.datasets.standingOf(datasetId, it.member("agency")))).to.deep.equal({
      vouchedAt: 0n,
      withdrawnAt: 0n,
      answeredAt: await it.audit.now(),
      missedAt: 0n,
      answered: 1n,
      missed: 0n,
    });
    await it.helpers.time.increase(2n * DAY);
    for (const again of [it.answer(id, dataset, chunk), it.as("outsider").markMissed(id), it.as("outsider").draw(id)]) {
      await expect(again)
        .to.be.revertedWithCustomError(it.datasets, "DatasetsChallengeState")
        .withArgs(id, State.Answered);
    }
  });

  it("D8: takes an answer from the respondent's member only: nobody can copy it and be first", async () => {
    const { it, id, chunk } = await load(asked);
    // An administrator passes with any capability, so the member is what counts.
    for (const by of ["otherAgency", "mirrorOne"] as const) {
      await expect(it.answer(id, dataset, chunk, by))
        .to.be.revertedWithCustomError(it.datasets, "DatasetsNotRespondent")
        .withArgs(id, it.member(by));
    }
    for (const by of ["outsider", "officeAuditor"] as const) {
      await expect(it.answer(id, dataset, chunk, by)).to.be.revertedWithCustomError(
        it.members,
        "MembersMissingCapability",
      );
    }
  });

  it("D8: a delegate answers if it may hold datasets, or mirror, as the challenge asks", async () => {
    const { it, id, chunk } = await load(asked);
    const idle = await it.delegate("agency", "clerk without it", capabilities.LOG_OWNER);
    const clerk = await it.delegate("agency", "clerk with it", capabilities.DATASET_HOLDER);
    const [bytes, proof] = [dataset.chunk(chunk), dataset.proof(chunk)];
    await expect(it.datasets.connect(idle).answer(id, bytes, proof))
      .to.be.revertedWithCustomError(it.members, "MembersMissingCapability")
      .withArgs(idle.address, capabilities.DATASET_HOLDER);
    await expect(it.datasets.connect(clerk).answer(id, bytes, proof))
      .to.emit(it.datasets, "ChallengeAnswered")
      .withArgs(id, clerk.address);
  });

  it("D8, D9: takes an answer until the period is over and a mark from then on, to the second", async () => {
    const { it, datasetId, engagement } = await load(world);
    const period = await it.datasets.answerPeriod();
    expect(period).to.equal(DAY);
    const first = await it.asked(datasetId, engagement);
    const { drawnAt } = await it.datasets.challengeOf(first.challengeId);
    await networkHelpers.time.setNextBlockTimestamp(drawnAt + period);
    await expect(it.as("outsider").markMissed(first.challengeId))
      .to.be.revertedWithCustomError(it.datasets, "DatasetsNotMissed")
      .withArgs(first.challengeId, period, period);
    await it.answer(first.challengeId, dataset, first.chunk);

    const second = await it.asked(datasetId, engagement);
    const { drawnAt: since } = await it.datasets.challengeOf(second.challengeId);
    await networkHelpers.time.setNextBlockTimestamp(since + period + 1n);
    await expect(it.answer(second.challengeId, dataset, second.chunk))
      .to.be.revertedWithCustomError(it.datasets, "DatasetsLate")
      .withArgs(second.challengeId, period + 1n, period);
    await expect(it.as("outsider").markMissed(second.challengeId))
      .to.emit(it.datasets, "ChallengeMissed")
      .withArgs(second.challengeId, datasetId, it.member("agency"));
    const { answered, missed, missedAt } = await it.datasets.standingOf(datasetId, it.member("agency"));
    expect([answered, missed, missedAt]).to.deep.equal([1n, 1n, since + period + 1n]);
    for (const again of [
      it.answer(second.challengeId, dataset, second.chunk),
      it.as("outsider").markMissed(second.challengeId),
    ]) {
      await expect(again)
        .to.be.revertedWithCustomError(it.datasets, "DatasetsChallengeState")
        .withArgs(second.challengeId, State.Missed);
    }
  });

  it("D9: the time to answer stands still during an outage", async () => {
    const { it, id, chunk, drawnAt } = await load(asked);
    await it.outage(10n * DAY);
    await it.until(drawnAt, 11n * DAY - 60n);
    await expect(it.as("outsider").markMissed(id)).to.be.revertedWithCustomError(it.datasets, "DatasetsNotMissed");
    await it.answer(id, dataset, chunk);
  });

  it("D11: a suspended agency that lost its capability answers, while everything is halted and the audit closed", async () => {
    const { it, id, chunk, engagement } = await load(asked);
    await it.halt();
    await it.setCapabilities("agency", 0n);
    await it.suspend("agency");
    await it.audit.as("office", "Engagements").close(engagement);
    await it.as("agency").retire(await it.idOf(dataset));
    await it.answer(id, dataset, chunk);
    expect((await it.datasets.challengeOf(id)).state).to.equal(State.Answered);
  });

  it("D11: a suspended agency is challenged, drawn and marked while everything is halted", async () => {
    const { it, datasetId, engagement } = await load(world);
    await it.suspend("agency");
    await it.halt();
    const { challengeId } = await it.asked(datasetId, engagement);
    await it.helpers.time.increase(DAY + 1n);
    await it.as("outsider").markMissed(challengeId);
    expect((await it.datasets.standingOf(datasetId, it.member("agency"))).missed).to.equal(1n);
  });

  it("D11: a mirror that withdrew owes what it was asked before, and may not answer by halves", async () => {
    const { it, datasetId, id, chunk } = await load(askedMirror);
    await it.as("mirrorOne").withdraw(datasetId);
    await it.setCapabilities("mirrorOne", 0n);
    await expect(it.answer(id, dataset, chunk, "agency")).to.be.revertedWithCustomError(
      it.datasets,
      "DatasetsNotRespondent",
    );
    await it.answer(id, dataset, chunk, "mirrorOne");
    const { answered, vouchedAt } = await it.datasets.standingOf(datasetId, it.member("mirrorOne"));
    expect([answered, vouchedAt]).to.deep.equal([1n, 0n]);
  });

  it("D10: a mirror's miss is the mirror's, and stays when it vouches again", async () => {
    const { it, datasetId, id } = await load(askedMirror);
    await it.helpers.time.increase(DAY + 1n);
    await it.as("outsider").markMissed(id);
    await it.as("mirrorOne").withdraw(datasetId);
    await it.helpers.time.increase(DAY);
    await it.confirmed(datasetId, "mirrorOne");
    const counts = async (label: ActorLabel) => {
      const { answered, missed } = await it.datasets.standingOf(datasetId, it.member(label));
      return [answered, missed];
    };
    expect(await counts("mirrorOne")).to.deep.equal([0n, 1n]);
    expect(await counts("agency")).to.deep.equal([0n, 0n]);
  });
});
