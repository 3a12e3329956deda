import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { cryptosuite } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import { verifyCredential, type Outcome } from "@digitalbazaar/vc";
import { checkStatus } from "@digitalbazaar/vc-bitstring-status-list";
import { base64urlnopad } from "@scure/base";

import { SteleError, sentenceOf, type Place } from "../../common/errors.js";
import { formatInstant } from "../../common/time.js";
import { documentLoader } from "./contexts.js";
import { parseBadge, parseList, type BadgeDocument, type ListDocument } from "./document.js";
import { memberUrn, type AwardRef, type IssuingMember } from "./facts.js";
import { unpackBounded } from "./gunzip.js";
import { listLength } from "./places.js";
import { requireKey, signerOf, type IssuerStatement, type SignedStatement } from "./statement.js";

/**
 * Whom a verifier believes: a key that they know from elsewhere, or a member's statement of its keys, once it was held
 * against an account ({@link requireSigned}) or the chain.
 */
export type IssuerTrust = { readonly did: string } | { readonly statement: IssuerStatement };

export interface VerifyOptions {
  readonly trust: IssuerTrust;
  /** The text of the status list's credential; undefined where revocation is asked elsewhere, as of the chain. */
  readonly list?: string | undefined;
  /** Seconds. */
  readonly now: bigint;
  readonly place?: Place | undefined;
  readonly listPlace?: Place | undefined;
}

/** What a verified credential shows. */
export interface VerifiedBadge {
  readonly award: AwardRef;
  readonly member: IssuingMember;
  readonly issuer: string;
  readonly subject: string;
  readonly title: string;
  readonly authority: string;
  readonly criteria: { readonly uri?: string | undefined; readonly narrative: string };
  readonly evidence: readonly string[];
  /** Seconds. */
  readonly validFrom: bigint;
  readonly validUntil: bigint | undefined;
  /** Seconds: when the status list was made that says that it is not revoked; undefined where none was given. */
  readonly notRevokedAt: bigint | undefined;
  /** What was checked, a sentence each. */
  readonly steps: readonly string[];
}

/** Seconds by which clocks may differ, where something is from the future. */
const skew = 300;

/**
 * Verifies a credential of the suite offline, with the library's own verifier: nothing is fetched.
 * @throws SteleError `input` where it is no such credential, `unproven` naming what does not hold
 */
export async function verifyBadge(document: string, options: VerifyOptions): Promise<VerifiedBadge> {
  const { now, trust, place = {} } = options;
  const badge = parseBadge(document, place);
  const list = options.list === undefined ? undefined : parseList(options.list, options.listPlace);
  const steps = located(place, () => [requireIssuer(badge, trust, now)]);
  located(place, () => requireTimes(badge.content, now));
  await requireProof(badge, list, options);
  steps.push("The signature holds for every word of it.");
  if (list !== undefined)
    steps.push(`It is not revoked, says the issuer's list of ${formatInstant(list.content.validFrom)}.`);
  return shownOf(badge, list, steps);
}

/**
 * Holds a statement against an account that the verifier knows to act for the member.
 * @throws SteleError `unproven`
 */
export function requireSigned(statement: SignedStatement, account: string, place: Place = {}): IssuerStatement {
  const fail = (sentence: string) => new SteleError("unproven", sentence, { place });
  if (statement.account.toLowerCase() !== account.toLowerCase()) {
    throw fail(`is signed as account ${statement.account}, not as ${account}`);
  }
  const signer = signerOf(statement);
  if (signer?.toLowerCase() === account.toLowerCase()) return statement;
  throw fail(`was not signed by the key of account ${account}; a contract's signature is checked on its network only`);
}

function requireIssuer({ did, member, made }: BadgeDocument, trust: IssuerTrust, now: bigint): string {
  if ("did" in trust) {
    if (trust.did === did) return `It is of the key that you named, ${did}.`;
    throw new SteleError("unproven", `is of the key ${did}, not of the one that you named`);
  }
  const { statement } = trust;
  if (memberUrn(statement) !== memberUrn(member)) {
    throw new SteleError(
      "unproven",
      `names ${memberUrn(member)} as issuer, the statement is of ${memberUrn(statement)}`,
    );
  }
  requireKey(statement, did, made, now);
  return `It is of a key that member ${member.member} on chain ${member.chainId} calls its own.`;
}

function requireTimes({ validFrom, validUntil, proof }: BadgeDocument["content"], now: bigint): void {
  const fail = (sentence: string) => new SteleError("unproven", sentence);
  if (proof.created > now + BigInt(skew)) throw fail(`was signed at ${formatInstant(proof.created)}, in the future`);
  if (validFrom > now + BigInt(skew)) throw fail(`counts from ${formatInstant(validFrom)} on, which is in the future`);
  if (validUntil !== undefined && validUntil < now) throw fail(`expired at ${formatInstant(validUntil)}`);
}

