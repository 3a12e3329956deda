import { equal } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { signCheckpointNote } from "../proof/checkpoint.js";
import { leafHash } from "../proof/merkle.js";
import type { NoteSigner } from "../proof/note.js";
import { audit, type Work } from "./audit.js";
import { Frontier } from "./frontier.js";
import { openSqliteReader, originOf } from "./sqlite-reader.js";
import { openSqliteStore } from "./sqlite.js";
import { StoreTiles } from "./store-tiles.js";
import type { Attachment, Batch, BundlePart, FullTile, Head, LogStore } from "./store.js";
import { checkEntry, encodeBundle, tileWidth } from "./tiles.js";
import type { Tree } from "./tree.js";
import { LogView } from "./view.js";

export interface LogOptions {
  /** Name of the log, first line of its checkpoints; see {@link suiteOrigin}. */
  readonly origin: string;
}

/** Where an append put its entries. */
export interface Appended {
  readonly first: bigint;
  /** Size of the log with them. */
  readonly size: bigint;
}

/** Opens the log in a folder, or begins one there, as its one writer. */
export async function openLog(folder: string, options: LogOptions): Promise<Log> {
  return Log.open(openSqliteStore(folder, options.origin));
}

/** Opens the log in a folder for reading, beside its writer if there is one. */
export async function openLogView(folder: string, options: Partial<LogOptions> = {}): Promise<LogView> {
  const origin = options.origin ?? originOf(folder);
  return new LogView(origin, openSqliteReader(folder, origin));
}

interface Request {
  readonly entries: readonly Uint8Array[];
  readonly attachments: readonly (Uint8Array | undefined)[];
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

/** Appends that wait at the same time become durable together, up to this many entries. */
const groupLimit = 65_536;

/**
 * An append-only log of opaque entries.
 * @example
 * const log = await openLog("books", { origin: suiteOrigin(chainId, logId) });
 * const { first } = await log.append(entries); // durable
 * const note = await log.publish([signer]); // audited, signed, stored
 * await log.close();
 */
export class Log extends LogView {
  readonly #store: LogStore;
  #frontier: Frontier;
  #head: Head;
  #tiles: FullTile[] = [];
  #audited: Head;
  readonly #waiting: Request[] = [];
  #working: Promise<void> | undefined;
  #broken: unknown;
  #closed = false;

