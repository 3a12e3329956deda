import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { ZeroHash } from "ethers";
import { network } from "hardhat";

import { awardTypePublish } from "../../../sdk/cli/commands/award/type/publish.js";
import { awardTypeRetire } from "../../../sdk/cli/commands/award/type/retire.js";
import { awardTypeShow } from "../../../sdk/cli/commands/award/type/show.js";
import { campaignOpen } from "../../../sdk/cli/commands/campaign/open.js";
import { campaignProve } from "../../../sdk/cli/commands/campaign/prove.js";
import { campaignShow } from "../../../sdk/cli/commands/campaign/show.js";
import { fromHex, type Hex, utf8 } from "../../../sdk/common/bytes.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { sha256 } from "../../../sdk/common/sha256.js";
import { formatInstant } from "../../../sdk/common/time.js";
import { createCampaign } from "../../../sdk/rewards/campaign/campaign.js";
import type { CampaignTerms } from "../../../sdk/rewards/campaign/leaf.js";
import { commandRunner } from "../../support/commands.js";
import { deployRewards, Granters, type PersonLabel } from "../../support/rewards.js";

const { provider, networkHelpers } = await network.create();
const base = mkdtempSync(join(tmpdir(), "stele-campaigns-"));
const typeFile = join(base, "first-aid.json");
const folder = join(base, "campaign");
const people: readonly PersonLabel[] = ["ada", "ben", "cai", "ada"];
writeFileSync(join(base, "criteria.md"), "Two days, one test.");
writeFileSync(
  typeFile,
  JSON.stringify({
    category: "training",
    title: "First aid",
    authority: "Department 1",
    criteria: { file: "criteria.md", uri: "https://example.org/first-aid" },
    granters: "publisher",
    validity: 100_000,
  }),
);

async function deployed() {
  const world = await deployRewards(provider);
  const run = commandRunner(provider, world.deployed);
  const [, , , , department, institute] = world.deployed.accounts;
  const leaves = people.map((label, i) => ({
    subject: fromHex(world.subject(label)),
    salt: sha256(utf8(`salt ${i}`)),
  }));
  await (await createCampaign(folder, leaves)).close();
  return { ...world, run, department: department!, institute: institute! };
}

async function opened() {
  const world = await deployed();
  await world.run(awardTypePublish, world.department, { file: typeFile });
  const { output } = await world.run(campaignOpen, world.department, { folder, type: "1", json: true });
  return { ...world, campaign: JSON.parse(output) as { campaignId: Hex; terms: CampaignTerms } };
}

