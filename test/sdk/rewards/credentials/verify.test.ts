import { gzipSync } from "node:zlib";

import { expect } from "chai";
import { Wallet } from "ethers";

import { base64urlnopad } from "@scure/base";

import type { SteleError } from "../../../../sdk/common/errors.js";
import { signCredential } from "../../../../sdk/rewards/credentials/keys.js";
import { formatStatement, parseStatement } from "../../../../sdk/rewards/credentials/statement.js";
import { requireSigned, verifyBadge, type IssuerTrust } from "../../../../sdk/rewards/credentials/verify.js";
import {
  day,
  delegate,
  facts,
  issued,
  key,
  leafFacts,
  listed,
  now,
  otherKey,
  stated,
  type Issued,
} from "../../../support/credentials.js";
import { refusal } from "../../../support/refusal.js";

const place = { file: "award.json" };
const listPlace = { file: "list.json" };

/** Verifies what was issued, with everything as it should be but for what is said. */
async function check(
  options: Issued & {
    document?: string;
    list?: Record<string, unknown> | string | undefined;
    trust?: IssuerTrust;
    now?: bigint;
  } = {},
) {
  const list = "list" in options ? options.list : await listed();
  return verifyBadge(options.document ?? JSON.stringify(await issued(options)), {
    trust: options.trust ?? { statement: await stated() },
    list: typeof list === "object" ? JSON.stringify(list) : list,
    now: options.now ?? now,
    place,
    listPlace,
  });
}

/** The list with another subject, signed again by the issuer. */
async function listWith(subject: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { proof: _, ...list } = await listed();
  const changed = { ...list, credentialSubject: { ...(list["credentialSubject"] as object), ...subject } };
  return signCredential(changed, key, now - day);
}

const packed = (bytes: number) => `u${base64urlnopad.encode(gzipSync(Buffer.alloc(bytes)))}`;

