import { equal, fromHex, type Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { parseInstant } from "../../common/time.js";
import { uriHash } from "../../records/commitments.js";
import { erasureSchema } from "../../records/erasure.js";
import { headerHash } from "../../records/header.js";
import { auditEventSchema, operationOf, operations, parseAuditEvent, type Operation, type Outcome } from "../event.js";
import type { StubKind } from "./layout.js";
import type { FollowedRecord } from "./source.js";

/** What the index keeps of an event. */
export interface EventRow {
  readonly kind: "event";
  readonly source: string;
  readonly sequence: number;
  readonly what: number;
  readonly auditor: Hex;
  readonly engagement: Hex | undefined;
  readonly subject: Hex | undefined;
  /** The event's own time, where it is not the header's. */
  readonly stated: number | undefined;
}

/** What the index keeps of a record that it does not show. */
export interface StubRow {
  readonly kind: "stub";
  readonly why: StubKind;
  readonly sentence: string | undefined;
}

/** A record, read for the index. */
export interface Digest {
  readonly time: number;
  /** Leaf hash of the record. */
  readonly leaf: Uint8Array;
  readonly row: EventRow | StubRow | { readonly kind: "other" };
  /** Leaf hashes of records whose keys this one says to be erased. */
  readonly erases?: readonly Uint8Array[];
}

const eventSchema = uriHash(auditEventSchema);
const erasure = uriHash(erasureSchema);
const erased = whatOf("erase", "done");

/** Operation and outcome as one number. */
export function whatOf(operation: Operation, outcome: Outcome): number {
  return 2 * operations.indexOf(operation) + (outcome === "failed" ? 1 : 0);
}

export function readWhat(what: number): { operation: Operation; outcome: Outcome } {
  return { operation: operations[what >> 1]!, outcome: what % 2 === 1 ? "failed" : "done" };
}

/**
 * Reads a record for the index. A payload that is not what its schema says becomes a stub with the reason, in words
 * that repeat nothing of it.
 */
export function digest(followed: FollowedRecord): Digest {
  const { header, entry, record, missing } = followed;
  const base = { time: Number(header.time), leaf: headerHash(entry) };
  if (record === undefined) return { ...base, row: stub(missing ?? "not granted") };
  const { payload } = record;
  if (equal(header.schema, erasure)) return { ...base, row: { kind: "other" }, erases: hashes([payload["record"]]) };
  if (!equal(header.schema, eventSchema)) return { ...base, row: { kind: "other" } };
  try {
    const row = eventRow(followed, payload);
    const erases = row.what === erased ? hashes([row.subject, ...namesErased(payload["data"])]) : [];
    return { ...base, row, erases };
  } catch (error) {
    if (!(error instanceof SteleError)) throw error;
    return { ...base, row: stub("malformed", `it is no data event: ${reasonOf(error)}`) };
  }
}

/** The stub of a record whose content contradicts its header, or is missing. */
export function stub(why: StubKind, sentence?: string): StubRow {
  return { kind: "stub", why, sentence };
}

function eventRow({ header }: FollowedRecord, payload: unknown): EventRow {
  const event = parseAuditEvent(payload);
  const refuse = (field: string) => new SteleError("input", "contradicts the header", { place: { field } });
  if (!equal(uriHash(event.source), header.source)) throw refuse("source");
  if (BigInt(event.sequence) !== header.sequence) throw refuse("sequence");
  if (header.sequence > BigInt(Number.MAX_SAFE_INTEGER)) throw refuse("sequence");
  const stated = parseInstant(event.time);
  return {
    kind: "event",
    source: event.source,
    sequence: Number(header.sequence),
    what: whatOf(operationOf(event), event.data.outcome),
    auditor: event.auditor,
    engagement: event.engagement,
    subject: event.subject === undefined ? undefined : subjectOf(event.subject),
    stated: stated === header.time ? undefined : Number(stated),
  };
}

function subjectOf(text: string): Hex {
  if (/^0x([0-9a-f]{40}|[0-9a-f]{64})$/i.test(text)) return text.toLowerCase() as Hex;
  throw new SteleError("input", "is neither an account nor a hash", { place: { field: "subject" } });
}

/** What the recorder's event of an erasure names besides its subject. */
function namesErased(data: unknown): readonly unknown[] {
  const { erasure: told, records } = (data ?? {}) as { erasure?: { record?: unknown } | null; records?: unknown };
  return [told?.record, ...(Array.isArray(records) ? (records as readonly unknown[]) : [])];
}

function hashes(values: readonly unknown[]): readonly Uint8Array[] {
  return values.flatMap((value) =>
    typeof value === "string" && /^0x[0-9a-f]{64}$/i.test(value) ? fromHex(value) : [],
  );
}

const fieldNames = ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema"];
const moreNames = ["sequence", "auditor", "engagement", "data", "data.outcome", "data.error"];
const known = new Set([...fieldNames, ...moreNames]);

/** Names a field of the format and nothing that the payload says. */
function reasonOf({ place }: SteleError): string {
  return place.field !== undefined && known.has(place.field)
    ? `its field "${place.field}" is missing or wrong`
    : "it has other fields";
}
