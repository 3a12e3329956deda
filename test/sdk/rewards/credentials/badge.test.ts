import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { cryptosuite } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import { verifyCredential } from "@digitalbazaar/vc";
import { checkStatus } from "@digitalbazaar/vc-bitstring-status-list";
import { expect } from "chai";
import { z } from "zod";

import { badgeOf } from "../../../../sdk/rewards/credentials/badge.js";
import { badgeContext, credentialsContext, documentLoader } from "../../../../sdk/rewards/credentials/contexts.js";
import {
  awardUrn,
  memberUrn,
  parseAwardUrn,
  parseMemberUrn,
  subjectId,
} from "../../../../sdk/rewards/credentials/facts.js";
import { signCredential } from "../../../../sdk/rewards/credentials/keys.js";
import { facts, issued, key, leafFacts, listed, listId, member, now } from "../../../support/credentials.js";
import { refusal } from "../../../support/refusal.js";

/** The library's own verifier, with nothing of ours but the documents at hand. */
async function byLibrary(credential: unknown, list: Record<string, unknown>) {
  return verifyCredential({
    credential,
    suite: new DataIntegrityProof({ cryptosuite }),
    documentLoader: documentLoader(new Map([[listId, list]])),
    checkStatus,
  });
}

const uri = z.string().regex(/^[a-z][a-z0-9+.-]*:\S+$/i);
const words = z.string().min(1);
const instant = z.iso.datetime();
/**
 * What Open Badges 3.0 (1EdTech, section B, AchievementCredential) requires, and where it closes a class to other
 * members. No npm package brings 1EdTech's own JSON schema, so this is written from the published text.
 */
const openBadge = z.looseObject({
  "@context": z.tuple([z.literal(credentialsContext), z.literal(badgeContext)]),
  id: uri,
  type: z
    .array(words)
    .refine((type) => ["VerifiableCredential", "AchievementCredential"].every((one) => type.includes(one))),
  name: words,
  issuer: z.looseObject({
    id: uri,
    type: z.array(words).refine((type) => type.includes("Profile")),
    name: words.optional(),
    otherIdentifier: z
      .array(
        z.strictObject({
          type: z.literal("IdentifierEntry"),
          identifier: words,
          identifierType: z.string().regex(/^ext:[a-zA-Z0-9._-]+$/),
        }),
      )
      .optional(),
  }),
  validFrom: instant,
  validUntil: instant.optional(),
  awardedDate: instant.optional(),
  credentialSubject: z.strictObject({
    id: uri,
    type: z.array(words).refine((type) => type.includes("AchievementSubject")),
    achievement: z.strictObject({
      id: uri,
      type: z.array(words).refine((type) => type.includes("Achievement")),
      achievementType: z.literal("Award"),
      name: words,
      description: words,
      criteria: z.looseObject({ id: uri.optional(), narrative: words.optional() }),
      tag: z.array(words).optional(),
    }),
  }),
  evidence: z
    .array(z.looseObject({ id: uri.optional(), type: z.array(words).refine((type) => type.includes("Evidence")) }))
    .optional(),
  credentialStatus: z.looseObject({ id: uri, type: z.literal("BitstringStatusListEntry") }),
  proof: z.looseObject({ type: z.literal("DataIntegrityProof"), cryptosuite: z.literal("eddsa-rdfc-2022") }),
});

