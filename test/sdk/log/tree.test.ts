import { expect } from "chai";
import fc from "fast-check";

import { toHex } from "../../../sdk/common/bytes.js";
import { Tree } from "../../../sdk/log/tree.js";
import { leafHash } from "../../../sdk/proof/merkle.js";
import { ReferenceTree } from "../../support/referenceTree.js";

describe("the growing tree", () => {
  it("has the root of RFC 9162 at every size from 0 to 600", () => {
    const reference = ReferenceTree.ofSize(600);
    const tree = new Tree();
    for (let size = 0; size <= 600; size++) {
      expect(tree.size).to.equal(BigInt(size));
      expect(toHex(tree.root())).to.equal(toHex(reference.root(size)));
      if (size < 600) tree.add(Uint8Array.of(size >> 16, size >> 8, size));
    }
  });

  it("takes leaves and whole subtrees by their hash", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(4), (size, height) => {
        const reference = ReferenceTree.ofSize(size);
        const tree = new Tree();
        const width = 1 << height;
        let at = 0;
        for (; at + width <= size; at += width) {
          const leaves = Array.from({ length: width }, (_, i) => reference.leaf(at + i));
          tree.addNode(new ReferenceTree(leaves).root(), height);
        }
        for (; at < size; at++) tree.addNode(reference.leaf(at));
        return toHex(tree.root()) === toHex(reference.root());
      }),
    );
  });

  it("refuses a subtree that is not aligned and a node that is no hash", () => {
    const tree = new Tree();
    tree.addNode(leafHash(Uint8Array.of(1)));
    expect(() => tree.addNode(new Uint8Array(32), 1)).to.throw("does not fit at size 1");
    expect(() => tree.addNode(new Uint8Array(31))).to.throw("a node has 32 bytes, not 31");
  });

  it("hands the leaves and every node of height eight to its sink, in order", () => {
    const seen: Record<number, number[]> = {};
    const tree = new Tree((level, index) => (seen[level] ??= []).push(index));
    for (let i = 0; i < 1000; i++) tree.add(Uint8Array.of(i));
    expect(seen[0]).to.deep.equal(Array.from({ length: 1000 }, (_, i) => i));
    expect(seen[1]).to.deep.equal([0, 1, 2]);
  });
});
