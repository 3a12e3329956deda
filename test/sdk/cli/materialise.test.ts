import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { ZeroHash } from "ethers";
import { network } from "hardhat";

import { campaignMaterialise } from "../../../sdk/cli/commands/campaign/materialise.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { toHex } from "../../../sdk/common/bytes.js";
import { createCampaign } from "../../../sdk/rewards/campaign/campaign.js";
import { formatCampaignProof } from "../../../sdk/rewards/campaign/proof.js";
import { TestCampaign } from "../../support/campaigns.js";
import { commandRunner } from "../../support/commands.js";
import { type ActorLabel, deployRewards } from "../../support/rewards.js";

const { provider, networkHelpers } = await network.create();
const base = mkdtempSync(join(tmpdir(), "stele-materialise-"));

/** A campaign for Ada, Ben and Dou; the proofs of all three in files. */
async function opened() {
  const world = await deployRewards(provider);
  const typeId = await world.publishType();
  const campaign = TestCampaign.of(world, ["ada", "ben", "dou"]);
  const terms = await campaign.open(world, typeId);
  const folder = await createCampaign(mkdtempSync(join(base, "campaign-")), campaign.leaves);
  expect(toHex(folder.root)).to.equal(terms.root);
  const files = ["ada", "ben", "dou"].map((label) => join(base, `${label}.json`));
  for (const [i, file] of files.entries()) {
    writeFileSync(file, formatCampaignProof(await folder.prove(BigInt(i), terms)));
  }
  await folder.close();
  const signer = (label: ActorLabel) =>
    world.deployed.accounts.find(({ address }) => address === world.actor(label).address)!;
  return { ...world, run: commandRunner(provider, world.deployed), terms, files, signer };
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

describe("campaign materialise", () => {
  const wish = join(base, "wish.json");

  it("makes the token of one's own award, once", async () => {
    const { run, suite, files, signer, actor } = await networkHelpers.loadFixture(opened);
    const dry = await run(campaignMaterialise, signer("ada"), { proof: files[0], dryRun: true });
    expect(dry.output).to.include("Nothing was sent");
    const { output } = await run(campaignMaterialise, signer("ada"), { proof: files[0], json: true });
    const { tokenId } = JSON.parse(output) as { tokenId: string };
    expect(await suite.contract("Awards").ownerOf(BigInt(tokenId))).to.equal(actor("ada").address);
    const again = await run(campaignMaterialise, signer("outsider"), { proof: files[0] });
    expect(again.output).to.include(`It is token ${tokenId} already. Nothing was sent.`);
  });

  it("lets a person without coins sign, and anybody hand it in", async () => {
    const { run, suite, files, signer, actor, deployed } = await networkHelpers.loadFixture(opened);
    const signed = await run(campaignMaterialise, signer("ben"), { proof: files[1], sign: wish });
    expect(signed.output).to.include("Nothing was sent.");
    const block = await deployed.provider.getBlockNumber();
    const { proposal } = await run(campaignMaterialise, undefined, { submit: wish, propose: "safe.json" });
    expect(proposal?.transactions.map(({ to }) => to)).to.deep.equal([suite.address("Awards")]);
    expect(await deployed.provider.getBlockNumber()).to.equal(block);
    const { output } = await run(campaignMaterialise, signer("outsider"), { submit: wish, json: true });
    const { tokenId } = JSON.parse(output) as { tokenId: string };
    expect(await suite.contract("Awards").ownerOf(BigInt(tokenId))).to.equal(actor("ben").address);
  });

  it("refuses a stranger's signature, a changed wish, one of another chain and one that is too late", async () => {
    const { run, files, signer } = await networkHelpers.loadFixture(opened);
    const stranger = run(campaignMaterialise, signer("stranger"), { proof: files[1], sign: wish });
    await refusal(stranger, "cannot sign for them");
    await refusal(run(campaignMaterialise, signer("stranger"), { proof: files[1] }), "Awards");
    await run(campaignMaterialise, signer("ben"), { proof: files[1], sign: wish, lifetime: "1h" });
    const slip = JSON.parse(readFileSync(wish, "utf8")) as { deadline: string; chainId: string };
    const changed = async (change: object, says: string) => {
      writeFileSync(wish, JSON.stringify({ ...slip, ...change }));
      await refusal(run(campaignMaterialise, signer("outsider"), { submit: wish }), says);
    };
    await changed({ deadline: String(BigInt(slip.deadline) + 1n) }, "AwardsInvalidSignature");
    await changed({ chainId: "1" }, "another deployment");
    await changed({ proof: {} }, 'is not "stele-award-proof/1"');
    await networkHelpers.time.increase(3_601);
    await changed({}, "AwardsExpired");
  });

  it("refuses an award that does not stand, and arguments that contradict each other", async () => {
    const { run, as, terms, files, signer } = await networkHelpers.loadFixture(opened);
    await as("department", "Campaigns").revokeLeaf(terms, 2n, ZeroHash);
    await refusal(run(campaignMaterialise, signer("dou"), { proof: files[2] }), "is of an award that is revoked");
    await refusal(run(campaignMaterialise, signer("dou")), "FILE is missing");
    await refusal(run(campaignMaterialise, signer("dou"), { proof: files[2], submit: wish }), "leave out FILE");
    const both = { proof: files[0], sign: wish, dryRun: true };
    await refusal(run(campaignMaterialise, signer("ada"), both), "--sign sends nothing");
    const proof = JSON.parse(readFileSync(files[0]!, "utf8")) as { terms: object };
    writeFileSync(wish, JSON.stringify({ ...proof, terms: { ...proof.terms, issuer: "2" } }));
    await refusal(run(campaignMaterialise, signer("ada"), { proof: wish }), "is of no award on this network");
  });
});
