import { join } from "node:path";

import type { Hex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { addressText, hash32, parseWith } from "../common/schema.js";
import { machineClock } from "../common/time.js";
import type { TypedDataSigner } from "../proof/eip712.js";
import { uriHash } from "../records/commitments.js";
import type { Dataset } from "./datasets/dataset.js";
import type { Restored } from "./datasets/restore.js";
import { FolderSource, type DatasetSource } from "./datasets/source.js";
import type { DatasetStore } from "./datasets/store.js";
import { collect, type Collected, type CollectOptions } from "./recorder/collect.js";
import { copyInto, type CopyOptions } from "./recorder/copies.js";
import { derive, type Derivation, type DeriveOptions } from "./recorder/derive.js";
import { erase, type Erased, type ErasureTarget } from "./recorder/erase.js";
import { identity, type IdentityChange } from "./recorder/identity.js";
import type { Intent } from "./recorder/intent.js";
import { OperationJournal } from "./recorder/journal.js";
import {
  Operations,
  type Actor,
  type Clock,
  type Done,
  type Recorded,
  type RecordedBook,
  type Request,
  type Step,
} from "./recorder/operations.js";
import { read, readInto, type ReadContent, type ReadOptions } from "./recorder/read.js";
import { recover, type Recovered } from "./recorder/recovery.js";

/** Who does what a recorder records. */
export interface ActorOptions {
  /** URI of the source that the records are of; the book's own unless given. */
  readonly source?: string;
  /** The auditor's account; with a signer, the auditor signs each event. */
  readonly auditor: string | TypedDataSigner;
  /** Id of the engagement; absent for what an agency does by itself. */
  readonly engagement?: Hex | undefined;
}

export interface RecorderOptions extends ActorOptions {
  /** Seconds since 1970; the machine's clock unless given. */
  readonly now?: Clock;
}

/** Books that have a recorder: two would put each other's work in order. */
const recording = new WeakMap<object, Operations | undefined>();

/**
 * Wraps what happens to data, and records it as it happens: each operation is announced, done with its result kept back,
 * recorded, and handed out only then. Whatever moment a process is killed at, the next opening finds no result without
 * its record, no record twice and no plaintext left behind. README.md has the invariants.
 * @example
 * const recorder = await Recorder.open(book, datasets, { auditor: wallet, engagement });
 * const { result } = await recorder.collect("exports/2025", { label: "ledger of 2025" });
 * await recorder.readInto(result.dataset.description.root, "copy.tar");
 * await recorder.close();
 */
export class Recorder {
  /** What opening it put in order. */
  readonly recovered: Recovered;
  readonly #operations: Operations;
  readonly #datasets: DatasetStore;
  readonly #actor: Actor;

  private constructor(operations: Operations, datasets: DatasetStore, actor: Actor, recovered: Recovered) {
    this.#operations = operations;
    this.#datasets = datasets;
    this.#actor = actor;
    this.recovered = recovered;
  }

  /**
   * Opens the one recorder of a book, and completes or takes back what a kill interrupted.
   * @throws SteleError `busy` where the book has a recorder, `corrupt`
   */
  static async open(book: RecordedBook, datasets: DatasetStore, options: RecorderOptions): Promise<Recorder> {
    if (recording.has(book)) throw new SteleError("busy", "this book has a recorder already");
    recording.set(book, undefined);
    let operations: Operations | undefined;
    try {
      const actor = await actorOf(options, book.config.source);
      const journal = await OperationJournal.open(join(book.folder, "operations"));
      operations = new Operations(book, journal, options.now ?? machineClock);
      recording.set(book, operations);
      const signerOf = ({ auditor }: Intent) => (auditor === actor.auditor ? { signer: actor.signer } : {});
      const recovered = await recover(operations, journal, (intent) => ({ ...intent, ...signerOf(intent) }));
      return new Recorder(operations, datasets, actor, recovered);
    } catch (error) {
      await operations?.close();
      recording.delete(book);
      throw error;
    }
  }

  /** The same recorder for another auditor, engagement or source. */
  async as(options: Partial<ActorOptions>): Promise<Recorder> {
    const { source, signer, auditor, engagement } = this.#actor;
    const known = { source, auditor: signer ?? auditor, ...(engagement === undefined ? {} : { engagement }) };
    const actor = await actorOf({ ...known, ...options }, source);
    return new Recorder(this.#operations, this.#datasets, actor, this.recovered);
  }

  /** Collects a file, or a folder as an archive, into an encrypted dataset. */
  collect(path: string, options: CollectOptions = {}): Promise<Recorded<Collected>> {
    return collect(this.#operations, this.#datasets, this.#actor, path, options);
  }

  /** Reads a dataset or one file of it; the content streams once the record is durable. */
  read(
    root: Hex,
    options: ReadOptions = {},
  ): Promise<Recorded<ReadContent & { readonly content: AsyncIterable<Uint8Array> }>> {
    return read(this.#operations, this.#datasets, this.#actor, root, options);
  }

  /** Reads into a file that is not there yet. */
  readInto(root: Hex, out: string, options: ReadOptions = {}): Promise<Recorded<ReadContent>> {
    return readInto(this.#operations, this.#datasets, this.#actor, root, out, options);
  }

  /** Makes a new dataset out of others. */
  derive(inputs: readonly Hex[], derivation: Derivation, options: DeriveOptions): Promise<Recorded<Dataset>> {
    return derive(this.#operations, this.#datasets, this.#actor, inputs, derivation, options);
  }

  /**
   * Copies a dataset into another store, such as a mirror's folder.
   * @param sources where it comes from; this recorder's own store unless given
   */
  async transfer(
    root: Hex,
    target: DatasetStore,
    options: CopyOptions & { readonly sources?: readonly DatasetSource[] } = {},
  ): Promise<Recorded<Restored>> {
    const sources = options.sources ?? [await FolderSource.open(this.#datasets.folder)];
    return copyInto(this.#operations, this.#actor, "transfer", root, target, { ...options, sources });
  }

  /** Brings a dataset back into the own store from mirrors, which nobody has to trust. */
  restore(root: Hex, sources: readonly DatasetSource[], options: CopyOptions = {}): Promise<Recorded<Restored>> {
    return copyInto(this.#operations, this.#actor, "restore", root, this.#datasets, { ...options, sources });
  }

  /**
   * Erases the key of a dataset, or the keys of earlier records, for good.
   * @param reason a code or a sentence without personal data: it outlives what is erased
   */
  erase(target: ErasureTarget, reason: string): Promise<Recorded<Erased>> {
    return erase(this.#operations, this.#datasets, this.#actor, target, reason);
  }

  /**
   * Records a change of who may touch data.
   * @param apply makes the change, where it is made here; it must do no harm when it is made and its record is lost
   */
  identity<T = void>(change: IdentityChange, apply: () => Promise<T> = nothing as () => Promise<T>) {
    return identity(this.#operations, this.#actor, change, apply);
  }

  /** Wraps any other touch of data: `work` does it and keeps the result back until the record is durable. */
  perform<T>(
    request: Pick<Request, "operation" | "subject" | "signal">,
    work: (step: Pick<Step, "id" | "signal">) => Promise<Done<T>>,
  ): Promise<Recorded<T>> {
    return this.#operations.perform(this.#actor, request, work);
  }

  /** Waits for what is under way; the book stays open. */
  async close(): Promise<void> {
    await this.#operations.close();
    const { book } = this.#operations;
    if (recording.get(book) === this.#operations) recording.delete(book);
  }
}

async function actorOf({ source, auditor, engagement }: ActorOptions, own: string): Promise<Actor> {
  const named = source ?? own;
  uriHash(named); // refuses what is no URI
  const signer = typeof auditor === "string" ? undefined : auditor;
  const account = typeof auditor === "string" ? auditor : await auditor.getAddress();
  return {
    source: named,
    signer,
    auditor: parseWith(addressText, account, { field: "auditor" }).toLowerCase() as Hex,
    ...(engagement === undefined ? {} : { engagement: parseWith(hash32, engagement, { field: "engagement" }) }),
  };
}

async function nothing(): Promise<void> {}
