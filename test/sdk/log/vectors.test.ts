import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

import { expect } from "chai";

import { utf8 } from "../../../sdk/common/bytes.js";
import { openLog } from "../../../sdk/log/log.js";
import { TreeReader, type TileSource } from "../../../sdk/log/proofs.js";
import { StoreTiles } from "../../../sdk/log/store-tiles.js";
import { decodeBundle, encodeBundle, parseTilePath, tilePath, widthAt } from "../../../sdk/log/tiles.js";
import { formatCheckpoint, openCheckpoint, type OpenedCheckpoint } from "../../../sdk/proof/checkpoint.js";
import { ed25519Verifier } from "../../../sdk/proof/ed25519.js";
import { leafHash, verifyConsistency, verifyInclusion } from "../../../sdk/proof/merkle.js";
import { parseNote } from "../../../sdk/proof/note.js";
import { temporaryFolders } from "../../support/folders.js";
import { filesBelow, needVectors } from "../../support/vectors.js";

/** The log of Tessera's test data: sizes 0 to 15. */
describe("the log of another implementation", () => {
  const folder = temporaryFolders();
  let home: string;
  let keys: { origin: string; vkey: string; entries: string[] };
  let entries: Uint8Array[];
  let checkpoints: OpenedCheckpoint[];
  const read = (path: string) => new Uint8Array(readFileSync(join(home, path)));

  before(function () {
    const testdata = needVectors(this as unknown as Mocha.Context, "tlog/testdata");
    home = join(testdata, "log");
    keys = JSON.parse(readFileSync(join(testdata, "keys.json"), "utf8")) as typeof keys;
    entries = keys.entries.map(utf8);
    const verifier = ed25519Verifier(keys.vkey);
    checkpoints = Array.from({ length: 16 }, (_, size) =>
      openCheckpoint(read(`checkpoint.${size}`), keys.origin, [verifier]),
    );
  });

  it("is read: 16 signed checkpoints, their entries, and all proofs between them out of its tiles", async () => {
    const tiles: TileSource = { tile: async (level, index, width) => read(tilePath({ level, index, width })) };
    const tree = new TreeReader(tiles);
    for (const [number, { size, root }] of checkpoints.entries()) {
      expect(size).to.equal(BigInt(number));
      expect(await tree.root(size)).to.deep.equal(root);
      if (size === 0n) continue;
      const bundle = read(tilePath({ level: "entries", index: 0, width: number }));
      expect(decodeBundle(bundle, number).map((entry) => Buffer.from(entry).toString())).to.deep.equal(
        keys.entries.slice(0, number),
      );
      for (let index = 0n; index < size; index++) {
        const proof = await tree.inclusionProof(index, size);
        expect(verifyInclusion(leafHash(entries[Number(index)]!), index, size, root, proof)).to.equal(true);
        const old = checkpoints[Number(index) + 1]!;
        const extension = await tree.consistencyProof(old.size, size);
        expect(verifyConsistency(old.size, size, old.root, root, extension)).to.equal(true);
      }
    }
  });

  it("is reproduced byte for byte from its entries: checkpoints, tiles and bundles of all 16 sizes", async () => {
    const log = await openLog(folder(), { origin: keys.origin });
    const written = new Map<string, Uint8Array>();
    for (let size = 0; size <= entries.length; size++) {
      if (size > 0) await log.append([entries[size - 1]!]);
      const text = formatCheckpoint({ origin: log.origin, ...log.head(), extensions: [] });
      expect(text).to.equal(parseNote(read(`checkpoint.${size}`)).text);
      if (size === 0) continue;
      const tile = await new StoreTiles(log.reader).tile(0, 0, widthAt(0, 0, size));
      written.set(tilePath({ level: 0, index: 0, width: size }), tile);
      written.set(tilePath({ level: "entries", index: 0, width: size }), (await log.reader.bundle(0))!);
    }
    await log.close();
    const files = filesBelow(join(home, "tile")).map((file) => relative(home, file));
    expect([...written.keys()]).to.have.members(files.filter((file) => parseTilePath(file) !== undefined));
    for (const file of files) expect(Buffer.from(written.get(file)!).equals(read(file)), file).to.equal(true);
    expect(existsSync(join(home, "tile/1"))).to.equal(false);
    expect(encodeBundle(entries)).to.deep.equal(Buffer.from(read("tile/entries/000.p/15")));
    console.log(`      reproduced 16 checkpoint texts and ${files.length} tiles and bundles`);
  });
});
