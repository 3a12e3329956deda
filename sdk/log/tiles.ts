import { SteleError } from "../common/errors.js";

/** Hashes in a full tile, entries in a full bundle. */
export const tileWidth = 256;

/** An entry's length is written in two bytes. */
export const maxEntryLength = 65_535;

/** A resource of a tiled log: a tile of hashes at a level from 0 on, or a bundle of entries. */
export interface TileName {
  readonly level: number | "entries";
  readonly index: number;
  /** 256 for a full tile, 1 to 255 for a partial one. */
  readonly width: number;
}

/**
 * Path of a tile below a log's prefix (C2SP tlog-tiles).
 * @example
 * tilePath({ level: 0, index: 1234067, width: 256 }); // "tile/0/x001/x234/067"
 */
export function tilePath({ level, index, width }: TileName): string {
  const digits = index.toString();
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g)!;
  const last = groups.pop()!;
  const path = ["tile", level, ...groups.map((group) => `x${group}`), last].join("/");
  return width === tileWidth ? path : `${path}.p/${width}`;
}

/** Reads such a path; undefined for anything that {@link tilePath} would not write. */
export function parseTilePath(path: string): TileName | undefined {
  const match = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (match === null) return undefined;
  const level = match[1] === "entries" ? "entries" : Number(match[1]);
  const name = { level, index: Number(match[2]!.replace(/[x/]/g, "")), width: Number(match[3] ?? tileWidth) } as const;
  if ((level !== "entries" && level > 63) || name.width < 1 || tilePath(name) !== path) return undefined;
  return name;
}

/** How many nodes of a level a tree of `size` has: the hashes in its tiles, whole subtrees only. */
export function nodesAt(level: number, size: number): number {
  return Math.floor(size / tileWidth ** level);
}

/** Width of a tile in a tree of `size`, 0 where the tree does not reach it. */
export function widthAt(level: number | "entries", index: number, size: number): number {
  const nodes = nodesAt(level === "entries" ? 0 : level, size);
  return Math.max(0, Math.min(tileWidth, nodes - index * tileWidth));
}

/** Every tile and bundle of a tree, at its widest: what a copy of the log consists of. */
export function* tilesOf(size: number): Generator<TileName> {
  const levels: (number | "entries")[] = ["entries"];
  for (let level = 0; nodesAt(level, size) > 0; level++) levels.push(level);
  for (const level of levels) {
    for (let index = 0; widthAt(level, index, size) > 0; index++) {
      yield { level, index, width: widthAt(level, index, size) };
    }
  }
}

/**
 * Writes entries one after the other, each behind its length as a big-endian uint16.
 * @throws SteleError `input` for an entry that is too long
 */
export function encodeBundle(entries: readonly Uint8Array[], from = 0, to = entries.length): Buffer {
  let length = 0;
  for (let i = from; i < to; i++) length += 2 + checkEntry(entries[i]!, i).length;
  const bundle = Buffer.allocUnsafe(length);
  let at = 0;
  for (let i = from; i < to; i++) {
    const entry = entries[i]!;
    bundle[at] = entry.length >> 8;
    bundle[at + 1] = entry.length & 0xff;
    bundle.set(entry, at + 2);
    at += 2 + entry.length;
  }
  return bundle;
}

/**
 * Reads the first `width` entries of a bundle, as views into it.
 * @throws SteleError `corrupt` where it ends early, or holds more although it should hold `width`
 */
export function decodeBundle(
  bundle: Uint8Array,
  width: number,
  more: "more may follow" | "exactly" = "exactly",
): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (entries.length < width) {
    const end = at + 2 + (bundle[at] ?? 0) * 256 + (bundle[at + 1] ?? 0);
    if (at + 2 > bundle.length || end > bundle.length) {
      throw new SteleError("corrupt", `an entry bundle ends after ${entries.length} of ${width} entries`);
    }
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  if (more === "exactly" && at !== bundle.length) {
    throw new SteleError("corrupt", `an entry bundle holds more than ${width} entries`);
  }
  return entries;
}

/** The entry, if it can be one. */
export function checkEntry(entry: Uint8Array, position: number): Uint8Array {
  if (entry.length <= maxEntryLength) return entry;
  const sentence = `entry ${position} has ${entry.length} bytes; an entry has at most ${maxEntryLength}`;
  throw new SteleError("input", sentence);
}
