import { findPeriod, lastEnded, periodsBetween, type Cadence } from "./periods.js";
import { editionKey, editionText, type Edition } from "./payload.js";
import type { ShownFeedback } from "./shown.js";

/** What a verifier sees of records that were not shown; nothing of what they say. */
export interface Gaps {
  /** Editions that a shown record names as the person's feedback before it: these records exist, and were left out. */
  readonly leftOut: readonly string[];
  /** Periods of the calendar without a shown record, from the first shown to the last that has ended. */
  readonly silent: readonly string[];
  /** Those of them in which the unit recorded feedback, where its log could be looked at. */
  readonly recorded: readonly string[] | undefined;
  /** Other things that a verifier should know, a sentence each. */
  readonly remarks: readonly string[];
}

/** Records of one edition that a log holds, by its headers alone. */
export interface EditionCount extends Pick<Edition, "period" | "revision"> {
  readonly records: bigint;
}

/**
 * What was left out. Each record names the person's feedback before it, so one that is left out between two that are
 * shown, or before the first, is seen; those after the last shown one are seen only by the unit's log, and there a
 * period in which the person got no feedback looks the same.
 * @param at seconds; periods that end later are not missed
 * @param editions of the unit in its log, where it could be looked at
 */
export function gapsOf(
  shown: readonly ShownFeedback[],
  cadence: Cadence,
  at: bigint,
  editions?: readonly EditionCount[],
): Gaps {
  const there = new Set(shown.map(editionKey));
  const named = shown.flatMap(({ previous }) =>
    previous === null || there.has(editionKey(previous)) ? [] : [previous],
  );
  const leftOut = [...new Set(named.map(editionText))].sort();
  const periods = shown
    .flatMap(({ period }) => findPeriod(period, cadence) ?? [])
    .sort((a, b) => a.ordinal - b.ordinal);
  const shownPeriods = new Set(periods.map(({ name }) => name));
  const silent =
    periods.length === 0
      ? []
      : periodsBetween(periods[0]!, lastEnded(at, cadence)).filter(({ name }) => !shownPeriods.has(name));
  const recorded =
    editions && [...new Set(editions.map(({ period }) => period))].filter((name) => !shownPeriods.has(name)).sort();
  return { leftOut, silent: silent.map(({ name }) => name), recorded, remarks: remarksOf(shown, editions ?? []) };
}

function remarksOf(shown: readonly ShownFeedback[], editions: readonly EditionCount[]): string[] {
  const remarks: string[] = [];
  const firsts = shown.filter(({ previous, inEdition }) => previous === null && inEdition);
  if (firsts.length > 1) {
    remarks.push(
      `${firsts.map(editionText).sort().join(" and ")} both say that they are the person's first feedback here`,
    );
  }
  for (const one of shown) {
    if (one.inEdition && one.sequence >= BigInt(one.records)) {
      remarks.push(
        `${editionText(one)} was to have ${one.records} records, and this one is number ${one.sequence + 1n}`,
      );
    }
  }
  for (const { records, ...edition } of editions) {
    const promised = shown.find((one) => editionKey(one) === editionKey(edition))?.records;
    if (promised !== undefined && records !== BigInt(promised)) {
      remarks.push(`${editionText(edition)} was to have ${promised} records, and the log holds ${records}`);
    }
  }
  return remarks;
}
