import { readdirSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { readJson } from "../../common/json.js";
import { isAbsent } from "../../common/node/files.js";
import { hash32, parseWith } from "../../common/schema.js";
import { formatInstant, machineClock } from "../../common/time.js";
import { importId, type ImportTerms } from "./id.js";
import { hasJournal, ImportJournal, type Facts, type ImportState } from "./journal.js";

const termsSchema = z.strictObject({
  kind: z.string(),
  digest: hash32,
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  round: z.int().min(0),
});

/**
 * An import under way. Its effects are steps with names of the caller's; a step is done, then marked, so that after a
 * kill at any moment the step that was being done is the only one in doubt. Effects therefore carry a key of their own
 * (`keyOf`), under which doing them twice does them once.
 */
export class ImportRun {
  readonly id: Hex;
  readonly terms: ImportTerms;
  /** Whether an earlier process began it. */
  readonly resumed: boolean;
  readonly #journal: ImportJournal;
  #state: ImportState;

  constructor(id: Hex, terms: ImportTerms, journal: ImportJournal, state: ImportState, resumed: boolean) {
    this.id = id;
    this.terms = terms;
    this.resumed = resumed;
    this.#journal = journal;
    this.#state = state;
  }

  get state(): ImportState {
    return this.#state;
  }

  /** What was marked with a step; undefined where it is not done. Big numbers come as decimal text. */
  done(step: string): Facts | undefined {
    return this.#journal.find(step)?.facts;
  }

  /** Names the effect of a step for the durable sender, or for anything else that takes an effect once. */
  keyOf(step: string): string {
    return `import ${this.id} ${step}`;
  }

  /** Writes down that a step is done; durable on return. */
  mark(step: string, facts: Facts = {}): void {
    this.markAll([[step, facts]]);
  }

  /** The same for many steps, all or none. */
  markAll(steps: Iterable<readonly [step: string, facts: Facts]>): void {
    this.#require("open", "takes no more steps");
    this.#journal.write(steps);
  }

  /** All steps that are done, in the order of their names; memory holds a thousand. */
  steps(): Iterable<{ readonly step: string; readonly facts: Facts; readonly undone: boolean }> {
    return this.#journal.steps();
  }

  /** Writes down that nothing is left to do. */
  finish(): void {
    this.#require("open", "cannot be finished");
    this.#become("finished");
  }

  /** Begins, or goes on, to take the effects back. The caller takes back each of `steps()` that is not undone. */
  undo(): void {
    if (this.#state === "undone") throw new SteleError("refused", `the import ${this.id} is undone already`);
    if (this.#state !== "undoing") this.#become("undoing");
  }

  /** Writes down that the effect of a step is taken back. */
  markUndone(step: string): void {
    this.#require("undoing", "is not being undone");
    this.#journal.markUndone(step);
  }

  /** @throws SteleError `refused` where a step is not undone */
  finishUndo(): void {
    this.#require("undoing", "is not being undone");
    for (const { step, undone } of this.steps()) {
      if (!undone) throw new SteleError("refused", `the step ${step} of the import ${this.id} is not undone`);
    }
    this.#become("undone");
  }

  close(): void {
    this.#journal.close();
  }

  #require(state: ImportState, sentence: string): void {
    if (this.#state !== state)
      throw new SteleError("refused", `the import ${this.id} is ${this.#state} and ${sentence}`);
  }

  #become(state: ImportState): void {
    this.#journal.setState(state, machineClock());
    this.#state = state;
  }
}

/**
 * Begins an import, or goes on with one that was interrupted: the same file and parameters are the same import.
 * @param options.again begin anew what was undone
 * @throws SteleError `refused` where it was finished, is being undone or was undone; `busy` where it runs elsewhere
 */
export async function openImport(
  folder: string,
  terms: ImportTerms,
  options: { readonly again?: boolean } = {},
): Promise<ImportRun> {
  let round = 0;
  while (hasJournal(fileOf(folder, importId(terms, round + 1)))) round++;
  const run = openRound(folder, terms, round);
  if (run.state === "undone" && options.again === true) {
    run.close();
    return openRound(folder, terms, round + 1);
  }
  const { state, id } = run;
  if (state === "open") return run;
  run.close();
  const sentences = {
    finished: `this file was imported so already, as import ${id}; undo that one before you import it again`,
    undoing: `this file's import ${id} is being undone; finish that first, by asking for its undoing again`,
    undone: `this file was imported as ${id} and undone; say --again to import it once more`,
  };
  throw new SteleError("refused", sentences[state]);
}

/**
 * Opens an import that there is, to undo it or to look at it.
 * @throws SteleError `missing`, `busy`, `corrupt`
 */
export async function findImport(folder: string, id: Hex): Promise<ImportRun> {
  const file = fileOf(folder, id);
  if (!hasJournal(file)) throw new SteleError("missing", `there is no import ${id} in ${folder}`);
  const journal = ImportJournal.open(file);
  try {
    const known = journal.read();
    if (known === undefined) throw new SteleError("missing", `the import ${id} was never begun`);
    return revive(id, file, journal, known);
  } catch (error) {
    journal.close();
    throw error;
  }
}

/** An import, for a list. */
export interface ImportSummary {
  readonly id: Hex;
  readonly kind: string;
  readonly state: ImportState;
  readonly begun: string;
  readonly changed: string;
}

/** Imports of a folder, oldest first; those that another process has open are left out. */
export async function listImports(folder: string): Promise<readonly ImportSummary[]> {
  const found: ImportSummary[] = [];
  for (const name of namesIn(folder)) {
    const id = `0x${name.slice(0, 64)}` as Hex;
    try {
      const journal = ImportJournal.open(fileOf(folder, id));
      const known = journal.read();
      journal.close();
      if (known === undefined) continue;
      const { kind } = termsOf(known.terms, name);
      const [begun, changed] = [formatInstant(known.begun), formatInstant(known.changed)];
      found.push({ id, kind, state: known.state, begun, changed });
    } catch (error) {
      if (!(error instanceof SteleError) || error.code !== "busy") throw error;
    }
  }
  return found.sort((a, b) => (a.begun < b.begun ? -1 : 1));
}

function openRound(folder: string, terms: ImportTerms, round: number): ImportRun {
  const id = importId(terms, round);
  const file = fileOf(folder, id);
  const journal = ImportJournal.open(file);
  try {
    const known = journal.read();
    if (known !== undefined) return revive(id, file, journal, known);
    const { kind, digest, parameters } = terms;
    journal.begin(JSON.stringify({ kind, digest, parameters, round }), machineClock());
    return new ImportRun(id, terms, journal, "open", false);
  } catch (error) {
    journal.close();
    throw error;
  }
}

function revive(
  id: Hex,
  file: string,
  journal: ImportJournal,
  known: { terms: string; state: ImportState },
): ImportRun {
  const { round, ...terms } = termsOf(known.terms, file);
  if (importId(terms, round) === id) return new ImportRun(id, terms, journal, known.state, true);
  throw new SteleError("corrupt", "is the journal of another import", { place: { file } });
}

function termsOf(text: string, file: string): ImportTerms & { round: number } {
  return parseWith(termsSchema, readJson(text, { file }), { file });
}

function fileOf(folder: string, id: Hex): string {
  return join(folder, `${id.slice(2)}.db`);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.db$/.test(name));
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
