import { operations, type Operation, type Outcome } from "../event.js";
import type { EventLine } from "../line.js";

/** How wide a bar of a timeline is. */
export const bucketUnits = ["hour", "day", "month", "year"] as const;
export type BucketUnit = (typeof bucketUnits)[number];

/** Most buckets of a unit; where events spread further, the next one is taken. */
const most: Readonly<Record<BucketUnit, number>> = { hour: 72, day: 124, month: 120, year: Number.POSITIVE_INFINITY };

/** How many events of one operation and outcome fall into one bucket. */
export interface Bucket {
  /** Milliseconds since 1970, UTC: first of the bucket, first after it. */
  readonly start: number;
  readonly end: number;
  readonly operation: Operation;
  readonly outcome: Outcome;
  readonly count: number;
}

/** Events counted by time. */
export interface Buckets {
  readonly unit: BucketUnit;
  readonly buckets: readonly Bucket[];
  readonly events: number;
  readonly failed: number;
}

/**
 * Counts events by hour, day, month or year of UTC, in one pass: the unit grows with the range, so that millions of
 * events over any time stay some hundred numbers. The order of the events does not matter.
 */
export async function countByTime(lines: AsyncIterable<EventLine> | Iterable<EventLine>): Promise<Buckets> {
  let unit: BucketUnit = "hour";
  let counts = new Map<string, number>();
  let [first, last, events, failed] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for await (const line of lines) {
    const time = Number(line.time) * 1000;
    [first, last] = [Math.min(first, time), Math.max(last, time)];
    while (spread(unit, first, last) > most[unit]) {
      unit = bucketUnits[bucketUnits.indexOf(unit) + 1] ?? "year";
      counts = coarser(counts, unit);
    }
    const key = keyOf(startOf(unit, time), line.operation, line.outcome);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    events++;
    if (line.outcome === "failed") failed++;
  }
  return { unit, buckets: sorted(counts, unit), events, failed };
}

/** First moment of the bucket that a moment lies in. */
export function startOf(unit: BucketUnit, time: number): number {
  const date = new Date(time);
  if (unit === "hour") return date.setUTCMinutes(0, 0, 0);
  date.setUTCHours(0, 0, 0, 0);
  if (unit === "month") date.setUTCDate(1);
  if (unit === "year") date.setUTCMonth(0, 1);
  return date.getTime();
}

/** First moment of the next bucket. */
export function endOf(unit: BucketUnit, start: number): number {
  const date = new Date(start);
  if (unit === "hour") date.setUTCHours(date.getUTCHours() + 1);
  else if (unit === "day") date.setUTCDate(date.getUTCDate() + 1);
  else if (unit === "month") date.setUTCMonth(date.getUTCMonth() + 1);
  else date.setUTCFullYear(date.getUTCFullYear() + 1);
  return date.getTime();
}

/** Buckets from the first moment to the last, both counted. */
function spread(unit: BucketUnit, first: number, last: number): number {
  const [from, to] = [new Date(first), new Date(last)];
  const years = to.getUTCFullYear() - from.getUTCFullYear();
  if (unit === "year") return years + 1;
  if (unit === "month") return years * 12 + to.getUTCMonth() - from.getUTCMonth() + 1;
  const width = unit === "day" ? 86_400_000 : 3_600_000;
  return (startOf(unit, last) - startOf(unit, first)) / width + 1;
}

function coarser(counts: ReadonlyMap<string, number>, unit: BucketUnit): Map<string, number> {
  const merged = new Map<string, number>();
  for (const [key, count] of counts) {
    const [start = "", operation = "", outcome = ""] = key.split(" ");
    const wider = keyOf(startOf(unit, Number(start)), operation, outcome);
    merged.set(wider, (merged.get(wider) ?? 0) + count);
  }
  return merged;
}

function keyOf(start: number, operation: string, outcome: string): string {
  return `${start} ${operation} ${outcome}`;
}

function sorted(counts: ReadonlyMap<string, number>, unit: BucketUnit): readonly Bucket[] {
  const buckets = [...counts].map(([key, count]) => {
    const [start = "", operation, outcome] = key.split(" ");
    const from = Number(start);
    return { start: from, end: endOf(unit, from), operation, outcome, count } as Bucket;
  });
  const rank = (bucket: Bucket) => operations.indexOf(bucket.operation) * 2 + (bucket.outcome === "failed" ? 1 : 0);
  return buckets.sort((a, b) => a.start - b.start || rank(a) - rank(b));
}