describe("verifying a credential", () => {
  it("V1: shows what it says, of whom it is, and what was checked", async () => {
    const shown = await check();
    expect(shown).to.deep.include({
      award: facts.award,
      member: facts.issuer,
      issuer: key.did,
      title: facts.type.title,
    });
    expect(shown.subject).to.equal(`urn:stele:subject:${facts.subject}`);
    expect(shown.validUntil).to.equal(facts.expires - 1n);
    expect(shown.evidence).to.have.lengthOf(1);
    expect(shown.steps).to.have.lengthOf(3);
    expect((await check({ of: leafFacts })).award).to.deep.equal(leafFacts.award);
  });

  it("takes a key that the verifier names, and says so where revocation was not asked", async () => {
    const shown = await check({ trust: { did: key.did }, list: undefined });
    expect(shown.notRevokedAt).to.equal(undefined);
    expect(shown.steps.join(" ")).not.to.include("revoked");
    await refusal(check({ trust: { did: otherKey.did } }), "not of the one that you named");
  });

  it("V1: refuses what was changed, naming the file", async () => {
    for (const [word, other] of [
      ["First aid", "Last aid"],
      ["City of Example", "City of Other"],
      [facts.subject, `0x${"23".repeat(32)}`],
      ["4711", "4712"],
    ] as const) {
      const document = JSON.stringify(await issued()).replaceAll(word, other);
      const error = await refusal(check({ document }), "its signature does not hold");
      expect(error.message).to.match(/^award\.json/);
      expect((error as SteleError).code).to.equal("unproven");
    }
  });

  it("V1: refuses a credential that another key signed, or that claims another's", async () => {
    await refusal(check({ by: otherKey }), "does not name the key");
    const document = JSON.stringify(await issued({ by: otherKey })).replace(
      `"id":"${otherKey.did}"`,
      `"id":"${key.did}"`,
    );
    await refusal(check({ document }), /issuer must match|does not hold/);
    const swapped = JSON.stringify(await issued({ by: otherKey })).replaceAll(otherKey.did, key.did);
    await refusal(check({ document: swapped }), /does not verify|does not hold/);
  });

  it("V3: refuses what is revoked", async () => {
    await refusal(check({ list: await listed({ revoked: [4711] }) }), "was revoked by its issuer");
    await check({ list: await listed({ revoked: [4710] }) });
  });

  it("V4: refuses what has expired from its first second on, and what begins later", async () => {
    await check({ now: facts.expires - 1n, trust: { did: key.did }, list: undefined });
    await refusal(check({ now: facts.expires, trust: { did: key.did }, list: undefined }), "expired at");
    await refusal(check({ of: { ...facts, issuedAt: now + day } }), "in the future");
    await refusal(check({ made: now + day }), "in the future");
  });

  it("V5: refuses a list of somebody else, of another name, too old, of the future, and changed", async () => {
    await refusal(check({ list: await listed({ by: otherKey }) }), "list.json: is a status list of another issuer");
    await refusal(check({ list: await listed({ id: "urn:stele:status:test:1" }) }), "the credential names");
    await refusal(check({ list: await listed({ time: now - 9n * day }) }), "get the present one");
    await refusal(check({ list: await listed({ time: now + day }) }), "of the future");
    const revoked = await listed({ revoked: [4711] });
    const clean = (await listed())["credentialSubject"];
    await refusal(check({ list: { ...revoked, credentialSubject: clean } }), "its signature does not hold");
    await refusal(check({ list: JSON.stringify(await issued()) }), /list\.json/);
  });

  it("V5: refuses a list that is too short, has no such place, or unpacks without end", async () => {
    await refusal(check({ list: await listWith({ encodedList: packed(100) }) }), "fewer than 131072");
    await refusal(check({ index: 131_072 }), "has no place");
    const bomb = packed(200_000_000);
    expect(bomb.length).to.be.lessThan(300_000);
    await refusal(check({ list: await listWith({ encodedList: bomb }) }), "unpacks to more than");
    await refusal(check({ list: await listWith({ encodedList: "uAAAA" }) }), "is not gzip data");
    await refusal(check({ list: await listWith({ encodedList: "zAAAA" }) }), "encodedList");
    await refusal(check({ list: await listWith({ statusPurpose: "suspension" }) }), "is not revocation");
  });

  it("V6: believes a replaced key for what it signed in its time, and a compromised one for nothing", async () => {
    const until = now - 2n * day;
    const retired = { statement: await stated({ key: { until } }) };
    await check({ trust: retired, made: until - 1n });
    await refusal(check({ trust: retired, made: until }), "did not sign for its member at");
    await refusal(check({ trust: retired, made: now - 31n * day }), "did not sign for its member at");
    await refusal(check({ trust: { statement: await stated({ key: { compromised: true } }) } }), "was compromised");
  });

  it("V7: believes a statement of the member it names, signed by the account it names, while it counts", async () => {
    await refusal(check({ trust: { statement: await stated({ until: now }) } }), "ask the issuer for the present one");
    await refusal(check({ trust: { statement: await stated({ time: now + day }) } }), "in the future");
    await refusal(check({ trust: { statement: await stated({ member: 4n }) } }), "the statement is of");
    const signed = await stated();
    expect(requireSigned(signed, delegate.address)).to.equal(signed);
    const stranger = Wallet.createRandom();
    expect(() => requireSigned(signed, stranger.address)).to.throw("not as");
    expect(() => requireSigned({ ...signed, account: stranger.address as "0x" }, stranger.address)).to.throw(
      "not signed",
    );
    expect(() => requireSigned({ ...signed, revision: 2n }, delegate.address)).to.throw("not signed");
    expect(() => requireSigned({ ...signed, signature: "0x12" }, delegate.address)).to.throw("not signed");
    const other = { ...signed, keys: [{ ...signed.keys[0]!, did: otherKey.did }] };
    expect(() => requireSigned(other, delegate.address)).to.throw("not signed");
  });

  it("V7: reads back the statement that it writes, and refuses a key twice, an unknown member and a long text", async () => {
    const signed = await stated();
    expect(parseStatement(formatStatement(signed))).to.deep.equal(signed);
    const twice = formatStatement({ ...signed, keys: [...signed.keys, ...signed.keys] });
    expect(() => parseStatement(twice)).to.throw("twice");
    expect(() => parseStatement(formatStatement(signed).replace('"member"', '"also":1,"member"'))).to.throw("also");
    expect(() => parseStatement(" ".repeat(600_000))).to.throw("too long");
  });

  it("V2: refuses an unknown context, other types, a second proof and another cryptosuite before it looks further", async () => {
    const good = await issued();
    for (const [change, says] of [
      [{ "@context": [...(good["@context"] as string[]), "https://example.org/v1"] }, "@context"],
      [{ "@context": [(good["@context"] as string[])[0], { name: "https://example.org/x" }] }, "@context"],
      [{ type: ["VerifiableCredential"] }, "type"],
      [{ proof: [good["proof"], good["proof"]] }, "proof"],
      [{ proof: { ...(good["proof"] as object), cryptosuite: "eddsa-jcs-2022" } }, "cryptosuite"],
      [{ proof: { ...(good["proof"] as object), proofPurpose: "authentication" } }, "proofPurpose"],
      [{ issuer: "did:web:example.org" }, "issuer"],
      [{ id: "urn:uuid:1" }, "names no award"],
      [{ credentialStatus: [] }, "credentialStatus"],
      [{ colour: "red" }, "colour"],
    ] as const) {
      await refusal(check({ document: JSON.stringify({ ...good, ...change }) }), says);
    }
  });

  it("V8: refuses members given twice, texts without end, deep nesting and what is no JSON, quickly", async () => {
    const text = JSON.stringify(await issued());
    await refusal(check({ document: text.replace('"name":', '"name":"Other","name":') }), "given twice");
    await refusal(check({ document: `${text.slice(0, -1)},"x":"${"x".repeat(200_000)}"}` }), "too long");
    await refusal(check({ document: "[".repeat(100_000) }), "nested deeper");
    await refusal(check({ document: "{" }), "award.json");
    await refusal(check({ list: " ".repeat(3_000_000) }), "too long");
  });
});
