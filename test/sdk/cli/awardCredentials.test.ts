import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { encodeBytes32String, ZeroHash } from "ethers";
import { network } from "hardhat";
import { exportJWK, generateKeyPair } from "jose";

import { awardExport } from "../../../sdk/cli/commands/award/export.js";
import { awardIssuer } from "../../../sdk/cli/commands/award/issuer.js";
import { awardStatusList } from "../../../sdk/cli/commands/award/status-list.js";
import { awardVerify } from "../../../sdk/cli/commands/award/verify.js";
import { proofVerify } from "../../../sdk/cli/commands/proof/verify.js";
import { toHex } from "../../../sdk/common/bytes.js";
import { appendPersonnel } from "../../../sdk/rewards/personnel/append.js";
import { openingOf } from "../../../sdk/rewards/personnel/deliver.js";
import { formatOpening } from "../../../sdk/rewards/personnel/opening.js";
import { leafStruct } from "../../../sdk/rewards/campaign/leaf.js";
import { contentSecret, openCampaign } from "../../support/provedCampaigns.js";
import { withBook } from "../../support/books.js";
import { commandRunner } from "../../support/commands.js";
import { temporaryFolders } from "../../support/folders.js";
import { march, subjectOf } from "../../support/personnel.js";
import { refusal } from "../../support/refusal.js";
import { deployRewards } from "../../support/rewards.js";

const { provider, networkHelpers } = await network.create();
const content = { citation: "三年无事故", place: "Harbour" };
const reason = encodeBytes32String("granted in error");

async function campaigned() {
  const world = await deployRewards(provider);
  const typeId = await world.publishType();
  const campaign = await openCampaign(
    world,
    "department",
    [{ person: "ada", content }, { person: "ben" }, { person: "cai" }],
    typeId,
  );
  const run = commandRunner(provider, world.deployed);
  const clerk = await world.deployed.provider.getSigner(world.actor("clerk").address);
  const stranger = await world.deployed.provider.getSigner(world.actor("stranger").address);
  return { ...world, typeId, campaign, run, clerk, stranger };
}

describe("award issuer", () => {
  it("refuses at once a folder that cannot be made", async () => {
    const { run, clerk } = await networkHelpers.loadFixture(campaigned);
    const error = await refusal(run(awardIssuer, clerk, { folder: "/proc/keys2" }));
    expect(error.message).to.match(/^\/proc\/keys2: this folder cannot be made: /);
  });
});

