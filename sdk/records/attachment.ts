import { concat, utf8 } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { pointLength } from "./stealth.js";
import type { Announcement } from "./stealth.js";

/**
 * What lies beside the log under a record's leaf hash: the sealed opening, and in the open what lets the subject find
 * their one-time address. Byte layout in docs/record-format.md. Reading it needs no key and no Node.
 */
export interface Attachment {
  readonly announcement?: Announcement | undefined;
  /** Nonce of AES-256-GCM, 12 bytes. */
  readonly nonce: Uint8Array;
  /** Ciphertext and tag. */
  readonly sealed: Uint8Array;
}

/** Version and kind of announcement: 0 for none, 1 for ERC-5564 scheme 1. */
const version = 1;
const noAnnouncement = 0;
const scheme1 = 1;

const nonceLength = 12;
const tagLength = 16;
const additionalTag = utf8("stele.seal.v1");

/** Writes an attachment. */
export function encodeAttachment(attachment: Attachment): Uint8Array {
  return concat(openPart(attachment), attachment.sealed);
}

/**
 * Reads an attachment; its fields are views of the bytes.
 * @throws SteleError `input`
 */
export function decodeAttachment(bytes: Uint8Array): Attachment {
  if (bytes[0] !== version) throw new SteleError("input", `not an attachment of version ${version}`);
  const announced = bytes[1] === scheme1;
  if (!announced && bytes[1] !== noAnnouncement) {
    throw new SteleError("input", `an attachment with an announcement of unknown kind ${bytes[1]}`);
  }
  const nonceAt = 2 + (announced ? 1 + pointLength : 0);
  const sealedAt = nonceAt + nonceLength;
  if (bytes.length < sealedAt + tagLength) throw new SteleError("input", "an attachment that ends too early");
  return {
    announcement: announced ? { viewTag: bytes[2]!, ephemeralKey: bytes.subarray(3, nonceAt) } : undefined,
    nonce: bytes.subarray(nonceAt, sealedAt),
    sealed: bytes.subarray(sealedAt),
  };
}

/** What the seal authenticates without hiding it: "stele.seal.v1" ‖ leaf hash ‖ everything before the ciphertext. */
export function additionalData(leafHash: Uint8Array, attachment: Omit<Attachment, "sealed">): Uint8Array {
  return concat(additionalTag, leafHash, openPart(attachment));
}

function openPart({ announcement, nonce }: Omit<Attachment, "sealed">): Uint8Array {
  if (announcement === undefined) return concat(Uint8Array.of(version, noAnnouncement), nonce);
  return concat(Uint8Array.of(version, scheme1, announcement.viewTag), announcement.ephemeralKey, nonce);
}
