import { expect } from "chai";
import { Decrypter } from "age-encryption";
import fc from "fast-check";
import { existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { concat, fromHex } from "../../../sdk/common/bytes.js";
import { leafHash, verifyInclusion } from "../../../sdk/proof/merkle.js";
import { identityOf } from "../../../sdk/audit/datasets/age.js";
import { ChunkTree, sideLength } from "../../../sdk/audit/datasets/chunks.js";
import type { Dataset } from "../../../sdk/audit/datasets/dataset.js";
import { chunksOf } from "../../../sdk/audit/datasets/description.js";
import { decryptDataset, encryptDataset } from "../../../sdk/audit/datasets/encrypt.js";
import { restoreDataset } from "../../../sdk/audit/datasets/restore.js";
import { openSource } from "../../../sdk/audit/datasets/source.js";
import { DatasetStore } from "../../../sdk/audit/datasets/store.js";
import { flip, gather, made, plainOf } from "../../support/datasets.js";
import { temporaryFolders } from "../../support/folders.js";
import { ReferenceTree } from "../../support/referenceTree.js";
import { refusal } from "../../support/refusal.js";

describe("datasets: encrypted files and their trees", () => {
  const folder = temporaryFolders();

  it("decrypts what it encrypted, at the lengths where chunks and age's segments begin and end", async () => {
    const store = await DatasetStore.open(folder());
    for (const length of [0, 1, 823, 824, 1023, 1024, 1025, 65_535, 65_536, 65_537, 200_000]) {
      const plain = plainOf(length);
      const { dataset, key } = await made(store, plain);
      expect(await gather(decryptDataset(dataset, key)), `${length} bytes`).to.deep.equal(plain);
      expect(dataset.description.chunks).to.equal(chunksOf(dataset.description.size));
      await dataset.verify();
    }
  });

  it("writes files that age itself opens with the key as an identity", async () => {
    const { dataset, key } = await made(await DatasetStore.open(folder()), plainOf(100_000));
    const age = new Decrypter();
    age.addIdentity(identityOf(key));
    expect(identityOf(key)).to.match(/^AGE-SECRET-KEY-1[0-9A-Z]{58}$/);
    expect(await age.decrypt(readFileSync(dataset.file))).to.deep.equal(plainOf(100_000));
  });

  it("proves each chunk to the root, and the root is that of RFC 9162 over chunks of 1,024 bytes", async () => {
    const { dataset } = await made(await DatasetStore.open(folder()), plainOf(300_000));
    const { root, chunks } = dataset.description;
    const leaves: Uint8Array[] = [];
    for (let index = 0n; index < chunks; index++) {
      const chunk = await dataset.chunk(index);
      leaves.push(leafHash(chunk));
      const proof = await dataset.inclusionProof(index);
      expect(verifyInclusion(leafHash(chunk), index, chunks, fromHex(root), proof), `chunk ${index}`).to.equal(true);
    }
    expect(new ReferenceTree(leaves).root()).to.deep.equal(fromHex(root));
    expect(await gather(dataset.leafHashes(0n, chunks))).to.deep.equal(concat(...leaves));
    await refusal(dataset.chunk(chunks), `has chunks 0 to ${chunks - 1n}, no chunk ${chunks}`);
  });

  it("gives one tree however the bytes are cut into pieces", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 9000 }),
        fc.array(fc.nat({ max: 3000 }), { maxLength: 8 }),
        (bytes, cuts) => {
          const whole = new ChunkTree();
          whole.add(bytes);
          const parts = new ChunkTree();
          let at = 0;
          for (const cut of cuts) {
            parts.add(bytes.subarray(at, at + cut));
            at += cut;
          }
          parts.add(bytes.subarray(Math.min(at, bytes.length)));
          expect(parts.end()).to.deep.equal(whole.end());
          expect(concat(parts.takeLeaves(), parts.upper()).length).to.equal(sideLength(chunksOf(BigInt(bytes.length))));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("does not open with another dataset's key", async () => {
    const store = await DatasetStore.open(folder());
    const [one, other] = [await made(store, plainOf(10)), await made(store, plainOf(11))];
    await refusal(
      gather(decryptDataset(one.dataset, other.key)),
      /ciphertext: cannot be decrypted: no identity matched/,
    );
  });

  it("DS1: stops at the signal and leaves nothing that could be adopted", async () => {
    const store = await DatasetStore.open(folder());
    const controller = new AbortController();
    const staged = store.stage();
    async function* plain() {
      yield plainOf(100_000);
      controller.abort();
      yield plainOf(100_000);
    }
    await refusal(encryptDataset(plain(), staged, { mediaType: "text/csv", signal: controller.signal }), /abort/i);
    await refusal(store.adopt(staged), /dataset\.json: there is no such file/);
    expect(await store.list()).to.deep.equal([]);
  });
});

describe("datasets: a store", () => {
  const folder = temporaryFolders();
  const corrupted = async (length: number, damage: (dataset: Dataset) => void, sentence: RegExp) => {
    const { dataset } = await made(await DatasetStore.open(folder()), plainOf(length));
    damage(dataset);
    await refusal(dataset.verify(), sentence);
  };
  const side = (dataset: Dataset) => dataset.file.replace(/ciphertext$/, "chunks");

  it("DS1: adopts a dataset once, and again without harm", async () => {
    const store = await DatasetStore.open(folder());
    const staged = store.stage("one");
    const { description } = await encryptDataset([plainOf(5000)].values() as never, staged, { mediaType: "text/csv" });
    await store.adopt(staged);
    await store.adopt(store.pathOf(description.root));
    await refusal(store.adopt(staged), /there is no such file/);
    expect(await store.list()).to.deep.equal([description.root]);
    expect(await readdir(join(store.folder, ".staged"))).to.deep.equal([]);
    await store.remove(description.root);
    await store.remove(description.root);
    await refusal(store.get(description.root), `there is no dataset ${description.root}`);
  });

  it("DS2: names the chunk whose bytes changed, and which of the two files is wrong", async () => {
    await corrupted(5000, ({ file }) => flip(file, 2048), /ciphertext: differs .* in 1 of its chunks, the first is 2;/);
    await corrupted(5000, (one) => flip(side(one), 33), /chunks: leaf hash 1 does not follow from the ciphertext/);
    await corrupted(300_000, (one) => flip(side(one), -1), /chunks: the nodes above its leaf hashes do not follow/);
    await corrupted(5000, (one) => (flip(one.file, 0), flip(side(one), 0)), /neither are the leaf hashes beside it/);
  });

  it("finds files that are too short or too long when it opens them", async () => {
    const store = await DatasetStore.open(folder());
    const { dataset } = await made(store, plainOf(5000));
    const { root, size } = dataset.description;
    truncateSync(side(dataset), 31);
    await refusal(store.get(root), /chunks: has 31 bytes where the dataset has \d+; restore it from a mirror/);
    truncateSync(dataset.file, Number(size) - 1);
    await refusal(dataset.verify(), /ciphertext: ends at \d+ bytes, before \d+/);
  });

  it("refuses a dataset.json that lies", async () => {
    const store = await DatasetStore.open(folder());
    const { dataset } = await made(store, plainOf(5000));
    const { root } = dataset.description;
    const file = join(store.pathOf(root), "dataset.json");
    const honest = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    const lie = async (change: Record<string, unknown>, sentence: RegExp) => {
      writeFileSync(file, JSON.stringify({ ...honest, ...change }));
      await refusal(store.get(root), sentence);
    };
    await lie({ root: `0x${"11".repeat(32)}` }, /field "root": describes 0x1111.*, not dataset/);
    await lie({ size: "1" }, /field "chunks": is not what the size gives/);
    await lie({ size: "5121", chunks: "6" }, /ciphertext: has \d+ bytes where the dataset has 5121/);
    await lie({ size: "99999999999999999999" }, /field "size": is no size of a ciphertext/);
    await lie({ mediaType: "text/\u0000" }, /field "mediaType": is not 3 to 127 bytes/);
    await lie({ more: 1 }, /unknown field "more"/);
    writeFileSync(file, "{");
    await refusal(store.get(root), /dataset\.json:1: is not JSON/);
  });

  it("names the file where the disk is full", async function () {
    if (!existsSync("/dev/full")) {
      console.log("      did not run: this system has no /dev/full");
      return this.skip();
    }
    const store = await DatasetStore.open(folder());
    const { dataset } = await made(store, plainOf(5000));
    const { root } = dataset.description;
    for (const name of ["ciphertext", "chunks"]) {
      const staged = store.stage(name);
      mkdirSync(staged);
      symlinkSync("/dev/full", join(staged, name));
      const plain = [plainOf(100_000)].values() as never;
      await refusal(
        encryptDataset(plain, staged, { mediaType: "text/csv" }),
        `${name}: cannot be written: the disk is full`,
      );
    }
    const into = await DatasetStore.open(folder());
    mkdirSync(into.stage(`restore-${root.slice(2)}`));
    symlinkSync("/dev/full", join(into.stage(`restore-${root.slice(2)}`), "ciphertext"));
    const sources = [await openSource(store.folder)];
    await refusal(restoreDataset({ root, sources, store: into }), "ciphertext: cannot be written: the disk is full");
  });

  it("takes no path for a root", async () => {
    const store = await DatasetStore.open(folder());
    for (const root of ["0x..", "../../etc", `0x${"0".repeat(63)}/`]) {
      await refusal(store.get(root as `0x${string}`), "is no root of a dataset");
    }
  });
});
