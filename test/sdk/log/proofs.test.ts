import { expect } from "chai";
import fc from "fast-check";

import { equal, toHex } from "../../../sdk/common/bytes.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { Frontier } from "../../../sdk/log/frontier.js";
import { TreeReader, type TileSource } from "../../../sdk/log/proofs.js";
import { Tree } from "../../../sdk/log/tree.js";
import { leafHash, nodeHash, verifyConsistency, verifyInclusion } from "../../../sdk/proof/merkle.js";
import { ReferenceTree } from "../../support/referenceTree.js";

const hex = (proof: readonly Uint8Array[]) => proof.map(toHex);

/** Tiles in memory, out of the tree's own sink. */
function tilesOf(size: number): TileSource {
  const tiles = new Map<string, Buffer>();
  const tree = new Tree((level, index, node) => {
    const key = `${level}/${index >> 8}`;
    if (!tiles.has(key)) tiles.set(key, Buffer.alloc(8192));
    tiles.get(key)!.write(node, (index & 255) * 32, "latin1");
  });
  for (let i = 0; i < size; i++) tree.add(Uint8Array.of(i >> 16, i >> 8, i));
  return { tile: async (level, index, width) => tiles.get(`${level}/${index}`)!.subarray(0, width * 32) };
}

/** An immense tree whose leaves are all the same, so that every whole subtree of a height has the same root. */
const uniform: TileSource = {
  async tile(level, _index, width) {
    let node = leafHash(new Uint8Array(0));
    for (let height = 0; height < 8 * level; height++) node = nodeHash(node, node);
    return Buffer.concat(Array.from({ length: width }, () => node));
  },
};

describe("proofs out of tiles", () => {
  const most = 70_000;
  const tiles = tilesOf(most);
  const reader = new TreeReader(tiles);
  const reference = ReferenceTree.ofSize(most);

  it("are those of RFC 9162's definitions for every pair up to 70 entries", async () => {
    for (let size = 1; size <= 70; size++) {
      expect(toHex(await reader.root(BigInt(size)))).to.equal(toHex(reference.root(size)));
      for (let i = 0; i < size; i++) {
        const proof = await reader.inclusionProof(BigInt(i), BigInt(size));
        expect(hex(proof)).to.deep.equal(hex(reference.inclusionProof(i, size)));
        const extension = await reader.consistencyProof(BigInt(i + 1), BigInt(size));
        expect(hex(extension)).to.deep.equal(hex(reference.consistencyProof(i + 1, size)));
      }
    }
  });

  it("are those of the definitions at random places of three levels of tiles", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: most }), fc.nat(), async (size, seed) => {
        const index = seed % size;
        const proof = await reader.inclusionProof(BigInt(index), BigInt(size));
        expect(hex(proof)).to.deep.equal(hex(reference.inclusionProof(index, size)));
        const extension = await reader.consistencyProof(BigInt(index + 1), BigInt(size));
        expect(hex(extension)).to.deep.equal(hex(reference.consistencyProof(index + 1, size)));
      }),
      { numRuns: 300 },
    );
  });

  it("verify in trees of up to 2^50 entries", async () => {
    const immense = new TreeReader(uniform);
    const sizes = fc.bigInt({ min: 1n, max: 1n << 50n });
    await fc.assert(
      fc.asyncProperty(sizes, sizes, async (a, b) => {
        const [old, size] = a < b ? [a, b] : [b, a];
        const root = await immense.root(size);
        const proof = await immense.inclusionProof(old - 1n, size);
        expect(verifyInclusion(leafHash(new Uint8Array(0)), old - 1n, size, root, proof)).to.equal(true);
        const extension = await immense.consistencyProof(old, size);
        expect(verifyConsistency(old, size, await immense.root(old), root, extension)).to.equal(true);
      }),
      { numRuns: 200 },
    );
  });

  it("are refused for entries and sizes that do not exist", async () => {
    const refused = async (work: Promise<unknown>) =>
      expect(await work.catch((error: unknown) => error)).to.be.instanceOf(SteleError);
    await refused(reader.inclusionProof(5n, 5n));
    await refused(reader.inclusionProof(-1n, 5n));
    await refused(reader.consistencyProof(6n, 5n));
    await refused(reader.consistencyProof(-1n, 5n));
    expect(await reader.consistencyProof(0n, 5n)).to.deep.equal([]);
  });

  it("come from tiles that a right edge, loaded anywhere, continues to write", async () => {
    for (const size of [0, 1, 255, 256, 257, 65_535, 65_536, 65_792, 69_000]) {
      const written: string[] = [];
      const frontier = await Frontier.load(tiles, BigInt(size), ({ level, index, data }) => {
        written.push(`${level}/${index}`);
        void tiles.tile(level, index, 256).then((tile) => expect(equal(tile, data)).to.equal(true));
      });
      expect(toHex(frontier.tree.root())).to.equal(toHex(reference.root(size)));
      for (let i = size; i < Math.min(size + 600, most); i++) frontier.tree.addNode(reference.leaf(i));
      expect(toHex(frontier.tree.root())).to.equal(toHex(reference.root(Math.min(size + 600, most))));
      expect(written.filter((name) => name.startsWith("0/")).length).to.equal(
        Math.floor(Math.min(size + 600, most) / 256) - Math.floor(size / 256),
      );
    }
  });
});
