import { concat, equal, utf8 } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { sha256 } from "../common/sha256.js";
import type { RecordHeader } from "./header.js";

/** First bytes of what a subject commitment hashes. */
export const subjectTag = "stele.subject.v1";

/** Subject commitment of a record that is about nobody: 32 zero bytes. */
export const noSubject = new Uint8Array(32);

/** Dispute address of a record that has none: 20 zero bytes. */
export const noAddress = new Uint8Array(20);

/** What opens a subject commitment. */
export interface SubjectOpening {
  /** Pairwise pseudonym, 32 bytes. */
  readonly subjectId: Uint8Array;
  /** Random, 32 bytes, one for each record. */
  readonly salt: Uint8Array;
}

/** Place of a record in its source: what a subject commitment is tied to, so that it cannot be copied elsewhere. */
export type RecordPlace = Pick<RecordHeader, "logId" | "source" | "sequence">;

const tag = utf8(subjectTag);
const uriHashes = new Map<string, Uint8Array>();

/**
 * Subject commitment: SHA-256("stele.subject.v1" ‖ logId ‖ source ‖ sequence (8 bytes) ‖ subjectId ‖ salt).
 * @throws SteleError `input` naming the field that has the wrong length
 */
export function subjectCommitment(place: RecordPlace, opening: SubjectOpening): Uint8Array {
  const sequence = new Uint8Array(8);
  if (place.sequence < 0n || place.sequence >> 64n !== 0n) {
    throw new SteleError("input", `${place.sequence} does not fit into 64 bits without sign`, {
      place: { field: "sequence" },
    });
  }
  new DataView(sequence.buffer).setBigUint64(0, place.sequence);
  return sha256(
    concat(
      tag,
      word("logId", place.logId),
      word("source", place.source),
      sequence,
      word("subjectId", opening.subjectId),
      word("salt", opening.salt),
    ),
  );
}

/**
 * Whether the opening is that of the header's subject commitment. Subject zero is nobody and opens nothing; the same rule
 * as `RecordHeader.isOpenTo` of the contracts.
 */
export function opensSubject(header: RecordHeader, opening: SubjectOpening): boolean {
  if (opening.subjectId.every((byte) => byte === 0)) return false;
  return equal(header.subjectCommitment, subjectCommitment(header, opening));
}

/** How a header names its source and its schema: SHA-256 of the URI's UTF-8 bytes. */
export function uriHash(uri: string): Uint8Array {
  const known = uriHashes.get(uri);
  if (known !== undefined) return known.slice();
  // A URI has a scheme; without one, two spellings of the same thing would be too easy to write.
  if (!/^[a-zA-Z][a-zA-Z0-9+.-]*:[\x21-\x7e]+$/.test(uri)) {
    throw new SteleError("input", `"${uri}" is not an absolute URI in ASCII, such as urn:example:ledger`);
  }
  const hash = sha256(utf8(uri));
  // A log has few sources and schemas, and each record names one of each.
  if (uriHashes.size >= 64) uriHashes.clear();
  uriHashes.set(uri, hash);
  return hash.slice();
}

function word(field: string, bytes: Uint8Array): Uint8Array {
  if (bytes.length === 32) return bytes;
  throw new SteleError("input", `${bytes.length} bytes where 32 are expected`, { place: { field } });
}
