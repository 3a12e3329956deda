import { SteleError, type Place } from "../../common/errors.js";
import { verifyBundle, type Trust } from "../../proof/bundle.js";
import { checkScores, standingOf, type Standing } from "./standing.js";
import type { Criteria } from "./criteria.js";
import { gapsOf, type EditionCount, type Gaps } from "./gaps.js";
import { judge, type Judgement, type RecordStatus } from "./judge.js";
import { editionKey, editionText } from "./payload.js";
import { parsePeriod } from "./periods.js";
import { readShown, type ShownFeedback } from "./shown.js";
import { inside, type StandingProof } from "./standing-proof.js";

/** A record of a standing, and whether it counts. */
export interface JudgedFeedback extends Judgement {
  readonly shown: ShownFeedback;
}

/** A standing that was computed again from the records that were shown. */
export interface ReadStanding {
  readonly unit: string;
  readonly subject: ShownFeedback["subject"];
  readonly logId: ShownFeedback["logId"];
  readonly at: bigint;
  /** Undefined where no record counts. */
  readonly standing: Standing | undefined;
  /** In the order of the periods. */
  readonly records: readonly JudgedFeedback[];
  readonly gaps: Gaps;
}

/** A shown record, with what the desk says of it; undefined where it was not asked. */
export interface Known {
  readonly shown: ShownFeedback;
  readonly status: RecordStatus | undefined;
}

/** What records are judged and weighed by. */
export interface StandingTerms {
  readonly criteria: Criteria;
  /** Seconds. */
  readonly at: bigint;
  /** Editions of the unit in its log, where it could be looked at. */
  readonly editions?: readonly EditionCount[] | undefined;
}

/**
 * Verifies a proof of standing offline: every record is in a log that the reader trusts and opens to one and the same
 * person; then the standing is computed from them. What the desk said is as the proof has it: ask the chain for more.
 * @throws SteleError `unproven` or `input`, naming what does not hold
 */
export function verifyStanding(
  proof: StandingProof,
  trust: Trust,
  { editions, place = {} }: { readonly editions?: readonly EditionCount[]; readonly place?: Place } = {},
): ReadStanding {
  const shown = proof.records.map(({ presentation, status }, i) => {
    return inside(`records.${i}`, place, () => {
      const { entry } = verifyBundle(presentation.proof, trust);
      return { shown: readShown(presentation, entry), status };
    });
  });
  return readStanding(shown, { criteria: proof.criteria, at: proof.at, editions }, place);
}

/**
 * Judges records whose place in the log was verified, and computes the standing.
 * @throws SteleError `unproven` where they are not of one person, unit and log, or one comes twice
 */
export function readStanding(
  all: readonly Known[],
  { criteria, at, editions }: StandingTerms,
  place: Place = {},
): ReadStanding {
  const [first] = all;
  if (first === undefined) throw new SteleError("input", "holds no record", { place });
  const { unit, subject, logId } = first.shown;
  const seen = new Set<bigint>();
  for (const [i, { shown }] of all.entries()) {
    const refuse = (sentence: string) =>
      new SteleError("unproven", sentence, { place: { ...place, field: `records.${i}` } });
    if (shown.subject !== subject) throw refuse("is about somebody else than the first record");
    if (shown.logId !== logId || shown.unit !== unit) throw refuse("is of another unit or log than the first record");
    if (seen.has(shown.index)) throw refuse(`is entry ${shown.index}, which is here already`);
    seen.add(shown.index);
  }
  const records = inOrder(
    all.map(({ shown, status }) => ({ shown, ...judgeOf(shown, status, criteria, correctionsAmong(all)) })),
  );
  const counted = onceEach(records);
  const standing = standingOf(
    criteria,
    counted
      .filter(({ counts }) => counts)
      .map(({ shown }) => ({ period: parsePeriod(shown.period, criteria.cadence), scores: shown.scores })),
    at,
  );
  const gaps = gapsOf(
    records.map(({ shown }) => shown),
    criteria.cadence,
    at,
    editions,
  );
  return { unit, subject, logId, at, standing, records: counted, gaps };
}

/** Records that stand in the place of another that is shown with them. */
function correctionsAmong(all: readonly Known[]): ReadonlySet<ShownFeedback> {
  return new Set(
    all.flatMap(({ shown, status }) => {
      const correction = all.find((one) => one.shown.index === status?.correctedBy)?.shown;
      return correction !== undefined && editionKey(correction) === editionKey(shown) ? [correction] : [];
    }),
  );
}

function judgeOf(
  shown: ShownFeedback,
  status: RecordStatus | undefined,
  criteria: Criteria,
  corrections: ReadonlySet<ShownFeedback>,
): Judgement {
  if (!shown.inEdition && !corrections.has(shown)) {
    return { counts: false, remark: "not of its period's source, and no correction of a record that is shown" };
  }
  if (shown.criteria !== criteria.hash) return { counts: false, remark: "given by other criteria" };
  parsePeriod(shown.period, criteria.cadence);
  checkScores(criteria, shown.scores);
  return judge(status);
}

/** One record of a period counts, the last in the log; that others stand beside it is said. */
function onceEach(records: readonly JudgedFeedback[]): readonly JudgedFeedback[] {
  return records.map((one) => {
    if (!one.counts) return one;
    const rivals = records.filter(
      ({ counts, shown }) => counts && shown.period === one.shown.period && shown !== one.shown,
    );
    const later = rivals.find(({ shown }) => shown.index > one.shown.index);
    if (later === undefined) return one;
    return { ...one, counts: false, remark: `not withdrawn, and superseded by ${editionText(later.shown)}` };
  });
}

function inOrder(records: readonly JudgedFeedback[]): readonly JudgedFeedback[] {
  return records.toSorted(({ shown: a }, { shown: b }) =>
    a.period === b.period ? Number(a.index - b.index) : a.period < b.period ? -1 : 1,
  );
}
