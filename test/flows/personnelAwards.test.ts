import { join } from "node:path";

import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";

import { fromHex, toHex } from "../../sdk/common/bytes.js";
import { commitmentOf, fieldsOf } from "../../sdk/records/fields.js";
import { createCampaign } from "../../sdk/rewards/campaign/campaign.js";
import { parseCampaignProof, verifyCampaignProof } from "../../sdk/rewards/campaign/proof.js";
import { oneOfEach } from "../support/personnel.js";
import { openPersonnelWorld, type PersonnelWorld } from "../support/personnelWorld.js";
import { Category } from "../support/rewards.js";

const { provider } = await network.create();

describe("awards that rest on personnel records", function () {
  this.timeout(120_000);
  let world: PersonnelWorld;
  let token: bigint;
  let [training, mission, grounds] = [0n, 0n, 0n];

  before(async () => {
    world = await openPersonnelWorld(provider as never);
    const metaAddress = await world.metaAddressOf("ada");
    const time = await world.rewards.now();
    const entries = oneOfEach(world.rewards.subject("ada")).map((entry) => ({ ...entry, time, metaAddress }));
    const indexes = await world.record(...entries);
    [training, mission, grounds] = [indexes[0]!, indexes[2]!, indexes[5]!];
    const typeId = await world.rewards.publishType({ title: "First aider", needsEvidence: true });
    const grant = {
      typeId,
      expires: 0n,
      evidenceLog: world.logId,
      accounts: [world.rewards.actor("ada").address],
      evidence: [training],
    };
    await world.rewards.as("department", "Awards").grant(grant);
    token = 1n << 32n;
  });
  after(() => world.close());

  async function page(...more: string[]): Promise<string> {
    const subject = world.rewards.subject("ada");
    await world.well(undefined, "person", "page", "--book", "staff", "--subject", subject, "--out", "ada", ...more);
    const html = await world.read("ada.html");
    return html.slice(html.indexOf("<h2>Awards</h2>"));
  }
  const isValid = (): Promise<boolean> => world.rewards.suite.contract("Awards").isValid(token);
  const mine = (index: bigint): string[] => ["ada.json", String(index), "--person", "ada.keys"];

  it("stand on the page with what they rest on", async () => {
    const html = await page();
    expect(html).to.contain("First aider").and.contain(">Valid</span>").and.contain(`entry ${training}</a>`);
    expect(html).not.to.contain(">Disputed</span>");
    expect(await isValid()).to.equal(true);
  });

  it("say that their evidence is under dispute", async () => {
    await world.well("stranger", "record", "dispute", ...mine(training), "--reason", "wrong-hours");
    expect(await page())
      .to.contain(">Valid</span>")
      .and.contain(">Disputed</span>");
    await world.well("department", "record", "answer", "staff", String(training), "--content", id("being corrected"));
  });

  it("are unsupported once their evidence is corrected, and valid again once the issuer adopts the correction", async () => {
    await world.write("right.json", { course: "First aid", from: "2026-02-02", until: "2026-02-03", hours: 12 });
    const correct = ["record", "correct", "staff", String(training)];
    const made = await world.well("department", ...correct, "--payload", "right.json", "--json");
    const { appended } = JSON.parse(made) as { appended: string };
    await world.well("department", "log", "anchor", "staff");
    await world.well("department", ...correct, "--with", appended);
    expect(await isValid()).to.equal(false);
    expect(await page())
      .to.contain(">Unsupported</span>")
      .and.not.contain(">Valid</span>");

    await world.rewards.as("department", "Awards").adoptCorrection(token);
    expect(await isValid()).to.equal(true);
    expect(await page())
      .to.contain(">Valid</span>")
      .and.contain(`entry ${appended}</a>`);
  });

  it("are unsupported for good once their evidence is withdrawn", async () => {
    const evidence = await world.rewards.suite.contract("Awards").evidenceOf(token);
    await world.well("department", "record", "withdraw", "staff", String(evidence.index), "--reason", "never-held");
    expect(await isValid()).to.equal(false);
    expect(await page()).to.contain(">Unsupported</span>");
    const awards = world.rewards.as("department", "Awards");
    await expect(awards.adoptCorrection(token)).to.be.revertedWithCustomError(awards, "AwardsNotCorrected");
  });

  it("that rest on a record of their own grounds are disputed there, and end with it", async () => {
    const awards = world.rewards.as("department", "Awards");
    const typeId = await world.rewards.publishType({ title: "Life saver", needsEvidence: true });
    const accounts = [world.rewards.actor("ada").address];
    await awards.grant({ typeId, expires: 0n, evidenceLog: world.logId, accounts, evidence: [grounds] });
    const own = 2n << 32n;
    await page();
    await world.well("stranger", "record", "dispute", ...mine(grounds), "--reason", "it-was-not-me");
    expect((await awards.standingOf(own)).disputed).to.equal(true);
    expect(await awards.isValid(own)).to.equal(true);
    await world.well("department", "record", "withdraw", "staff", String(grounds), "--reason", "never-held");
    expect(await awards.isValid(own)).to.equal(false);
  });

  it("of a campaign stand there by what the office keeps, with their citation and a proof that others check", async () => {
    const { rewards } = world;
    const content = { citation: "For carrying boats <all night>", date: "2026-01-10" };
    const secret = new Uint8Array(32).fill(7);
    const opening = Buffer.from(JSON.stringify({ format: "x", content, secret: toHex(secret) }));
    const leaf = (subject: string, salt: number) => ({
      subject: fromHex(subject),
      evidence: { logId: fromHex(world.logId), index: mission },
      content: commitmentOf(fieldsOf(content), secret),
      salt: new Uint8Array(32).fill(salt),
      opening,
    });
    const folder = join(world.folder, "campaign");
    const campaign = await createCampaign(folder, [leaf(rewards.subject("ben"), 1), leaf(rewards.subject("ada"), 2)]);
    const [root, size] = [toHex(campaign.root), campaign.size];
    await campaign.close();
    const typeId = await rewards.publishType({ title: "Flood medal", category: Category.Mission });
    await rewards.as("department", "Campaigns").open(root, size, 0n, typeId);

    const html = await page("--campaign", "campaign");
    expect(html).to.contain("Flood medal").and.contain("For carrying boats &#60;all night&#62;").and.contain("place 1");
    const { awards } = JSON.parse(await world.read("ada.json")) as { awards: { title: string; proof?: unknown }[] };
    const proof = parseCampaignProof(awards.find(({ title }) => title === "Flood medal")!.proof);
    const issuer = rewards.actor("department").member;
    verifyCampaignProof(proof, { root, size, typeId, issuer, expires: 0n });
    expect(proof.leaf.subject).to.equal(rewards.subject("ada"));

    const terms = { root, size, typeId, issuer, expires: 0n };
    const struct = { ...leaf(rewards.subject("ada"), 2), evidenceLog: world.logId, evidenceIndex: mission };
    const own = rewards.as("ada", "Awards");
    await own.materialise(terms, { ...struct, content: toHex(struct.content) }, 1n, [...proof.inclusion], 0n, "0x");
    const after = await page("--campaign", "campaign");
    expect(after.split("Flood medal")).to.have.length(2);
    expect(after).to.contain("Token").and.contain("place 1");
    expect((await page()).split("Flood medal")).to.have.length(2);
  });
});
