import type { Hex } from "../../../common/bytes.js";
import type { RecordOpening } from "../opening.js";
import type { PersonPage } from "./page.js";

/** How a record or award stood when the file was made: for machines; who relies on it asks the chain again. */
export type Reading = Readonly<Record<string, unknown>>;

/** A person's file: openings and proofs of everything on the page, and how it stood. */
export interface PersonFile extends Record<string, unknown> {
  readonly subject: Hex;
  /** Block seconds. */
  readonly made: bigint;
  readonly records: readonly RecordOpening[];
  readonly readings: readonly Reading[];
  readonly awards: readonly Reading[];
}

/** What goes into the file beside a page. The staff number and name are left out: the proofs do not need them. */
export function personFileOf({ subject, madeAt, records, awards, points, erasures }: PersonPage): PersonFile {
  return {
    subject,
    made: madeAt,
    records: records.map(({ opening }) => opening),
    readings: records.map(({ log, opening, opened, situation, desk }) => ({
      logId: log.logId,
      index: opening.proof.index,
      kind: opened.kind ?? null,
      state: desk?.state ?? "not on chain yet",
      counts: situation?.counts ?? false,
      disputed: situation?.disputed ?? false,
      expires: desk?.expires ?? null,
      deadlines: situation?.deadlines ?? [],
      steps: situation?.steps ?? [],
    })),
    awards: awards.map((award) => ({ ...award })),
    points,
    erasures,
  };
}
