import { randomInt } from "node:crypto";

import { toHex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { machineClock } from "../../common/time.js";
import { appendPersonnel, type Appender, type PersonnelEntry } from "../personnel/append.js";
import type { OpeningSource } from "../personnel/deliver.js";
import { History, sourcesOf, type FeedbackEntry, type FeedbackJob } from "./history.js";
import { editionText, feedbackSource, type Edition, type FeedbackPayload } from "./payload.js";
import { feedbackHeaders, feedbackRecords, type LogReader } from "./read.js";
import { checkScores } from "./standing.js";

/** Records that become durable together. */
const batchSize = 250;

/** People in one file at most: its lines are shuffled, so they are in memory. */
const mostPeople = 100_000;

/** What an import will add. */
export interface FeedbackPlan extends Edition {
  /** Its source: the id of the import, the same for ever. */
  readonly source: string;
  /** Records that were appended before, by an import that was killed. */
  readonly recorded: number;
  readonly records: readonly PersonnelEntry[];
}

/**
 * Says whether records of an earlier revision have ended at the desk: withdrawn, corrected or lapsed.
 * @returns the first that has not; undefined where all have
 */
export type Ended = (indexes: readonly bigint[]) => Promise<bigint | undefined>;

/**
 * What an import has left to do. The log is the truth: an edition says in each record how many it has, so a killed
 * import goes on with the lines that are not recorded yet, a finished one is refused, and a revision follows only
 * once every record of the one before has ended.
 * @param ended asks the desk; where it is absent no revision can follow
 * @throws SteleError `refused` where the period is recorded, or an import of another file was killed
 */
export async function planFeedback(
  book: OpeningSource,
  job: FeedbackJob,
  { ended, now = machineClock() }: { readonly ended?: Ended | undefined; readonly now?: bigint } = {},
): Promise<FeedbackPlan> {
  requireSound(job);
  if (job.period.end > now) throw new SteleError("refused", `${job.period.name} has not ended yet`);
  const history = new History(job);
  for await (const record of feedbackRecords(book)) history.add(record);
  const { revision, before } = history.latest;
  const complete = before.length > 0 && (await isClosed(history, job, ended));
  const edition = {
    unit: job.unit,
    period: job.period.name,
    revision: complete ? revision + 1 : Math.max(revision, 1),
  };
  const left = complete ? job.entries : history.leftOf(job, before);
  const records = left.map((entry) => recordOf(entry, edition, job, history.previousOf(entry.subject, edition)));
  return {
    ...edition,
    source: feedbackSource(edition),
    recorded: job.entries.length - left.length,
    records: shuffled(records),
  };
}

/**
 * Appends what a plan has left. Killed, it is planned and appended again.
 * @returns records in the log now
 */
export async function appendFeedback(
  book: Appender,
  { records, recorded }: FeedbackPlan,
  work: { readonly signal?: AbortSignal; readonly onProgress?: (done: number, total: number) => void } = {},
): Promise<number> {
  const total = recorded + records.length;
  for (let at = 0; at < records.length; at += batchSize) {
    work.signal?.throwIfAborted();
    await appendPersonnel(book, records.slice(at, at + batchSize));
    work.onProgress?.(recorded + Math.min(at + batchSize, records.length), total);
  }
  return total;
}

/** Records of a unit's latest edition of a period, for its withdrawal. @throws SteleError `missing` where there is none */
export async function editionToUndo(
  log: LogReader,
  { unit, period }: Pick<Edition, "unit" | "period">,
): Promise<Edition & { readonly indexes: readonly bigint[] }> {
  const sources = sourcesOf(unit, period);
  const editions = new Map<number, bigint[]>();
  for await (const { index, header } of feedbackHeaders(log)) {
    const revision = sources.get(toHex(header.source));
    if (revision !== undefined) editions.set(revision, [...(editions.get(revision) ?? []), index]);
  }
  const revision = Math.max(...editions.keys(), 0);
  const indexes = editions.get(revision);
  if (indexes === undefined) throw new SteleError("missing", `no feedback of "${unit}" for ${period} is recorded here`);
  return { unit, period, revision, indexes };
}

/** Whether the latest edition is over, so that another may follow. False where it is to be finished. */
async function isClosed(history: History, { unit, period }: FeedbackJob, ended: Ended | undefined): Promise<boolean> {
  const { revision, before } = history.latest;
  const promised = before.find(({ content }) => content !== undefined)?.content?.payload.records;
  const finished = promised === undefined || before.length >= promised;
  const standing = ended === undefined ? before[0]!.index : await ended(before.map(({ index }) => index));
  if (standing === undefined) return true;
  if (!finished) return false;
  const name = editionText({ period: period.name, revision });
  const sentence =
    `feedback of "${unit}" for ${name} is recorded already, in ${before.length} records; to replace it, withdraw them ` +
    `with --undo first${ended === undefined ? "" : ` (record ${standing} stands)`}`;
  throw new SteleError("refused", sentence);
}

function recordOf(
  { subject, scores, comment, metaAddress }: FeedbackEntry,
  edition: Edition,
  { criteria, period, entries }: FeedbackJob,
  previous: FeedbackPayload["previous"],
): PersonnelEntry {
  return {
    kind: "feedback",
    subject,
    // The end of what it is about, so that all records of a period fade alike and expire together.
    time: period.end,
    source: feedbackSource(edition),
    metaAddress,
    payload: {
      ...edition,
      criteria: criteria.hash,
      scores,
      records: entries.length,
      previous,
      ...(comment === undefined ? {} : { comment }),
    },
  };
}

function requireSound({ entries, criteria, unit }: FeedbackJob): void {
  if (entries.length === 0) throw new SteleError("input", `there is no feedback for "${unit}"`);
  if (entries.length > mostPeople) {
    throw new SteleError("input", `${entries.length} people are more than ${mostPeople}; name smaller units`);
  }
  if (new Set(entries.map(({ subject }) => subject)).size !== entries.length) {
    throw new SteleError("input", "a person comes twice");
  }
  for (const { scores } of entries) checkScores(criteria, scores);
}

/** In an order that says nothing: the file's own would tell whoever knows it whose a record is. */
function shuffled<T>(items: readonly T[]): T[] {
  const mixed = [...items];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!];
  }
  return mixed;
}
