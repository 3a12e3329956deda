import { closeSync, fdatasyncSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";

import { equal } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { syncFolderSync } from "../common/node/files.js";
import { sha256 } from "../common/sha256.js";
import { wrappedLength } from "./seal.js";

/** A wrapped record key at rest. */
export interface Slot {
  /** Leaf hash of the record, 32 bytes. */
  readonly record: Uint8Array;
  /** Number of the epoch in the store's index. */
  readonly epoch: number;
  /** The record key under the epoch key, 40 bytes. */
  readonly wrapped: Uint8Array;
}

/** Bytes of a slot: a divisor of every sector size, so that no slot lies on two sectors. */
const slotLength = 128;
const magic = 0x53544b31; // "STK1"
const checkedLength = 8 + 32 + wrappedLength;
const checksumLength = 16;

/**
 * The one place on disk where wrapped record keys are: fixed slots in a plain file, written once, erased by overwriting
 * in place. A database would leave copies in its journals and free pages; a file that is never rewritten has none.
 *
 * Slot: "STK1" 4 | epoch 4 | record 32 | wrapped key 40 | first 16 bytes of the SHA-256 of these | zeros to 128.
 * An erased slot is all zeros.
 */
export class SlotFile {
  readonly #file: number;
  readonly #path: string;
  #count: number;

  /** Opens or creates the file. A torn last slot, which nobody was told of, is cut off. */
  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, createFlags(path), 0o600);
    const { size } = fstatSync(this.#file);
    this.#count = Math.floor(size / slotLength);
    if (size % slotLength !== 0) ftruncateSync(this.#file, this.#count * slotLength);
    syncFolderSync(dirname(path));
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Adds slots; they are durable on return.
   * @returns number of the first
   */
  append(slots: readonly Slot[]): number {
    const first = this.#count;
    const bytes = new Uint8Array(slots.length * slotLength);
    slots.forEach((slot, i) => encode(slot, bytes.subarray(i * slotLength, (i + 1) * slotLength)));
    writeFully(this.#file, bytes, first * slotLength);
    fdatasyncSync(this.#file);
    this.#count += slots.length;
    return first;
  }

  /**
   * Reads a slot.
   * @returns undefined where it was erased
   * @throws SteleError `corrupt`
   */
  read(number: number): Slot | undefined {
    const bytes = this.#bytes(number);
    if (bytes.every((byte) => byte === 0)) return undefined;
    const slot = decode(bytes);
    if (slot === undefined) {
      throw new SteleError("corrupt", `slot ${number} is damaged, restore the key store from a backup`, {
        place: { file: this.#path },
      });
    }
    return slot;
  }

  /** Whether a slot can be read and is not erased. */
  isWhole(number: number): boolean {
    return decode(this.#bytes(number)) !== undefined;
  }

  /** Overwrites slots with zeros where they are, and waits until that is on disk. */
  erase(numbers: readonly number[]): void {
    const zeros = new Uint8Array(slotLength);
    const left = numbers.filter((number) => !equal(this.#bytes(number), zeros));
    if (left.length === 0) return;
    for (const number of left) writeFully(this.#file, zeros, number * slotLength);
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }

  #bytes(number: number): Uint8Array {
    const bytes = new Uint8Array(slotLength);
    if (readSync(this.#file, bytes, 0, slotLength, number * slotLength) === slotLength) return bytes;
    throw new SteleError("corrupt", `slot ${number} is not there, restore index and slots from one backup`, {
      place: { file: this.#path },
    });
  }
}

/** Reads slots beside the process that writes them. */
export class SlotReader {
  readonly #file: number;

  /** @throws where there is no such file */
  constructor(path: string) {
    this.#file = openSync(path, "r");
  }

  /** Whole slots in the file by now. */
  get count(): number {
    return Math.floor(fstatSync(this.#file).size / slotLength);
  }

  /** Slots one after the other; undefined for one that was erased, is damaged, or is not there yet. */
  read(first: number, count: number): (Slot | undefined)[] {
    const bytes = new Uint8Array(count * slotLength);
    const length = readSync(this.#file, bytes, 0, bytes.length, first * slotLength);
    return Array.from({ length: count }, (_, i) => {
      const end = (i + 1) * slotLength;
      return end <= length ? decode(bytes.subarray(end - slotLength, end)) : undefined;
    });
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Writes all bytes at a place in a file. */
export function writeFully(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(file, bytes, done, bytes.length - done, position + done);
  }
}

function createFlags(path: string): string {
  try {
    closeSync(openSync(path, "r+"));
    return "r+";
  } catch {
    return "wx+";
  }
}

function encode(slot: Slot, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, slotLength);
  view.setUint32(0, magic);
  view.setUint32(4, slot.epoch);
  bytes.set(slot.record, 8);
  bytes.set(slot.wrapped, 40);
  bytes.set(checksum(bytes), checkedLength);
}

function decode(bytes: Uint8Array): Slot | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, slotLength);
  const stored = bytes.subarray(checkedLength, checkedLength + checksumLength);
  if (view.getUint32(0) !== magic || !equal(stored, checksum(bytes))) return undefined;
  return { epoch: view.getUint32(4), record: bytes.slice(8, 40), wrapped: bytes.slice(40, checkedLength) };
}

function checksum(bytes: Uint8Array): Uint8Array {
  return sha256(bytes.subarray(0, checkedLength)).subarray(0, checksumLength);
}
