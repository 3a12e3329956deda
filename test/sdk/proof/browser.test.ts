import { createContext, runInContext } from "node:vm";
import { join } from "node:path";

import { expect } from "chai";
import { buildSync } from "esbuild";

import { toHex } from "../../../sdk/common/bytes.js";
import { ReferenceTree } from "../../support/referenceTree.js";

describe("the proof module in a browser", () => {
  it("[P4] is bundled without a Node module and verifies there", function () {
    this.timeout(20_000);
    const { outputFiles } = buildSync({
      entryPoints: [join(import.meta.dirname, "../../../sdk/proof/index.ts")],
      bundle: true,
      platform: "browser",
      format: "iife",
      globalName: "proof",
      write: false,
      logLevel: "silent",
    });
    // Only what a browser has: no process, no Buffer.
    const world = createContext({
      TextEncoder,
      TextDecoder,
      atob,
      btoa,
      crypto: globalThis.crypto,
      Uint8Array,
      BigInt,
    });
    const tree = ReferenceTree.ofSize(9);
    const args = JSON.stringify([tree.leaf(4), tree.root(9), tree.inclusionProof(4)].flat().map(toHex));
    const script = `${outputFiles[0]!.text}
      const bytes = (hex) => Uint8Array.from(hex.slice(2).match(/../g), (two) => parseInt(two, 16));
      const [leaf, root, ...path] = ${args}.map(bytes);
      JSON.stringify([typeof process, proof.verifyInclusion(leaf, 4n, 9n, root, path),
        proof.verifyInclusion(leaf, 5n, 9n, root, path)])`;
    expect(runInContext(script, world)).to.equal('["undefined",true,false]');
  });
});
