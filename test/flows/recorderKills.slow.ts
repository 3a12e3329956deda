import { expect } from "chai";

import { temporaryFolders } from "../support/folders.js";
import { killRecorder } from "../support/recorderKills/run.js";

const kills = Number(process.env["STELE_KILLS"] ?? 120);

describe("a recorder that is killed at random moments", function () {
  this.timeout(900_000);
  const folders = temporaryFolders();
  const seed = Number(process.env["STELE_SEED"] ?? Math.floor(Math.random() * 2 ** 32));

  afterEach(function () {
    if (this.currentTest?.state === "failed") console.log(`    seed: STELE_SEED=${seed}`);
  });

  it("A1, A2, A3, A4, A5: keeps its guarantee over more than a hundred kills, recovery included", async () => {
    const report = await killRecorder(folders(), kills, seed);
    const { events, failed, interrupted, unsupervised } = report;
    console.log(
      `      ${report.kills} kills, ${unsupervised} of them left to the next process; ` +
        `${events} operations on record, ${failed} failed, ${interrupted} of them interrupted`,
    );
    expect(report.kills).to.be.at.least(kills);
    expect(interrupted).to.be.greaterThan(0);
  });
});
