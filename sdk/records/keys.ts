import { randomBytes } from "node:crypto";
import { join, relative, resolve } from "node:path";

import { equal, toHex } from "../common/bytes.js";
import type { Hex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { formatInstant, machineClock } from "../common/time.js";
import { dayOf, grantEpoch, newEpoch, recipientSet } from "./epoch.js";
import type { OpenEpoch, Recipient, RecordKey } from "./epoch.js";
import { ErasureJournal, maxReason } from "./erasure.js";
import type { JournalHead, Tombstone } from "./erasure.js";
import { KeyIndex } from "./key-index.js";
import { adopt, replay } from "./key-recovery.js";
import { wrapKey } from "./seal.js";
import { SlotFile } from "./slots.js";

export type { OpenEpoch, RecordKey } from "./epoch.js";

export interface KeyStoreOptions {
  /** Folder of the journal of erasures: outside the store's folder, and not in one backup with it. */
  readonly journal: string;
  /** Seconds since 1970; the machine's clock unless given. */
  readonly now?: () => bigint;
  /** The newest head of the journal that is known from elsewhere, such as the records of erasures in a log. */
  readonly atLeast?: JournalHead;
}

/** What a recipient needs to open one record: hand it over, in the open, for as long as the record is not erased. */
export interface KeyGrant {
  readonly epoch: Hex;
  /** The epoch key for the recipient, a JWE. */
  readonly grant: string;
  /** The record key under the epoch key, 40 bytes. */
  readonly wrapped: Uint8Array;
}

/**
 * The keys of an owner's records. It keeps them wrapped, never plain; erasing one leaves nothing that opens the record.
 * docs/record-format.md says what lies where.
 */
export class KeyStore {
  readonly #index: KeyIndex;
  readonly #slots: SlotFile;
  readonly #journal: ErasureJournal;
  readonly #now: () => bigint;
  readonly #epochs = new Map<string, Promise<OpenEpoch>>();
  #day = "";
  #broken: unknown;
  #closed = false;

  private constructor(index: KeyIndex, slots: SlotFile, journal: ErasureJournal, now: () => bigint) {
    this.#index = index;
    this.#slots = slots;
    this.#journal = journal;
    this.#now = now;
  }

  /**
   * Opens or creates a store. Every erasure of the journal is carried out before any key is given away, so that neither
   * a crash in the middle of an erasure nor a backup from before it brings a key back.
   * @throws SteleError `busy`, `corrupt`, or `missing` and `refused` where the journal is not there or was set back
   */
  static async open(folder: string, options: KeyStoreOptions): Promise<KeyStore> {
    const way = relative(resolve(folder), resolve(options.journal));
    if (way === "" || !way.startsWith("..")) {
      throw new SteleError("usage", "keep the journal of erasures outside the folder of the key store");
    }
    const index = new KeyIndex(folder);
    let slots: SlotFile | undefined;
    let journal: ErasureJournal | undefined;
    try {
      slots = new SlotFile(join(folder, "keys.slots"));
      if (index.store === undefined && !ErasureJournal.exists(options.journal)) {
        ErasureJournal.create(options.journal, randomBytes(32));
      }
      journal = await replay(index, options);
      adopt(index, slots);
      slots.erase(index.erasedSlots());
      return new KeyStore(index, slots, journal, options.now ?? machineClock);
    } catch (error) {
      journal?.close();
      slots?.close();
      index.close();
      throw error;
    }
  }

  /** End of the journal of erasures. */
  get journalHead(): JournalHead {
    return this.#journal.head;
  }

  /** The epoch key of today for these recipients. A new day or another set of recipients makes a new one. */
  async epochFor(recipients: readonly Recipient[]): Promise<OpenEpoch> {
    this.#check();
    const day = dayOf(this.#now());
    const set = recipientSet(recipients);
    if (day !== this.#day) {
      this.#epochs.clear();
      this.#day = day;
    }
    const known = this.#epochs.get(set);
    if (known !== undefined) return known;
    const created = this.#createEpoch(day, recipients);
    this.#epochs.set(set, created);
    created.catch(() => this.#epochs.delete(set));
    return created;
  }

  /**
   * Keeps keys, wrapped; durable on return.
   * @throws SteleError `refused` where a record has a key already, or had one; nothing is kept then
   */
  put(keys: readonly RecordKey[]): void {
    this.#check();
    const given = new Set<string>();
    for (const { record } of keys) {
      const isNew = this.#index.slotOf(record) === undefined && this.#index.tombstone(record) === undefined;
      if (isNew && given.size < given.add(toHex(record)).size) continue;
      throw new SteleError("refused", `the record ${toHex(record)} has a key already`);
    }
    this.putNew(keys);
  }

  /** The same for records that were made just now, with fresh randomness: nobody can have kept a key for one before. */
  putNew(keys: readonly RecordKey[]): void {
    this.#check();
    const slots = keys.map(({ record, epoch, key }) => {
      return { record, epoch: epoch.number, wrapped: wrapKey(epoch.key, key) };
    });
    this.#guarded(() => {
      this.#slots.append(slots);
      this.#index.note(slots.map(({ record }) => record));
    });
  }

  /**
   * What a recipient needs to open a record.
   * @throws SteleError `missing` where the key was erased, or is not here, or not for this recipient
   */
  grantFor(record: Uint8Array, recipient: string): KeyGrant {
    this.#check();
    const erased = this.#index.tombstone(record);
    if (erased !== undefined) {
      const sentence = `the record was erased at ${formatInstant(erased.time)}: ${erased.reason}`;
      throw new SteleError("missing", sentence, { place: { field: toHex(record) } });
    }
    const number = this.#index.slotOf(record);
    const slot = number === undefined ? undefined : this.#slots.read(number);
    if (slot === undefined) throw new SteleError("missing", `there is no key for the record ${toHex(record)}`);
    const epoch = this.#index.epochId(slot.epoch);
    if (!equal(slot.record, record) || epoch === undefined) {
      throw new SteleError("corrupt", "index and slots of the key store are not from one backup");
    }
    const grant = this.#index.grant(slot.epoch, recipient);
    if (grant === undefined)
      throw new SteleError("missing", `the record is not sealed for the recipient "${recipient}"`);
    return { epoch, grant, wrapped: slot.wrapped };
  }

  /** The erasure of a record, if it was erased. */
  isErased(record: Uint8Array): Tombstone | undefined {
    return this.#index.tombstone(record);
  }

  /**
   * Erases the key of a record for good. What was erased before stays as it was.
   * @returns the tombstone; the owner appends `erasurePayload` of it to a log
   */
  erase(record: Uint8Array, reason: string): Tombstone {
    return this.eraseAll([record], reason)[0]!;
  }

  /**
   * Erases many keys at the cost of one.
   * @throws SteleError `missing` where one of them never had a key here; nothing is erased then
   */
  eraseAll(records: readonly Uint8Array[], reason: string): Tombstone[] {
    this.#check();
    if (reason === "" || reason.length > maxReason || !reason.isWellFormed()) {
      throw new SteleError("usage", `an erasure needs a reason of 1 to ${maxReason} characters`);
    }
    const fresh = new Map<string, { record: Uint8Array; slot: number }>();
    for (const record of records) {
      if (this.#index.tombstone(record) !== undefined) continue;
      const slot = this.#index.slotOf(record);
      if (slot === undefined) throw new SteleError("missing", `there is no key for the record ${toHex(record)}`);
      fresh.set(toHex(record), { record, slot });
    }
    const time = this.#now();
    const erased = [...fresh.values()];
    this.#guarded(() => {
      if (erased.length === 0) return;
      this.#index.settle();
      const tombstones = this.#journal.append(erased.map(({ record }) => ({ record, time, reason })));
      this.#slots.erase(erased.map(({ slot }) => slot));
      this.#index.write(() => {
        for (const tombstone of tombstones) this.#index.addTombstone(tombstone);
        this.#index.applied = this.#journal.head;
      });
    });
    return records.map((record) => this.#index.tombstone(record)!);
  }

  /** Forgets the day's keys and lets the files go. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const epochs = await Promise.allSettled(this.#epochs.values());
    for (const epoch of epochs) if (epoch.status === "fulfilled") epoch.value.key.fill(0);
    this.#epochs.clear();
    // What a broken store has in memory is for the next opening to read from the slots.
    if (this.#broken === undefined) this.#index.settle();
    this.#broken ??= new SteleError("usage", "the key store is closed");
    this.#journal.close();
    this.#slots.close();
    this.#index.close();
  }

  async #createEpoch(day: string, recipients: readonly Recipient[]): Promise<OpenEpoch> {
    const epoch = newEpoch(day);
    const wrap = async (recipient: Recipient) => ({ recipient: recipient.id, jwe: await grantEpoch(epoch, recipient) });
    const grants = await Promise.all(recipients.map(wrap));
    let number = 0;
    this.#index.write(() => (number = this.#index.addEpoch(epoch, grants)));
    return { ...epoch, number };
  }

  /** After half a change nothing is given away any more: the next opening completes it. */
  #guarded(change: () => void): void {
    try {
      change();
    } catch (error) {
      this.#broken = error;
      throw error;
    }
  }

  #check(): void {
    if (this.#broken === undefined) return;
    throw new SteleError("busy", "the key store has to be opened again", { cause: this.#broken });
  }
}
