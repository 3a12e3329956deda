import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { network } from "hardhat";

import { toHex } from "../../sdk/common/bytes.js";
import { openBookReader } from "../../sdk/book/reader.js";
import { kindOf } from "../../sdk/rewards/personnel/kinds.js";
import { rosterKey, rosterOf } from "../support/granting.js";
import { oneOfEach } from "../support/personnel.js";
import { openPersonnelWorld, type PersonnelWorld } from "../support/personnelWorld.js";
import type { PersonLabel } from "../support/rewards.js";

const { provider } = await network.create();

interface Imported {
  readonly batches: readonly string[];
  readonly complete: boolean;
}

describe("awards that rest on records", function () {
  this.timeout(120_000);
  let world: PersonnelWorld;
  let type: bigint;

  before(async () => {
    world = await openPersonnelWorld(provider as never);
    const { rewards, folder } = world;
    const time = await rewards.now();
    const training = (label: PersonLabel) => ({ ...oneOfEach(rewards.subject(label))[0]!, time });
    await world.record(training("ada"), training("ben"), training("cai"));
    (await rosterOf(join(folder, "roster"), rewards, ["ada", "ben", "cai"])).close();
    mkdirSync(join(folder, "roster", "secrets"));
    writeFileSync(join(folder, "roster", "secrets", "roster.key"), `${toHex(rosterKey)}\n`, { mode: 0o600 });
    type = await rewards.publishType({ needsEvidence: true, points: 0n });
  });
  after(() => world.close());

  const file = (rows: string) =>
    writeFileSync(join(world.folder, "awards.csv"), `staff_number,citation,evidence\n${rows}`);
  const arguments_ = () => [
    "award",
    "import",
    "awards.csv",
    "--type",
    `${type}`,
    "--by",
    "token",
    "--evidence",
    "staff",
  ];

  it("GR5: refuses somebody else's record, one that is not anchored, and none, and lists them", async () => {
    file("ada,a,1\nben,b,99\n");
    const said = await world.refused("department", ...arguments_());
    expect(said).to.include("is about somebody else").and.to.include("anchor it first");
    expect(await world.read("awards.errors.csv")).to.include("is entry 99, and the chain knows 3");
    file("ada,a,\n");
    expect(await world.refused("department", ...arguments_())).to.include("needs a record for every award");
    expect(await world.rewards.suite.contract("Awards").batchCount()).to.equal(0n);
  });

  it("GR5: grants where each record is about its person, by token and by campaign", async () => {
    file("ada,a,0\nben,b,1\n");
    const { batches, complete } = JSON.parse(await world.well("department", ...arguments_(), "--json")) as Imported;
    expect([batches, complete]).to.deep.equal([["1"], true]);
    const [logId, index] = await world.rewards.suite.contract("Awards").evidenceOf((1n << 32n) | 1n);
    expect([logId, index]).to.deep.equal([world.logId, 1n]);
    const shown = await world.well(undefined, "award", "show", `${1n << 32n}`);
    expect(shown).to.include(`record 0 of log ${world.logId}`);
    const campaign = arguments_().map((one) => (one === "token" ? "campaign" : one));
    expect(await world.well("department", ...campaign)).to.include("Granted by campaign");
  });

  it("records a revocation for the person, once, with what nobody else reads", async () => {
    const token = `${(1n << 32n) | 1n}`;
    const told = ["--reason", "decision", "--book", "staff", "--explanation", "The test was sat by somebody else."];
    const revoke = ["award", "revoke", "--token", token, ...told];
    expect(await world.well("department", ...revoke)).to.include("Recorded for 1 of its people");
    const again = await world.well("department", ...revoke);
    const bare = ["award", "revoke", "--token", token, "--reason", "decision", "--cards", "."];
    expect(await world.refused("department", ...bare)).to.include("name its log with --book");
    expect(again).to.include("was revoked already").and.not.to.include("Recorded");
    const whole = ["award", "revoke", "--batch", "1", ...told, "--cards", "."];
    expect(await world.well("department", ...whole)).to.include("Recorded for 1");
    const reader = await openBookReader(join(world.folder, "staff"));
    const { size } = await reader.log.storedHead();
    const about: unknown[] = [];
    for await (const { record } of reader.records(0n, size)) {
      if (record === undefined || kindOf(record.header) !== "revocation") continue;
      const { title, award, explanation } = record.payload;
      expect([title, explanation]).to.deep.equal(["First aid", "The test was sat by somebody else."]);
      const oneTime = record.header.disputeAddress.some((byte) => byte !== 0);
      about.push([toHex(record.subject!.subjectId), award, oneTime]);
    }
    await reader.close();
    const { rewards } = world;
    expect(about).to.deep.equal([
      [rewards.subject("ben"), { token }, false],
      [rewards.subject("ada"), { token: `${1n << 32n}` }, true],
    ]);
    const ended = await world.stele(undefined, "award", "show", token);
    expect(ended.code).to.equal(3);
    expect(ended.out).to.include("revoked").and.to.include("decision").and.not.to.include("somebody else");
  });
});
