import { SDJwtInstance } from "@sd-jwt/core";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import { base64urlnopad } from "@scure/base";
import { z } from "zod";

import { utf8 } from "../../common/bytes.js";
import { SteleError, sentenceOf, type Place } from "../../common/errors.js";
import { parseWith } from "../../common/schema.js";
import { sha256 } from "../../common/sha256.js";
import { formatInstant } from "../../common/time.js";
import { isObject, toJson, toPointer, type JsonValue } from "../../records/canonical.js";
import { parseJson } from "../../records/json.js";
import { largestCredential, largestList } from "./document.js";
import { memberUrn, parseMemberUrn, type IssuingMember } from "./facts.js";
import { unpackBounded } from "./gunzip.js";
import { holdsFor, keyOfDid, parseHolderKey } from "./jws.js";
import { listLength } from "./places.js";
import { awardVct, hashing } from "./sd-jwt.js";
import { requireKey } from "./statement.js";
import type { IssuerTrust } from "./verify.js";

/** What a verifier asked of a holder. */
export interface Question {
  readonly audience: string;
  readonly nonce: string;
  /** When the answer came, seconds of the verifier's own clock. */
  readonly at: bigint;
}

export interface SdJwtVerifyOptions {
  readonly trust: IssuerTrust;
  /** The text of the token status list; undefined where revocation is asked elsewhere. */
  readonly list?: string | undefined;
  /** What the holder was asked: for a credential that is bound to a key, their signature over it is demanded. */
  readonly asked?: Question | undefined;
  /** Seconds. */
  readonly now: bigint;
  readonly place?: Place | undefined;
}

/** What a verified presentation shows. */
export interface VerifiedSdJwt {
  readonly member: IssuingMember;
  readonly issuer: string;
  /** What was shown, by JSON Pointer. */
  readonly fields: readonly { readonly pointer: string; readonly value: JsonValue }[];
  readonly validFrom: bigint;
  readonly validUntil: bigint | undefined;
  /** Whether the holder proved that they hold it. */
  readonly bound: boolean;
  readonly notRevokedAt: bigint | undefined;
  readonly steps: readonly string[];
}

const seconds = z
  .int()
  .min(0)
  .max(2 ** 40)
  .transform(BigInt);
const head = z.looseObject({
  iss: z.string(),
  vct: z.literal(awardVct, { error: "is no award of this suite" }),
  iat: seconds,
  nbf: seconds,
  exp: seconds.optional(),
  cnf: z.strictObject({ jwk: z.unknown() }).optional(),
  status: z.strictObject({ status_list: z.strictObject({ idx: z.int().min(0), uri: z.string().max(2000) }) }),
  member: z.string(),
  _sd: z.array(z.string()).optional(),
  content: z.looseObject({ _sd: z.array(z.string()).optional() }).optional(),
});
const header = z.looseObject({
  typ: z.literal("dc+sd-jwt", { error: "is not dc+sd-jwt" }),
  alg: z.literal("EdDSA", { error: "is not EdDSA" }),
});
const listHeader = z.looseObject({ typ: z.literal("statuslist+jwt"), alg: z.literal("EdDSA") });
const listBody = z.looseObject({
  iss: z.string(),
  sub: z.string(),
  iat: seconds,
  exp: seconds,
  status_list: z.strictObject({ bits: z.literal(1), lst: z.string() }),
});

/** Seconds that a holder's answer to a question counts, and by which clocks may differ. */
const patience = 600n;
const skew = 300n;

/**
 * Verifies an SD-JWT VC of an award, or a presentation of one, offline: nothing is fetched.
 * @throws SteleError `input` where it is none, `unproven` naming what does not hold
 */
