import { SteleError } from "../common/errors.js";
import { leafHash } from "../proof/merkle.js";

/** Bytes of an encoded header. */
export const headerLength = 195;

/** The one version there is. */
export const headerVersion = 1;

/** Offset of the payload commitment, the last field: what comes before it is fixed before the payload is. */
export const payloadCommitmentOffset = 163;

/** Data of a leaf: all that a log says about a record in the open. Byte layout in docs/record-format.md. */
export interface RecordHeader {
  /** The log epoch, 32 bytes. */
  readonly logId: Uint8Array;
  /** SHA-256 of the source's URI, 32 bytes. */
  readonly source: Uint8Array;
  /** Gapless from 0 in each (logId, source); uint64. */
  readonly sequence: bigint;
  /** Seconds since 1970, as the source says; uint40. */
  readonly time: bigint;
  /** SHA-256 of the schema's URI, 32 bytes. */
  readonly schema: Uint8Array;
  /** Index into the retention classes of the log's policy; uint8. */
  readonly retentionClass: bigint;
  /** Salted commitment to the subject, 32 bytes; zero where the record is about nobody. */
  readonly subjectCommitment: Uint8Array;
  /** One-time address that may dispute, 20 bytes; zero where unused. */
  readonly disputeAddress: Uint8Array;
  /** RFC 9162 root over the salted fields of the payload, 32 bytes. */
  readonly payloadCommitment: Uint8Array;
}

interface Slot {
  readonly name: keyof RecordHeader;
  readonly offset: number;
  readonly length: number;
  readonly kind: "bytes" | "number";
}

/** The layout after the version byte; docs/record-format.md says the same as a table. */
const layout: readonly Slot[] = [
  { name: "logId", offset: 1, length: 32, kind: "bytes" },
  { name: "source", offset: 33, length: 32, kind: "bytes" },
  { name: "sequence", offset: 65, length: 8, kind: "number" },
  { name: "time", offset: 73, length: 5, kind: "number" },
  { name: "schema", offset: 78, length: 32, kind: "bytes" },
  { name: "retentionClass", offset: 110, length: 1, kind: "number" },
  { name: "subjectCommitment", offset: 111, length: 32, kind: "bytes" },
  { name: "disputeAddress", offset: 143, length: 20, kind: "bytes" },
  { name: "payloadCommitment", offset: payloadCommitmentOffset, length: 32, kind: "bytes" },
];

/** One number, as 64 bits: numbers have at most that. */
const scratchBytes = new Uint8Array(8);
const scratch = new DataView(scratchBytes.buffer);

/**
 * Writes a header.
 * @returns its 195 bytes
 * @throws SteleError `input` naming the field that does not fit
 */
export function encodeHeader(header: RecordHeader): Uint8Array {
  const bytes = new Uint8Array(headerLength);
  bytes[0] = headerVersion;
  for (const slot of layout) {
    const value: unknown = header[slot.name];
    if (slot.kind === "bytes") putBytes(bytes, slot, value);
    else putNumber(bytes, slot, value);
  }
  return bytes;
}

/**
 * Reads a header; its fields are copies.
 * @throws SteleError `input` where the length or the version is another one
 */
export function decodeHeader(bytes: Uint8Array): RecordHeader {
  if (bytes.length !== headerLength) {
    throw refuse("header", `${bytes.length} bytes where a record header has ${headerLength}`);
  }
  if (bytes[0] !== headerVersion) {
    throw refuse("version", `version ${bytes[0]} is not known, only ${headerVersion} is`);
  }
  const fields = layout.map((slot) => {
    const part = bytes.slice(slot.offset, slot.offset + slot.length);
    return [slot.name, slot.kind === "bytes" ? part : numberOf(part)] as const;
  });
  return Object.fromEntries(fields) as unknown as RecordHeader;
}

/** Leaf hash of an encoded header, SHA-256(0x00 ‖ header): what the log proves, and the id of a record off chain. */
export function headerHash(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== headerLength) {
    throw refuse("header", `${bytes.length} bytes where a record header has ${headerLength}`);
  }
  return leafHash(bytes);
}

/**
 * Where a record stands in its source, read out of an encoded header without decoding the rest; the bytes are views.
 * @returns undefined for what is no header of a version that is known
 */
export function readPlace(bytes: Uint8Array): Pick<RecordHeader, "logId" | "source" | "sequence"> | undefined {
  if (bytes.length !== headerLength || bytes[0] !== headerVersion) return undefined;
  return { logId: bytes.subarray(1, 33), source: bytes.subarray(33, 65), sequence: numberOf(bytes.subarray(65, 73)) };
}

function putBytes(target: Uint8Array, slot: Slot, value: unknown): void {
  if (!(value instanceof Uint8Array)) throw refuse(slot.name, "bytes are expected");
  if (value.length !== slot.length) {
    throw refuse(slot.name, `${value.length} bytes where ${slot.length} are expected`);
  }
  target.set(value, slot.offset);
}

function putNumber(target: Uint8Array, slot: Slot, value: unknown): void {
  if (typeof value !== "bigint") throw refuse(slot.name, "a bigint is expected");
  if (value < 0n || value >> BigInt(8 * slot.length) !== 0n) {
    throw refuse(slot.name, `${value} does not fit into ${8 * slot.length} bits without sign`);
  }
  scratch.setBigUint64(0, value);
  target.set(scratchBytes.subarray(8 - slot.length), slot.offset);
}

function numberOf(bytes: Uint8Array): bigint {
  scratch.setBigUint64(0, 0n);
  scratchBytes.set(bytes, 8 - bytes.length);
  return scratch.getBigUint64(0);
}

function refuse(field: string, sentence: string): SteleError {
  return new SteleError("input", sentence, { place: { field } });
}