describe("an award as an Open Badge", () => {
  it("V1: is verified offline by the standard library, with its status list", async () => {
    for (const of of [facts, leafFacts]) {
      const outcome = await byLibrary(await issued({ of }), await listed());
      expect(outcome.error).to.equal(undefined);
      expect(outcome.verified).to.equal(true);
      expect(outcome.statusResult?.results?.map(({ status }) => status)).to.deep.equal([false]);
    }
  });

  it("V3: is shown as revoked by the library where its bit is set, and by no other bit", async () => {
    const credential = await issued({ index: 4711 });
    for (const [revoked, says] of [
      [[4711], true],
      [[4710, 4712, 0, 131_071], false],
    ] as const) {
      const outcome = await byLibrary(credential, await listed({ revoked: [...revoked] }));
      expect(outcome.statusResult?.results?.map(({ status }) => status)).to.deep.equal([says]);
    }
  });

  it("V1: is refused by the library where a single field was changed", async () => {
    const list = await listed();
    const credential = await issued();
    let leaves = 0;
    for (const change of mutations(credential)) {
      leaves++;
      const outcome = await byLibrary(change.changed, list).catch((error: unknown) => ({ verified: false, error }));
      expect(outcome.verified, change.path).to.equal(false);
    }
    expect(leaves).to.be.greaterThan(35);
  });

  it("has what Open Badges 3.0 requires, and nothing where a class is closed", async () => {
    for (const of of [facts, leafFacts]) openBadge.parse(await issued({ of }));
  });

  it("uses no word that its contexts do not define", async () => {
    const undefinedTerm = { ...badgeOf(facts, { issuer: key.did, status: { list: listId, index: 1 } }), colour: "red" };
    await refusal(signCredential(undefinedTerm, key, now), /safe mode/i);
  });

  it("has a narrative alone where the criteria are at no absolute address", () => {
    const badge = badgeOf(
      { ...facts, type: { ...facts.type, criteriaUri: "criteria on page 7" } },
      { issuer: key.did, status: { list: listId, index: 1 } },
    );
    expect(badge).not.to.have.property("relatedResource");
    expect(JSON.stringify(badge)).to.include("criteria on page 7");
  });

  it("ends in the last second in which the award counts", () => {
    const badge = badgeOf(
      { ...facts, expires: 1_800_000_000n },
      { issuer: key.did, status: { list: listId, index: 1 } },
    );
    expect(badge["validUntil"]).to.equal("2027-01-15T07:59:59Z");
  });

  it("names the person by pseudonym, or by account where the holder wants that", () => {
    expect(subjectId(facts, "subject")).to.equal(`urn:stele:subject:${facts.subject}`);
    expect(subjectId(facts, "account")).to.match(/^did:pkh:eip155:31337:0x[Dd]{40}$/);
    expect(() => subjectId(leafFacts, "account")).to.throw("no account");
  });

  it("names awards and members in a form that is read back, and refuses others", () => {
    for (const { award } of [facts, leafFacts]) expect(parseAwardUrn(awardUrn(award))).to.deep.equal(award);
    expect(parseMemberUrn(memberUrn(member))).to.deep.equal(member);
    expect(() => parseAwardUrn("urn:stele:award:1:0x00:2")).to.throw("names no award");
    expect(() => parseMemberUrn("urn:uuid:1")).to.throw("names no member");
  });

  it("V2: loads nothing but its two contexts, did:key and the documents at hand", async () => {
    const load = documentLoader(new Map([["urn:x", { a: 1 }]]));
    for (const url of [credentialsContext, badgeContext, key.did, key.id, "urn:x"]) await load(url);
    for (const url of [
      "https://www.w3.org/2018/credentials/v1",
      "https://example.org/context.json",
      "http://127.0.0.1:1/",
      `${key.did}#z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK`,
      "did:web:example.org",
      "did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv",
    ]) {
      await refusal(load(url), "nothing is fetched");
    }
  });
});

/** The document with one of its texts changed, for each of them; members of the proof that are not signed excepted. */
function* mutations(document: unknown, path = ""): Generator<{ path: string; changed: unknown }> {
  const walk = function* (value: unknown, at: readonly (string | number)[]): Generator<readonly (string | number)[]> {
    if (typeof value === "string") yield at;
    else if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* walk(item, [...at, i]);
    else if (typeof value === "object" && value !== null)
      for (const [name, item] of Object.entries(value)) yield* walk(item, [...at, name]);
  };
  for (const at of walk(document, [])) {
    const changed = structuredClone(document) as Record<string | number, unknown>;
    let holder = changed;
    for (const part of at.slice(0, -1)) holder = holder[part] as Record<string | number, unknown>;
    holder[at.at(-1)!] = other(String(holder[at.at(-1)!]));
    yield { path: path + at.join("/"), changed };
  }
}

/** Another text of the same kind: a later year, another digit, another letter. */
function other(text: string): string {
  if (/^\d{4}-/.test(text))
    return text.replace(/^(\d{3})(\d)/, (_, head: string, last: string) => head + String((Number(last) + 9) % 10));
  const last = text.at(-1) === "1" ? "2" : "1";
  return text.slice(0, -1) + last;
}
