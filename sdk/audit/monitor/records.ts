import { equal, fromHex, toHex, type Hex } from "../../common/bytes.js";
import { SteleError, sentenceOf } from "../../common/errors.js";
import { formatInstant } from "../../common/time.js";
import { uriHash } from "../../records/commitments.js";
import { decodeHeader, headerLength, type RecordHeader } from "../../records/header.js";
import { SequenceChecker } from "../../records/sequence.js";
import { auditEventSchema, operationOf, parseAuditEvent, type AuditEvent } from "../event.js";
import { checkEvent, type EventContext, type EventFault } from "./events.js";
import type { Check, Finding, Severity } from "./finding.js";
import { sequenceFindings } from "./gaps.js";
import { Tallies, type Fault } from "./tally.js";
import { firstState, type Deferred, type RecordsState } from "./records-state.js";

/** What the owner gave of an entry: its payload, or why there is none. */
export type Payload =
  | { readonly kind: "open"; readonly payload: unknown }
  /** Its key was destroyed, the office has no grant, the bytes do not fit the header, or nobody was asked. */
  | { readonly kind: "erased" | "closed" | "spoiled" | "unread" };

/** What the checks of a log's records need to know besides the entries. */
export interface RecordsContext extends EventContext {
  readonly logId: Hex;
  /** Seconds by which a header's time may be off. */
  readonly skew: bigint;
  /** Seconds; the chain or the machine, whichever is later. */
  readonly now: bigint;
  /** Whether the log holds data events, or any records. */
  readonly holds: "events" | "records";
  /** Whether the log's owner registered a dataset; what it did is not remembered. */
  isRegistered(root: Hex): boolean;
  /** Upper bound of the time at which an entry was anchored, block seconds. */
  anchoredBy(index: bigint): Promise<bigint>;
}

const eventSchema = uriHash(auditEventSchema);

/**
 * The checks of a log's entries, one after the other in the order of the log. Its state can be kept and given to another
 * one, which then finds what a single one over all entries would find; memory grows with sources, gaps and kinds of
 * faults, not with entries.
 */
export class RecordChecks {
  readonly #context: RecordsContext;
  readonly #logId: Uint8Array;
  readonly #sequences: SequenceChecker;
  readonly #tallies: Tallies;
  readonly #latest: Map<string, bigint>;
  readonly #collected: Map<Hex, { readonly index: bigint; readonly time: bigint }>;
  /** Ids of events that bear a signature. */
  readonly #signed: Set<string>;
  #deferred: readonly Deferred[];
  /** Lower bound of `anchoredBy` for all entries to come. */
  #anchored = 0n;
  #inside = false;

  constructor(context: RecordsContext, state: RecordsState = firstState) {
    this.#context = context;
    this.#logId = fromHex(context.logId, 32);
    this.#sequences = new SequenceChecker(state.sequences.map((track) => ({ ...track, logId: this.#logId })));
    this.#tallies = new Tallies(state.tallies);
    this.#latest = new Map(state.latest);
    this.#collected = new Map(state.collected);
    this.#signed = new Set(state.signed);
    this.#deferred = state.deferred;
  }

  /** Looks again at what was too recent to judge; call it before the first entry of a run. */
  async resume(): Promise<void> {
    const waiting = this.#deferred;
    this.#deferred = [];
    for (const { index, event } of waiting) this.#judge(index, parseAuditEvent(event));
  }

  /** Takes the next entry. */
  async take(index: bigint, entry: Uint8Array, payload: Payload): Promise<void> {
    this.#inside = true;
    await this.#check(index, entry, payload);
    this.#inside = false;
  }

  /** An entry was taken in part: the network failed, and these checks are not to be used on. */
  get broken(): boolean {
    return this.#inside;
  }

