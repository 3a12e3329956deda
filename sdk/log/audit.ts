import { setImmediate } from "node:timers/promises";

import { equal } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { hashLength } from "../proof/merkle.js";
import { Frontier } from "./frontier.js";
import { StoreTiles } from "./store-tiles.js";
import type { FullTile, Head, LogReader } from "./store.js";
import { decodeBundle, tileWidth } from "./tiles.js";

/** For work that can take more than a second. */
export interface Work {
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with what is done and what there is to do, in entries. */
  readonly progress?: ((done: bigint, all: bigint) => void) | undefined;
}

/** Bundles between two looks at the signal: some 30,000 entries, a few hundredths of a second. */
const stride = 128;

/**
 * Recomputes a log from the stored bytes of its entries, from the bundle of `from` on, and compares everything with
 * what is stored: the tiles that fill up on the way, the root at `from`, the root at `to`, attachments.
 * @throws SteleError `corrupt`, saying what differs
 */
export async function audit(reader: LogReader, from: Head, to: Head, work: Work = {}): Promise<void> {
  const start = Math.floor(Number(from.size) / tileWidth) * tileWidth;
  const end = Number(to.size);
  const tiles = new StoreTiles(reader);
  const full: FullTile[] = [];
  const { tree } = await Frontier.load(tiles, BigInt(start), (tile) => full.push(tile));
  full.length = 0;
  if (tree.size === from.size) sameRoot(tree.root(), from);
  for (let at = start; at < end; at += tileWidth) {
    for (const entry of await entriesOf(reader, at / tileWidth, Math.min(tileWidth, end - at))) {
      tree.add(entry);
      if (tree.size === from.size) sameRoot(tree.root(), from);
    }
    for (const tile of full.splice(0)) await sameTile(reader, tile);
    if ((at / tileWidth) % stride === 0) await pause(work, at - start, end - start);
  }
  sameRoot(tree.root(), to);
  await checkAttachments(reader, tiles, from.size, to.size, work.signal);
  work.progress?.(BigInt(end - start), BigInt(end - start));
}

async function entriesOf(reader: LogReader, bundle: number, width: number): Promise<Uint8Array[]> {
  const data = await reader.bundle(bundle);
  if (data === undefined) throw corrupt(`entry bundle ${bundle} is missing`);
  return decodeBundle(data, width, width === tileWidth ? "exactly" : "more may follow");
}

async function sameTile(reader: LogReader, { level, index, data }: FullTile): Promise<void> {
  const stored = await reader.tile(level, index);
  if (stored === undefined || !equal(stored, data)) {
    throw corrupt(`tile ${index} of level ${level} does not follow from the entries`);
  }
}

function sameRoot(root: Uint8Array, head: Head): void {
  if (!equal(root, head.root)) throw corrupt(`the entries do not have the root that the log had at ${head.size}`);
}

async function checkAttachments(
  reader: LogReader,
  tiles: StoreTiles,
  from: bigint,
  to: bigint,
  signal: AbortSignal | undefined,
): Promise<void> {
  for await (const { index, leafHash } of reader.attachments(from, to)) {
    signal?.throwIfAborted();
    const at = Number(index) % tileWidth;
    const tile = await tiles.tile(0, Math.floor(Number(index) / tileWidth), at + 1);
    if (!equal(tile.subarray(at * hashLength), leafHash)) {
      throw corrupt(`the attachment of entry ${index} belongs to another entry`);
    }
  }
}

async function pause({ signal, progress }: Work, done: number, all: number): Promise<void> {
  progress?.(BigInt(done), BigInt(all));
  await setImmediate();
  signal?.throwIfAborted();
}

function corrupt(why: string): SteleError {
  return new SteleError("corrupt", `${why}; restore the log from a mirror or a backup`);
}
