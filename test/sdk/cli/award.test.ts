import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { network } from "hardhat";

import { toHex } from "../../../sdk/common/bytes.js";
import type { Command } from "../../../sdk/cli/command.js";
import { awardGrant } from "../../../sdk/cli/commands/award/grant.js";
import { awardImport, awardUndo } from "../../../sdk/cli/commands/award/import.js";
import { awardMigrate } from "../../../sdk/cli/commands/award/migrate.js";
import { awardPointsOpen } from "../../../sdk/cli/commands/award/points.js";
import { awardReinstate, awardRevoke } from "../../../sdk/cli/commands/award/revoke.js";
import { awardShow } from "../../../sdk/cli/commands/award/show.js";
import { tokenOf } from "../../../sdk/rewards/awards/state.js";
import { campaignId } from "../../../sdk/rewards/campaign/leaf.js";
import { openCampaign } from "../../../sdk/rewards/campaign/campaign.js";
import { formatCampaignProof } from "../../../sdk/rewards/campaign/proof.js";
import { claim, deployAwards, tokenIn } from "../../support/awards.js";
import { honoured, importWorld } from "../../support/awardImports.js";
import { commandRunner } from "../../support/commands.js";
import { rosterKey } from "../../support/granting.js";
import { refusal } from "../../support/refusal.js";
import { Category, type ActorLabel } from "../../support/rewards.js";

const { provider, networkHelpers } = await network.create();
const deployed = async () => deployAwards(provider);

interface Shown {
  readonly standing: string;
  readonly reason?: string;
  readonly title: string;
  readonly holder: string;
  readonly owner: string;
}

async function world() {
  const suite = await networkHelpers.loadFixture(deployed);
  const folder = mkdtempSync(join(tmpdir(), "stele-award-"));
  const imports = await importWorld(provider, suite, folder);
  const rosterKeyFile = join(folder, "roster.key");
  writeFileSync(rosterKeyFile, `${toHex(rosterKey)}\n`, { mode: 0o600 });
  const place = { roster: join(folder, "roster"), rosterKey: rosterKeyFile };
  const runner = commandRunner(provider, suite.deployed);
  const signerOf = (label: ActorLabel) =>
    suite.deployed.accounts.find(({ address }) => address === suite.actor(label).address)!;
  const text = (command: Command, by: ActorLabel | undefined, raw: Record<string, unknown> = {}) =>
    runner(command, by === undefined ? undefined : signerOf(by), raw);
  const json = async <T>(command: Command, by: ActorLabel | undefined, raw: Record<string, unknown> = {}) =>
    JSON.parse((await text(command, by, { ...raw, json: true })).output) as T;
  const show = (award: bigint | string) => json<Shown>(awardShow, undefined, { award: `${award}` });
  return { suite, folder, imports, place, text, json, show };
}

interface Imported {
  readonly id: string;
  readonly complete: boolean;
  readonly batches: readonly string[];
  readonly campaign: { root: `0x${string}`; size: string; typeId: string; issuer: string; expires: string };
  readonly campaignFolder: string;
}

