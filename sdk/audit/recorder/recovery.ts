import { equal, toHex, type Hex } from "../../common/bytes.js";
import { uriHash } from "../../records/commitments.js";
import { decodeHeader, headerHash } from "../../records/header.js";
import { auditEventSchema, parseAuditEvent, type AuditEvent, type Outcome } from "../event.js";
import { completeErasure, erasureHappened, removeCopy } from "./erase.js";
import { interrupted } from "./failure.js";
import type { Intent, OpenOperation } from "./intent.js";
import type { OperationJournal } from "./journal.js";
import type { Actor, Operations, RecordedBook } from "./operations.js";
import { isThere, removeFile, storeAt, withdraw } from "./withdraw.js";

/** What opening a recorder put in order. */
export interface Recovered {
  /** Operations whose record was in the log: their results are handed out now. */
  readonly completed: readonly string[];
  /** Operations that were recorded as failed. */
  readonly failed: readonly string[];
  /** Operations on record whose store is not there now, such as a disk of a mirror: a later opening completes them. */
  readonly waiting: readonly string[];
}

/**
 * Puts in order what a kill left behind: an operation whose record is in the log is completed; of any other, what it made
 * is taken back, and its failure recorded. May itself be killed and run again.
 * @param actorOf gives the auditor's key where it is at hand
 */
export async function recover(
  operations: Operations,
  journal: OperationJournal,
  actorOf: (intent: Intent) => Actor,
): Promise<Recovered> {
  const open = journal.open;
  const recorded = await outcomesOf(operations.book, open);
  const [completed, failed, waiting]: [string[], string[], string[]] = [[], [], []];
  for (const one of open) {
    const { id } = one.intent;
    const done = (recorded.get(id) ?? (await settle(operations, one, actorOf(one.intent)))) === "done";
    if (!done) await withdraw(operations.book, one);
    else if (!(await complete(one.intent))) {
      waiting.push(id);
      continue;
    }
    journal.end(id);
    (done ? completed : failed).push(id);
  }
  if (open.length > 0) journal.shorten();
  return { completed, failed, waiting };
}

/** Records an operation that has no record. */
async function settle(operations: Operations, open: OpenOperation, actor: Actor): Promise<Outcome> {
  const { intent, keyed } = open;
  const { keys } = operations.book;
  if (intent.erasure !== undefined && erasureHappened(keys, intent.erasure)) {
    // Keys that are gone do not come back: the erasure is carried through.
    await operations.record(actor, intent, intent.subject, {
      outcome: "done",
      ...completeErasure(keys, intent.erasure),
    });
    return "done";
  }
  const data = await withdraw(operations.book, open);
  await operations.record(actor, intent, intent.subject ?? keyed, { outcome: "failed", error: interrupted, ...data });
  return "failed";
}

/**
 * Hands out the result of an operation that is on record. What a read was writing is not: nobody waits for it.
 * @returns false where the store is not there
 */
async function complete({ id, store: folder, partial, erasure }: Intent): Promise<boolean> {
  if (partial !== undefined) await removeFile(partial);
  if (folder === undefined) return true;
  const store = await storeAt(folder);
  if (store === undefined) return false;
  if (erasure?.remove === true) await removeCopy(store, erasure.records[0]!, id);
  // Otherwise it was adopted before the kill.
  else if (await isThere(store.stage(id))) await store.adopt(store.stage(id));
  return true;
}

/** What the log says of operations: looked up among the records that came after the first of them began. */
async function outcomesOf(book: RecordedBook, open: readonly OpenOperation[]): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const wanted = new Set<string>();
  for (const { intent, recorded } of open) {
    if (recorded === undefined) wanted.add(intent.id);
    else outcomes.set(intent.id, recorded);
  }
  const unknown = open.filter(({ intent }) => wanted.has(intent.id)).map(({ intent }) => intent);
  if (unknown.length === 0) return outcomes;
  const sources = new Set<Hex>(unknown.map(({ source }) => toHex(uriHash(source))));
  const schema = uriHash(auditEventSchema);
  let index = unknown.map(({ size }) => size).reduce((a, b) => (a < b ? a : b));
  for await (const entry of book.log.entries(index, book.log.size())) {
    const header = decodeHeader(entry);
    if (equal(header.schema, schema) && sources.has(toHex(header.source))) {
      const event = await eventAt(book, index, entry);
      if (event !== undefined && wanted.has(event.id)) outcomes.set(event.id, event.data.outcome);
    }
    index++;
  }
  return outcomes;
}

/** Undefined where the record's key was erased: then its caller was told, which the journal knows. */
async function eventAt(book: RecordedBook, index: bigint, entry: Uint8Array): Promise<AuditEvent | undefined> {
  if (book.keys.isErased(headerHash(entry)) !== undefined) return undefined;
  return parseAuditEvent((await book.openRecord(index)).payload);
}
