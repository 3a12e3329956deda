import { equal, fromHex, toHex, utf8 } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import type { Place } from "../common/errors.js";
import { randomBytes } from "../common/random.js";
import { toJsonObject, writeCanonical } from "./canonical.js";
import type { JsonObject, JsonValue } from "./canonical.js";
import { noAddress, noSubject, opensSubject, subjectCommitment, uriHash } from "./commitments.js";
import type { SubjectOpening } from "./commitments.js";
import type { Recipient } from "./epoch.js";
import {
  bindingOf,
  commitmentOf,
  completePayload,
  fieldsOf,
  payloadCommitment,
  requireUnreserved,
  reservedMember,
  secretLength,
} from "./fields.js";
import { decodeHeader, encodeHeader, headerHash, payloadCommitmentOffset } from "./header.js";
import type { RecordHeader } from "./header.js";
import type { Opening } from "./opening.js";
import { RECORD_LIMIT } from "./intake/draft.js";
import { createStealthAddress } from "./stealth.js";
import type { Announcement, MetaAddress } from "./stealth.js";

/** Largest payload: bytes of its canonical text, without what the format adds. */
export const maxPayload = RECORD_LIMIT;

/** What stands in a header until the payload, which repeats the rest of it, is complete. */
const noCommitment = new Uint8Array(32);

/** A record to be made. */
export interface RecordInput {
  /** The log epoch, 32 bytes. */
  readonly logId: Uint8Array;
  /** URI of the source. */
  readonly source: string;
  /** Gapless from 0 in each (logId, source). */
  readonly sequence: bigint;
  /** Seconds since 1970. */
  readonly time: bigint;
  /** URI of the payload's schema. */
  readonly schema: string;
  /** Index into the policy's retention classes. */
  readonly retentionClass: bigint;
  /** Whom the record is about: the pairwise pseudonym, 32 bytes. */
  readonly subject?: Uint8Array;
  /** The subject's meta-address, from which a one-time dispute address is derived. */
  readonly metaAddress?: MetaAddress;
  /** A dispute address, 20 bytes, that was made elsewhere; instead of `metaAddress`. */
  readonly disputeAddress?: Uint8Array;
  /** The content: a JSON object of at most {@link maxPayload} canonical bytes. */
  readonly payload: unknown;
  /** Who may open the record. */
  readonly recipients: readonly Recipient[];
  /** Where the content was read, for messages. */
  readonly place?: Place;
}

/** A record before it is sealed. */
export interface DraftRecord {
  readonly header: RecordHeader;
  /** The leaf's data: 195 bytes. */
  readonly entry: Uint8Array;
  readonly leafHash: Uint8Array;
  readonly opening: Opening;
  readonly announcement: Announcement | undefined;
}

/** A record opened and held against its header. */
export interface OpenedRecord {
  readonly header: RecordHeader;
  readonly leafHash: Uint8Array;
  /** The content as it was given. */
  readonly payload: JsonObject;
  /** The content with its `$stele`: what `show` takes. */
  readonly complete: JsonObject;
  /** What `show` takes beside it. */
  readonly secret: Uint8Array;
  /** What opens the subject commitment, where the record is about somebody. */
  readonly subject: SubjectOpening | undefined;
}

/**
 * Makes header and opening of a record, with fresh random salts.
 * @throws SteleError `input` or `usage`, naming place and field
 */
export function draftRecord(input: RecordInput): DraftRecord {
  return located(input, () => draft(input));
}

/**
 * Refuses the content that {@link draftRecord} would refuse, without making anything.
 * @returns a plain copy of the payload
 * @throws SteleError `input`, naming place and field
 */
export function checkPayload(input: Pick<RecordInput, "payload" | "place">): JsonObject {
  return located(input, () => {
    const payload = toJsonObject(input.payload);
    requireUnreserved(payload);
    checkSize(payload);
    return payload;
  });
}

function located<T>({ place }: Pick<RecordInput, "place">, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof SteleError && place !== undefined ? error.at(place) : error;
  }
}