describe("award import", () => {
  it("grants by campaign, says where the openings are, and refuses the file a second time", async () => {
    const { imports, place, json, text } = await world();
    const raw = { file: imports.file, type: `${imports.typeId}`, ...place };
    const dry = await text(awardImport, "clerk", { ...raw, dryRun: true });
    expect(dry.output).to.include("Dry run");
    const done = await json<Imported>(awardImport, "clerk", raw);
    expect([done.complete, done.campaign.size]).to.deep.equal([true, "4"]);
    expect((await openCampaign(done.campaignFolder)).size).to.equal(4n);
    await refusal(text(awardImport, "clerk", raw), "was imported so already");
  });

  it("grants by token with the type's points, and is undone", async () => {
    const { imports, place, json, text } = await world();
    const raw = { file: imports.file, type: `${imports.typeId}`, by: "token", batch: "3", ...place };
    const done = await text(awardImport, "department", raw);
    const [first, third, fourth] = [tokenOf(1n, 0n), tokenOf(1n, 2n), tokenOf(2n, 0n)];
    expect(done.output).to.include(`Granted by grant 1: tokens ${first} to ${third}.\n`);
    expect(done.output).to.include(`Granted by grant 2: token ${fourth}.\n`);
    expect(await imports.holdings()).to.deep.equal(honoured.map(() => [1n, 10n]));
    const id = /import (0x[0-9a-f]{64})/.exec(done.output)![1]!;
    const undo = { import: id, reason: "import-undone", ...place };
    expect((await text(awardUndo, "department", { ...undo, dryRun: true })).output).to.include("4 transactions would");
    expect(await json<{ complete: boolean }>(awardUndo, "department", undo)).to.include({ complete: true });
    expect((await imports.holdings()).map(([, points]) => points)).to.deep.equal([0n, 0n, 0n, 0n]);
    await refusal(text(awardUndo, "department", undo), "undone already");
  });

  it("grants nothing with points that nobody opened, and goes on once `award points open` did", async () => {
    const { suite, imports, place, json, text } = await world();
    const typeId = await suite.publishType({ category: Category.Service, points: 10n });
    const raw = { file: imports.file, type: `${typeId}`, by: "token", ...place };
    await refusal(text(awardImport, "department", raw), "stele award points open service");
    expect(await suite.awards.batchCount()).to.equal(0n);
    const terms = { category: "service", halfLife: "365d" };
    await refusal(text(awardPointsOpen, "ada", terms), "capability AWARDER");
    await refusal(text(awardPointsOpen, "department", { ...terms, halfLife: "23h" }), "one day");
    await text(awardPointsOpen, "department", terms);
    await refusal(text(awardPointsOpen, "department", terms), "open already");
    expect(await json<Imported>(awardImport, "department", raw)).to.include({ complete: true });
    const { department, ada } = { department: suite.actor("department"), ada: suite.actor("ada") };
    const points = suite.as("department", "MeritPoints");
    expect(await points.balanceOf(ada.address, await points.idFor(department.member, Category.Service))).to.equal(10n);
  });

  it("proposes plain grants for a multisig, and finds them once it has granted them", async () => {
    const { imports, place, text, json, suite } = await world();
    const raw = { file: imports.file, type: `${imports.typeId}`, by: "token", batch: "2", points: "no", ...place };
    const { proposal } = await text(awardImport, undefined, { ...raw, propose: "proposal.json" });
    expect(proposal!.transactions.length).to.equal(2);
    const { wallet } = suite.actor("department");
    for (const { to, data } of proposal!.transactions) await (await wallet.sendTransaction({ to, data })).wait();
    const found = await json<Imported>(awardImport, "department", raw);
    expect([found.complete, found.batches]).to.deep.equal([true, ["1", "2"]]);
    expect((await imports.holdings()).map(([tokens]) => tokens)).to.deep.equal([1n, 1n, 1n, 1n]);
  });

  it("lists what is wrong with a file, and changes nothing", async () => {
    const { imports, place, text, suite } = await world();
    writeFileSync(imports.file, "staff_number,citation,date\nada,a,2026-02-31\nnobody,b,\nada,c,\n");
    const raw = { file: imports.file, type: `${imports.typeId}`, ...place };
    await refusal(text(awardImport, "clerk", raw), "no calendar has");
    await refusal(text(awardImport, "clerk", { ...raw, type: "99" }), "`stele award type show` lists them all");
    const listed = readFileSync(join(imports.folder, "awards.errors.csv"), "utf8");
    expect(listed).to.include("is not in the roster");
    expect(await suite.awards.batchCount()).to.equal(0n);
    await refusal(text(awardImport, "ada", raw), "MembersMissingCapability");
  });
});

describe("award grant", () => {
  it("grants, signs for somebody else to hand in, and hands in once", async () => {
    const { suite, folder, text, json, show, imports } = await world();
    const to = [suite.actor("ada").address];
    const granted = await json<{ tokens: string[] }>(awardGrant, "clerk", { type: `${imports.typeId}`, to });
    expect(granted.tokens).to.deep.equal([`${tokenIn(1n)}`]);
    const file = join(folder, "grant.json");
    await text(awardGrant, "clerk", { type: `${imports.typeId}`, to, sign: file });
    expect(await suite.awards.batchCount()).to.equal(1n);
    const handed = await text(awardGrant, "outsider", { submit: file });
    expect(handed.output).to.include(`Granted award ${tokenIn(2n)}`);
    expect(await show(tokenIn(2n))).to.include({ standing: "valid", title: "First aid", holder: to[0] });
    await refusal(text(awardGrant, "outsider", { submit: file }), "was handed in already");
  });

  it("refuses a slip that was changed, is another deployment's, or goes with other arguments", async () => {
    const { suite, folder, text, imports } = await world();
    const file = join(folder, "grant.json");
    const to = [suite.actor("ada").address];
    await text(awardGrant, "clerk", { type: `${imports.typeId}`, to, sign: file });
    const slip = JSON.parse(readFileSync(file, "utf8")) as { grant: object };
    const change = (changes: object) => writeFileSync(file, JSON.stringify({ ...slip, ...changes }));
    change({ grant: { ...slip.grant, accounts: [suite.actor("ben").address] } });
    await refusal(text(awardGrant, "outsider", { submit: file }), "was changed since");
    change({ awards: suite.actor("ben").address });
    await refusal(text(awardGrant, "outsider", { submit: file }), "another deployment");
    change({ chainId: "1" });
    await refusal(text(awardGrant, "outsider", { submit: file }), "is for chain 1");
    await refusal(text(awardGrant, "outsider", { submit: file, type: "1" }), "leave out TYPE");
    await refusal(text(awardGrant, "clerk", { to }), "TYPE is missing");
    await refusal(text(awardGrant, "clerk", { type: "1", to: [] }), "1 to 100 accounts");
    await refusal(text(awardGrant, "clerk", { type: "1", to, sign: file, dryRun: true }), "sends nothing");
    const log = `0x${"01".repeat(32)}`;
    const more = { type: "1", to: [...to, ...to], evidence: [`${log}:1`] };
    await refusal(text(awardGrant, "clerk", more), "one --evidence for each");
    const mixed = { ...more, evidence: [`${log}:1`, `0x${"02".repeat(32)}:1`] };
    await refusal(text(awardGrant, "clerk", mixed), "records of one log");
  });
});