export async function verifySdJwt(document: string, options: SdJwtVerifyOptions): Promise<VerifiedSdJwt> {
  const { place = {}, now, trust, asked } = options;
  const text = document.trim();
  if (text.length > largestCredential) throw new SteleError("input", "is too long to be a credential", { place });
  const [first = "", second = ""] = text.split("~", 1)[0]!.split(".");
  parseWith(header, partOf(first, place), place);
  const claims = parseWith(head, partOf(second, place), place);
  const fail = (sentence: string) => new SteleError("unproven", sentence, { place });
  const steps = [requireIssuer(claims, trust, now, place)];
  if (claims.iat > now + skew) throw fail(`was signed at ${formatInstant(claims.iat)}, in the future`);
  if (claims.exp !== undefined && claims.exp <= now) throw fail(`expired at ${formatInstant(claims.exp)}`);
  if (claims.cnf !== undefined && asked === undefined) {
    throw fail("is bound to its holder's key; say what the holder was asked (--audience, --nonce)");
  }
  if (claims.cnf === undefined && asked !== undefined) throw fail("is bound to no key, so nobody can prove to hold it");
  requireReferenced(text, claims, fail);
  const shown = await byLibrary(text, claims, options);
  steps.push("The issuer's signature holds, and every field that is shown is one that it covers.");
  if (asked !== undefined) steps.push(`Its holder signed for ${asked.audience} and the question asked.`);
  const listed =
    shown.listed === undefined ? [] : [`It is not revoked, says the issuer's list of ${formatInstant(shown.listed)}.`];
  return {
    member: parseMemberUrn(claims.member),
    issuer: claims.iss,
    fields: fieldsOf(shown.payload),
    validFrom: claims.nbf,
    validUntil: claims.exp,
    bound: asked !== undefined,
    notRevokedAt: shown.listed,
    steps: [...steps, ...listed],
  };
}

type Claims = z.infer<typeof head>;
type Fail = (sentence: string) => SteleError;

/** Every disclosure is one that the issuer signed for (RFC 9901, 7.1); the library passes over one that is not. */
function requireReferenced(text: string, { _sd, content }: Claims, fail: Fail): void {
  const digests = new Set([...(_sd ?? []), ...(content?._sd ?? [])]);
  for (const disclosure of text.split("~").slice(1, -1)) {
    if (!digests.delete(base64urlnopad.encode(sha256(utf8(disclosure))))) {
      throw fail("does not verify: a field that is shown is none that the issuer signed");
    }
  }
}

function requireIssuer({ iss, iat, member }: Claims, trust: IssuerTrust, now: bigint, place: Place): string {
  const fail = (sentence: string) => new SteleError("unproven", sentence, { place });
  if ("did" in trust) {
    if (trust.did === iss) return `It is of the key that you named, ${iss}.`;
    throw fail(`is of the key ${iss}, not of the one that you named`);
  }
  const { statement } = trust;
  if (member !== memberUrn(statement))
    throw fail(`names ${member} as issuer, the statement is of ${memberUrn(statement)}`);
  try {
    requireKey(statement, iss, iat, now);
  } catch (error) {
    throw error instanceof SteleError ? error.at(place) : error;
  }
  return `It is of a key that member ${statement.member} on chain ${statement.chainId} calls its own.`;
}

