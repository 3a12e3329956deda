import type { Place } from "../../common/errors.js";
import type { Kind } from "../../common/kinds.js";
import type { Ledger } from "./ledger.js";

/** The fields of the rows that follow, in their order. */
export class Header {
  readonly names: readonly string[];
  readonly #index: ReadonlyMap<string, number>;

  constructor(names: readonly string[]) {
    this.names = names;
    this.#index = new Map(names.map((name, index) => [name, index]));
  }

  /** Where a field stands; undefined where it is absent. */
  indexOf(name: string): number | undefined {
    return this.#index.get(name);
  }
}

/** A row as it was read, before anything was checked. */
export interface Row {
  readonly header: Header;
  readonly cells: readonly string[];
  /** Line on which it begins, from 1. */
  readonly line: number;
  /** Name of the table that the file itself gives to the row; a CSV gives none. */
  readonly element?: string;
  /** Set on the header row of a CSV, which has no cells. */
  readonly heading?: true;
}

/** What is known of one field. */
export interface Field {
  readonly kind: Kind;
  /** Whether a row must have it; otherwise its cell may be empty. */
  readonly filled: boolean;
}

/** A row whose cells were all accepted. */
export interface Accepted {
  readonly place: Place;
  /** The cell of a field; empty where the field is absent. */
  get(name: string): string;
}

/** A table of a standard. */
export interface Table {
  /** Its name in the standard. */
  readonly name: string;
  /** Fields without which an export is refused. */
  readonly mandatory: readonly string[];
  /** The kind of a field; undefined where the standard has no such field, or where it is not known here. */
  field(name: string): Field | undefined;
  /** What the row tells of the books. */
  enter(row: Accepted, ledger: Ledger): void;
}

/** The table that a header is of: the one of which it has the most mandatory fields, half of them at least. */
export function tableOf(tables: readonly Table[], names: readonly string[]): Table | undefined {
  const has = new Set(names);
  let [best, most]: [Table | undefined, number] = [undefined, 0];
  for (const table of tables) {
    const found = table.mandatory.filter((name) => has.has(name)).length;
    if (found > most && found * 2 >= table.mandatory.length) [best, most] = [table, found];
  }
  return best;
}

/** Fields by name: those that must be filled and those that may be. */
export function fields(
  filled: Readonly<Record<string, Kind>>,
  optional: Readonly<Record<string, Kind>> = {},
): (name: string) => Field | undefined {
  const known = new Map<string, Field>();
  for (const [name, kind] of Object.entries(filled)) known.set(name, { kind, filled: true });
  for (const [name, kind] of Object.entries(optional)) known.set(name, { kind, filled: false });
  return (name) => known.get(name);
}

/** The words of lines of text: names of fields hold no blank. */
export function words(...lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(" "));
}