describe("award export, status-list and verify", () => {
  const folder = temporaryFolders();

  /** A department whose clerk keeps the keys, and a file for each award. */
  async function world() {
    const fixture = await networkHelpers.loadFixture(campaigned);
    const at = folder();
    const file = (name: string) => join(at, name);
    const put = (name: string, value: unknown) => {
      writeFileSync(file(name), typeof value === "string" ? value : JSON.stringify(value));
      return file(name);
    };
    const issuer = file("keys");
    await fixture.run(awardIssuer, fixture.clerk, { folder: issuer });
    const statement = join(issuer, "statement.json");
    const proofs = [0, 1, 2].map((i) => put(`proof${i}.json`, fixture.campaign.proof(i)));
    const opening = put("content.json", { content, secret: toHex(contentSecret) });
    const read = (name: string) => readFileSync(file(name), "utf8");
    /** Runs a command that needs no account. */
    const ask = (command: typeof awardExport, raw: object) => fixture.run(command, undefined, { ...raw });
    const badge = async (i: number, name = `badge${i}.json`) => {
      await ask(awardExport, { award: proofs[i], issuer, out: file(name), statusList: file(`list${i}.json`) });
      return file(name);
    };
    return { ...fixture, file, put, read, ask, issuer, statement, proofs, opening, badge };
  }

  it("export an Open Badge that is verified offline, and with the chain in all its words", async () => {
    const { badge, ask, statement, proofs, file, actor, read } = await world();
    const exported = await badge(0);
    expect(statSync(exported).mode & 0o777).to.equal(0o600);
    expect(JSON.parse(read("badge0.json"))).to.have.property("name", "First aid");
    const trusted = { offline: true, statement, trust: actor("clerk").address };
    const offline = await ask(awardVerify, { file: exported, ...trusted, statusList: file("list0.json") });
    expect(offline.output).to.include("First aid, in the name of Department 1").and.include("Everything holds");
    const online = await ask(awardVerify, { file: exported, statement, proof: proofs[0] });
    expect(online.output).to.include("The chain says the same of this award");
    const without = await ask(awardVerify, { file: exported, statement });
    expect(without.output).to.include("the rest needs the award's proof");
    await refusal(ask(awardVerify, { file: exported, statement, proof: proofs[1] }), 'field "id"');
  });

  it("write status lists, and refuse what is revoked: the leaf alone, or its whole campaign", async () => {
    const { badge, ask, statement, proofs, issuer, file, as, campaign, actor } = await world();
    const [first, second] = [await badge(0), await badge(1)];
    const trusted = { offline: true, statement, trust: actor("clerk").address };
    const offline = (i: number) => {
      const { credentialStatus } = JSON.parse(readFileSync([first, second][i]!, "utf8")) as {
        credentialStatus: { statusListCredential: string };
      };
      const [key, list] = credentialStatus.statusListCredential.split(":").slice(-2) as [string, string];
      return ask(awardVerify, { file: [first, second][i], ...trusted, statusList: file(join("lists", key, list)) });
    };
    const lists = () => ask(awardStatusList, { folder: issuer, out: file("lists") });
    expect((await lists()).output)
      .to.include("3 award(s) of member")
      .and.include("0 revoked");
    await offline(0);
    const campaigns = as("department", "Campaigns");
    const terms = { ...campaign.terms };
    await (await campaigns.revokeLeaf(terms, 0n, reason)).wait();
    expect((await lists()).output).to.include("1 revoked");
    await refusal(offline(0), "was revoked by its issuer");
    await offline(1);
    await refusal(ask(awardVerify, { file: first, statement, proof: proofs[0] }), "says the chain");
    await refusal(ask(awardVerify, { file: first, statement }), "says the chain");
    await (await campaigns.reinstateLeaf(terms, 0n, reason)).wait();
    await (await campaigns.revokeCampaign(terms, reason)).wait();
    expect((await lists()).output).to.include("3 revoked");
    await refusal(offline(1), "was revoked by its issuer");
    await refusal(badge(1, "again.json"), "does not count now (revoked)");
    await (await campaigns.reinstateCampaign(terms, reason)).wait();
    expect((await lists()).output).to.include("0 revoked");
    await offline(0);
  });

  it("export tokens, of a grant or made of a campaign, which share the place of their leaf", async () => {
    const { ask, run, clerk, issuer, statement, file, as, actor, typeId, campaign, proofs } = await world();
    const awards = as("department", "Awards");
    const accounts = [actor("ada").address, actor("ben").address];
    const expires = (await networkHelpers.time.latest()) + 1000;
    await (await awards.grant({ typeId, expires, evidenceLog: ZeroHash, accounts, evidence: [] })).wait();
    const [first, second] = [(1n << 32n).toString(), ((1n << 32n) + 1n).toString()];
    const made = { issuer, subject: "account" };
    await ask(awardExport, { ...made, award: first, out: file("t0.json"), statusList: file("tl.json") });
    await ask(awardExport, { ...made, award: second, out: file("t1.json") });
    const { output } = await ask(awardVerify, { file: file("t0.json"), statement });
    expect(output).to.include("did:pkh:eip155:31337:").and.include("says the same");
    await (await awards.revoke(first, reason)).wait();
    await refusal(ask(awardVerify, { file: file("t0.json"), statement }), "says the chain");
    expect((await ask(awardStatusList, { folder: issuer })).output)
      .to.include("5 award(s)")
      .and.include("1 revoked");
    await (await awards.revokeBatch(1n, reason)).wait();
    expect((await ask(awardStatusList, { folder: issuer })).output).to.include("2 revoked");
    await (await awards.reinstate(first, reason)).wait();
    await (await awards.reinstateBatch(1n, reason)).wait();
    await ask(awardVerify, { file: file("t0.json"), statement });
    const [leaf] = campaign.leaves;
    const struct = { ...leafStruct(leaf!) };
    const path = (campaign.proof(0) as { inclusion: string[] }).inclusion;
    await (await as("ada", "Awards").materialise({ ...campaign.terms }, struct, 0n, path, 0, "0x")).wait();
    const token = ((2n << 32n) + 0n).toString();
    await ask(awardExport, { issuer, award: token, out: file("m.json") });
    await ask(awardExport, { issuer, award: proofs[0], out: file("l.json") });
    const indexOf = (name: string) =>
      (JSON.parse(readFileSync(file(name), "utf8")) as { credentialStatus: { statusListIndex: string } })
        .credentialStatus.statusListIndex;
    expect(indexOf("m.json")).to.equal(indexOf("l.json")).and.not.equal(indexOf("t0.json"));
    await networkHelpers.time.increase(2000);
    await run(awardIssuer, clerk, { folder: issuer });
    await refusal(ask(awardVerify, { file: file("t1.json"), statement }), "expired at");
    await refusal(ask(awardExport, { ...made, award: second, out: file("x") }), "does not count now (expired)");
    await refusal(ask(awardExport, { ...made, award: "7", out: file("x") }), "there is no award 7");
  });

  it("let the holder show some fields of an SD-JWT, bound to their key", async () => {
    const { ask, proofs, issuer, opening, statement, file, put, read, actor } = await world();
    const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
    const holder = put("holder.jwk", await exportJWK(privateKey));
    const publicHolder = put("holder.pub", await exportJWK(publicKey));
    const made = { award: proofs[0], issuer, format: "sd-jwt", content: opening, holderKey: publicHolder };
    await ask(awardExport, { ...made, out: file("award.sdjwt"), statusList: file("list.jwt") });
    const asked = { audience: "the harbour office", nonce: "17" };
    const show = { award: file("award.sdjwt"), format: "sd-jwt", show: ["/title", "/content/place"] };
    await ask(awardExport, { ...show, holderKey: holder, ...asked, out: file("shown.sdjwt") });
    const offline = { offline: true, statement, trust: actor("clerk").address, statusList: file("list.jwt") };
    const { output } = await ask(awardVerify, { file: file("shown.sdjwt"), ...offline, ...asked });
    expect(output).to.include('/content/place  "Harbour"').and.not.include("三年");
    expect(read("shown.sdjwt").length).to.be.lessThan(read("award.sdjwt").length);
    await refusal(ask(awardVerify, { file: file("shown.sdjwt"), ...offline, ...asked, nonce: "18" }), "Nonce");
    await refusal(ask(awardVerify, { file: file("shown.sdjwt"), ...offline }), "is bound to its holder's key");
    await refusal(ask(awardVerify, { file: file("shown.sdjwt"), statement, ...asked }), "give --status-list");
    await ask(awardExport, { ...show, show: ["/award"], holderKey: holder, ...asked, out: file("named.sdjwt") });
    const online = await ask(awardVerify, { file: file("named.sdjwt"), statement, ...asked });
    expect(online.output).to.include("has not revoked this award");
    // The answer is held against the verifier's own clock: a chain may run ahead of it, or rest.
    await networkHelpers.time.increase(900);
    await ask(awardVerify, { file: file("named.sdjwt"), statement, ...asked });
    await refusal(ask(awardExport, { ...show, holderKey: holder, out: file("x") }), "give --audience and --nonce");
    await refusal(ask(awardVerify, { file: file("shown.sdjwt"), ...offline, nonce: "1" }), "go together");
  });

  it("show fields of an award's content by their leaves, held against the chain", async () => {
    const { ask, proofs, opening, file, put, as, campaign } = await world();
    const shown = { award: proofs[0], format: "fields", content: opening };
    await ask(awardExport, { ...shown, show: ["/citation"], out: file("shown.json") });
    expect(readFileSync(file("shown.json"), "utf8")).not.to.include("Harbour");
    const { output } = await ask(awardVerify, { file: file("shown.json") });
    expect(output).to.include('/citation  "三年无事故"').and.include("Everything holds");
    const forged = readFileSync(file("shown.json"), "utf8").replace("三年", "五年");
    await refusal(ask(awardVerify, { file: put("forged.json", forged) }), "is not what the award's leaf commits to");
    await refusal(ask(awardVerify, { file: file("shown.json"), offline: true }), "the network has to know");
    await refusal(ask(awardExport, { ...shown, show: ["/salary"], out: file("x") }), 'no field "/salary"');
    await refusal(
      ask(awardExport, { ...shown, award: proofs[1], show: ["/citation"], out: file("x") }),
      "another content",
    );
    await refusal(
      ask(awardExport, { award: proofs[0], format: "fields", out: file("x") }),
      "--content FILE is missing",
    );
    await (await as("department", "Campaigns").revokeLeaf({ ...campaign.terms }, 0n, ZeroHash)).wait();
    await refusal(ask(awardVerify, { file: file("shown.json") }), "does not count now (revoked)");
  });

  it("show one field of a personnel record without the others, verified against its log", async () => {
    const { ask, run, file, put } = await world();
    const [payload, subject] = [{ course: "First aid", from: "2026-02-02", until: "2026-02-03" }, subjectOf("17")];
    const told = { verifierKey: "", opening: "" };
    await withBook(folder(), async (book) => {
      await appendPersonnel(book, [{ kind: "training", subject, time: march, payload: { ...payload, hours: 16 } }]);
      await book.publish();
      Object.assign(told, { verifierKey: book.verifierKey, opening: formatOpening(await openingOf(book, 0n)) });
    });
    const shown = { award: put("opening.json", told.opening), format: "fields", out: file("record.json") };
    await ask(awardExport, { ...shown, show: ["/hours"] });
    const text = readFileSync(file("record.json"), "utf8");
    for (const hidden of ["First aid", "2026-02-02", subject]) expect(text).not.to.include(hidden);
    const trust = { offline: true, verifierKey: told.verifierKey };
    const { output } = await run(proofVerify, undefined, { file: file("record.json"), ...trust });
    expect(output).to.include("/hours  16").and.include("Everything holds");
    const forged = put("forged.json", text.replace('"value": 16', '"value": 61'));
    await refusal(
      run(proofVerify, undefined, { file: forged, ...trust }),
      "is not what the record's header commits to",
    );
    await refusal(ask(awardExport, { ...shown, show: ["/salary"] }), 'no field "/salary"');
  });

  it("V6: replace and distrust the issuer's key, and keep what the old one signed", async () => {
    const { badge, ask, run, clerk, issuer, statement, proofs, file, actor } = await world();
    const old = await badge(0);
    const oldList = file("list0.json");
    const did = (JSON.parse(readFileSync(old, "utf8")) as { issuer: { id: string } }).issuer.id;
    await networkHelpers.time.increase(10);
    await run(awardIssuer, clerk, { folder: issuer, rotate: true });
    const next = await badge(1);
    expect(readFileSync(next, "utf8")).not.to.include(did);
    for (const [credential, list] of [
      [old, oldList],
      [next, file("list1.json")],
    ]) {
      const trusted = { offline: true, statement, trust: actor("clerk").address, statusList: list };
      await ask(awardVerify, { file: credential, ...trusted });
    }
    await ask(awardStatusList, { folder: issuer });
    expect(readdirSync(join(issuer, "status"))).to.have.lengthOf(2);
    await run(awardIssuer, clerk, { folder: issuer, distrust: did });
    await refusal(ask(awardVerify, { file: old, statement, proof: proofs[0] }), "was compromised");
    await ask(awardVerify, { file: next, statement, proof: proofs[1] });
  });

  it("V7: believe a statement while its signer acts for the member, and nobody else's", async () => {
    const { badge, ask, run, stranger, statement, proofs, file, as, actor, put } = await world();
    const exported = await badge(0);
    await refusal(run(awardIssuer, stranger, { folder: file("other") }), "acts for no member that may award");
    const trust = actor("stranger").address;
    const offline = { file: exported, offline: true, statusList: file("list0.json") };
    await refusal(ask(awardVerify, { ...offline, statement, trust }), "not as");
    await refusal(ask(awardVerify, { ...offline, statement }), "--trust ADDRESS");
    await refusal(ask(awardVerify, { file: exported }), "whom do you believe");
    const clerks = { statement, trust: actor("clerk").address };
    await refusal(ask(awardVerify, { ...offline, ...clerks, statusList: undefined }), "--status-list");
    await ask(awardVerify, { ...offline, ...clerks, statusList: undefined, ignoreStatus: true });
    const elsewhere = readFileSync(statement, "utf8").replace('"chainId": "31337"', '"chainId": "1"');
    await refusal(ask(awardVerify, { file: exported, statement: put("s.json", elsewhere) }), "another deployment");
    await (await as("department", "Members").removeDelegate(actor("clerk").address)).wait();
    await refusal(ask(awardVerify, { file: exported, statement, proof: proofs[0] }), "does not act for member");
    const { output } = await ask(awardVerify, { ...offline, ...clerks });
    expect(output).to.include("Everything holds");
  });

  it("refuse what goes together wrongly, before anything is made", async () => {
    const all = await world();
    const { ask, proofs, issuer, file, opening, run, clerk, put } = all;
    const out = file("x");
    await refusal(ask(awardExport, { award: proofs[0], out }), "--issuer FOLDER is missing");
    await refusal(ask(awardExport, { award: proofs[0], format: "fields", issuer, out }), "needs no issuer");
    await refusal(ask(awardExport, { award: proofs[0], issuer, show: ["/title"], out }), "shown whole");
    await refusal(ask(awardExport, { award: proofs[0], format: "sd-jwt", statusList: out, out }), "goes with --issuer");
    await refusal(ask(awardExport, { award: proofs[0], issuer, format: "sd-jwt", show: ["/a"], out }), "the holder's");
    await refusal(ask(awardExport, { award: "99999999999999999999999999", issuer, out }), "no award's number");
    const other = { ...(JSON.parse(readFileSync(proofs[0]!, "utf8")) as object), index: "1" };
    await refusal(ask(awardExport, { award: put("wrong.json", other), issuer, out }), "does not show the award at 1");
    await refusal(ask(awardExport, { award: put("twice.json", '{"a":1,"a":2}'), issuer, out }), "given twice");
    await refusal(ask(awardVerify, { file: put("r.json", { format: "stele-record/1" }) }), "stele proof verify");
    await refusal(run(awardIssuer, clerk, { folder: issuer, statusUrl: "https://other.example/" }), "lists stay");
    mkdirSync(file("none"));
    await refusal(ask(awardStatusList, { folder: file("none") }), "make one with stele award issuer");
    const typeId = await all.publishType({}, "institute");
    const foreign = await openCampaign(all, "institute", [{ person: "eva" }], typeId);
    await refusal(ask(awardExport, { award: put("f.json", foreign.proof(0)), issuer, out }), "only its issuer signs");
    await refusal(
      ask(awardExport, { award: proofs[1], issuer, format: "sd-jwt", content: opening, out }),
      "another content",
    );
  });
});
