import { SteleError, type Place } from "../../common/errors.js";

/** One thing that is wrong with an export. The sentence quotes no cell: what people wrote stays in the export. */
export interface Problem {
  readonly place: Place;
  readonly sentence: string;
}

/** Problems that are kept with their place; the rest are counted. */
export const PROBLEMS_KEPT = 20;

/** What is wrong with an export: the first problem as the error's own sentence, all that were kept as its `details`. */
export class ExportError extends SteleError {
  readonly problems: readonly Problem[];
  /** All problems, also those that were not kept. */
  readonly count: number;

  constructor(problems: readonly [Problem, ...Problem[]], count: number) {
    const [first] = problems;
    const others = count - 1;
    const more = others === 0 ? "" : ` (and ${others} more problem${others === 1 ? "" : "s"})`;
    const details = problems
      .slice(1)
      .map(({ place, sentence }) => new SteleError("input", sentence, { place }).message);
    if (count > problems.length) details.push(`${count - problems.length} more problems are not listed`);
    super("input", `${first.sentence}${more}`, { place: first.place, details });
    this.problems = problems;
    this.count = count;
  }
}

/** Collects what is wrong, so that an export is refused once with everything and not line by line. */
export class Problems {
  readonly #kept: Problem[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(place: Place, sentence: string): void {
    if (this.#kept.length < PROBLEMS_KEPT) this.#kept.push({ place, sentence });
    this.#count++;
  }

  /** @throws ExportError where anything was added */
  throwIfAny(): void {
    const [first, ...others] = this.#kept;
    if (first !== undefined) throw new ExportError([first, ...others], this.#count);
  }
}
