import { closeSync, openSync, readSync, writeSync } from "node:fs";

import type { LogReader } from "../../sdk/log/store.js";
import { StoreTiles } from "../../sdk/log/store-tiles.js";
import { tilesOf } from "../../sdk/log/tiles.js";
import { sha256 } from "../../sdk/common/sha256.js";
import { toHex } from "../../sdk/common/bytes.js";

/** Changes one byte of a file in place. */
export function flipByte(path: string, at: number, mask: number): void {
  const file = openSync(path, "r+");
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  byte[0]! ^= mask;
  writeSync(file, byte, 0, 1, at);
  closeSync(file);
}

/** Digest of everything that a log of `size` entries would serve. */
export async function digestOfServed(reader: LogReader, size: number): Promise<string> {
  const tiles = new StoreTiles(reader);
  const digests: string[] = [];
  for (const { level, index, width } of tilesOf(size)) {
    const data = level === "entries" ? await reader.bundle(index) : await tiles.tile(level, index, width);
    digests.push(toHex(sha256(data ?? new Uint8Array(0))));
  }
  return digests.join();
}
