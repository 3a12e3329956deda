import { join } from "node:path";

import { fromHex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { openLog, type Log } from "../log/log.js";
import { type ProofBundle } from "../proof/bundle.js";
import { suiteOrigin } from "../proof/checkpoint.js";
import { ed25519Signer, type Ed25519Signer } from "../proof/ed25519.js";
import { eip712NoteSigner } from "../proof/eip712.js";
import { type NoteSigner } from "../proof/note.js";
import { headerHash } from "../records/header.js";
import type { Draft } from "../records/intake/draft.js";
import { KeyStore } from "../records/keys.js";
import { checkPayload, type OpenedRecord, type RecordInput } from "../records/record.js";
import { createRecords, RecordOpener, type SealedRecord } from "../records/sealed.js";
import { readBookConfig, writeBookConfig, type BookConfig } from "./config.js";
import { proveEntry } from "./prove.js";
import { ensureSecrets, readCheckpointAddress, type BookSecrets } from "./secrets.js";
import { Spool, type PendingImport, type SpooledRecord } from "./spool.js";

/** How far an import has come, in records. */
export interface ImportProgress {
  readonly phase: "checking" | "appending";
  readonly done: number;
  readonly total?: number;
}

export interface ImportOptions {
  /** Append content that is in the log already once more. */
  readonly again?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
}

/** What an import added: entries `first` to `first + count - 1`. */
export interface Imported {
  readonly first: bigint;
  readonly count: number;
  /** Records of an earlier import, killed before its end, that were appended first. */
  readonly resumed: number;
}

/** Records that become durable together. */
const batchSize = 1_000;
const ownerId = "owner";

/**
 * A log whose entries are records, in one folder: `book.json`, `log/` (entries and sealed payloads), `keys/` (record
 * keys), `erasures/` (their journal; keep it out of the backups of `keys/`), `secrets/` and `imports/`.
 * @example
 * const book = await Book.open("books/ledger");
 * await book.import(readNdjson(process.stdin, "stdin"));
 * const bundle = await book.prove(0n);
 * await book.close();
 */
export class Book {
  readonly folder: string;
  readonly config: BookConfig;
  readonly log: Log;
  readonly #secrets: BookSecrets;
  readonly #keys: KeyStore;
  readonly #shared: Pick<RecordInput, "logId" | "source" | "recipients">;
  readonly #spool: Spool;
  readonly #opener: RecordOpener;

  private constructor(folder: string, config: BookConfig, log: Log, secrets: BookSecrets, keys: KeyStore) {
    this.folder = folder;
    this.config = config;
    this.log = log;
    this.#secrets = secrets;
    this.#keys = keys;
    const recipients = [{ id: ownerId, publicKey: secrets.recipient.publicKey }, ...config.recipients];
    this.#shared = { logId: fromHex(config.logId, 32), source: config.source, recipients };
    this.#spool = new Spool(join(folder, "imports"));
    this.#opener = new RecordOpener((leaf) => keys.grantFor(leaf, ownerId), secrets.recipient.privateKey);
  }

  /**
   * Makes a new book's folder, or finds that it is there with the same description.
   * @returns address of the checkpoint key
   * @throws SteleError `refused` where the folder holds another log
   */
  static async prepare(folder: string, config: BookConfig): Promise<string> {
    const known = await readBookConfig(folder).catch((error: unknown) => {
      if (error instanceof SteleError && error.code === "missing") return undefined;
      throw error;
    });
    if (known !== undefined && known.logId !== config.logId) {
      throw new SteleError("refused", `this folder holds the log "${known.name}" already`, { place: { file: folder } });
    }
    const { checkpointKey } = await ensureSecrets(folder);
    if (known === undefined) await writeBookConfig(folder, config);
    return checkpointKey.address;
  }

  /** Address of the checkpoint key that a folder holds; undefined where it holds none. Makes nothing. */
  static async checkpointAddressIn(folder: string): Promise<string | undefined> {
    return readCheckpointAddress(folder);
  }

  /**
   * Opens a book as its one writer.
   * @throws SteleError `missing`, `busy`, `corrupt`
   */
  static async open(folder: string): Promise<Book> {
    const config = await readBookConfig(folder);
    const secrets = await ensureSecrets(folder);
    const log = await openLog(join(folder, "log"), { origin: suiteOrigin(config.chainId, config.logId) });
    try {
      const keys = await KeyStore.open(join(folder, "keys"), { journal: join(folder, "erasures") });
      return new Book(folder, config, log, secrets, keys);
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  /** Keys of the records, for grants to recipients and for erasure. */
  get keys(): KeyStore {
    return this.#keys;
  }

  /** Address of the checkpoint key. */
  get checkpointAddress(): string {
    return this.#secrets.checkpointKey.address;
  }

  /** Ed25519 verifier key of the log's checkpoints, as C2SP signed-note writes it. */
  get verifierKey(): string {
    return this.#noteSigner().verifierKey;
  }

  /**
   * Appends drafts as records. All are checked before the first is appended, so bad input changes nothing; a killed
   * import is completed by the next one, and if that is the same content, it adds no more.
   * @throws SteleError naming file, line and field
   */
  async import(drafts: AsyncIterable<Draft>, options: ImportOptions = {}): Promise<Imported> {
    const interrupted = await this.#spool.pending();
    const resumed = await this.resume(options);
    const pending = await this.#spool.begin(
      drafts,
      this.log.size(),
      now(),
      ({ data: payload, place }) => checkPayload({ payload, place }),
      {
        ...options,
        completed: interrupted?.digest,
        onProgress: (done) => options.onProgress?.({ phase: "checking", done }),
      },
    );
    if (pending === undefined) return { first: this.log.size(), count: 0, resumed };
    await this.#appendPending(pending, options);
    return { first: pending.first, count: pending.count, resumed };
  }

  /** Completes an import that was killed. @returns records appended */
  async resume(options: ImportOptions = {}): Promise<number> {
    const pending = await this.#spool.pending();
    return pending === undefined ? 0 : this.#appendPending(pending, options);
  }

  /** Who signs the log's checkpoints: its Ed25519 key for everybody, its checkpoint key for the chain. */
  async signers(): Promise<readonly NoteSigner[]> {
    const { chainId, registry, logId, keyEpoch } = this.config;
    const key = { registry: { chainId, address: registry }, logId };
    return [this.#noteSigner(), await eip712NoteSigner(this.#secrets.checkpointKey, key, keyEpoch)];
  }

  /** Audits what is new, signs the head and publishes it. @returns the checkpoint note */
  async publish(signal?: AbortSignal): Promise<string> {
    return this.log.publish(await this.signers(), signal === undefined ? {} : { signal });
  }

  /** A proof bundle of one entry under the latest published checkpoint; see {@link proveEntry}. */
  prove(index: bigint): Promise<ProofBundle> {
    return proveEntry(this.log, this.config, index);
  }

  /**
   * Opens a record with the owner's key and holds it against its header.
   * @throws SteleError `missing` where there is no such entry, or it was erased
   */
  async openRecord(index: bigint): Promise<OpenedRecord & { readonly entry: Uint8Array }> {
    const size = this.log.size();
    if (index >= size) throw new SteleError("missing", `there is no entry ${index}; the log has ${size}`);
    const entry = await this.log.entry(index);
    const sealed = await this.log.attachment(headerHash(entry));
    if (sealed === undefined) throw new SteleError("missing", `entry ${index} has no payload beside it`);
    return { ...(await this.#opener.open(entry, sealed)), entry };
  }

  /** Gives everything free; appended records are durable already. */
  async close(): Promise<void> {
    await this.log.close();
    await this.#keys.close();
  }

  async #appendPending(pending: PendingImport, options: ImportOptions): Promise<number> {
    const { count, first } = pending;
    const before = Number(this.log.size() - first);
    const sealed = createRecords(this.#keys, this.#inputs(before), { batch: batchSize });
    const batch: SealedRecord[] = [];
    let done = before;
    const flush = async (): Promise<void> => {
      const records = batch.splice(0);
      if (records.length === 0) return;
      await this.log.append(
        records.map(({ entry }) => entry),
        records.map(({ attachment }) => attachment),
      );
      done += records.length;
      options.onProgress?.({ phase: "appending", done, total: count });
    };
    for await (const record of sealed) {
      options.signal?.throwIfAborted();
      if (batch.push(record) === batchSize) await flush();
    }
    await flush();
    await this.#spool.finish(now());
    return count - before;
  }

  async *#inputs(from: number): AsyncGenerator<RecordInput> {
    let sequence = this.log.size();
    for await (const record of this.#spool.records(from)) yield this.#inputOf(record, sequence++);
  }

  /** One source writes a book, so a record's sequence is its index. */
  #inputOf(record: Omit<SpooledRecord, "time"> & { time: bigint }, sequence: bigint): RecordInput {
    const { schema, retentionClass } = this.config;
    return {
      ...this.#shared,
      sequence,
      time: record.time,
      schema: record.schema ?? schema,
      retentionClass: record.retentionClass ?? BigInt(retentionClass),
      payload: record.data,
      ...(record.subject === undefined ? {} : { subject: record.subject }),
    };
  }

  #noteSigner(): Ed25519Signer {
    return ed25519Signer(this.log.origin, this.#secrets.noteKey);
  }
}

function now(): bigint {
  return BigInt(Math.floor(Date.now() / 1000));
}