describe("award revoke, reinstate and show", () => {
  it("revokes and reinstates a token and a grant, and tells the reason and what it means", async () => {
    const { suite, text, show } = await world();
    const batch = await suite.grant(["ada", "ben"]);
    const token = `${tokenIn(batch, 1)}`;
    await text(awardRevoke, "clerk", { token, reason: "duplicate" });
    expect(await show(token)).to.include({ standing: "revoked", reason: "duplicate" });
    expect((await text(awardShow, undefined, { award: token })).output).to.include("granted twice");
    expect((await text(awardRevoke, "clerk", { token, reason: "duplicate" })).output).to.include("already");
    await text(awardReinstate, "clerk", { token, reason: "revoked-in-error" });
    expect(await show(token)).to.include({ standing: "valid" });
    expect((await text(awardReinstate, "clerk", { token, reason: "appeal-upheld" })).output).to.include("not revoked");
    await text(awardRevoke, "clerk", { batch: `${batch}`, reason: "granted-in-error" });
    expect(await show(token)).to.include({ standing: "revoked", reason: "granted-in-error" });
    await refusal(text(awardRevoke, "institute", { batch: `${batch}`, reason: "duplicate" }), "AwardsNotIssuer");
  });

  it("revokes one award of a campaign by its proof, and a whole campaign by its id", async () => {
    const { imports, suite, text, show, folder } = await world();
    const { campaign, campaignFolder } = await imports.run({ way: "campaign", points: false });
    const made = await openCampaign(campaignFolder!);
    const file = join(folder, "award.json");
    writeFileSync(file, formatCampaignProof(await made.prove(2n, campaign!)));
    await made.close();
    expect(await show(file)).to.include({ standing: "valid", holder: suite.actor("cai").address });
    await text(awardRevoke, "clerk", { campaign: file, reason: "at-holders-wish" });
    expect(await show(file)).to.include({ standing: "revoked", reason: "at-holders-wish" });
    await text(awardReinstate, "clerk", { campaign: file, reason: "revoked-in-error" });
    const id = campaignId(suite.suite.manifest.suiteId, campaign!);
    await text(awardRevoke, "clerk", { campaign: id, reason: "import-undone" });
    expect(await show(file)).to.include({ standing: "revoked", reason: "import-undone" });
    await text(awardReinstate, "clerk", { campaign: id, reason: "revoked-in-error" });
    await text(awardRevoke, "clerk", { campaign: id, index: "0", reason: "duplicate" });
    expect(await show(file)).to.include({ standing: "valid" });
    await refusal(text(awardRevoke, "clerk", { campaign: file, index: "1", reason: "duplicate" }), "proves award 2");
    const unknown = { campaign: `0x${"01".repeat(32)}`, reason: "duplicate" };
    await refusal(text(awardRevoke, "clerk", unknown), "was opened on this network");
    await refusal(
      text(awardRevoke, "clerk", { campaign: id, reason: "duplicate", book: folder }),
      "a proof of the award",
    );
  });

  it("takes codes of the list for reasons, and one thing to revoke", async () => {
    const { text } = await world();
    await refusal(text(awardRevoke, "clerk", { token: "1", reason: "was drunk" }), "no code of the list");
    await refusal(text(awardRevoke, "clerk", { reason: "duplicate" }), "name one of");
    await refusal(text(awardRevoke, "clerk", { token: "1", batch: "1", reason: "duplicate" }), "name one of");
    await refusal(text(awardRevoke, "clerk", { token: "1", index: "1", reason: "duplicate" }), "--index goes with");
    const told = { token: "1", reason: "duplicate", explanation: "…" };
    await refusal(text(awardRevoke, "clerk", told), "name its log with --book");
    await refusal(text(awardShow, undefined, { award: "1" }), "there is no award 1");
    await refusal(text(awardShow, undefined, { award: `${1n << 80n}` }), "no award's number");
  });
});

describe("award migrate", () => {
  it("moves what a claim left behind, for one person or for all", async () => {
    const { suite, text, show } = await world();
    const batch = await suite.grant(["ada", "dou"]);
    const token = tokenIn(batch, 1);
    await claim(suite, "dou", "fresh");
    const fresh = suite.actor("fresh").address;
    expect(await show(token)).to.include({ holder: fresh, owner: suite.actor("dou").address });
    expect((await text(awardMigrate, "outsider", { subject: suite.subject("ada") })).output).to.include(
      "Nothing waits",
    );
    expect((await text(awardMigrate, "outsider", { subject: suite.subject("dou") })).output).to.include(
      "Moved 1 awards",
    );
    expect(await show(token)).to.include({ holder: fresh, owner: fresh });
    expect((await text(awardMigrate, "outsider")).output).to.include("Nothing waits");
    await refusal(text(awardMigrate, "outsider", { subject: suite.subject("ada"), token: ["1"] }), "not both");
  });
});
