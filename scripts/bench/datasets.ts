/** Datasets: encryption with its tree, verification, restoring from a folder and over HTTP, proofs. One process. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Dataset } from "../../sdk/audit/datasets/dataset.js";
import { decryptDataset, encryptDataset } from "../../sdk/audit/datasets/encrypt.js";
import { restoreDataset } from "../../sdk/audit/datasets/restore.js";
import { serveDatasets } from "../../sdk/audit/datasets/serve.js";
import { openSource } from "../../sdk/audit/datasets/source.js";
import { DatasetStore } from "../../sdk/audit/datasets/store.js";
import { Tree } from "../../sdk/log/tree.js";
import { row, type BenchOptions, type Row } from "./types.js";

const piece = randomBytes(1 << 20);
const segment = 65_536;

export async function rows(options: BenchOptions): Promise<readonly Row[]> {
  const mebibytes = options.quick ? 4 : 512;
  const folder = await mkdtemp(join(tmpdir(), "stele-bench-"));
  try {
    const store = await DatasetStore.open(join(folder, "store"));
    await made(store, options.quick ? 1 : 64, options); // warm
    options.progress(`encrypting ${mebibytes} MiB`);
    const before = process.resourceUsage().maxRSS;
    const { dataset, key, seconds } = await made(store, mebibytes, options);
    const memory = (process.resourceUsage().maxRSS - before) / 1024;
    const size = Number(dataset.description.size);
    const speed = (elapsed: number): number => size / 1e6 / elapsed;
    const floor = speed(await timed(() => hashOnly(mebibytes)));
    const figure = (name: string, value: number, peer?: { name: string; value: number }): Row => {
      const shown = { name: `dataset ${name}`, unit: "MB/s", value, better: "more", floor } as const;
      return row(peer === undefined ? shown : { ...shown, peer });
    };
    const native = "node:crypto, ChaCha20-Poly1305 alone";
    const result = [
      figure("encryption, with tree, durable", speed(seconds), { name: native, value: speed(cipherOnly(mebibytes)) }),
      row({ name: "dataset encryption, memory on top", unit: "MiB", value: memory, better: "less" }),
      figure("decryption", speed(await timed(() => drain(decryptDataset(dataset, key)))), {
        name: native,
        value: speed(decipherOnly(mebibytes)),
      }),
      figure("verification", speed(await timed(() => dataset.verify())), {
        name: "reading the file",
        value: speed(await timed(() => drain(createReadStream(dataset.file, { highWaterMark: 1 << 20 })))),
      }),
      ...(await restores(dataset, store, folder, options, figure, speed)),
      await proofs(dataset, options),
    ];
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function made(store: DatasetStore, mebibytes: number, { signal }: BenchOptions) {
  async function* plain() {
    for (let i = 0; i < mebibytes; i++) yield piece;
  }
  const staged = store.stage();
  const mediaType = "application/octet-stream";
  const start = performance.now();
  const { key } = await encryptDataset(plain(), staged, { mediaType, signal });
  const seconds = (performance.now() - start) / 1000;
  return { dataset: await store.adopt(staged), key, seconds };
}

async function restores(
  dataset: Dataset,
  store: DatasetStore,
  folder: string,
  { progress, signal }: BenchOptions,
  figure: (name: string, value: number, peer: { name: string; value: number }) => Row,
  speed: (seconds: number) => number,
): Promise<Row[]> {
  const { root } = dataset.description;
  const served = await serveDatasets(store);
  try {
    const result: Row[] = [];
    for (const [name, where] of [
      ["a folder", store.folder],
      ["HTTP on loopback", served.url],
    ] as const) {
      progress(`restoring from ${name}`);
      const into = await DatasetStore.open(join(folder, name));
      const sources = [await openSource(where)];
      const seconds = await timed(() => restoreDataset({ root, sources, store: into, signal }));
      const peer =
        name === "a folder"
          ? { name: "cp", value: speed(await timed(() => copyFile(dataset.file, join(folder, "copy")))) }
          : { name: "fetch alone", value: speed(await timed(() => fetchOnly(`${where}${root.slice(2)}/ciphertext`))) };
      result.push(figure(`restore from ${name}`, speed(seconds), peer));
      await rm(into.folder, { recursive: true });
    }
    return result;
  } finally {
    await served.close();
  }
}

async function proofs(dataset: Dataset, { quick }: BenchOptions): Promise<Row> {
  const count = quick ? 20 : 2000;
  const chunks = Number(dataset.description.chunks);
  const seconds = await timed(async () => {
    for (let i = 0; i < count; i++) {
      const index = BigInt(Math.floor(Math.random() * chunks));
      await dataset.chunk(index);
      await dataset.inclusionProof(index);
    }
  });
  return row({
    name: "dataset answer, chunk and proof from disk",
    unit: "ms",
    value: (seconds / count) * 1000,
    better: "less",
  });
}

async function hashOnly(mebibytes: number): Promise<void> {
  const tree = new Tree();
  for (let i = 0; i < mebibytes; i++) {
    for (let at = 0; at < piece.length; at += 1024) tree.add(piece.subarray(at, at + 1024));
  }
}

function cipherOnly(mebibytes: number): number {
  const key = randomBytes(32);
  const start = performance.now();
  for (let at = 0; at < mebibytes * piece.length; at += segment) {
    const cipher = createCipheriv("chacha20-poly1305", key, nonce(at), { authTagLength: 16 });
    cipher.update(piece.subarray(at % piece.length, (at % piece.length) + segment));
    cipher.final();
    cipher.getAuthTag();
  }
  return (performance.now() - start) / 1000;
}

function decipherOnly(mebibytes: number): number {
  const key = randomBytes(32);
  const cipher = createCipheriv("chacha20-poly1305", key, nonce(0), { authTagLength: 16 });
  const sealed = Buffer.concat([cipher.update(piece.subarray(0, segment)), cipher.final()]);
  const tag = cipher.getAuthTag();
  const start = performance.now();
  for (let at = 0; at < mebibytes * piece.length; at += segment) {
    const decipher = createDecipheriv("chacha20-poly1305", key, nonce(0), { authTagLength: 16 });
    decipher.setAuthTag(tag);
    decipher.update(sealed);
    decipher.final();
  }
  return (performance.now() - start) / 1000;
}

function nonce(count: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUIntBE(count, 5, 6);
  return bytes;
}

async function fetchOnly(url: string): Promise<void> {
  const response = await fetch(url);
  if (response.body !== null) await drain(response.body);
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const part of stream) void part;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
