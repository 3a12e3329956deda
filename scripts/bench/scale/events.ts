import { auditEvent, type EventDraft, type Operation } from "../../../sdk/audit/event.js";
import type { NewRecord } from "../../../sdk/book/writer.js";
import type { Hex } from "../../../sdk/common/bytes.js";
import { sha256 } from "../../../sdk/common/sha256.js";

/** First second of the day that is measured, 2026-01-01. */
export const midnight = 1_767_225_600;
export const daySeconds = 86_400;
export const sources = 16;
const auditors = 500;
const engagements = 50;

/** One of 500 auditors, of 50 engagements, of N/100 datasets: the n-th. */
export const auditorOf = (n: number): Hex => hex(`auditor ${n % auditors}`).slice(0, 42) as Hex;
export const engagementOf = (n: number): Hex => hex(`engagement ${n % engagements}`);
export const datasetOf = (n: number, events: number): Hex => hex(`dataset ${n % datasets(events)}`);

export function datasets(events: number): number {
  return Math.max(1, Math.floor(events / 100));
}

/** What 100 events are, in the mix of a working day. */
const mix: readonly (readonly [Operation, number])[] = [
  ["read", 78],
  ["collect", 10],
  ["transfer", 5],
  ["derive", 4],
  ["restore", 1],
  ["erase", 1],
  ["identity", 1],
];
const operationTable = mix.flatMap(([operation, share]) => Array.from({ length: share }, () => operation));

/** The n-th event of a day, whose content follows from n alone. Its clock is its source's, up to 3 seconds off. */
export function eventOf(n: number, events: number): NewRecord {
  const random = mixed(n);
  const time = BigInt(midnight + Math.floor((n * daySeconds) / events) + (n % 4));
  const source = `urn:example:agency:collector:${n % sources}`;
  const operation = operationTable[random % 100]!;
  const failed = random % 211 === 0;
  const draft: EventDraft = {
    id: n.toString(16).padStart(32, "0"),
    operation,
    subject: datasetOf(mixed(n + 7_919), events),
    time,
    auditor: auditorOf(mixed(n + 104_729)),
    engagement: engagementOf(mixed(n + 1_299_709)),
    data: failed
      ? { outcome: "failed", error: { code: "missing", message: "the dataset is not in the store" } }
      : { outcome: "done", bytes: 1_024 * (1 + (random % 4_096)), mediaType: "text/csv" },
  };
  return { source, time, payload: (place) => auditEvent(draft, place) };
}

const known = new Map<string, Hex>();

function hex(name: string): Hex {
  let value = known.get(name);
  if (value === undefined) {
    value = `0x${Buffer.from(sha256(Buffer.from(name))).toString("hex")}`;
    if (known.size < 4_096) known.set(name, value);
  }
  return value;
}

/** A number that looks random and follows from another: the finisher of splitmix32. */
export function mixed(n: number): number {
  let x = (n + 0x9e3779b9) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}
