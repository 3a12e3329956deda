/** Groups of numbers that are told apart before every number is kept as text. */
const GROUPS = 1000;

/**
 * Numbers that were given out, to find one that is given out twice. Runs of numbers that follow each other cost nothing,
 * so a year of vouchers numbered 1, 2, 3 … takes as much memory as one.
 */
export class Numbers {
  readonly #groups = new Map<string, Run[]>();
  readonly #texts = new Set<string>();

  /** Whether it is new. `收0012` counts in the group `收`. */
  add(text: string): boolean {
    const parts = /^(.*?)(\d{1,15})$/su.exec(text);
    const digits = parts?.[2];
    // Zeros in front make another number, as 07 is not 7 for who looks for it.
    const group = `${parts?.[1] ?? ""}\u0000${digits?.startsWith("0") ? digits.length : ""}`;
    const runs = this.#groups.get(group) ?? (this.#groups.size < GROUPS ? [] : undefined);
    if (digits === undefined || runs === undefined) {
      const isNew = !this.#texts.has(text);
      this.#texts.add(text);
      return isNew;
    }
    this.#groups.set(group, runs);
    return insert(runs, Number(digits));
  }

  /** How many numbers are missing between the first and the last of each group. */
  missing(): number {
    let missing = 0;
    for (const runs of this.#groups.values()) {
      for (let i = 1; i < runs.length; i++) missing += (runs[i]?.from ?? 0) - (runs[i - 1]?.to ?? 0) - 1;
    }
    return missing;
  }
}

interface Run {
  from: number;
  to: number;
}

/** Adds a number to ordered runs that do not touch. */
function insert(runs: Run[], number: number): boolean {
  let [low, high] = [0, runs.length];
  const last = runs.at(-1);
  if (last !== undefined && number > last.to) low = high; // the usual case: they come in order
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((runs[middle]?.from ?? 0) <= number) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [runs[low - 1], runs[low]];
  if (before !== undefined && number <= before.to) return false;
  const follows = before !== undefined && before.to + 1 === number;
  const precedes = after !== undefined && after.from === number + 1;
  if (follows && precedes) {
    before.to = after.to;
    runs.splice(low, 1);
  } else if (follows) before.to = number;
  else if (precedes) after.from = number;
  else runs.splice(low, 0, { from: number, to: number });
  return true;
}
