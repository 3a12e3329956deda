import type { JWK } from "jose";

import type { Hex } from "../common/bytes.js";
import { openGrant } from "./epoch.js";
import type { Recipient } from "./epoch.js";
import type { KeyGrant, KeyStore, OpenEpoch } from "./keys.js";
import { checkOpening, draftRecord } from "./record.js";
import type { DraftRecord, OpenedRecord, RecordInput } from "./record.js";
import type { RecordHeader } from "./header.js";
import { headerHash } from "./header.js";
import { newKey, seal, unseal, unwrapKey } from "./seal.js";

/** A record that is sealed, with its key stored: `entry` goes into the log, `attachment` beside it. */
export interface SealedRecord {
  readonly header: RecordHeader;
  /** The leaf's data: 195 bytes. */
  readonly entry: Uint8Array;
  /** SHA-256(0x00 ‖ entry): the record's name off chain. */
  readonly leafHash: Uint8Array;
  readonly attachment: Uint8Array;
}

export interface BatchOptions {
  /** Records whose keys are stored together; 1,000 unless given. */
  readonly batch?: number;
  readonly signal?: AbortSignal;
  /** Told the number of records sealed so far, once a batch. */
  readonly progress?: (sealed: number) => void;
}

/**
 * Makes one record, seals it and stores its key.
 * @throws SteleError `input` or `usage`; nothing is stored then
 */
export async function createRecord(keys: KeyStore, input: RecordInput): Promise<SealedRecord> {
  const [record] = await sealBatch(keys, [input]);
  return record!;
}

/**
 * Makes records from a stream. Each is handed on after its key is durable; keys are stored a batch at a time, and the
 * public-key work is done once for a day's recipients.
 * @throws SteleError of the first record that is refused; those before it in its batch are not made either
 */
export async function* createRecords(
  keys: KeyStore,
  inputs: Iterable<RecordInput> | AsyncIterable<RecordInput>,
  { batch = 1000, signal, progress }: BatchOptions = {},
): AsyncGenerator<SealedRecord> {
  let waiting: RecordInput[] = [];
  let sealed = 0;
  const flush = async () => {
    const records = await sealBatch(keys, waiting);
    waiting = [];
    sealed += records.length;
    progress?.(sealed);
    return records;
  };
  for await (const input of inputs) {
    signal?.throwIfAborted();
    waiting.push(input);
    if (waiting.length >= batch) yield* await flush();
  }
  if (waiting.length > 0) yield* await flush();
}

/** Opens records for one recipient; the key of a day is unwrapped once. */
export class RecordOpener {
  readonly #grants: (leafHash: Uint8Array) => KeyGrant | Promise<KeyGrant>;
  readonly #privateKey: JWK;
  readonly #epochs = new Map<Hex, Promise<Uint8Array>>();

  /**
   * @param grants asks the owner for what opens a record: `(record) => keys.grantFor(record, id)`, or over a wire
   * @param privateKey JWK of the recipient
   */
  constructor(grants: (leafHash: Uint8Array) => KeyGrant | Promise<KeyGrant>, privateKey: JWK) {
    this.#grants = grants;
    this.#privateKey = privateKey;
  }

  /**
   * Opens a record and holds all of it against the header. That the header is in a log is for an inclusion proof to say.
   * @param entry the leaf's data, 195 bytes
   * @throws SteleError `missing` where the key was erased; `unproven` where anything does not fit
   */
  async open(entry: Uint8Array, attachment: Uint8Array): Promise<OpenedRecord> {
    return this.openWith(entry, attachment, await this.#grants(headerHash(entry)));
  }

  /** The same with a grant that is at hand. */
  async openWith(entry: Uint8Array, attachment: Uint8Array, grant: KeyGrant): Promise<OpenedRecord> {
    const leafHash = headerHash(entry);
    const recordKey = await this.#unwrap(grant);
    try {
      return checkOpening(entry, unseal(leafHash, attachment, recordKey));
    } finally {
      recordKey.fill(0);
    }
  }

  /**
   * The key of a record, or of something else that is kept under its hash.
   * @throws SteleError `missing` where it was erased
   */
  async openKey(name: Uint8Array): Promise<Uint8Array> {
    return this.#unwrap(await this.#grants(name));
  }

  async #unwrap({ epoch, grant, wrapped }: KeyGrant): Promise<Uint8Array> {
    return unwrapKey(await this.#epochKey(epoch, grant), wrapped);
  }

  #epochKey(id: Hex, grant: string): Promise<Uint8Array> {
    const known = this.#epochs.get(id);
    if (known !== undefined) return known;
    const opened = openGrant(grant, id, this.#privateKey);
    this.#epochs.set(id, opened);
    opened.catch(() => this.#epochs.delete(id));
    return opened;
  }
}

/**
 * Seals drafts under one day's key and stores their keys, which are durable on return.
 * @param epoch of `keys`, for the recipients of all of them
 */
export function sealAll(keys: KeyStore, drafts: readonly DraftRecord[], epoch: OpenEpoch): SealedRecord[] {
  return sealEach(
    keys,
    drafts.map((draft) => ({ draft, key: newKey(), epoch })),
  );
}

async function sealBatch(keys: KeyStore, inputs: readonly RecordInput[]): Promise<SealedRecord[]> {
  const made: Unsealed[] = [];
  let recipients: readonly Recipient[] | undefined;
  let epoch: OpenEpoch | undefined;
  for (const input of inputs) {
    const draft: DraftRecord = draftRecord(input);
    // One day's key for the batch, unless it names other recipients.
    if (epoch === undefined || input.recipients !== recipients) epoch = await keys.epochFor(input.recipients);
    recipients = input.recipients;
    made.push({ draft, key: newKey(), epoch });
  }
  return sealEach(keys, made);
}

interface Unsealed {
  readonly draft: DraftRecord;
  readonly key: Uint8Array;
  readonly epoch: OpenEpoch;
}

function sealEach(keys: KeyStore, made: readonly Unsealed[]): SealedRecord[] {
  keys.putNew(made.map(({ draft, key, epoch }) => ({ record: draft.leafHash, epoch, key })));
  return made.map(({ draft: { header, entry, leafHash, opening, announcement }, key }) => {
    const attachment = seal(leafHash, opening, key, announcement);
    key.fill(0);
    return { header, entry, leafHash, attachment };
  });
}