async function refusal(attempt: Promise<unknown>, says: string): Promise<void> {
  const error = await attempt.then(
    () => expect.fail("was not refused"),
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(SteleError);
  expect((error as SteleError).message).to.include(says);
}

after(() => rmSync(base, { recursive: true }));

describe("award type commands", () => {
  it("publish a type from its file, show it, and retire it once", async () => {
    const { run, department } = await networkHelpers.loadFixture(deployed);
    expect((await run(awardTypeShow, undefined)).output).to.include("No award type is published.");
    const { output } = await run(awardTypePublish, department, { file: typeFile });
    expect(output).to.include('"First aid" is award type 1.');
    const shown = await run(awardTypeShow, undefined, { type: "1" });
    expect(shown.output)
      .to.match(/category +training/)
      .and.match(/granters +publisher\n/);
    expect((await run(awardTypeShow, undefined)).output)
      .to.include("First aid")
      .and.include("stands");
    expect((await run(awardTypeRetire, department, { type: "1" })).output).to.include("call sent in");
    expect((await run(awardTypeShow, undefined)).output).to.include("retired");
    await refusal(run(awardTypeRetire, department, { type: "1" }), "has ended already");
    await refusal(run(awardTypeShow, undefined, { type: "2" }), 'there is no award type 2 on network "test"');
  });

  it("show who is listed and what superseded a type", async () => {
    const { run, department, publishType, actor } = await networkHelpers.loadFixture(deployed);
    await publishType({ granters: Granters.Listed, members: [actor("institute").member], needsEvidence: true });
    await publishType({ supersedes: 1n });
    const { output } = await run(awardTypeShow, department, { type: "1" });
    expect(output)
      .to.match(/granters +listed: 2/)
      .and.match(/superseded by 2/)
      .and.match(/evidence +a record/);
    expect((await run(awardTypeShow, undefined)).output).to.include("superseded by 1".replace("1", "2"));
  });

  it("simulate with --dry-run, propose with --propose, and pass the chain's refusal on", async () => {
    const { run, suite, department, actor, deployed: chain } = await networkHelpers.loadFixture(deployed);
    const dry = await run(awardTypePublish, department, { file: typeFile, dryRun: true });
    expect(dry.output).to.include("Nothing was sent");
    const { proposal } = await run(awardTypePublish, undefined, { file: typeFile, propose: "safe.json" });
    expect(proposal?.transactions.map(({ to }) => to)).to.deep.equal([suite.address("Campaigns")]);
    expect(await suite.contract("Campaigns").typeCount()).to.equal(0n);
    const union = chain.accounts.find(({ address }) => address === actor("union").address);
    await refusal(run(awardTypePublish, union, { file: typeFile }), "MembersMissingCapability");
  });
});

describe("campaign commands", () => {
  it("open a folder's campaign, once, with the expiry that its type allows", async () => {
    const { run, suite, department, now, campaign } = await networkHelpers.loadFixture(opened);
    const kept = await suite.contract("Campaigns").openedOf(campaign.campaignId);
    expect(kept.openedAt).to.equal(await now());
    expect(BigInt(campaign.terms.expires) - kept.openedAt <= 100_000n).to.equal(true);
    const again = await run(campaignOpen, department, { folder, type: "1" });
    expect(again.output).to.include("is open already. Nothing was sent.").and.include(campaign.campaignId);
    const expires = formatInstant((await now()) + 5_000n);
    await refusal(run(campaignOpen, department, { folder, type: "1", expires }), "are granted under this type already");
    await refusal(run(campaignOpen, department, { folder, type: "9" }), "there is no award type 9");
    await refusal(run(campaignOpen, department, { folder: base, type: "1" }), "holds no complete campaign");
    const { output } = await run(campaignShow, undefined, { campaign: campaign.campaignId });
    expect(output)
      .to.match(/awards +4 of type 1, 0 of them revoked/)
      .and.match(/issuer +member 1/);
    await refusal(run(campaignShow, undefined, { campaign: ZeroHash }), "there is no campaign");
    await refusal(run(campaignShow, undefined), "name the campaign's id");
  });

  it("simulate with --dry-run and propose with --propose, and send nothing", async () => {
    const { run, suite, department, publishType } = await networkHelpers.loadFixture(deployed);
    await publishType();
    const dry = await run(campaignOpen, department, { folder, type: "1", dryRun: true });
    expect(dry.output)
      .to.include("Nothing was sent")
      .and.match(/expires +-/);
    const proposed = await run(campaignOpen, undefined, { folder, type: "1", issuer: "1", propose: "safe.json" });
    expect(proposed.proposal?.transactions.map(({ to }) => to)).to.deep.equal([suite.address("Campaigns")]);
    await refusal(run(campaignProve, undefined, { folder, index: "0" }), "this campaign is not open");
  });

  it("prove one award for its person; anybody sees how it stands", async () => {
    const { run, suite, subject, department, campaign } = await networkHelpers.loadFixture(opened);
    const out = join(base, "ben.json");
    const { output } = await run(campaignProve, undefined, { folder, subject: subject("ben"), out });
    expect(output).to.include("The proof of award 1 is in");
    const shown = await run(campaignShow, undefined, { proof: out, campaign: campaign.campaignId });
    expect(shown.output)
      .to.match(/stands +valid/)
      .and.include(subject("ben"))
      .and.include("First aid");
    await refusal(run(campaignShow, undefined, { proof: out, campaign: ZeroHash }), "is of campaign");
    await suite
      .connect(department)
      .contract("Campaigns")
      .revokeLeaf({ ...campaign.terms }, 1n, ZeroHash);
    const revoked = await run(campaignShow, undefined, { proof: out, json: true });
    expect((JSON.parse(revoked.output) as { standing: string }).standing).to.equal("revoked");
    expect((await run(campaignProve, undefined, { folder, index: "3" })).output).to.include("stele-award-proof/1");
  });

  it("refuse a place, a person and a proof that are not there, and ask which where there are several", async () => {
    const { run, subject, institute, publishType } = await networkHelpers.loadFixture(opened);
    const prove = (input: Record<string, string>) => run(campaignProve, undefined, { folder, ...input });
    await refusal(prove({ index: "4" }), "has 4 awards, no 4");
    await refusal(prove({ subject: subject("dou") }), "has no award in this campaign");
    await refusal(prove({ subject: subject("ada") }), "say which with --index: 0, 3");
    await refusal(prove({}), "name the award");
    const out = join(base, "cai.json");
    await prove({ index: "2", out });
    const proof = JSON.parse((await prove({ index: "2" })).output) as { terms: object };
    writeFileSync(out, JSON.stringify({ ...proof, terms: { ...proof.terms, expires: "77" } }));
    await refusal(run(campaignShow, undefined, { proof: out }), "was never opened here");
    writeFileSync(out, JSON.stringify({ ...proof, index: "1" }));
    await refusal(run(campaignShow, undefined, { proof: out }), "cai.json");
    await publishType({ granters: Granters.Anyone });
    const { output } = await run(campaignOpen, institute, { folder, type: "2", json: true });
    const { campaignId } = JSON.parse(output) as { campaignId: Hex };
    await refusal(prove({ index: "0" }), "say which with --campaign");
    expect((await prove({ index: "0", campaign: campaignId })).output).to.include('"typeId": "2"');
  });
});
