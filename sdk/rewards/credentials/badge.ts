import { fromHex, toBase64 } from "../../common/bytes.js";
import { formatInstant } from "../../common/time.js";
import { badgeContext, credentialsContext } from "./contexts.js";
import { awardUrn, memberUrn, subjectId, typeUrn, type AwardFacts, type SubjectForm } from "./facts.js";

/** A place in a status list. */
export interface StatusEntry {
  /** Address of the list's credential. */
  readonly list: string;
  readonly index: number;
}

export interface BadgeOptions {
  /** did:key of the issuing key. */
  readonly issuer: string;
  readonly status: StatusEntry;
  readonly subjectForm?: SubjectForm | undefined;
}

const absolute = /^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$/i;

/** The award as an Open Badges 3.0 AchievementCredential of the W3C data model 2.0, before it is signed. */
export function badgeOf(facts: AwardFacts, { issuer, status, subjectForm }: BadgeOptions): Record<string, unknown> {
  const { type, evidence, expires } = facts;
  return {
    "@context": [credentialsContext, badgeContext],
    id: awardUrn(facts.award),
    type: ["VerifiableCredential", "AchievementCredential"],
    name: type.title,
    issuer: issuerProfile(facts, issuer),
    validFrom: formatInstant(facts.issuedAt),
    // A credential is valid until its last second, an award until before the first in which it does not count.
    ...(expires === 0n ? {} : { validUntil: formatInstant(expires - 1n) }),
    awardedDate: formatInstant(facts.issuedAt),
    credentialSubject: {
      id: subjectId(facts, subjectForm ?? "subject"),
      type: ["AchievementSubject"],
      achievement: achievementOf(facts),
    },
    ...(evidence === undefined ? {} : { evidence: [evidenceOf(evidence)] }),
    credentialStatus: {
      id: `${status.list}#${status.index}`,
      type: "BitstringStatusListEntry",
      statusPurpose: "revocation",
      statusListIndex: String(status.index),
      statusListCredential: status.list,
    },
    ...(absolute.test(type.criteriaUri)
      ? { relatedResource: [{ id: type.criteriaUri, digestSRI: `sha256-${toBase64(fromHex(type.criteriaHash, 32))}` }] }
      : {}),
  };
}

/** The issuer as Open Badges has it: the key, in whose name, and which member the key says it speaks for. */
function issuerProfile({ issuer, type }: AwardFacts, did: string): Record<string, unknown> {
  return {
    id: did,
    type: ["Profile"],
    name: type.authority,
    otherIdentifier: [{ type: "IdentifierEntry", identifier: memberUrn(issuer), identifierType: "ext:stele_member" }],
  };
}

function achievementOf(facts: AwardFacts): Record<string, unknown> {
  const { title, authority, category, criteriaUri, criteriaHash } = facts.type;
  const narrative = `The criteria are the document with SHA-256 ${criteriaHash}, published at ${criteriaUri}.`;
  return {
    id: typeUrn(facts),
    type: ["Achievement"],
    achievementType: "Award",
    name: title,
    description: `${title}, awarded in the name of ${authority}. Category: ${category}.`,
    criteria: absolute.test(criteriaUri) ? { id: criteriaUri, narrative } : { narrative },
    tag: [category],
  };
}

function evidenceOf({ logId, index }: NonNullable<AwardFacts["evidence"]>): Record<string, unknown> {
  return {
    id: `urn:stele:record:${logId.toLowerCase()}:${index}`,
    type: ["Evidence"],
    name: `Record ${index} of log ${logId.toLowerCase()}`,
    description: "The record that this award rests on. It is opened by the person it is about.",
  };
}
