import { readFileSync } from "node:fs";

import { z } from "zod";

import { fromUtf8, utf8, type Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { isAbsent } from "../../common/node/files.js";
import { hash32, parseWith, wholeNumber } from "../../common/schema.js";
import { operations, type Operation, type Outcome } from "../event.js";

/** What has to be known of an operation after a kill; written down before the operation begins. */
export interface Intent {
  /** The operation's id, 32 hex digits. */
  readonly id: string;
  readonly operation: Operation;
  readonly source: string;
  readonly auditor: Hex;
  readonly engagement?: Hex | undefined;
  readonly subject?: string | undefined;
  /** Seconds since 1970. */
  readonly started: bigint;
  /** Size of the log at the beginning: the operation's record cannot be before it. */
  readonly size: bigint;
  readonly erasure?: PlannedErasure | undefined;
  /** Folder of the dataset store that takes the result in; until then it is staged there under the operation's id. */
  readonly store?: string | undefined;
  /** File that a read writes before it has its name. */
  readonly partial?: string | undefined;
}

/** An erasure that was asked for. */
export interface PlannedErasure {
  /** Roots of datasets or leaf hashes of records, whose keys go. */
  readonly records: readonly Hex[];
  readonly reason: string;
  /** Erasures in the journal of the key store before: those of this operation come after. */
  readonly after: number;
  /** Whether the ciphertext of the dataset goes too. */
  readonly remove: boolean;
}

/** An operation that was begun and not ended. */
export interface OpenOperation {
  readonly intent: Intent;
  /** Root of the dataset whose key was about to be kept. */
  readonly keyed?: Hex;
  /** What its record says, where it got one. */
  readonly recorded?: Outcome;
}

const id = z.string().regex(/^[0-9a-f]{32}$/);
const beginning = z.strictObject({
  id,
  operation: z.enum(operations),
  source: z.string(),
  auditor: z.string().transform((text) => text as Hex),
  engagement: hash32.optional(),
  subject: z.string().optional(),
  started: wholeNumber,
  size: wholeNumber,
  erasure: z
    .strictObject({
      records: z.array(hash32).readonly(),
      reason: z.string(),
      after: z.int().nonnegative(),
      remove: z.boolean(),
    })
    .optional(),
  store: z.string().optional(),
  partial: z.string().optional(),
});
const line = z.union([
  z.strictObject({ begin: beginning }),
  z.strictObject({ keyed: id, root: hash32 }),
  z.strictObject({ recorded: id, outcome: z.enum(["done", "failed"]) }),
  z.strictObject({ end: id }),
]);

/** A line of the journal: what happened to one operation. */
export type Line = z.infer<typeof line>;

export function encodeLine(value: Line): Uint8Array {
  const plain = (_: string, item: unknown): unknown => (typeof item === "bigint" ? item.toString() : item);
  return utf8(`${JSON.stringify(value, plain)}\n`);
}

/** Takes a line into the operations that are open. */
export function apply(open: Map<string, OpenOperation>, entry: Line): void {
  if ("begin" in entry) return void open.set(entry.begin.id, { intent: entry.begin });
  if ("end" in entry) return void open.delete(entry.end);
  const [id, change] =
    "keyed" in entry ? [entry.keyed, { keyed: entry.root }] : [entry.recorded, { recorded: entry.outcome }];
  const known = open.get(id);
  if (known !== undefined) open.set(id, { ...known, ...change });
}

/**
 * Operations that a journal has begun and not ended, in the order of their beginning.
 * @throws SteleError `corrupt`, naming the line
 */
export function readOpen(path: string): Map<string, OpenOperation> {
  const open = new Map<string, OpenOperation>();
  // What follows the last line's end was never acknowledged, nor were damaged lines with no whole one after them.
  const lines = readIfThere(path).split("\n").slice(0, -1);
  const parsed = lines.map((text, i) => parseLine(text, { file: path, line: i + 1 }));
  const last = parsed.findLastIndex((entry) => !(entry instanceof SteleError));
  for (const entry of parsed.slice(0, last + 1)) {
    if (entry instanceof SteleError) throw entry;
    apply(open, entry);
  }
  return open;
}

function parseLine(text: string, place: { file: string; line: number }): Line | SteleError {
  try {
    return parseWith(line, JSON.parse(text));
  } catch (cause) {
    return new SteleError("corrupt", "this line of the journal of operations is damaged", { place, cause });
  }
}

function readIfThere(path: string): string {
  try {
    return fromUtf8(readFileSync(path));
  } catch (error) {
    if (isAbsent(error)) return "";
    throw error;
  }
}
