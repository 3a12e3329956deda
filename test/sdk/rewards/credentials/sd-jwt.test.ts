import { deflateSync } from "node:zlib";

import { base64urlnopad } from "@scure/base";
import { SDJwtInstance } from "@sd-jwt/core";
import { expect } from "chai";
import { exportJWK, generateKeyPair } from "jose";

import {
  holdsFor,
  keyOfDid,
  parseHolderKey,
  parseHolderSecret,
  signText,
} from "../../../../sdk/rewards/credentials/jws.js";
import { hashing, issueSdJwt, presentSdJwt, tokenStatusList } from "../../../../sdk/rewards/credentials/sd-jwt.js";
import { verifySdJwt, type SdJwtVerifyOptions } from "../../../../sdk/rewards/credentials/verify-sd-jwt.js";
import { day, facts, key, leafFacts, listId, member, now, otherKey, stated } from "../../../support/credentials.js";
import { refusal } from "../../../support/refusal.js";

const content = { citation: "三年无事故", place: "Harbour", dates: { from: "2026-01-01", to: "2026-06-30" } };
const status = { list: listId, index: 17 };
const made = now - day;

const issuedJwt = (options: Partial<Parameters<typeof issueSdJwt>[2]> = {}, by = key, of = facts) =>
  issueSdJwt(of, by, { status, made, content, ...options });

const list = (revoked: number[] = [], by = key, terms: { id?: string; time?: bigint; validity?: bigint } = {}) =>
  tokenStatusList(revoked, by, { id: listId, time: now - day, validity: 7n * day, ...terms });

async function check(document: string, options: Partial<SdJwtVerifyOptions> = {}) {
  return verifySdJwt(document, { trust: { statement: await stated() }, list: list(), now, ...options });
}

async function holder(alg: "ES256" | "EdDSA") {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, crv: alg === "ES256" ? "P-256" : "Ed25519" });
  const jwk = await exportJWK(privateKey);
  return { secret: parseHolderSecret(jwk), key: parseHolderKey(jwk) };
}