async function requireProof(
  badge: BadgeDocument,
  list: ListDocument | undefined,
  options: VerifyOptions,
): Promise<void> {
  const { place = {}, listPlace = place, now } = options;
  if (list !== undefined) await requireList(list, badge, options.trust, now, listPlace);
  const documents = new Map(list === undefined ? [] : [[list.content.id, list.json]]);
  const outcome = await verifyCredential({
    credential: badge.json,
    ...means(documents, now),
    checkStatus: async (given) =>
      list === undefined
        ? { verified: true, results: [] }
        : // The list was verified above, at the time that the caller names; the library would take the machine's.
          checkStatus({ ...given, verifyBitstringStatusListCredential: false }),
  });
  if (outcome.statusResult !== undefined && !outcome.statusResult.verified) {
    throw new SteleError("unproven", `its status cannot be told: ${sentenceOf(outcome.statusResult.error)}`, { place });
  }
  requireVerified(outcome, place);
  // The library calls a status verified that it could read, whatever it says.
  if (outcome.statusResult?.results?.some(({ status }) => status) === true) {
    throw new SteleError("unproven", "was revoked by its issuer", { place });
  }
}

/** The list is the one that the credential names, whole, of the same issuer, and not too old. */
async function requireList(
  { json, content }: ListDocument,
  badge: BadgeDocument,
  trust: IssuerTrust,
  now: bigint,
  place: Place,
): Promise<void> {
  const fail = (sentence: string) => new SteleError("unproven", sentence, { place });
  const status = badge.content.credentialStatus;
  if (content.id !== status.statusListCredential) {
    throw fail(`is the status list ${content.id}; the credential names ${status.statusListCredential}`);
  }
  if (content.issuer !== badge.did) throw fail("is a status list of another issuer");
  if ("statement" in trust) located(place, () => requireKey(trust.statement, content.issuer, undefined, now));
  if (content.validUntil < now) {
    throw fail(
      `is a status list that ended at ${formatInstant(content.validUntil)}; get the present one from the issuer`,
    );
  }
  if (content.validFrom > now + BigInt(skew)) throw fail("is a status list of the future");
  const bits = await unpacked(content.credentialSubject.encodedList, place);
  if (bits.length * 8 < listLength) throw fail(`has fewer than ${listLength} entries, which would tell people apart`);
  if (Number(status.statusListIndex) >= bits.length * 8) throw fail("has no place for this credential");
  requireVerified(await verifyCredential({ credential: json, ...means(new Map(), now) }), place);
}

/** A list of more than a million entries is none of ours. */
const largestBits = 1 << 17;

async function unpacked(encoded: string, place: Place): Promise<Uint8Array> {
  try {
    return await unpackBounded(base64urlnopad.decode(encoded.slice(1)), "gzip", largestBits);
  } catch (cause) {
    const sentence = `holds a status list that ${cause instanceof SteleError ? cause.sentence : "is not base64url"}`;
    throw new SteleError("unproven", sentence, { place, cause });
  }
}

function means(documents: ReadonlyMap<string, unknown>, now: bigint) {
  return {
    suite: new DataIntegrityProof({ cryptosuite }),
    documentLoader: documentLoader(documents),
    now: new Date(Number(now) * 1000),
    maxClockSkew: skew,
  };
}

function requireVerified({ verified, error }: Outcome, place: Place): void {
  if (verified) return;
  const reasons = (error?.errors ?? [error]).map(sentenceOf).join("; ");
  const sentence = /invalid signature/i.test(reasons)
    ? "its signature does not hold: it was changed after it was signed, or another key signed it"
    : `does not verify: ${reasons}`;
  throw new SteleError("unproven", sentence, { place, cause: error });
}

function shownOf(
  { award, member, did, content }: BadgeDocument,
  list: ListDocument | undefined,
  steps: string[],
): VerifiedBadge {
  const { achievement, id } = content.credentialSubject;
  return {
    award,
    member,
    issuer: did,
    subject: id,
    title: achievement.name,
    authority: content.issuer.name,
    criteria: { uri: achievement.criteria.id, narrative: achievement.criteria.narrative },
    evidence: (content.evidence ?? []).map(({ id }) => id),
    validFrom: content.validFrom,
    validUntil: content.validUntil,
    notRevokedAt: list?.content.validFrom,
    steps,
  };
}

function located<T>(place: Place, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof SteleError ? error.at(place) : error;
  }
}
