import { expect } from "chai";
import fc from "fast-check";

import { SteleError } from "../../../sdk/common/errors.js";
import { decodeBundle, encodeBundle, parseTilePath, tilePath, tilesOf, widthAt } from "../../../sdk/log/tiles.js";

describe("tile paths", () => {
  it("are those of the specification", () => {
    expect(tilePath({ level: 0, index: 1234067, width: 256 })).to.equal("tile/0/x001/x234/067");
    expect(tilePath({ level: 63, index: 0, width: 1 })).to.equal("tile/63/000.p/1");
    expect(tilePath({ level: "entries", index: 999, width: 255 })).to.equal("tile/entries/999.p/255");
    expect(tilePath({ level: "entries", index: 1000, width: 256 })).to.equal("tile/entries/x001/000");
  });

  it("are read back, and nothing else is", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<number | "entries">("entries", 0, 1, 63),
        fc.integer({ min: 0, max: 1e12 }),
        fc.integer({ min: 1, max: 256 }),
        (level, index, width) => {
          const name = { level, index, width };
          expect(parseTilePath(tilePath(name))).to.deep.equal(name);
        },
      ),
    );
    const wrong = ["", "tile/0/00", "tile/0/0000", "tile/64/000", "tile/00/000", "tile/0/x000/000", "tile/0/000.p/0"];
    wrong.push("tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000/", "/tile/0/000", "tile/0/x001", "tile/x/000");
    wrong.push("tile/0/001/000", "tile/-1/000", "tile/0/../000", `tile/0/${"x999/".repeat(6)}000`);
    for (const path of wrong) expect(parseTilePath(path), path).to.equal(undefined);
  });

  it("name the tiles of the specification's example of 70,000 entries", () => {
    const count = new Map<string, number>();
    for (const { level, width } of tilesOf(70_000)) {
      const kind = `${level} ${width}`;
      count.set(kind, (count.get(kind) ?? 0) + 1);
    }
    expect([...count]).to.have.deep.members([
      ["entries 256", 273],
      ["entries 112", 1],
      ["0 256", 273],
      ["0 112", 1],
      ["1 256", 1],
      ["1 17", 1],
      ["2 1", 1],
    ]);
    expect(widthAt(1, 0, 256)).to.equal(1);
    expect(widthAt(0, 1, 256)).to.equal(0);
  });
});

describe("entry bundles", () => {
  const entry = fc.uint8Array({ maxLength: 400 });

  it("hold each entry behind its big-endian length", () => {
    expect([...encodeBundle([Uint8Array.of(7), new Uint8Array(258)]).subarray(0, 5)]).to.deep.equal([0, 1, 7, 1, 2]);
  });

  it("give back what was put in", () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 256 }), (entries) => {
        const read = decodeBundle(encodeBundle(entries), entries.length);
        expect(read.map((bytes) => [...bytes])).to.deep.equal(entries.map((bytes) => [...bytes]));
      }),
    );
  });

  it("are refused where they end early or hold more", () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 20 }), fc.nat(), (entries, cut) => {
        const bundle = encodeBundle(entries);
        const short = bundle.subarray(0, cut % bundle.length);
        expect(() => decodeBundle(short, entries.length)).to.throw(SteleError, "ends after");
        expect(() => decodeBundle(bundle, entries.length - 1)).to.throw(SteleError, "holds more than");
      }),
    );
  });

  it("take entries of 65,535 bytes and no longer ones", () => {
    const longest = new Uint8Array(65_535).fill(1);
    expect(decodeBundle(encodeBundle([longest]), 1)[0]!.length).to.equal(65_535);
    expect(() => encodeBundle([longest, new Uint8Array(65_536)])).to.throw(
      "entry 1 has 65536 bytes; an entry has at most 65535",
    );
  });
});
