import { expect } from "chai";

import { temporaryFolders } from "../support/folders.js";
import { killRecorder } from "../support/recorderKills/run.js";

describe("a recorder that is killed a few times", function () {
  this.timeout(60_000);
  const folders = temporaryFolders();
  const seed = Number(process.env["STELE_SEED"] ?? Math.floor(Math.random() * 2 ** 32));

  afterEach(function () {
    if (this.currentTest?.state === "failed") console.log(`    seed: STELE_SEED=${seed}`);
  });

  it("A1, A2, A3, A4, A5: shows no result without its record, none twice, and leaves nothing behind", async () => {
    const report = await killRecorder(folders(), 6, seed);
    expect(report.kills).to.equal(6);
    expect(report.events).to.be.greaterThan(0);
  });
});