async function byLibrary(
  text: string,
  claims: Claims,
  { list, now, asked, place = {} }: SdJwtVerifyOptions,
): Promise<{ payload: unknown; listed: bigint | undefined }> {
  const fail = (sentence: string, cause?: unknown) => new SteleError("unproven", sentence, { place, cause });
  const key = keyOfDid(claims.iss);
  const listed = list === undefined ? undefined : await requireTokenList(list, claims, now, place);
  const holder = claims.cnf === undefined ? undefined : parseHolderKey(claims.cnf.jwk, place);
  const config = {
    ...hashing,
    verifier: (data: string, signature: string) => holdsFor(data, signature, key),
    kbVerifier: (data: string, signature: string) => holder !== undefined && holdsFor(data, signature, holder),
  };
  const status = {
    // The list at hand: the library would fetch it.
    statusListFetcher: async () => (list ?? "").trim(),
    statusValidator: async (bit: number) => {
      if (bit !== 0) throw fail("was revoked by its issuer");
    },
  };
  // Where revocation is asked elsewhere, the part of the library that knows nothing of it does the same work.
  const verifier = list === undefined ? new SDJwtInstance(config) : new SDJwtVcInstance({ ...config, ...status });
  const nonce = asked === undefined ? {} : { keyBindingNonce: asked.nonce };
  try {
    const verified = await verifier.verify(text, { currentDate: Number(now), skewSeconds: Number(skew), ...nonce });
    if (asked !== undefined) requireAnswer(verified.kb?.payload, asked, fail);
    return { payload: verified.payload, listed };
  } catch (cause) {
    if (cause instanceof SteleError) throw cause;
    throw fail(`does not verify: ${sentenceOf(cause)}`, cause);
  }
}

/** The library has compared nonce and hash; whom the holder answered, and when, is left to the verifier. */
function requireAnswer(
  answer: { readonly aud: string; readonly iat: number } | undefined,
  { audience, at }: Question,
  fail: Fail,
): void {
  if (answer?.aud !== audience) throw fail("is an answer to somebody else");
  const age = at - BigInt(Math.trunc(answer.iat));
  if (age > patience || age < -skew) throw fail("was presented at another time; ask the holder again");
}

/** The list is the one that the credential names, of the same issuer, whole, and not too old. */
async function requireTokenList(list: string, claims: Claims, now: bigint, place: Place): Promise<bigint> {
  const fail: Fail = (sentence) => new SteleError("unproven", sentence, { place });
  const text = list.trim();
  if (text.length > largestList) throw new SteleError("input", "is too long to be a status list", { place });
  const [first = "", second = "", signature = ""] = text.split(".");
  parseWith(listHeader, partOf(first, place), place);
  const body = parseWith(listBody, partOf(second, place), place);
  const { idx, uri } = claims.status.status_list;
  if (body.sub !== uri) throw fail(`is the status list ${body.sub}; the credential names ${uri}`);
  if (body.iss !== claims.iss) throw fail("is a status list of another issuer");
  if (body.exp <= now) throw fail(`is a status list that ended at ${formatInstant(body.exp)}; get the present one`);
  if (body.iat > now + skew) throw fail("is a status list of the future");
  if (!holdsFor(`${first}.${second}`, signature, keyOfDid(body.iss))) throw fail("is a status list that was changed");
  const bits = await unpackBounded(bytesOf(body.status_list.lst, place), "deflate", 1 << 17);
  if (bits.length * 8 < listLength) throw fail(`has fewer than ${listLength} entries, which would tell people apart`);
  if (idx >= bits.length * 8) throw fail("has no place for this credential");
  return body.iat;
}

const own = new Set(["iss", "vct", "iat", "nbf", "exp", "cnf", "status", "member", "_sd_alg"]);

/** What was shown beside what always is; the members of `content` each for themselves. */
function fieldsOf(payload: unknown): { pointer: string; value: JsonValue }[] {
  const json = toJson(payload);
  if (!isObject(json)) return [];
  return Object.entries(json).flatMap(([name, value]) => {
    if (own.has(name)) return [];
    if (name !== "content" || !isObject(value)) return [{ pointer: toPointer([name]), value }];
    return Object.entries(value).map(([inner, value]) => ({ pointer: toPointer([name, inner]), value }));
  });
}

/** One part of a JWS as JSON, read strictly. */
function partOf(part: string, place: Place): JsonValue {
  return parseJson(bytesOf(part, place), place);
}

function bytesOf(part: string, place: Place): Uint8Array {
  try {
    return base64urlnopad.decode(part);
  } catch {
    throw new SteleError("input", "is no SD-JWT: a part of it is not base64url", { place });
  }
}
