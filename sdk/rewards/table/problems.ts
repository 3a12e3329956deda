import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";

import { stringify } from "csv-stringify/sync";

import { SteleError, sentenceOf } from "../../common/errors.js";
import type { Problem } from "./spec.js";

/** Problems that are told; all of them are in the file of errors. */
const PROBLEMS_TOLD = 20;

/** Problems that are written at once. */
const BATCH = 1_000;

/** NAME.csv has NAME.errors.csv beside it. */
function errorsFileOf(file: string): string {
  return `${file.replace(/\.csv$/i, "")}.errors.csv`;
}

/**
 * What is wrong with a file: counted, the first kept, all written to NAME.errors.csv beside it, which its owner alone
 * may read and which appears, replaces the last one or goes only with the end of the check.
 */
export class ProblemLog {
  readonly first: Problem[] = [];
  readonly #target: string;
  readonly #partial: string;
  #count = 0n;
  #waiting: Problem[] = [];
  #file: number | undefined;

  constructor(file: string) {
    this.#target = errorsFileOf(file);
    this.#partial = `${this.#target}.${process.pid}.tmp`;
  }

  get count(): bigint {
    return this.#count;
  }

  add(problem: Problem): void {
    this.#count++;
    if (this.first.length < PROBLEMS_TOLD) this.first.push(problem);
    if (this.#waiting.push(problem) === BATCH) this.#write();
  }

  /** @returns where all problems are; undefined where there are none: then no file of an earlier check is left */
  finish(): string | undefined {
    if (this.#count === 0n) {
      this.#guarded(() => rmSync(this.#target, { force: true }));
      return undefined;
    }
    this.#write();
    this.#guarded(() => {
      fsyncSync(this.#file!);
      closeSync(this.#file!);
      this.#file = undefined;
      renameSync(this.#partial, this.#target);
    });
    return this.#target;
  }

  /** Leaves what was there before. */
  abandon(): void {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
    rmSync(this.#partial, { force: true });
  }

  #write(): void {
    const head = this.#file === undefined ? [["line", "field", "value", "problem"]] : [];
    const rows = this.#waiting.map(({ line, field = "", value = "", problem }) => [
      String(line),
      field,
      value,
      problem,
    ]);
    this.#waiting = [];
    const options = { record_delimiter: "windows", escape_formulas: true, bom: this.#file === undefined } as const;
    const text = stringify([...head, ...rows], options);
    this.#guarded(() => writeSync((this.#file ??= this.#made()), text));
  }

  /** A file of this process's own: nothing that lies there, a link for instance, is written through. */
  #made(): number {
    rmSync(this.#partial, { force: true });
    return openSync(this.#partial, "wx", 0o600);
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (cause) {
      const sentence = `the list of errors cannot be written: ${sentenceOf(cause)}`;
      throw new SteleError("storage", sentence, { place: { file: this.#target }, cause });
    }
  }
}

/** The beginning of a cell, for people. */
export function shortened(cell: string): string {
  const characters = Array.from(cell.slice(0, 200));
  return characters.length <= 40 ? cell : `${characters.slice(0, 39).join("")}…`;
}
