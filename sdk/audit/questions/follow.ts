import { setImmediate } from "node:timers/promises";

import { equal, toHex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import type { Work } from "../../log/audit.js";
import type { Head } from "../../log/store.js";
import type { Tree } from "../../log/tree.js";
import { decodeHeader, headerHash } from "../../records/header.js";
import { digest, stub, type Digest } from "./digest.js";
import { idSpan } from "./layout.js";
import { logIdOf, type EventSource, type FollowedRecord } from "./source.js";
import type { IndexedLog, IndexStore } from "./store.js";

/** Records that become visible together, unless said otherwise: fewer cost more, since each batch is written durably. */
const batchRecords = 65_536;
/** Records between two turns of the event loop. */
const stride = 512;

export interface FollowOptions extends Work {
  /** The log's head on chain, where it is known: the log has to contain it. */
  readonly anchored?: Head | undefined;
  /** Reads records ahead in other threads: see `readInThreads`. */
  readonly digests?: DigestReader | undefined;
  /** Records that become visible together; a kill loses the work on at most so many. */
  readonly batch?: number | undefined;
}

/** A record on its way into the index, with the header's bytes that the tree is built of. */
export interface ReadDigest extends Digest {
  readonly entry: Uint8Array;
}

/** Gives the digests of records `from` to below `to`, in order. */
export type DigestReader = (from: bigint, to: bigint, work: Work) => AsyncIterable<ReadDigest>;

/** What a follow added. */
export interface Followed {
  readonly from: bigint;
  readonly size: bigint;
  /** Records whose erasure was carried into the index. */
  readonly erased: number;
}

/**
 * Takes a log's new records into the index. What is committed is complete up to its size, so a follow that was killed is
 * continued by the next one.
 * @throws SteleError `unproven` where the log is not the one that was indexed
 */
export async function followLog(store: IndexStore, source: EventSource, options: FollowOptions): Promise<Followed> {
  const { logId, kind, name } = { ...source.config, logId: logIdOf(source) };
  const log = store.addLog(logId, `${kind}/${name}`);
  const head = await source.log.storedHead();
  await requireExtension(log, head, source);
  const tree = store.treeOf(log);
  const reader = options.digests ?? digestsOf(source);
  const step = BigInt(options.batch ?? batchRecords);
  let erased = 0;
  for (let from = log.size; from < head.size;) {
    const to = from + step < head.size ? from + step : head.size;
    const digests = await readBatch(reader, tree, { from, to, begin: log.size, end: head.size }, options);
    if (!equal(tree.root(), await source.log.rootAt(to))) {
      throw wrong(log, `gave headers that do not have the root that it says it had at ${to}`);
    }
    store.add({ log: log.n, from, digests, tree });
    erased += await forgetClaimed(
      store,
      log,
      source,
      digests.flatMap(({ erases = [] }) => erases),
    );
    from = to;
  }
  erased += await forgetClaimed(store, log, source, []);
  if (options.anchored !== undefined) await noteAnchored(store, log, source, options.anchored);
  return { from: log.size, size: head.size, erased };
}

/** Reads records one after the other in this thread. A record that contradicts its header does not end the reading. */
export function digestsOf(source: EventSource): DigestReader {
  return async function* (from, to, work) {
    for (let next = from; next < to;) {
      try {
        for await (const record of source.records(next, to, work)) {
          if (record.index !== next) throw new SteleError("unproven", `record ${record.index} came instead of ${next}`);
          next += 1n;
          yield { ...digest(record), entry: record.entry };
        }
        if (next < to) throw new SteleError("unproven", `the source gave records up to ${next} only, not to ${to}`);
      } catch (error) {
        const entry = isUnproven(error) ? await contradicting(source, next) : undefined;
        if (entry === undefined) throw error;
        const row = stub("unproven", "its content is not the one that its header commits to");
        yield { time: Number(decodeHeader(entry).time), leaf: headerHash(entry), row, entry };
        next += 1n;
      }
    }
  };
}

/** The header of a record that alone is to blame; undefined where something else is wrong. */
async function contradicting(source: EventSource, index: bigint): Promise<Uint8Array | undefined> {
  const entry = await source.log.entry(index);
  try {
    await source.openRecord(index);
    return undefined;
  } catch (error) {
    return isUnproven(error) ? entry : undefined;
  }
}

async function readBatch(
  reader: DigestReader,
  tree: Tree,
  range: { readonly from: bigint; readonly to: bigint; readonly begin: bigint; readonly end: bigint },
  { signal, progress }: Work,
): Promise<ReadDigest[]> {
  const digests: ReadDigest[] = [];
  for await (const read of reader(range.from, range.to, { signal })) {
    tree.add(read.entry);
    if (digests.push(read) % stride !== 0) continue;
    await setImmediate();
    signal?.throwIfAborted();
    progress?.(range.from + BigInt(digests.length) - range.begin, range.end - range.begin);
  }
  signal?.throwIfAborted();
  return digests;
}

/**
 * Takes out what can no longer be opened. A log's word that a record was erased is only a reason to ask: the row goes
 * once the record's reader says so, or whoever keeps the log could hide an event by saying it was erased. Until then the
 * claim is kept, and asked for again at every follow.
 * @param leaves hashes of records that the log says were erased
 */
async function forgetClaimed(
  store: IndexStore,
  log: IndexedLog,
  source: EventSource,
  leaves: readonly Uint8Array[],
): Promise<number> {
  const claims = store.rowsOf("SELECT id FROM claims WHERE id >= ? AND id < ?", log.n * idSpan, (log.n + 1) * idSpan);
  const known = new Set(claims.map((row) => row["id"] as number));
  const wanted = new Set(leaves.map((leaf) => toHex(leaf)));
  const found = store.runs.find(log.n, leaves).filter((id) => !known.has(id));
  const { gone, left } = await askAgain(store, source, [...known, ...found]);
  store.write(() => {
    for (const { id, entry } of left) {
      if (known.has(id) || !wanted.has(toHex(headerHash(entry)))) continue;
      store.statement("INSERT OR IGNORE INTO claims VALUES (?)").run(id);
    }
  });
  store.forget(gone);
  return gone.length;
}

/** Takes one record out, if its reader says that it was erased. @returns whether it went */
export async function forgetOne(store: IndexStore, source: EventSource, id: number): Promise<boolean> {
  const { gone } = await askAgain(store, source, [id]);
  store.forget(gone);
  return gone.length > 0;
}

/** Which of these events can no longer be opened, and the headers of those that can. */
async function askAgain(store: IndexStore, source: EventSource, ids: readonly number[]) {
  const gone: number[] = [];
  const left: { readonly id: number; readonly entry: Uint8Array }[] = [];
  for (const id of new Set(ids)) {
    if (store.row("SELECT 1 FROM events WHERE id = ?", id) === undefined) continue;
    const record = await opened(source, BigInt(id % idSpan));
    if (record === undefined || record.missing === "erased") gone.push(id);
    else left.push({ id, entry: record.entry });
  }
  return { gone, left };
}

/** The record as it can be read now; undefined where it was erased. */
async function opened(source: EventSource, index: bigint): Promise<FollowedRecord | undefined> {
  try {
    return await source.openRecord(index);
  } catch (error) {
    if (error instanceof SteleError && error.code === "missing") return undefined;
    throw error;
  }
}

async function requireExtension(log: IndexedLog, head: Head, source: EventSource): Promise<void> {
  if (head.size < log.size) {
    throw wrong(log, `has ${head.size} entries, and ${log.size} were indexed: it was set back, or this is an old copy`);
  }
  if (log.size > 0n && !equal(await source.log.rootAt(log.size), log.root)) {
    throw wrong(log, `does not extend what was indexed at ${log.size}: there are two versions of it; keep the index`);
  }
}

async function noteAnchored(store: IndexStore, log: IndexedLog, source: EventSource, anchored: Head): Promise<void> {
  const { size } = store.log(log.logId)!;
  if (anchored.size > size) throw wrong(log, `has ${size} entries, and a head of ${anchored.size} is on chain`);
  if (anchored.size > 0n && !equal(await source.log.rootAt(anchored.size), anchored.root)) {
    throw wrong(log, `is not the one whose head is on chain at ${anchored.size}`);
  }
  store.write(() => void store.statement("UPDATE logs SET anchored = ? WHERE n = ?").run(anchored.size, log.n));
}

function isUnproven(error: unknown): boolean {
  return error instanceof SteleError && error.code === "unproven";
}

function wrong(log: IndexedLog, why: string): SteleError {
  return new SteleError("unproven", `the log ${log.label} (${log.logId}) ${why}`);
}