function draft(input: RecordInput): DraftRecord {
  const payload = toJsonObject(input.payload);
  checkSize(payload);
  const place = { logId: input.logId, source: uriHash(input.source), sequence: input.sequence };
  const subjectSalt = input.subject === undefined ? new Uint8Array(secretLength) : randomBytes(secretLength);
  const { disputeAddress, announcement } = addressFor(input);
  if (input.subject?.every((byte) => byte === 0)) {
    throw new SteleError("input", "subject zero is nobody, leave the subject out", { place: { field: "subject" } });
  }
  const about = input.subject && subjectCommitment(place, { subjectId: input.subject, salt: subjectSalt });
  const fixed = {
    ...place,
    time: input.time,
    schema: uriHash(input.schema),
    retentionClass: input.retentionClass,
    subjectCommitment: about ?? noSubject,
    disputeAddress,
  };
  const secret = randomBytes(secretLength);
  const entry = encodeHeader({ ...fixed, payloadCommitment: noCommitment });
  const complete = completePayload(entry, input.subject, payload);
  const header = { ...fixed, payloadCommitment: payloadCommitment(complete, secret) };
  entry.set(header.payloadCommitment, payloadCommitmentOffset);
  const opening = { complete, secret, subjectSalt };
  return { header, entry, leafHash: headerHash(entry), opening, announcement };
}

/**
 * Holds an opening against a header: the commitment to every field, what the payload repeats of the header, and the
 * subject.
 * @throws SteleError `unproven` saying what does not fit
 */
export function checkOpening(entry: Uint8Array, { complete, secret, subjectSalt }: Opening): OpenedRecord {
  const header = decodeHeader(entry);
  const fields = fieldsOf(complete);
  if (!equal(commitmentOf(fields, secret), header.payloadCommitment)) {
    throw new SteleError("unproven", "the payload is not the one that the header commits to");
  }
  const { [reservedMember]: own, ...payload } = complete;
  const expected = toHex(bindingOf(entry, fields.length));
  const subjectId = subjectOf(own, expected);
  const subject = subjectId && { subjectId, salt: subjectSalt };
  const fits = subject === undefined ? equal(header.subjectCommitment, noSubject) : opensSubject(header, subject);
  if (!fits) throw new SteleError("unproven", "the payload's subject is not the one that the header commits to");
  checkSize(payload);
  return { header, leafHash: headerHash(entry), payload, complete, secret, subject };
}

/** The subject that `$stele` names, after its repetition of the header was compared. */
function subjectOf(own: unknown, binding: string): Uint8Array | undefined {
  const { header, subject } = (own ?? {}) as { header?: unknown; subject?: unknown };
  if (header !== binding) throw new SteleError("unproven", "the payload belongs to another header");
  if (subject === null) return undefined;
  if (typeof subject !== "string") throw new SteleError("unproven", "the payload does not say whom it is about");
  return fromHex(subject, 32);
}

function addressFor(input: RecordInput): { disputeAddress: Uint8Array; announcement: Announcement | undefined } {
  if (input.metaAddress === undefined) {
    return { disputeAddress: input.disputeAddress ?? noAddress, announcement: undefined };
  }
  if (input.disputeAddress !== undefined) {
    throw new SteleError("usage", "give a meta-address or a dispute address, not both");
  }
  const { address, announcement } = createStealthAddress(input.metaAddress);
  return { disputeAddress: address, announcement };
}

function checkSize(payload: JsonObject): void {
  if (mostBytes(payload) <= maxPayload) return;
  const size = utf8(writeCanonical(payload)).length;
  if (size <= maxPayload) return;
  throw new SteleError(
    "input",
    `a payload of ${size} bytes, where a record holds at most ${maxPayload}; keep the content elsewhere and record its digest`,
  );
}

/** More than the bytes of the canonical text, without writing it: a character takes six at most (`\\u0000`). */
function mostBytes(value: JsonValue): number {
  if (typeof value === "string") return 6 * value.length + 3;
  // A number has 17 digits at most, a sign, a point and an exponent.
  if (typeof value !== "object" || value === null) return 26;
  let sum = 3;
  if (Array.isArray(value)) for (const item of value as readonly JsonValue[]) sum += mostBytes(item);
  else for (const name of Object.keys(value)) sum += 6 * name.length + 4 + mostBytes((value as JsonObject)[name]!);
  return sum;
}