  async #check(index: bigint, entry: Uint8Array, payload: Payload): Promise<void> {
    const header = headerOf(entry);
    if (header === undefined) {
      return this.#fault(index, { check: "record", severity: "alarm", key: "none", what: "no record header" });
    }
    if (!equal(header.logId, this.#logId)) {
      return this.#fault(index, { check: "record", severity: "alarm", key: "log", what: "a record of another log" });
    }
    this.#order(index, header);
    const ahead = await this.#ahead(index, header);
    if (this.#context.holds !== "events") return;
    const event = this.#payload(index, header, payload);
    if (event === undefined) return;
    this.#collect(index, event, header.time);
    this.#once(index, event);
    // What the chain will say of a time that is not there yet is nothing to judge by; the time is a fault already.
    if (!ahead) this.#judge(index, event);
  }

  /** What was found so far. */
  findings(): Finding[] {
    const { logId } = this.#context;
    return [...this.#tallies.findings({ log: logId }), ...sequenceFindings(logId, this.#sequences.missing())];
  }

  /** Datasets that were collected, by their root. */
  get collected(): ReadonlyMap<Hex, { readonly index: bigint; readonly time: bigint }> {
    return this.#collected;
  }

  /** What the next run goes on from. */
  state(): RecordsState {
    return {
      sequences: this.#sequences.tracks().map(({ source, next, gaps }) => ({ source, next, gaps })),
      tallies: this.#tallies.all(),
      latest: [...this.#latest],
      collected: [...this.#collected].filter(([root]) => !this.#context.isRegistered(root)),
      signed: [...this.#signed],
      deferred: this.#deferred,
    };
  }

  #order(index: bigint, header: RecordHeader): void {
    const source = toHex(header.source);
    const fault = this.#sequences.check(header);
    if (fault?.kind === "repetition") {
      const what = `the sequence of source ${source} repeats a number`;
      this.#fault(index, { check: "sequence", severity: "alarm", key: `repetition:${source}`, what });
    } else if (fault?.kind === "late") {
      const what = `the sequence of source ${source} is out of order`;
      this.#fault(index, { check: "sequence", severity: "warning", key: `late:${source}`, what });
    }
    const latest = this.#latest.get(source) ?? 0n;
    if (this.#context.holds === "events" && header.time + this.#context.skew < latest) {
      const what = `the time of source ${source} goes back by more than the policy's clock skew`;
      this.#fault(index, { check: "clock", severity: "warning", key: `back:${source}`, what });
    }
    if (header.time > latest) this.#latest.set(source, header.time);
  }

  /** Bounds of anchoring times only grow with the index, so the chain is asked about few entries. */
  async #ahead(index: bigint, { time, source }: RecordHeader): Promise<boolean> {
    const { skew } = this.#context;
    if (time <= this.#anchored + skew) return false;
    this.#anchored = await this.#context.anchoredBy(index);
    if (time <= this.#anchored + skew) return false;
    const what = `the time of source ${toHex(source)} is after the entry was anchored`;
    this.#fault(index, { check: "clock", severity: "alarm", key: `ahead:${toHex(source)}`, what });
    return true;
  }

  /** The event that an entry holds, if it does hold one that fits its header. */
  #payload(index: bigint, header: RecordHeader, given: Payload): AuditEvent | undefined {
    const day = formatInstant(header.time).slice(0, 10);
    const say = (check: Check, severity: Severity, key: string, what: string): undefined => {
      this.#fault(index, { check, severity, key: `${key}:${day}`, what: `${what} (${day})` });
    };
    if (given.kind === "closed") return say("closed", "warning", "closed", "the office was not granted the payload");
    if (given.kind === "spoiled") return say("record", "alarm", "spoiled", "the payload is not the one committed to");
    if (!equal(header.schema, eventSchema)) return say("record", "warning", "schema", "no data event, by its schema");
    if (given.kind !== "open") return undefined;
    const event = eventOf(given.payload);
    if (typeof event === "string") return say("record", "alarm", "event", `no data event; the first: ${event}`);
    const unlike = contradictionOf(event, header);
    return unlike === undefined ? event : say("record", "alarm", unlike, `the event's ${unlike} is not its header's`);
  }

  #collect(index: bigint, event: AuditEvent, time: bigint): void {
    const { subject, data } = event;
    const fits = operationOf(event) === "collect" && data.outcome === "done" && /^0x[0-9a-f]{64}$/.test(subject ?? "");
    if (fits && !this.#collected.has(subject as Hex)) this.#collected.set(subject as Hex, { index, time });
  }

  /** A signature covers an event's id and not its place in a source, so an owner could show one event again. */
  #once(index: bigint, { id, auditor, time, data }: AuditEvent): void {
    if (data["authorization"] === undefined || this.#signed.size < this.#signed.add(id).size) return;
    const day = time.slice(0, 10);
    const what = `repeats an event that ${auditor} signed once (${day})`;
    const key = `repeated:${auditor}:${day}`;
    this.#fault(index, { check: "authorization", severity: "alarm", key, what, account: auditor });
  }

  #judge(index: bigint, event: AuditEvent): void {
    const faults: readonly EventFault[] = checkEvent(event, this.#context);
    if (faults.some(({ final }) => !final)) this.#deferred = [...this.#deferred, { index, event }];
    else for (const { fault } of faults) this.#fault(index, fault);
  }

  #fault(index: bigint, fault: Fault): void {
    this.#tallies.add(fault, index);
  }
}

function headerOf(entry: Uint8Array): RecordHeader | undefined {
  return entry.length === headerLength && entry[0] === 1 ? decodeHeader(entry) : undefined;
}

/** The event, or why it is none. */
function eventOf(payload: unknown): AuditEvent | string {
  try {
    return parseAuditEvent(payload);
  } catch (error) {
    if (error instanceof SteleError) return error.message;
    return sentenceOf(error);
  }
}

/** Whether a text is the URI of a source; what is no URI is none. */
function isSource(uri: string, source: Uint8Array): boolean {
  try {
    return equal(uriHash(uri), source);
  } catch {
    return false;
  }
}

/** What an event says otherwise than the header of its record. */
function contradictionOf(event: AuditEvent, header: RecordHeader): "source" | "sequence" | "time" | undefined {
  if (!isSource(event.source, header.source)) return "source";
  if (BigInt(event.sequence) !== header.sequence) return "sequence";
  return event.time === formatInstant(header.time) ? undefined : "time";
}
