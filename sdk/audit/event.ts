import { z } from "zod";

import type { Hex } from "../common/bytes.js";
import type { Place } from "../common/errors.js";
import { hash32, hexText, parseWith } from "../common/schema.js";
import { formatInstant } from "../common/time.js";

/** What can happen to data. `erase` also of one record's key, `identity` is a change of who may touch data. */
export const operations = ["collect", "read", "transfer", "restore", "derive", "erase", "identity"] as const;
export type Operation = (typeof operations)[number];

/** Schema of the payload of a data event's record. */
export const auditEventSchema = "urn:stele:schema:audit-event:1";

const typePrefix = "stele.audit.";

/** How an operation ended. */
export type Outcome = "done" | "failed";

/** What an event tells besides CloudEvents' own attributes; members depend on the operation. */
export interface EventData {
  readonly outcome: Outcome;
  /**
   * Why it failed: a stable code (of `SteleError`, or `interrupted`, `cancelled`, `failed`) and one sentence without
   * personal data.
   */
  readonly error?: { readonly code: string; readonly message: string };
  /** When it began, where that is not the event's time: RFC 3339, UTC. */
  readonly started?: string;
  /** The auditor's signature over the event; see authorization.ts. */
  readonly authorization?: Hex;
  readonly [member: string]: unknown;
}

/**
 * A data event: the payload of its record, CloudEvents 1.0 in the JSON event format, whose canonical form (RFC 8785) the
 * record commits to. `sequence` is CloudEvents' Sequence extension; `auditor` and `engagement` are extensions of ours.
 */
export interface AuditEvent {
  readonly specversion: "1.0";
  /** The operation's own id, 32 hex digits: recorded once, however often it is tried to record it. */
  readonly id: string;
  /** URI of the source; the record's header holds its hash. */
  readonly source: string;
  readonly type: `stele.audit.${Operation}`;
  /** What was touched: a dataset's id, a record's leaf hash or an account, as hex. */
  readonly subject?: string;
  /** RFC 3339, UTC, whole seconds: the time of the record's header. */
  readonly time: string;
  readonly datacontenttype: "application/json";
  readonly dataschema: typeof auditEventSchema;
  /** The record's sequence in its source, 20 digits, so that text sorts as numbers do. */
  readonly sequence: string;
  /** Account that did it, lower-case hex. */
  readonly auditor: Hex;
  /** Id of the engagement under which it happened; absent for what an agency does by itself. */
  readonly engagement?: Hex;
  readonly data: EventData;
}

/** An event as its maker describes it, before it has a place in a source. */
export interface EventDraft {
  readonly id: string;
  readonly operation: Operation;
  readonly subject?: string | undefined;
  /** Seconds since 1970. */
  readonly time: bigint;
  readonly auditor: string;
  readonly engagement?: Hex | undefined;
  readonly data: EventData;
}

/** The event at its place in a source. */
export function auditEvent(draft: EventDraft, place: { source: string; sequence: bigint }): AuditEvent {
  const { id, operation, subject, time, auditor, engagement, data } = draft;
  return {
    specversion: "1.0",
    id,
    source: place.source,
    type: `${typePrefix}${operation}`,
    ...(subject === undefined ? {} : { subject }),
    time: formatInstant(time),
    datacontenttype: "application/json",
    dataschema: auditEventSchema,
    sequence: place.sequence.toString().padStart(20, "0"),
    auditor: auditor.toLowerCase() as Hex,
    ...(engagement === undefined ? {} : { engagement }),
    data,
  };
}

/** The operation that an event tells of. */
export function operationOf(event: Pick<AuditEvent, "type">): Operation {
  return event.type.slice(typePrefix.length) as Operation;
}

const schema = z.strictObject({
  specversion: z.literal("1.0"),
  id: z.string().regex(/^[0-9a-f]{32}$/, "is not 32 hex digits"),
  source: z.string().min(1),
  type: z.enum(operations.map((operation) => `${typePrefix}${operation}` as const)),
  subject: z.string().min(1).optional(),
  time: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, "is not RFC 3339 in UTC with whole seconds"),
  datacontenttype: z.literal("application/json"),
  dataschema: z.literal(auditEventSchema),
  sequence: z.string().regex(/^\d{20}$/, "is not 20 digits"),
  auditor: z.string().regex(/^0x[0-9a-f]{40}$/, "is not an account in lower-case hex"),
  engagement: hash32.optional(),
  data: z.looseObject({
    outcome: z.enum(["done", "failed"]),
    error: z.strictObject({ code: z.string(), message: z.string() }).optional(),
    started: z.string().optional(),
    authorization: hexText.optional(),
  }),
});

/**
 * Reads the payload of a record of {@link auditEventSchema}.
 * @throws SteleError `input`, naming the field
 */
export function parseAuditEvent(payload: unknown, place: Place = {}): AuditEvent {
  return parseWith(schema, payload, place) as unknown as AuditEvent;
}
