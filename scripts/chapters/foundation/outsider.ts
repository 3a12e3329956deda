import { equal } from "../../../sdk/common/bytes.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { verifyBundleOnChain } from "../../../sdk/chain/verify.js";
import type { Suite } from "../../../sdk/chain/suite.js";
import { serveLog } from "../../../sdk/log/serve.js";
import { decodeBundle, tilePath, tileWidth } from "../../../sdk/log/tiles.js";
import { Tree } from "../../../sdk/log/tree.js";
import { openCheckpoint } from "../../../sdk/proof/checkpoint.js";
import { ed25519Verifier } from "../../../sdk/proof/ed25519.js";
import type { Random } from "../../samples/random.js";
import type { AgencyWork } from "./agency.js";

/** What somebody with a browser and a node found out. */
export interface OutsideCheck {
  /** Entries downloaded and hashed again. */
  readonly entries: number;
  readonly bytes: number;
  /** Bundles verified against the chain. */
  readonly proofs: number;
  readonly seconds: number;
}

/**
 * Downloads a served log over HTTP, recomputes its root and holds it against the head on the chain; then verifies proof
 * bundles of random entries against the chain.
 * @throws SteleError `unproven` at the first thing that does not hold
 */
export async function checkFromOutside(
  suite: Suite,
  { book }: AgencyWork,
  proofs: number,
  random: Random,
  onProgress: (done: number, total: number) => void,
): Promise<OutsideCheck> {
  const started = performance.now();
  const served = await serveLog(book.log.reader);
  try {
    const { size, root, bytes } = await download(served.url, book.log.origin, book.verifierKey, onProgress);
    const [head, onChain] = await suite.contract("LogRegistry").headOf(book.config.logId);
    if (head.size !== size || !equal(root, Buffer.from(onChain.slice(2), "hex"))) {
      throw new SteleError("unproven", `the served log of ${size} entries is not the one whose head the chain holds`);
    }
    const wanted = Math.min(proofs, Number(size));
    for (let i = 0; i < wanted; i++) {
      const verdict = await verifyBundleOnChain(await book.prove(BigInt(random.below(Number(size)))), suite);
      if (!verdict.good) throw new SteleError("unproven", verdict.steps.join(" "));
    }
    return { entries: Number(size), bytes, proofs: wanted, seconds: (performance.now() - started) / 1000 };
  } finally {
    await served.close();
  }
}

async function download(
  url: string,
  origin: string,
  verifierKey: string,
  onProgress: (done: number, total: number) => void,
): Promise<{ size: bigint; root: Uint8Array; bytes: number }> {
  const note = await fetchBytes(new URL("checkpoint", url));
  const checkpoint = openCheckpoint(note, origin, [ed25519Verifier(verifierKey)]);
  const [tree, size] = [new Tree(), Number(checkpoint.size)];
  let bytes = note.length;
  for (let bundle = 0; bundle * tileWidth < size; bundle++) {
    const width = Math.min(tileWidth, size - bundle * tileWidth);
    const data = await fetchBytes(new URL(tilePath({ level: "entries", index: bundle, width }), url));
    for (const entry of decodeBundle(data, width)) tree.add(entry);
    bytes += data.length;
    onProgress(bundle * tileWidth + width, size);
  }
  if (!equal(tree.root(), checkpoint.root)) {
    throw new SteleError("unproven", `the served entries do not give the root of the checkpoint at ${checkpoint.size}`);
  }
  return { size: checkpoint.size, root: tree.root(), bytes };
}

async function fetchBytes(url: URL): Promise<Uint8Array> {
  const answer = await fetch(url);
  if (!answer.ok) throw new SteleError("network", `${url.pathname} answered ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}
