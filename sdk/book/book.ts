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
import type { Recipient } from "../records/epoch.js";
import { KeyStore } from "../records/keys.js";
import type { OpenedRecord } from "../records/record.js";
import { RecordOpener } from "../records/sealed.js";
import { readBookConfig, writeBookConfig, type BookConfig } from "./config.js";
import { Importer, type Imported, type ImportOptions } from "./import.js";
import { proveEntry } from "./prove.js";
import { ownerId } from "./reader.js";
import { ensureSecrets, readCheckpointAddress, type BookSecrets } from "./secrets.js";
import { Sequences } from "./sequences.js";
import { BookWriter, type AppendedRecord, type NewRecord } from "./writer.js";

interface Parts {
  readonly log: Log;
  readonly keys: KeyStore;
  readonly sequences: Sequences;
  readonly writer: BookWriter;
  readonly importer: Importer;
}

/**
 * A log whose entries are records, in one folder: `book.json`, `log/` (entries and sealed payloads), `keys/` (record
 * keys), `erasures/` (their journal; keep it out of the backups of `keys/`), `secrets/`, `imports/` and `sequences.json`
 * (what comes next in each source; the log knows it too). Entries go into the log through the book alone.
 * @example
 * const book = await Book.open("books/ledger");
 * const [{ index }] = await book.append([{ source: "urn:example:desk", time, payload: { course: "first aid" } }]);
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
  readonly #sequences: Sequences;
  readonly #writer: BookWriter;
  readonly #importer: Importer;
  readonly #opener: RecordOpener;

  private constructor(folder: string, config: BookConfig, secrets: BookSecrets, parts: Parts) {
    this.folder = folder;
    this.config = config;
    this.log = parts.log;
    this.#secrets = secrets;
    this.#keys = parts.keys;
    this.#sequences = parts.sequences;
    this.#writer = parts.writer;
    this.#importer = parts.importer;
    this.#opener = new RecordOpener((leaf) => parts.keys.grantFor(leaf, ownerId), secrets.recipient.privateKey);
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
    let keys: KeyStore | undefined;
    try {
      keys = await KeyStore.open(join(folder, "keys"), { journal: join(folder, "erasures") });
      return new Book(folder, config, secrets, await assemble(folder, config, secrets, log, keys));
    } catch (error) {
      await keys?.close();
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
   * Appends records, of any sources. Resolves when all of them would survive a crash; each has the next number of its
   * source, without a gap, however calls interleave. Calls that wait at the same time share one write. Where one record
   * of a call is refused, none of the call is appended, and no other call suffers. A killed import into the book's own
   * source is completed before anything else is appended to that source.
   * @throws SteleError `input` for a record that cannot be one; `storage`, after which the log may have the records all
   * the same: see {@link Log.append}
   */
  async append(records: readonly NewRecord[]): Promise<readonly AppendedRecord[]> {
    const own = records.some(({ source = this.config.source }) => source === this.config.source);
    for (;;) {
      const held = own ? this.#importer.release() : undefined;
      if (held === undefined) return this.#writer.append(records);
      await held;
    }
  }

  /** The number that the next record of a source gets, once what is being appended is in the log. */
  nextSequence(source: string): bigint {
    return this.#sequences.next(source);
  }

  /**
   * Appends drafts as records of the book's own source. All are checked before the first is appended, so bad input changes nothing; a killed
   * import is completed by the next one, and if that is the same content, it adds no more.
   * @throws SteleError naming file, line and field
   */
  import(drafts: AsyncIterable<Draft>, options: ImportOptions = {}): Promise<Imported> {
    return this.#importer.run(drafts, options);
  }

  /** Completes an import that was killed. @returns records appended */
  resume(options: ImportOptions = {}): Promise<number> {
    return this.#importer.resume(options);
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

  /**
   * Keeps a key of something beside the log, such as a dataset, under its hash; durable when it resolves. Who may open
   * records may open it, until it is erased like a record's.
   */
  async keepKey(name: Uint8Array, key: Uint8Array): Promise<void> {
    const epoch = await this.#keys.epochFor(recipientsOf(this.config, this.#secrets));
    this.#keys.put([{ record: name, epoch, key }]);
  }

  /** A key that was kept. @throws SteleError `missing` where it was erased, or is not here */
  openKey(name: Uint8Array): Promise<Uint8Array> {
    return this.#opener.openKey(name);
  }

  /** Waits for what is being appended, then gives everything free. */
  async close(): Promise<void> {
    await this.#importer.idle();
    await this.#writer.close();
    await this.log.close();
    await this.#keys.close();
  }

  #noteSigner(): Ed25519Signer {
    return ed25519Signer(this.log.origin, this.#secrets.noteKey);
  }
}

async function assemble(
  folder: string,
  config: BookConfig,
  secrets: BookSecrets,
  log: Log,
  keys: KeyStore,
): Promise<Parts> {
  const { logId, source, schema, retentionClass } = config;
  const id = fromHex(logId, 32);
  const recipients = recipientsOf(config, secrets);
  const sequences = await Sequences.open(join(folder, "sequences.json"), id, log);
  const writer = new BookWriter(log, keys, sequences, { logId: id, source, schema, retentionClass, recipients });
  const importer = await Importer.open(join(folder, "imports"), writer, { sequences, log, source });
  return { log, keys, sequences, writer, importer };
}

function recipientsOf({ recipients: others }: BookConfig, { recipient }: BookSecrets): readonly Recipient[] {
  return [{ id: ownerId, publicKey: recipient.publicKey }, ...others];
}
