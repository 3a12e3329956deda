import { createHeaderAndPayload, StatusList } from "@sd-jwt/jwt-status-list";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import { base64urlnopad } from "@scure/base";

import { utf8 } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { randomBytes } from "../../common/random.js";
import { sha256 } from "../../common/sha256.js";
import { isObject, toJsonObject, toPointer, type JsonObject, type JsonValue } from "../../records/canonical.js";
import type { StatusEntry } from "./badge.js";
import { awardUrn, memberUrn, subjectId, typeUrn, type AwardFacts } from "./facts.js";
import { algorithmOf, keyOfDid, signText, type HolderKey, type HolderSecret } from "./jws.js";
import type { IssuerKey } from "./keys.js";
import type { ListTerms } from "./list.js";
import { listLength } from "./places.js";

/** Type of the credential (SD-JWT VC `vct`). */
export const awardVct = "urn:stele:vct:award:1";

export interface SdJwtOptions {
  readonly status: StatusEntry;
  /** Seconds: when it is made. */
  readonly made: bigint;
  /** What else the award says, opened by its holder; each member can be shown alone. */
  readonly content?: JsonObject | undefined;
  /** The holder's key: then a presentation counts only with a signature of it. */
  readonly holder?: HolderKey | undefined;
}

/** What SD-JWT needs of its platform. */
export const hashing = {
  hasher: (data: string | ArrayBuffer) => sha256(typeof data === "string" ? utf8(data) : new Uint8Array(data)),
  hashAlg: "sha-256",
  saltGenerator: () => base64urlnopad.encode(randomBytes(16)),
} as const;

/**
 * The award as an SD-JWT VC, signed by the issuer. Its holder shows what they choose of it; always to be seen are the
 * issuer, the times it counts from and to, the holder's key and the place in the status list.
 */
export async function issueSdJwt(facts: AwardFacts, key: IssuerKey, options: SdJwtOptions): Promise<string> {
  const { status, made, holder } = options;
  const shown = choices(facts);
  const content = options.content === undefined ? undefined : requireShowable(toJsonObject(options.content), []);
  const payload = {
    iss: key.did,
    vct: awardVct,
    iat: Number(made),
    nbf: Number(facts.issuedAt),
    ...(facts.expires === 0n ? {} : { exp: Number(facts.expires) }),
    ...(holder === undefined ? {} : { cnf: { jwk: holder } }),
    status: { status_list: { idx: status.index, uri: status.list } },
    member: memberUrn(facts.issuer),
    ...shown,
    ...(content === undefined ? {} : { content }),
  };
  const frame = {
    _sd: Object.keys(shown),
    ...(content === undefined ? {} : { content: { _sd: Object.keys(content) } }),
  };
  const issuer = new SDJwtVcInstance({ ...hashing, signer: signerOf(key), signAlg: "EdDSA" });
  // The library's type of a frame follows from literal payloads; this one's names are known at run time only.
  return issuer.issue(payload, frame as never, { header: { kid: key.id } });
}

/** The members that the holder may show or keep. */
function choices(facts: AwardFacts): Record<string, JsonValue> {
  const { type, evidence } = facts;
  return {
    award: awardUrn(facts.award),
    subject: subjectId(facts, "subject"),
    ...(facts.account === undefined ? {} : { account: subjectId(facts, "account") }),
    type: typeUrn(facts),
    title: type.title,
    authority: type.authority,
    category: type.category,
    criteria: { uri: type.criteriaUri, sha256: type.criteriaHash },
    ...(evidence === undefined
      ? {}
      : { evidence: `urn:stele:record:${evidence.logId.toLowerCase()}:${evidence.index}` }),
  };
}

const reserved = new Set(["_sd", "_sd_alg", "...", "__proto__"]);

