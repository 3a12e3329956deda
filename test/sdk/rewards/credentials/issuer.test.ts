import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { badgeOf } from "../../../../sdk/rewards/credentials/badge.js";
import { IssuerFolder } from "../../../../sdk/rewards/credentials/issuer.js";
import { signCredential } from "../../../../sdk/rewards/credentials/keys.js";
import { statusList } from "../../../../sdk/rewards/credentials/list.js";
import { signStatement } from "../../../../sdk/rewards/credentials/statement.js";
import { requireSigned, verifyBadge } from "../../../../sdk/rewards/credentials/verify.js";
import { day, delegate, facts, member, now } from "../../../support/credentials.js";
import { temporaryFolders } from "../../../support/folders.js";
import { refusal } from "../../../support/refusal.js";

describe("an issuer's folder", () => {
  const folder = temporaryFolders();
  const created = () => IssuerFolder.create(folder(), member, now - 20n * day);

  it("V13: keeps its secrets for the owner alone, and writes none anywhere else", async () => {
    const issuer = await created();
    await issuer.rotate(now);
    const names = readdirSync(join(issuer.folder, "secrets"));
    expect(names).to.have.lengthOf(3);
    const open = readFileSync(join(issuer.folder, "issuer.json"), "utf8");
    for (const name of names) {
      const file = join(issuer.folder, "secrets", name);
      expect(statSync(file).mode & 0o777).to.equal(0o600);
      expect(open).not.to.include(readFileSync(file, "utf8").trim().slice(2));
    }
  });

  it("opens again with the same keys and places, and is not made twice", async () => {
    const issuer = await created();
    const again = await IssuerFolder.open(issuer.folder);
    expect(again.config).to.deep.equal(issuer.config);
    expect((await again.key()).did).to.equal((await issuer.key()).did);
    expect((await again.places()).place(5n)).to.deep.equal((await issuer.places()).place(5n));
    await refusal(IssuerFolder.create(issuer.folder, member, now), "there is an issuer already");
    await refusal(IssuerFolder.open(folder()), "make one with stele award issuer");
  });

  it("V6: a credential of a replaced key stays good, and one of a compromised key does not", async () => {
    const issuer = await created();
    const old = await issuer.key();
    const id = issuer.listId(old.did, 0n, "json");
    const made = now - 10n * day;
    const badge = badgeOf(facts, { issuer: old.did, status: { list: id, index: 9 } });
    const document = JSON.stringify(await signCredential(badge, old, made));
    await issuer.rotate(now - 5n * day);
    expect((await issuer.key()).did).not.to.equal(old.did);
    // The lists of an old key go on, so that what it signed can still be revoked.
    const list = JSON.stringify(await statusList([], await issuer.keyOf(old.did), { id, time: now, validity: day }));
    const verify = async () => {
      const signed = await signStatement(delegate, await issuer.statement(now, 30n * day));
      return verifyBadge(document, { trust: { statement: requireSigned(signed, delegate.address) }, list, now });
    };
    await verify();
    await issuer.distrust(old.did, now);
    await refusal(verify(), "was compromised");
  });

  it("V6: signs with another key at once where the present one is compromised, and counts its statements", async () => {
    const issuer = await created();
    const { did } = await issuer.key();
    await issuer.distrust(did, now);
    expect((await issuer.key()).did).not.to.equal(did);
    expect(issuer.config.keys.map(({ compromised }) => compromised)).to.deep.equal([true, false]);
    expect((await issuer.statement(now, day)).revision).to.equal(1n);
    expect((await (await IssuerFolder.open(issuer.folder)).statement(now, day)).revision).to.equal(2n);
    await refusal(issuer.distrust("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", now), "no key of this");
    await refusal(issuer.keyOf("did:key:other"), "no key of this issuer");
  });

  it("has lists for each key, at its own address", async () => {
    const issuer = await IssuerFolder.create(folder(), member, now, { statusUrl: "https://awards.example/status" });
    const { did } = await issuer.key();
    expect(issuer.listId(did, 2n, "json")).to.equal(`https://awards.example/status/${did.slice(8)}/2.json`);
    const plain = await created();
    expect(plain.listId(did, 2n, "jwt")).to.equal(`urn:stele:status:31337:${member.members}:3:${did.slice(8)}:2.jwt`);
  });

  it("V13: says which key is lost or damaged without quoting it", async () => {
    const issuer = await created();
    const { did } = await issuer.key();
    const file = join(issuer.folder, "secrets", `issuer-${did.slice(8)}.key`);
    const secret = readFileSync(file, "utf8").trim();
    writeFileSync(file, `${secret}zz`);
    const error = await refusal(issuer.key(), "holds a key that cannot be read");
    expect(`${error.message} ${String(error.cause)}`).not.to.include(secret.slice(2, 20));
    writeFileSync(file, `0x${"01".repeat(32)}`);
    await refusal(issuer.key(), "another key");
    rmSync(file);
    await refusal(issuer.key(), "this key is lost");
  });
});
