import { closeSync, constants, fdatasyncSync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";

import { concat, equal } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { sha256 } from "../common/sha256.js";
import type { Head } from "./store.js";

const slotLength = 72;

/**
 * The last head whose entries were acknowledged, in a file of its own. SQLite takes a write-ahead log whose tail does
 * not check out for one that a crash cut off, and goes on with the older state; this file tells a byte that changed
 * there from entries that were never acknowledged. Two slots are written in turn, so that a torn write leaves the other.
 */
export class AcknowledgedHead {
  readonly #file: number;
  #turn = 0;

  constructor(folder: string) {
    this.#file = openSync(pathIn(folder), constants.O_RDWR | constants.O_CREAT);
    // Its space is taken once, so that a full disk cannot stand in the way later.
    if (fstatSync(this.#file).size >= 2 * slotLength) return;
    writeSync(this.#file, new Uint8Array(2 * slotLength), 0, 2 * slotLength, 0);
    fsyncSync(this.#file);
  }

  /** Returns when the head would survive a crash. */
  write(head: Head): void {
    try {
      writeSync(this.#file, encode(head), 0, slotLength, slotLength * (this.#turn ^= 1));
      fdatasyncSync(this.#file);
    } catch (cause) {
      throw new SteleError("storage", "the head that is to be acknowledged cannot be written", { cause });
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** The newest readable slot; undefined where there is none. */
export function readAcknowledged(folder: string): Head | undefined {
  let content: Uint8Array;
  try {
    content = readFileSync(pathIn(folder));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const heads = [0, 1].map((slot) => decode(content.subarray(slot * slotLength, (slot + 1) * slotLength)));
  return heads.reduce((newest, head) => (head !== undefined && head.size >= (newest?.size ?? 0n) ? head : newest));
}

function pathIn(folder: string): string {
  return join(folder, "acknowledged");
}

/** size (8) ‖ root (32) ‖ SHA-256 of both (32). */
function encode({ size, root }: Head): Uint8Array {
  const number = new Uint8Array(8);
  new DataView(number.buffer).setBigUint64(0, size);
  const said = concat(number, root);
  return concat(said, sha256(said));
}

function decode(slot: Uint8Array): Head | undefined {
  if (slot.length < slotLength || !equal(sha256(slot.subarray(0, 40)), slot.subarray(40))) return undefined;
  const size = new DataView(slot.buffer, slot.byteOffset).getBigUint64(0);
  return { size, root: slot.slice(8, 40) };
}