/** SD-JWT has names of its own, which no content may bring along. */
function requireShowable<T extends JsonValue>(value: T, path: readonly (string | number)[]): T {
  if (Array.isArray(value)) value.forEach((item: JsonValue, i) => requireShowable(item, [...path, i]));
  else if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      if (!reserved.has(name)) requireShowable(item, [...path, name]);
      else
        throw new SteleError("refused", "SD-JWT keeps this name for itself", {
          place: { field: toPointer([...path, name]) },
        });
    }
  }
  return value;
}

/** How a holder proves that they hold it: to whom, and for which question. */
export interface Binding {
  readonly key: HolderSecret;
  readonly audience: string;
  readonly nonce: string;
  /** Seconds. */
  readonly time: bigint;
}

/**
 * What the holder shows: the fields that they name, and nothing of the others.
 * @param credential as the issuer gave it
 * @param pointers JSON Pointers, `/title` or `/content/citation`
 * @throws SteleError `input` for a field that the credential does not have, or that is always shown
 */
export async function presentSdJwt(
  credential: string,
  pointers: readonly string[],
  binding?: Binding,
): Promise<string> {
  const signing =
    binding === undefined
      ? {}
      : { kbSigner: (text: string) => signText(text, binding.key), kbSignAlg: algorithmOf(binding.key) };
  const holder = new SDJwtVcInstance({ ...hashing, ...signing });
  const claims = toJsonObject(await read(() => holder.getClaims(credential)));
  const frame: Record<string, unknown> = {};
  for (const pointer of pointers) addTo(frame, pathOf(pointer, claims), claims);
  const kb = binding && { payload: { iat: Number(binding.time), aud: binding.audience, nonce: binding.nonce } };
  return read(() => holder.present(credential, frame as never, kb === undefined ? {} : { kb }));
}

function pathOf(pointer: string, claims: JsonObject): string[] {
  const unknown = new SteleError(
    "input",
    `there is no field "${pointer}" to show; name one as in /title or /content/place`,
  );
  if (!pointer.startsWith("/")) throw unknown;
  const path = pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  let value: JsonValue | undefined = claims;
  for (const part of path) value = isObject(value ?? null) ? ownMember(value as JsonObject, part) : undefined;
  if (value === undefined || path.length > 2 || (path.length === 2 && path[0] !== "content")) throw unknown;
  return path;
}

function ownMember(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function addTo(frame: Record<string, unknown>, path: readonly string[], claims: JsonObject): void {
  const [name = "", inner] = path;
  if (name !== "content") frame[name] = true;
  else {
    // Every member of the content is hidden for itself, so its whole is all of them.
    const names = inner === undefined ? Object.keys(claims["content"] as JsonObject) : [inner];
    frame[name] = { ...(frame[name] as object | undefined), ...Object.fromEntries(names.map((name) => [name, true])) };
  }
}

/** A Token Status List (IETF) of the same bits, for credentials in this form. */
export function tokenStatusList(revoked: Iterable<number>, key: IssuerKey, { id, time, validity }: ListTerms): string {
  const list = new StatusList(Array.from<number>({ length: listLength }).fill(0), 1);
  for (const index of revoked) list.setStatus(index, 1);
  const claims = { iss: key.did, sub: id, iat: Number(time), exp: Number(time + validity) };
  const { header, payload } = createHeaderAndPayload(list, claims, {
    alg: "EdDSA",
    typ: "statuslist+jwt",
    kid: key.id,
  });
  const text = [header, payload].map((part) => base64urlnopad.encode(utf8(JSON.stringify(part)))).join(".");
  return `${text}.${signerOf(key)(text)}`;
}

function signerOf({ did, secret }: IssuerKey): (text: string) => string {
  const { kty, crv, x } = keyOfDid(did) as Extract<HolderKey, { kty: "OKP" }>;
  return (text) => signText(text, { kty, crv, x, d: base64urlnopad.encode(secret) });
}

async function read<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new SteleError("input", "is no SD-JWT that can be read", { cause });
  }
}
