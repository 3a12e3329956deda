import type { Book } from "../../sdk/book/book.js";
import type { BookConfig } from "../../sdk/book/config.js";
import { toHex, utf8, type Hex } from "../../sdk/common/bytes.js";
import { SteleError } from "../../sdk/common/errors.js";
import { sha256 } from "../../sdk/common/sha256.js";
import type { FeedbackEntry, FeedbackJob } from "../../sdk/rewards/feedback/history.js";
import { parseCriteria } from "../../sdk/rewards/feedback/criteria.js";
import { appendFeedback, planFeedback, type Ended, type FeedbackPlan } from "../../sdk/rewards/feedback/import.js";
import { parsePeriod } from "../../sdk/rewards/feedback/periods.js";
import { feedbackRecords, type FeedbackRecord } from "../../sdk/rewards/feedback/read.js";
import { openingOf } from "../../sdk/rewards/personnel/deliver.js";
import type { RecordOpening } from "../../sdk/rewards/personnel/opening.js";
import { bookConfig } from "./books.js";

/** Published criteria of tests, as text. */
export function criteriaText(change: Readonly<Record<string, unknown>> = {}): string {
  const document = {
    format: "stele-criteria/1",
    title: "Feedback of a quarter",
    cadence: "quarter",
    halfLifeDays: 365,
    criteria: [
      { id: "quality", title: "Quality of work", min: 1, max: 5, weight: 3 },
      { id: "teamwork", title: "合作", min: -10, max: 10, weight: 1 },
    ],
    ...change,
  };
  return JSON.stringify(document, null, 2);
}

/** The refusal of something that is refused. */
export function refusalOf(work: () => unknown): SteleError {
  try {
    work();
  } catch (error) {
    if (error instanceof SteleError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

export const criteria = parseCriteria(criteriaText());

/** A pseudonym, from a number. */
export const person = (n: number): Hex => toHex(sha256(utf8(`person ${n}`)));

/** A book of a unit's records that is registered nowhere. */
export const unitConfig: BookConfig = { ...bookConfig, kind: "personnel.records", source: "urn:stele:test:personnel" };

/** What some people were given. */
export function entriesFor(
  people: readonly number[],
  quality: (n: number) => number = (n) => 1 + (n % 5),
): FeedbackEntry[] {
  return people.map((n) => ({ subject: person(n), scores: { quality: quality(n), teamwork: (n % 21) - 10 } }));
}

/** Numbers from 1. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** A unit's feedback for a quarter. */
export function jobFor(period: string, entries: readonly FeedbackEntry[], unit = "unit 7"): FeedbackJob {
  return { unit, period: parsePeriod(period, "quarter"), criteria, entries };
}

/** The same, in which the first people all got one score for quality. */
export function alikeFor(period: string, people: number, quality: number): FeedbackJob {
  const entries = entriesFor(upTo(people), () => quality);
  return jobFor(period, entries);
}

/** Plans and appends. */
export async function record(book: Book, job: FeedbackJob, ended?: Ended): Promise<FeedbackPlan> {
  const plan = await planFeedback(book, job, { ended });
  await appendFeedback(book, plan);
  return plan;
}

/** Everything that is about a person, under the latest checkpoint. */
export async function openingsOf(book: Book, subject: Hex): Promise<RecordOpening[]> {
  const openings: RecordOpening[] = [];
  for (let index = 0n; index < book.log.size(); index++) {
    const opening = await openingOf(book, index);
    const { subject: about } = opening.payload["$stele"] as { subject: unknown };
    if (about === subject) openings.push(opening);
  }
  return openings;
}

/** All feedback of a book. */
export function recordsOf(book: Book): Promise<FeedbackRecord[]> {
  return Array.fromAsync(feedbackRecords(book));
}
