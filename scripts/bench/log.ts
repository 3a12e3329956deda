import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { SimpleMerkleTree } from "@openzeppelin/merkle-tree";

import { sha256Into } from "../../sdk/common/sha256.js";
import { openLog } from "../../sdk/log/log.js";
import { TreeReader, type TileSource } from "../../sdk/log/proofs.js";
import { encodeBundle } from "../../sdk/log/tiles.js";
import { hashLeaf, Tree } from "../../sdk/log/tree.js";
import { toHex } from "../../sdk/common/bytes.js";
import { ed25519Signer } from "../../sdk/proof/ed25519.js";
import { leafHash, nodeHash, verifyInclusion } from "../../sdk/proof/merkle.js";
import { row, type BenchOptions, type Row } from "./types.js";

const entryLength = 300;
const batchSize = 1000;

/** Figures of the log: appending, building a tree, verifying. One core. */
export async function rows(options: BenchOptions): Promise<readonly Row[]> {
  return [...(await appending(options)), ...(await building(options)), ...(await verifying(options))];
}

async function appending({ quick, signal, progress }: BenchOptions): Promise<Row[]> {
  const batches = quick ? 5 : 500;
  const floor = hashesPerSecond(quick ? 5_000 : 500_000, entryLength);
  progress("appending in memory");
  const memory = await perSecond(batches, signal, async (batch) => {
    const tree = inMemory;
    encodeBundle(batch);
    for (const entry of batch) tree.add(entry);
  });
  progress("appending durably");
  const folder = mkdtempSync(join(tmpdir(), "stele-bench-"));
  const origin = "example.org/bench";
  const log = await openLog(folder, { origin });
  const durable = await perSecond(batches, signal, (batch) => log.append(batch));
  progress("auditing and publishing");
  const started = performance.now();
  await log.publish([ed25519Signer(origin, new Uint8Array(32).fill(1))], { signal });
  const audited = (Number(log.size()) * 1000) / (performance.now() - started);
  await log.close();
  rmSync(folder, { recursive: true });
  const name = "log append, 300-byte entries";
  const unit = "entries/s";
  return [
    row({ name: `${name}, durable, batches of 1,000`, unit, value: durable, better: "more", floor }),
    row({ name: `${name}, in memory`, unit, value: memory, better: "more", floor }),
    row({ name: "log audit before publishing, 300-byte entries", unit, value: audited, better: "more", floor }),
  ];
}

const inMemory = new Tree();

/** Entries a second over batches that differ in every entry. */
async function perSecond(
  batches: number,
  signal: AbortSignal,
  work: (batch: readonly Uint8Array[]) => Promise<unknown>,
): Promise<number> {
  const batch = Array.from({ length: batchSize }, () => Buffer.alloc(entryLength, 0x5a));
  let spent = 0;
  for (let i = 0; i < batches; i++) {
    signal.throwIfAborted();
    batch.forEach((entry, j) => entry.writeUInt32BE(i * batchSize + j));
    const started = performance.now();
    await work(batch);
    spent += performance.now() - started;
  }
  return (batches * batchSize * 1000) / spent;
}

/** A tree of 10 million leaves; the peer's is of fewer, scaled: its memory does not stay flat. */
async function building({ quick, signal, progress }: BenchOptions): Promise<Row[]> {
  const leaves = quick ? 20_000 : 10_000_000;
  const peerLeaves = quick ? 2_000 : 200_000;
  progress(`building a tree of ${leaves} leaves`);
  const entry = Buffer.alloc(entryLength, 0x5a);
  const before = process.memoryUsage.rss();
  let peak = before;
  const tree = new Tree();
  const started = performance.now();
  for (let i = 0; i < leaves; i++) {
    entry.writeUInt32BE(i);
    tree.add(entry);
    if (i % 65_536 === 0) {
      signal.throwIfAborted();
      peak = Math.max(peak, process.memoryUsage.rss());
    }
  }
  tree.root();
  const seconds = (performance.now() - started) / 1000;
  progress(`building a tree of ${peerLeaves} leaves by OpenZeppelin`);
  const peer = (peerSeconds(peerLeaves) * leaves) / peerLeaves;
  const floor = leaves / hashesPerSecond(quick ? 5_000 : 500_000, entryLength);
  const peerName = `@openzeppelin/merkle-tree, ${peerLeaves.toLocaleString("en")} leaves, scaled`;
  const name = "tree of 10 million leaves";
  return [
    row({ name, unit: "s", value: seconds, better: "less", floor, peer: { name: peerName, value: peer } }),
    row({ name: `${name}, memory it adds`, unit: "MB", value: (peak - before) / 1e6, better: "less" }),
  ];
}

/** The peer takes leaves that are hashed already; the same hashing is counted for it as for us. */
function peerSeconds(leaves: number): number {
  const entry = Buffer.alloc(entryLength, 0x5a);
  const started = performance.now();
  const hashes = Array.from({ length: leaves }, (_, i) => {
    entry.writeUInt32BE(i);
    return Buffer.from(hashLeaf(entry), "latin1");
  });
  const hash = (a: unknown, b: unknown) => toHex(nodeHash(a as Uint8Array, b as Uint8Array));
  SimpleMerkleTree.of(hashes, { sortLeaves: false, nodeHash: (a, b) => hash(bytesOf(a), bytesOf(b)) });
  return (performance.now() - started) / 1000;
}

function bytesOf(value: unknown): Uint8Array {
  return typeof value === "string" ? Buffer.from(value.slice(2), "hex") : (value as Uint8Array);
}

async function verifying({ quick, progress }: BenchOptions): Promise<Row[]> {
  progress("verifying inclusion proofs");
  const size = 10_000_000n;
  const leaf = leafHash(new Uint8Array(0));
  const uniform: TileSource = {
    async tile(level, _index, width) {
      let node = leaf;
      for (let height = 0; height < 8 * level; height++) node = nodeHash(node, node);
      return Buffer.concat(Array.from({ length: width }, () => node));
    },
  };
  const reader = new TreeReader(uniform);
  const root = await reader.root(size);
  const index = 6_543_210n;
  const proof = await reader.inclusionProof(index, size);
  const count = quick ? 200 : 100_000;
  const started = performance.now();
  for (let i = 0; i < count; i++)
    if (!verifyInclusion(leaf, index, size, root, proof)) throw new Error("does not verify");
  const value = (count * 1000) / (performance.now() - started);
  const floor = hashesPerSecond(quick ? 5_000 : 500_000, 65) / proof.length;
  const name = "inclusion proofs verified, 10 million leaves";
  return [row({ name, unit: "proofs/s", value, better: "more", floor })];
}

/** The platform's fastest hash on its own: one SHA-256 over `length` bytes and a prefix. */
function hashesPerSecond(count: number, length: number): number {
  const input = Buffer.alloc(1 + length, 0x5a);
  const digest = Buffer.alloc(32);
  const started = performance.now();
  for (let i = 0; i < count; i++) {
    input.writeUInt32BE(i, 1);
    sha256Into(input, digest, 0);
  }
  return (count * 1000) / (performance.now() - started);
}
