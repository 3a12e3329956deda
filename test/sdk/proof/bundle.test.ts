import { expect } from "chai";
import fc from "fast-check";

import { developmentWallet } from "../../../sdk/chain/development.js";
import { toHex, utf8 } from "../../../sdk/common/bytes.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { sha256 } from "../../../sdk/common/sha256.js";
import { formatBundle, parseBundle, verifyBundle, type ProofBundle, type Trust } from "../../../sdk/proof/bundle.js";
import { signCheckpointNote, suiteOrigin } from "../../../sdk/proof/checkpoint.js";
import { ed25519Signer } from "../../../sdk/proof/ed25519.js";
import { eip712NoteSigner } from "../../../sdk/proof/eip712.js";
import { leafHash } from "../../../sdk/proof/merkle.js";
import { ReferenceTree } from "../../support/referenceTree.js";

const entries = Array.from({ length: 9 }, (_, i) => utf8(`entry ${i}`));
const tree = new ReferenceTree(entries.map(leafHash));
const registry = { chainId: 31337n, address: "0x5FbDB2315678afecb367f032d93F642f64180aa3" };
const logId = toHex(sha256(utf8("log")));
const origin = suiteOrigin(registry.chainId, logId);
const signer = ed25519Signer(origin, new Uint8Array(32).fill(3));
const wallet = developmentWallet(0);
const checkpointKey = { registry, logId, address: wallet.address };
const both: Trust = { verifierKey: signer.verifierKey, checkpointKey };
const chainHead = { origin, size: 9n, root: tree.root(9) };

async function make(): Promise<ProofBundle> {
  const checkpoint = { origin, size: 7n, root: tree.root(7), extensions: [] };
  return {
    format: "stele-proof/1",
    log: { origin, suite: { chainId: registry.chainId, registry: registry.address as `0x${string}`, logId } },
    index: 4n,
    entry: toHex(entries[4]!),
    inclusion: tree.inclusionProof(4, 7).map(toHex),
    checkpoint: await signCheckpointNote(checkpoint, [signer, await eip712NoteSigner(wallet, checkpointKey, 0)]),
    head: { size: 9n, root: toHex(tree.root(9)), consistency: tree.consistencyProof(7, 9).map(toHex) },
  };
}

function refusal(work: () => unknown): SteleError {
  try {
    work();
  } catch (error) {
    expect(error).to.be.instanceOf(SteleError);
    return error as SteleError;
  }
  return expect.fail("was accepted");
}

describe("proof bundles", () => {
  it("read back what was written", async () => {
    const bundle = await make();
    expect(parseBundle(formatBundle(bundle))).to.deep.equal(bundle);
  });

  it("hold against a verifier key, a checkpoint key, a known head, and all at once", async () => {
    const text = formatBundle(await make());
    for (const trust of [
      { verifierKey: signer.verifierKey },
      { checkpointKey },
      { head: chainHead },
      { head: { origin, size: 7n, root: tree.root(7) } },
      { ...both, head: chainHead },
    ]) {
      const shown = verifyBundle(text, trust);
      expect(shown.index).to.equal(4n);
      expect(shown.entry).to.deep.equal(entries[4]);
      expect(shown.head?.size).to.equal(9n);
    }
    expect(verifyBundle(text, { ...both, head: chainHead }).steps.length).to.equal(5);
  });

  it("do not hold against nothing", async () => {
    const bundle = await make();
    expect(refusal(() => verifyBundle(bundle, {})).code).to.equal("usage");
  });

  it("[P5] name the field that does not hold", async () => {
    const bundle = await make();
    const stranger = ed25519Signer(origin, new Uint8Array(32).fill(4)).verifierKey;
    const elsewhere = ed25519Signer("elsewhere", new Uint8Array(32).fill(3)).verifierKey;
    const cases: [string, Partial<ProofBundle>, Trust][] = [
      ["inclusion", { index: 5n }, both],
      ["inclusion", { entry: "0x00" }, both],
      ["inclusion", { inclusion: bundle.inclusion.slice(1) }, both],
      ["checkpoint", {}, { verifierKey: stranger }],
      ["checkpoint", { checkpoint: bundle.checkpoint.replace(/(?<=\n\n.{40}.*)[A-Z]/s, "+") }, both],
      ["checkpoint", {}, { checkpointKey: { ...checkpointKey, keyEpoch: 1 } }],
      ["checkpoint", { log: { origin: "elsewhere" } }, both],
      ["log.origin", {}, { verifierKey: elsewhere }],
      ["log.origin", {}, { head: { ...chainHead, origin: "elsewhere" } }],
      [
        "log.suite.registry",
        { log: { origin, suite: { ...bundle.log.suite!, registry: `0x${"1".repeat(40)}` } } },
        both,
      ],
      ["head.consistency", { head: { ...bundle.head!, consistency: [] } }, both],
      ["head.consistency", { head: { ...bundle.head!, size: 8n } }, both],
      ["head.size", {}, { head: { ...chainHead, size: 8n } }],
      ["head.root", {}, { head: { ...chainHead, root: tree.root(8) } }],
    ];
    for (const [field, change, trust] of cases) {
      const error = refusal(() => verifyBundle({ ...bundle, ...change }, trust, { file: "proof.json" }));
      expect([error.code, error.place.field, error.place.file]).to.deep.equal(["unproven", field, "proof.json"]);
    }
  });

  it("[P5] are refused with the field's name where they are not well formed", async () => {
    const bundle = JSON.parse(formatBundle(await make())) as Record<string, unknown>;
    const cases: [string | undefined, Record<string, unknown>][] = [
      [undefined, { more: 1 }],
      ["log", { log: { origin, more: 1 } }],
      ["format", { format: "stele-proof/2" }],
      ["index", { index: "-1" }],
      ["index", { index: (1n << 64n).toString() }],
      ["entry", { entry: "0x0" }],
      ["entry", { entry: `0x${"00".repeat(65_536)}` }],
      ["inclusion.0", { inclusion: ["0x00"] }],
      ["inclusion", { inclusion: Array(66).fill(`0x${"00".repeat(32)}`) }],
      ["checkpoint", { checkpoint: "no note" }],
      ["checkpoint", { checkpoint: undefined }],
      ["head.root", { head: { size: "9", consistency: [] } }],
      ["log.suite", { log: { origin: "other", suite: (bundle["log"] as { suite: unknown }).suite } }],
    ];
    for (const [field, change] of cases) {
      const error = refusal(() => verifyBundle({ ...bundle, ...change }, both));
      expect([error.code, error.place.field]).to.deep.equal(["input", field]);
    }
    expect(refusal(() => parseBundle("{")).message).to.equal("line 1: is not JSON");
    expect(refusal(() => parseBundle(JSON.stringify({ ...bundle, more: 1 }))).message).to.include(
      'unknown field "more"',
    );
  });

  it("are never accepted with a changed digit of entry or proofs", async () => {
    const text = formatBundle(await make());
    const digits = [...text.matchAll(/(?<=0x[0-9a-f]*)[0-9a-f]/g)].map(({ index }) => index);
    const suite = [text.indexOf('"suite"'), text.indexOf('"index"')] as const;
    const places = digits.filter((place) => place < suite[0] || place > suite[1]);
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.integer({ min: 1, max: 15 }), (place, add) => {
        const digit = ((Number.parseInt(text[place]!, 16) + add) % 16).toString(16);
        const changed = text.slice(0, place) + digit + text.slice(place + 1);
        return refusal(() => verifyBundle(changed, { ...both, head: chainHead })).code === "unproven";
      }),
      { numRuns: 500 },
    );
  });
});
