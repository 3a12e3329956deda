import { toHex, type Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { writeCanonical } from "../../records/canonical.js";
import { uriHash } from "../../records/commitments.js";
import type { Criteria } from "./criteria.js";
import { feedbackSource, maxRevision, type Edition, type FeedbackPayload } from "./payload.js";
import type { Period } from "./periods.js";
import type { FeedbackRecord } from "./read.js";

/** What one person was given. */
export interface FeedbackEntry {
  readonly subject: Hex;
  readonly scores: Readonly<Record<string, number>>;
  readonly comment?: string | undefined;
  /** Where the person's one-time address for disputes comes from. */
  readonly metaAddress?: string | undefined;
}

/** A unit's feedback for a period. */
export interface FeedbackJob {
  readonly unit: string;
  readonly period: Period;
  readonly criteria: Criteria;
  readonly entries: readonly FeedbackEntry[];
}

/** Revisions of a period by the hashes of their sources. */
export function sourcesOf(unit: string, period: string): ReadonlyMap<Hex, number> {
  const revisions = Array.from({ length: maxRevision }, (_, i) => i + 1);
  return new Map(revisions.map((revision) => [toHex(uriHash(feedbackSource({ unit, period, revision }))), revision]));
}

/** Feedback that a log holds already, as far as an import depends on it. */
export class History {
  /** A person's latest edition, by log order. */
  readonly #last = new Map<Hex, Pick<Edition, "period" | "revision">[]>();
  readonly #editions = new Map<number, FeedbackRecord[]>();
  readonly #sources: ReadonlyMap<Hex, number>;
  readonly #job: FeedbackJob;

  constructor(job: FeedbackJob) {
    this.#job = job;
    this.#sources = sourcesOf(job.unit, job.period.name);
  }

  add(record: FeedbackRecord): void {
    const revision = this.#sources.get(toHex(record.header.source));
    // By its header, so that a record that was erased counts too.
    if (revision !== undefined) this.#editions.set(revision, [...(this.#editions.get(revision) ?? []), record]);
    if (record.content === undefined || !record.inEdition || record.content.payload.unit !== this.#job.unit) return;
    const { subject, payload } = record.content;
    this.#last.set(subject, [
      ...(this.#last.get(subject) ?? []),
      { period: payload.period, revision: payload.revision },
    ]);
  }

  /** The latest revision of the job's period, 0 for none, with its records. */
  get latest(): { readonly revision: number; readonly before: readonly FeedbackRecord[] } {
    const revision = Math.max(...this.#editions.keys(), 0);
    return { revision, before: this.#editions.get(revision) ?? [] };
  }

  /** What a person's record names as the one before it, seen from an edition. */
  previousOf(subject: Hex, { period, revision }: Edition): FeedbackPayload["previous"] {
    const others = (this.#last.get(subject) ?? []).filter((one) => one.period !== period || one.revision !== revision);
    return others.at(-1) ?? null;
  }

  /**
   * Lines that a killed import has not recorded yet.
   * @throws SteleError `refused` where what is recorded is not of these lines
   */
  leftOf(
    { entries, criteria, unit, period }: FeedbackJob,
    before: readonly FeedbackRecord[],
  ): readonly FeedbackEntry[] {
    const waiting = new Map(entries.map((entry) => [entry.subject, entry]));
    for (const { content } of before) {
      const entry = content && waiting.get(content.subject);
      if (entry === undefined || !isRecordOf(content!.payload, entry, criteria, entries.length)) {
        const sentence =
          `an import of another file for ${period.name} of "${unit}" was interrupted; finish it with that file, or take ` +
          "it back with --undo";
        throw new SteleError("refused", sentence);
      }
      waiting.delete(entry.subject);
    }
    return [...waiting.values()];
  }
}

function isRecordOf(payload: FeedbackPayload, entry: FeedbackEntry, criteria: Criteria, records: number): boolean {
  return (
    payload.criteria === criteria.hash &&
    payload.records === records &&
    payload.comment === entry.comment &&
    writeCanonical(payload.scores) === writeCanonical(entry.scores)
  );
}
