import { z } from "zod";

import { SteleError, type Place } from "../../common/errors.js";
import { parseWith } from "../../common/schema.js";
import { parseInstant } from "../../common/time.js";
import { parseJson } from "../../records/json.js";
import { badgeContext, credentialsContext, ed25519Did } from "./contexts.js";
import { parseAwardUrn, parseMemberUrn, type AwardRef, type IssuingMember } from "./facts.js";

/** Characters of a credential, at most; what the suite writes has about 3,000. */
export const largestCredential = 128 * 1024;
/** Characters of a status list's credential, at most. */
export const largestList = 2 * 1024 * 1024;

const uri = z.string().regex(/^[a-z][a-z0-9+.-]*:[^\s]{1,2000}$/i, "is not a URI");
const did = z.string().regex(ed25519Did, "is no did:key of an Ed25519 key");
const instant = z.string().transform((text, issue): bigint => {
  try {
    return parseInstant(text);
  } catch (error) {
    issue.addIssue(error instanceof SteleError ? `is no time: ${error.sentence}` : String(error));
    return z.NEVER;
  }
});

const proof = z.strictObject(
  {
    type: z.literal("DataIntegrityProof"),
    created: instant,
    verificationMethod: z.string(),
    cryptosuite: z.literal("eddsa-rdfc-2022", { error: "is not eddsa-rdfc-2022, the only one that is taken" }),
    proofPurpose: z.literal("assertionMethod"),
    proofValue: z.string().max(200),
  },
  { error: "is not one Data Integrity proof" },
);

const text = z.string().max(10_000);

const badge = z.strictObject({
  "@context": z.tuple([z.literal(credentialsContext), z.literal(badgeContext)], {
    error: "is not that of an Open Badge: an unknown context may give the words another meaning",
  }),
  id: uri,
  type: z.tuple([z.literal("VerifiableCredential"), z.literal("AchievementCredential")], {
    error: "is not that of an AchievementCredential",
  }),
  name: text,
  issuer: z.strictObject({
    id: did,
    type: z.tuple([z.literal("Profile")]),
    name: text,
    otherIdentifier: z.tuple([
      z.strictObject({
        type: z.literal("IdentifierEntry"),
        identifier: uri,
        identifierType: z.literal("ext:stele_member"),
      }),
    ]),
  }),
  validFrom: instant,
  validUntil: instant.optional(),
  awardedDate: instant,
  credentialSubject: z.strictObject({
    id: uri,
    type: z.tuple([z.literal("AchievementSubject")]),
    achievement: z.strictObject({
      id: uri,
      type: z.tuple([z.literal("Achievement")]),
      achievementType: text,
      name: text,
      description: text,
      criteria: z.strictObject({ id: uri.optional(), narrative: text }),
      tag: z.array(text).max(10),
    }),
  }),
  evidence: z
    .array(z.strictObject({ id: uri, type: z.tuple([z.literal("Evidence")]), name: text, description: text }))
    .max(10)
    .optional(),
  credentialStatus: z.strictObject({
    id: uri,
    type: z.literal("BitstringStatusListEntry"),
    statusPurpose: z.literal("revocation"),
    statusListIndex: z.string().regex(/^\d{1,9}$/, "is not a whole number"),
    statusListCredential: uri,
  }),
  relatedResource: z
    .array(z.strictObject({ id: uri, digestSRI: text }))
    .max(10)
    .optional(),
  proof,
});

/** A credential of the suite as it was parsed; nothing of it is proved yet. */
export interface BadgeDocument {
  /** As the library wants it. */
  readonly json: unknown;
  readonly award: AwardRef;
  readonly member: IssuingMember;
  readonly did: string;
  readonly made: bigint;
  readonly content: z.infer<typeof badge>;
}

/** @throws SteleError `input`, naming the field: too long, no strict JSON, or no credential of this suite */
export function parseBadge(document: string, place: Place = {}): BadgeDocument {
  if (document.length > largestCredential) throw tooLong("a credential", place);
  const json = parseJson(document, place);
  const content = parseWith(badge, json, place);
  return {
    json,
    award: located(place, "id", () => parseAwardUrn(content.id)),
    member: located(place, "issuer", () => parseMemberUrn(content.issuer.otherIdentifier[0].identifier)),
    did: content.issuer.id,
    made: content.proof.created,
    content,
  };
}

const list = z.strictObject({
  "@context": z.tuple([z.literal(credentialsContext)], { error: "is not that of a status list" }),
  id: uri,
  type: z.tuple([z.literal("VerifiableCredential"), z.literal("BitstringStatusListCredential")], {
    error: "is not that of a status list",
  }),
  issuer: did,
  validFrom: instant,
  validUntil: instant,
  credentialSubject: z.strictObject({
    id: uri,
    type: z.literal("BitstringStatusList"),
    encodedList: z.string().regex(/^u[A-Za-z0-9_-]+$/, "is no multibase base64url text"),
    statusPurpose: z.literal("revocation", { error: "is not revocation" }),
  }),
  proof,
});

export interface ListDocument {
  readonly json: unknown;
  readonly content: z.infer<typeof list>;
}

/** @throws SteleError `input`, naming the field */
export function parseList(document: string, place: Place = {}): ListDocument {
  if (document.length > largestList) throw tooLong("a status list", place);
  const json = parseJson(document, place);
  return { json, content: parseWith(list, json, place) };
}

function tooLong(what: string, place: Place): SteleError {
  return new SteleError("input", `is too long to be ${what} of this suite`, { place });
}

function located<T>(place: Place, field: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof SteleError ? error.at({ ...place, field }) : error;
  }
}
