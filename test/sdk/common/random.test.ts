import { expect } from "chai";

import { toHex } from "../../../sdk/common/bytes.js";
import { randomBytes } from "../../../sdk/common/random.js";

describe("random bytes", () => {
  it("are never handed out twice, whatever lengths are asked for", () => {
    const lengths = Array.from({ length: 2_000 }, (_, i) => 12 + (i % 53));
    const drawn = lengths.map((length) => randomBytes(length));
    drawn.forEach((bytes, i) => expect(bytes.length).to.equal(lengths[i]));
    // Twelve random bytes of each are enough to tell any two apart.
    expect(new Set(drawn.map((bytes) => toHex(bytes.subarray(0, 12)))).size).to.equal(drawn.length);
  });

  it("belong to whoever asked: a later draw does not change them", () => {
    const first = randomBytes(32);
    const before = toHex(first);
    for (let i = 0; i < 500; i++) randomBytes(32).fill(0);
    expect(toHex(first)).to.equal(before);
  });

  it("come in any length, none and more than a pool included", () => {
    expect(randomBytes(0).length).to.equal(0);
    const long = randomBytes(10_000);
    expect(long.length).to.equal(10_000);
    expect(new Set(long).size).to.equal(256);
  });
});
