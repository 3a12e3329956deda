import { hashLength } from "../proof/merkle.js";
import type { TileSource } from "./proofs.js";
import type { FullTile } from "./store.js";
import { nodesAt, tileWidth, widthAt } from "./tiles.js";
import { Tree } from "./tree.js";

/**
 * The right edge of a log: its tree, and the tiles that are not full yet. Full tiles are handed out as they fill up.
 */
export class Frontier {
  readonly tree: Tree;
  readonly #open: Buffer[] = [];
  readonly #full: (tile: FullTile) => void;

  constructor(full: (tile: FullTile) => void) {
    this.#full = full;
    this.tree = new Tree((level, index, node) => this.#take(level, index, node));
  }

  /** The edge of the tree of `size` entries, recomputed from its tiles. */
  static async load(tiles: TileSource, size: bigint, full: (tile: FullTile) => void): Promise<Frontier> {
    const frontier = new Frontier(full);
    const entries = Number(size);
    let top = 0;
    while (nodesAt(top + 1, entries) > 0) top++;
    for (let level = top; level >= 0; level--) {
      const index = Math.floor(nodesAt(level, entries) / tileWidth);
      const width = widthAt(level, index, entries);
      if (width === 0) continue;
      const hashes = await tiles.tile(level, index, width);
      for (let i = 0; i < width; i++) {
        frontier.tree.addNode(hashes.subarray(i * hashLength, (i + 1) * hashLength), 8 * level);
      }
    }
    return frontier;
  }

  #take(level: number, index: number, node: string): void {
    const place = index % tileWidth;
    const data = (this.#open[level] ??= Buffer.allocUnsafeSlow(tileWidth * hashLength));
    data.write(node, place * hashLength, hashLength, "latin1");
    if (place < tileWidth - 1) return;
    delete this.#open[level];
    this.#full({ level, index: (index - place) / tileWidth, data });
  }
}