describe("an award as SD-JWT VC", () => {
  it("V9: shows the fields that were chosen, and nothing of the others", async () => {
    const whole = await issuedJwt();
    const shown = await presentSdJwt(whole, ["/title", "/content/citation"]);
    const { fields, bound } = await check(shown);
    expect(fields).to.deep.equal([
      { pointer: "/content/citation", value: content.citation },
      { pointer: "/title", value: facts.type.title },
    ]);
    expect(bound).to.equal(false);
    const everything = shown
      .split(/[.~]/)
      .map((part) => Buffer.from(part, "base64url").toString("utf8"))
      .join(" ");
    for (const hidden of ["Harbour", "2026-01-01", facts.subject, "training", "City of Example", "urn:stele:award:"]) {
      expect(everything, hidden).not.to.include(hidden);
    }
  });

  it("V9: shows nothing, everything, and a container of the content as a whole", async () => {
    const whole = await issuedJwt();
    expect((await check(await presentSdJwt(whole, []))).fields).to.deep.equal([]);
    const all = (await check(whole)).fields.map(({ pointer }) => pointer);
    expect(all).to.include.members(["/award", "/subject", "/account", "/criteria", "/evidence", "/content/dates"]);
    const [dates] = (await check(await presentSdJwt(whole, ["/content/dates"]))).fields;
    expect(dates).to.deep.equal({ pointer: "/content/dates", value: content.dates });
    const both = await check(await presentSdJwt(whole, ["/content/place", "/content"]));
    expect(both.fields).to.have.lengthOf(3);
    const leaf = await check(await issuedJwt({ content: undefined }, key, leafFacts));
    expect(leaf.validUntil).to.equal(undefined);
    expect(leaf.member).to.deep.equal(member);
  });

  it("refuses to show what there is not, and content with a name that SD-JWT keeps", async () => {
    const whole = await issuedJwt();
    for (const pointer of ["/salary", "title", "/content/none", "/criteria/uri", "/content/dates/from", "/__proto__"]) {
      await refusal(presentSdJwt(whole, [pointer]), `no field "${pointer}"`);
    }
    await refusal(presentSdJwt("nothing", ["/title"]), "no SD-JWT");
    await refusal(issuedJwt({ content: { a: [{ _sd: ["x"] }] } }), "keeps this name");
  });

  for (const alg of ["ES256", "EdDSA"] as const) {
    it(`V10: bound to a holder's ${alg} key, counts with the holder's answer to the question alone`, async () => {
      const mine = await holder(alg);
      const whole = await issuedJwt({ holder: mine.key });
      const question = { audience: "https://verifier.example", nonce: "n-17" };
      const asked = { ...question, at: now };
      const answer = { key: mine.secret, ...question, time: now };
      expect((await check(await presentSdJwt(whole, ["/title"], answer), { asked })).bound).to.equal(true);
      await refusal(check(await presentSdJwt(whole, ["/title"])), "is bound to its holder's key");
      await refusal(check(await presentSdJwt(whole, ["/title"]), { asked }), "does not verify");
      const other = await holder(alg);
      const present = (change: object) => presentSdJwt(whole, ["/title"], { ...answer, ...change });
      await refusal(check(await present({ key: other.secret }), { asked }), "does not verify");
      await refusal(check(await present({ nonce: "n-18" }), { asked }), "Nonce");
      await refusal(check(await present({ audience: "https://other.example" }), { asked }), "somebody else");
      await refusal(check(await present({ time: now - 700n }), { asked }), "at another time");
      const [less, more] = [await present({}), await presentSdJwt(whole, ["/title", "/award"])];
      const kb = less.slice(less.lastIndexOf("~") + 1);
      await refusal(check(more + kb, { asked }), "sd_hash");
      await refusal(check(await issuedJwt(), { asked }), "bound to no key");
    });
  }

  it("V1: refuses a changed field, a field of another credential, and another key", async () => {
    const whole = await issuedJwt();
    const [jwt = "", ...disclosures] = whole.split("~");
    const forged = disclosures.map((one) => {
      const text = Buffer.from(one, "base64url").toString("utf8");
      return Buffer.from(text.replace("Harbour", "Airport"), "utf8").toString("base64url");
    });
    await refusal(check([jwt, ...forged].join("~")), /does not verify/);
    const foreign = (await issuedJwt({ content: { citation: "another" } })).split("~").at(-2);
    await refusal(check(`${whole}${foreign}~`), /does not verify/);
    const [head, body, signature] = jwt.split(".");
    const claims = JSON.parse(Buffer.from(body!, "base64url").toString("utf8")) as Record<string, unknown>;
    const later = base64urlnopad.encode(Buffer.from(JSON.stringify({ ...claims, exp: Number(now + 9999n * day) })));
    await refusal(check(`${head}.${later}.${signature}~`), "Signature");
    await refusal(check(await issuedJwt({}, otherKey)), "does not name the key");
    await refusal(check(await issuedJwt({}, otherKey), { trust: { did: key.did } }), "not of the one that you named");
    await check(whole, { trust: { did: key.did } });
  });

  it("V3: refuses what the token status list has revoked; says nothing of it without one", async () => {
    const whole = await issuedJwt();
    await refusal(check(whole, { list: list([17]) }), "was revoked by its issuer");
    expect((await check(whole, { list: list([16, 18]) })).notRevokedAt).to.equal(now - day);
    expect((await check(whole, { list: undefined })).notRevokedAt).to.equal(undefined);
  });

  it("V5: refuses a list of somebody else, of another name, too old, of the future, changed, short or endless", async () => {
    const whole = await issuedJwt();
    for (const [given, says] of [
      [list([], otherKey), "another issuer"],
      [list([], key, { id: "urn:other" }), "the credential names"],
      [list([], key, { time: now - 9n * day }), "get the present one"],
      [list([], key, { time: now + day }), "of the future"],
      [list([17]).replace(/\.[^.]+$/, list().slice(list().lastIndexOf("."))), "was changed"],
      [signedList(Buffer.alloc(10)), "fewer than"],
      [signedList(Buffer.alloc(50_000_000)), "unpacks to more"],
      ["x.y.z", "SD-JWT"],
    ] as const) {
      await refusal(check(whole, { list: given }), says);
    }
    await refusal(check(await issuedJwt({ status: { list: listId, index: 200_000 } })), "no place");
  });

  it("V4, V6: refuses what has expired, what a key signed outside of its time, and what is of another member", async () => {
    const whole = await issuedJwt();
    await refusal(check(whole, { now: facts.expires, list: undefined, trust: { did: key.did } }), "expired");
    await refusal(check(await issuedJwt({ made: now + day }), {}), "in the future");
    const until = made;
    await refusal(check(whole, { trust: { statement: await stated({ key: { until } }) } }), "did not sign");
    await check(whole, { trust: { statement: await stated({ key: { until: until + 1n } }) } });
    await refusal(check(whole, { trust: { statement: await stated({ member: 4n }) } }), "the statement is of");
  });

  it("V8: refuses other algorithms, other types, members given twice and texts without end", async () => {
    const sign = (header: object, payload: string) => {
      const text = [JSON.stringify(header), payload].map((part) => base64urlnopad.encode(Buffer.from(part))).join(".");
      return `${text}.${signText(text, secretOf())}~`;
    };
    const [, body = ""] = (await issuedJwt()).split(".");
    const payload = Buffer.from(body, "base64url").toString("utf8");
    const header = { typ: "dc+sd-jwt", alg: "EdDSA" };
    await check(sign(header, payload), { list: undefined });
    await refusal(check(sign({ ...header, alg: "none" }, payload)), "alg");
    await refusal(check(sign({ ...header, typ: "JWT" }, payload)), "typ");
    await refusal(check(sign(header, payload.replace('"iss"', '"vct":"x","iss"'))), "given twice");
    await refusal(check(sign(header, payload.replace("urn:stele:vct:award:1", "urn:other"))), "no award");
    await refusal(check("x".repeat(200_000)), "too long");
    await refusal(check("a.b.c~"), /.+/);
  });

  it("is read by the library without our help, and holds keys as JWK do", async () => {
    const library = new SDJwtInstance({ ...hashing, verifier: (text, sig) => holdsFor(text, sig, keyOfDid(key.did)) });
    const { payload } = await library.verify(await presentSdJwt(await issuedJwt(), ["/title"]));
    expect(payload).to.include({ iss: key.did, title: facts.type.title });
    expect(() => keyOfDid("did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv")).to.throw("no did:key");
    expect(() => parseHolderKey({ kty: "RSA" })).to.throw("Ed25519 or P-256");
    expect(holdsFor("x", "!!", keyOfDid(key.did))).to.equal(false);
  });
});

function secretOf() {
  const { kty, crv, x } = keyOfDid(key.did) as { kty: "OKP"; crv: "Ed25519"; x: string };
  return { kty, crv, x, d: base64urlnopad.encode(key.secret) };
}

/** A token status list of any bytes, signed by the issuer. */
function signedList(bytes: Buffer): string {
  const header = { alg: "EdDSA", typ: "statuslist+jwt" };
  const lst = base64urlnopad.encode(deflateSync(bytes));
  const times = { iat: Number(now - day), exp: Number(now + day) };
  const payload = { iss: key.did, sub: listId, ...times, status_list: { bits: 1, lst } };
  const text = [header, payload].map((part) => base64urlnopad.encode(Buffer.from(JSON.stringify(part)))).join(".");
  return `${text}.${signText(text, secretOf())}`;
}
