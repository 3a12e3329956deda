import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { visible } from "../../common/visible.js";
import { SeenKeys } from "./keys.js";
import { ProblemLog, shortened } from "./problems.js";
import { scanTable, type Scanned, type Shown } from "./scan.js";
import { fileDigest, openFile } from "./source.js";
import type { Problem, TableOptions, TableSpec } from "./spec.js";

/** What a check found. */
export interface TableCheck {
  /** Rows without a problem. */
  readonly rows: bigint;
  /** All problems. */
  readonly problems: bigint;
  /** The first 20. */
  readonly first: readonly Problem[];
  /** Where all are listed; absent where there are none. */
  readonly errorsFile?: string;
  /** SHA-256 of the file's bytes. */
  readonly digest: Hex;
}

/**
 * Checks a whole file against a table, before anything is done with it. Memory does not grow with the file.
 * @throws SteleError `missing`, `input` where it is no table at all: another encoding, empty
 */
export async function checkTable<T>(file: string, spec: TableSpec<T>, options: TableOptions = {}): Promise<TableCheck> {
  const source = await openFile(file, options);
  const log = new ProblemLog(file);
  const keys = new SeenKeys();
  let rows = 0n;
  try {
    for await (const { items, shown } of scanTable(source.bytes, options.shown ?? file, spec, options)) {
      for (const item of items) {
        const problems = problemsOf(item, spec, keys, shown);
        for (const problem of problems) log.add(problem);
        if (problems.length === 0) rows++;
      }
    }
    if (rows === 0n && log.count === 0n) log.add({ line: 1, problem: "is the heading; there is no row below it" });
    const errorsFile = log.finish();
    const listed = errorsFile === undefined ? {} : { errorsFile };
    // Where the heading is wrong the rest is not read; the digest is of no use then.
    return { rows, problems: log.count, first: log.first, digest: source.digest(), ...listed };
  } finally {
    log.abandon();
    keys.close();
  }
}

/** What is wrong with a row, by itself and beside the rows before it. */
function problemsOf<T>(item: Scanned<T>, spec: TableSpec<T>, keys: SeenKeys, shown: Shown): readonly Problem[] {
  const { line } = item;
  const problems: Problem[] = "problems" in item ? [...item.problems] : [];
  const look = (key: string | undefined, column: string | undefined): void => {
    const before = key === undefined ? undefined : keys.add(`${column ?? ""}\0${key}`, line);
    if (key === undefined || before === undefined) return;
    const field = column === undefined ? {} : { field: shown(column), value: shortened(key) };
    problems.push({ line, ...field, problem: `is in line ${before} already` });
  };
  look("row" in item ? spec.key?.(item.row) : item.key, spec.keyColumn);
  if ("row" in item) for (const { column, of } of spec.unique ?? []) look(of(item.row), column);
  return problems;
}

/**
 * The rows of a file that was checked and found to be without a problem.
 * @param options.digest of the check; refuses a file that has changed since
 * @throws SteleError `input`, naming the first thing that is wrong after all
 */
export async function* readTable<T>(
  file: string,
  spec: TableSpec<T>,
  options: TableOptions & { readonly digest?: Hex } = {},
): AsyncGenerator<{ readonly line: number; readonly row: T }> {
  const { digest } = options;
  const { signal, shown = file } = options;
  if (digest !== undefined && (await fileDigest(file, { signal, shown })) !== digest) throw changed(shown);
  const source = await openFile(file, options);
  for await (const { items } of scanTable(source.bytes, shown, spec, options))
    yield* items.map((item) => rowOf(item, shown));
  if (digest !== undefined && source.digest() !== digest) throw changed(shown);
}

function changed(file: string): SteleError {
  return new SteleError("input", "has changed since it was checked; leave it alone and start again", {
    place: { file },
  });
}

function rowOf<T>(item: Scanned<T>, file: string): { readonly line: number; readonly row: T } {
  if ("row" in item) return item;
  const [{ line, field, problem }] = item.problems as [Problem];
  throw new SteleError("input", problem, { place: { file, line, ...(field === undefined ? {} : { field }) } });
}

/**
 * Refuses a file with problems: one error that tells the first 20 and where all of them are.
 * @param shown what messages call the file
 * @throws SteleError `input`
 */
export function requireSound({ problems, first, errorsFile }: TableCheck, shown: string): void {
  const [head, ...others] = first;
  if (head === undefined) return;
  const sentence = (problem: Problem): SteleError => {
    const place = {
      file: shown,
      line: problem.line,
      ...(problem.field === undefined ? {} : { field: visible(problem.field) }),
    };
    const value = problem.value === undefined || problem.value === "" ? "" : `"${visible(problem.value)}" `;
    return new SteleError("input", `${value}${problem.problem}`, { place });
  };
  const details = others.map((problem) => sentence(problem).message);
  details.push(`${problems} problem${problems === 1n ? "" : "s"} in all, listed in ${errorsFile}; nothing was changed`);
  const told = sentence(head);
  throw new SteleError("input", told.sentence, { place: told.place, details });
}