  /** Takes a store over; recomputes its head from its right edge and refuses it (`corrupt`) where that fails. */
  static async open(store: LogStore): Promise<Log> {
    try {
      const log = new Log(store);
      await log.#load();
      log.#audited = await log.checkPublished(log.#head);
      return log;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  private constructor(store: LogStore) {
    super(store.origin, store);
    this.#store = store;
    this.#frontier = new Frontier((tile) => this.#tiles.push(tile));
    this.#head = { size: 0n, root: this.#frontier.tree.root() };
    this.#audited = this.#head;
  }

  /** Durable entries. */
  size(): bigint {
    return this.#head.size;
  }

  /** The durable head. */
  head(): Head {
    return this.#head;
  }

  /** A copy of the tree as it stands, to add entries to on trial. */
  tree(): Tree {
    return this.#frontier.tree.copy();
  }

  /**
   * Appends entries in order. Resolves only when they, and what lies beside them, would survive a crash; a rejected
   * append may have become durable all the same where the disk failed at the last moment. Appends that wait at the same
   * time share one write. Do not change the bytes before it resolves.
   * @param beside what to keep under each entry's leaf hash, in the order of the entries
   * @throws SteleError `input` for an entry of more than 65,535 bytes, `storage` where the disk is full
   */
  async append(entries: readonly Uint8Array[], beside: readonly (Uint8Array | undefined)[] = []): Promise<Appended> {
    if (this.#closed) throw new SteleError("usage", `the log ${this.origin} is closed`);
    if (beside.length > entries.length) throw new SteleError("usage", "there are more attachments than entries");
    entries.forEach(checkEntry);
    const { promise, resolve, reject } = Promise.withResolvers<Appended>();
    this.#waiting.push({ entries, attachments: beside, resolve, reject });
    this.#working ??= this.#work();
    return promise;
  }

  /**
   * Recomputes everything that the checkpoint adds from the stored bytes, then signs and stores it. A byte that changed
   * on disk is found here at the latest, before anybody vouches for it.
   * @returns the checkpoint note, which {@link serveLog} serves from now on
   */
  async publish(signers: readonly NoteSigner[], work: Work = {}): Promise<string> {
    if (signers.length === 0) throw new SteleError("usage", "a checkpoint needs a signer");
    const head = this.#head;
    const auditor = await this.#store.auditor();
    try {
      await audit(auditor, this.#audited, head, work);
    } finally {
      await auditor.close();
    }
    const note = await signCheckpointNote({ origin: this.origin, ...head, extensions: [] }, signers);
    await this.#store.publish({ size: head.size, note });
    if (head.size > this.#audited.size) this.#audited = head;
    return note;
  }

  /** Waits for appends under way, then gives the store free. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#working;
    await this.#store.close();
  }

  async #work(): Promise<void> {
    // Everything that is asked for in this turn of the event loop joins the first group.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      let count = 0;
      const until = this.#waiting.findIndex((request) => (count += request.entries.length) > groupLimit);
      await this.#append(this.#waiting.splice(0, until < 0 ? this.#waiting.length : Math.max(until, 1)));
    }
    this.#working = undefined;
  }

  async #append(group: readonly Request[]): Promise<void> {
    let first = this.#head.size;
    try {
      if (this.#broken !== undefined) throw this.#broken;
      const batch = this.#stage(group);
      await this.#store.commit(batch);
      this.#head = batch.new;
    } catch (error) {
      await this.#load().catch((broken: unknown) => (this.#broken = broken));
      // One bad request must not take its neighbours along.
      if (group.length > 1) for (const request of group) await this.#append([request]);
      else group[0]!.reject(error);
      return;
    }
    for (const { entries, resolve } of group) {
      resolve({ first, size: first + BigInt(entries.length) });
      first += BigInt(entries.length);
    }
  }

  #stage(group: readonly Request[]): Batch {
    const { tree } = this.#frontier;
    const entries = group.length === 1 ? group[0]!.entries : group.flatMap((request) => request.entries);
    const parts: BundlePart[] = [];
    for (let at = 0; at < entries.length;) {
      const place = (Number(this.#head.size) + at) % tileWidth;
      const end = Math.min(at + tileWidth - place, entries.length);
      const bundle = (Number(this.#head.size) + at - place) / tileWidth;
      parts.push({ bundle, from: place, to: place + end - at, data: encodeBundle(entries, at, end) });
      at = end;
    }
    const attachments = this.#attachmentsOf(group);
    for (const entry of entries) tree.add(entry);
    const head = { size: tree.size, root: tree.root() };
    return { old: this.#head, new: head, parts, tiles: this.#tiles.splice(0), attachments };
  }

  #attachmentsOf(group: readonly Request[]): Attachment[] {
    const attachments: Attachment[] = [];
    let first = this.#head.size;
    for (const request of group) {
      request.attachments.forEach((data, i) => {
        if (data === undefined) return;
        attachments.push({ index: first + BigInt(i), leafHash: leafHash(request.entries[i]!), data });
      });
      first += BigInt(request.entries.length);
    }
    return attachments;
  }

  /** Takes head and right edge from the store. */
  async #load(): Promise<void> {
    const head = await this.#store.head();
    const tiles = new StoreTiles(this.#store);
    this.#frontier = await Frontier.load(tiles, head.size, (tile) => this.#tiles.push(tile));
    this.#tiles = [];
    if (!equal(this.#frontier.tree.root(), head.root)) {
      throw new SteleError(
        "corrupt",
        `the log ${this.origin} does not have the root that it should have at ${head.size}`,
      );
    }
    this.#head = head;
  }
}
