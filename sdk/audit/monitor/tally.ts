import { z } from "zod";

import { wholeNumber } from "../../common/schema.js";
import { checks, finding, type Check, type Finding, type Severity, type Subject } from "./finding.js";

/** Entries of one log that have the same thing wrong with them: one finding, however many they are. */
export interface Tally {
  readonly check: Check;
  readonly severity: Severity;
  /** What tells it from others of the same log. */
  readonly key: string;
  /** What is wrong with each, for people: "names no engagement". */
  readonly what: string;
  readonly account?: string | undefined;
  readonly engagement?: string | undefined;
  readonly count: bigint;
  readonly first: bigint;
  readonly last: bigint;
  /** The first few entries. */
  readonly samples: readonly bigint[];
}

/** One entry with something wrong. */
export type Fault = Omit<Tally, "count" | "first" | "last" | "samples">;

const sampleLimit = 10;
/** Tallies of one log, at most: whoever floods a log with faults fills one more and no other. */
const tallyLimit = 10_000;

export const tallySchema = z.strictObject({
  check: z.enum(checks),
  severity: z.enum(["alarm", "warning", "notice"]),
  key: z.string(),
  what: z.string(),
  account: z.string().optional(),
  engagement: z.string().optional(),
  count: wholeNumber,
  first: wholeNumber,
  last: wholeNumber,
  samples: z.array(wholeNumber),
});

/** Counts faults of a log's entries. */
export class Tallies {
  readonly #tallies = new Map<string, Tally>();

  constructor(tallies: Iterable<Tally> = []) {
    for (const one of tallies) this.#tallies.set(`${one.check}:${one.key}`, one);
  }

  add(fault: Fault, index: bigint): void {
    const id = `${fault.check}:${fault.key}`;
    const known = this.#tallies.get(id);
    if (known === undefined && this.#tallies.size >= tallyLimit && fault.key !== "more") {
      const { check } = fault;
      this.add({ check, severity: "alarm", key: "more", what: "have further faults of this kind" }, index);
      return;
    }
    this.#tallies.set(id, {
      ...fault,
      count: (known?.count ?? 0n) + 1n,
      first: known === undefined || index < known.first ? index : known.first,
      last: known === undefined || index > known.last ? index : known.last,
      samples: [...(known?.samples ?? []), index].toSorted((a, b) => Number(a - b)).slice(0, sampleLimit),
    });
  }

  all(): Tally[] {
    return [...this.#tallies.values()];
  }

  findings(subject: Subject & Required<Pick<Subject, "log">>): Finding[] {
    return this.all().map((one) => {
      const { account, engagement } = one;
      const more = {
        subject: {
          ...subject,
          index: one.first,
          ...(account === undefined ? {} : { account }),
          ...(engagement === undefined ? {} : { engagement: engagement as `0x${string}` }),
        },
        evidence: { count: one.count, first: one.first, last: one.last, entries: one.samples },
      };
      return finding(one.check, one.severity, [subject.log, one.key], sentenceOf(one, subject.log), more);
    });
  }
}

function sentenceOf({ what, count, first, last }: Tally, log: string): string {
  const which = count === 1n ? `entry ${first}` : `${count} entries (${first} to ${last})`;
  return `${which} of log ${log}: ${what}`;
}
