import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { expect } from "chai";
import { exportJWK, generateKeyPair } from "jose";

import { Book } from "../../../sdk/book/book.js";
import { writeBookConfig } from "../../../sdk/book/config.js";
import { openBookReader } from "../../../sdk/book/reader.js";
import type { ReadRecord, RecordSource } from "../../../sdk/book/source.js";
import { headerHash } from "../../../sdk/records/header.js";
import { bookConfig, withBook } from "../../support/books.js";
import { temporaryFolders } from "../../support/folders.js";

const time = 1_772_366_400n;

describe("reading a book beside its writer", () => {
  const folders = temporaryFolders();

  const numbered = (count: number, from = 0) =>
    Array.from({ length: count }, (_, i) => ({ time, payload: { i: from + i } }));

  async function reading<T>(folder: string, work: (source: RecordSource) => Promise<T>): Promise<T> {
    const source = await openBookReader(folder);
    try {
      return await work(source);
    } finally {
      await source.close();
    }
  }

  const all = async (source: RecordSource): Promise<ReadRecord[]> =>
    Array.fromAsync(source.records(0n, (await source.log.storedHead()).size));

  it("gives every record with its header and payload, in order, while the writer goes on", async () => {
    const folder = folders();
    await withBook(folder, async (book) => {
      await book.append(numbered(700));
      await reading(folder, async (source) => {
        const found: unknown[] = [];
        for await (const { index, record, header } of source.records(0n, 700n)) {
          expect(header.sequence).to.equal(index);
          found.push(record?.payload["i"]);
          if (found.length % 100 === 0) await book.append(numbered(10, 700 + found.length / 10 - 10));
        }
        expect(found).to.deep.equal(Array.from({ length: 700 }, (_, i) => i));
        expect((await source.log.storedHead()).size).to.equal(770n);
        expect((await source.openRecord(769n)).record?.payload).to.deep.equal({ i: 769 });
      });
    });
  });

  it("B9: gives no record that was erased, however early it was read", async () => {
    const folder = folders();
    await withBook(folder, async (book) => {
      const appended = await book.append(numbered(300));
      await reading(folder, async (source) => {
        const seen: (string | number)[] = [];
        for await (const { record, missing } of source.records(0n, 300n)) {
          seen.push(missing ?? Number(record?.payload["i"]));
          // Both the next one, which lies ready in memory, and one of the next bundle.
          if (seen.length === 100) book.keys.eraseAll([appended[100]!.leafHash, appended[299]!.leafHash], "asked for");
        }
        expect(seen[99]).to.equal(99);
        expect(seen[100]).to.equal("erased");
        expect(seen[299]).to.equal("erased");
        expect(seen.filter((one) => one === "erased").length).to.equal(2);
        expect((await source.openRecord(100n)).missing).to.equal("erased");
      });
      await reading(folder, async (source) => expect((await source.openRecord(299n)).missing).to.equal("erased"));
    });
  });

  it("says of a recipient what was not granted to them", async () => {
    const folder = folders();
    const { publicKey, privateKey } = await generateKeyPair("ECDH-ES+A256KW", { crv: "X25519", extractable: true });
    await withBook(folder, (book) => book.append(numbered(3)));
    const recipients = [{ id: "office", publicKey: await exportJWK(publicKey) }];
    await writeBookConfig(folder, { ...bookConfig, recipients });
    await withBook(folder, (book) => book.append(numbered(3, 3)));
    const source = await openBookReader(folder, { recipient: "office", privateKey: await exportJWK(privateKey) });
    const read = (await all(source)).map(({ record, missing }) => missing ?? record?.payload["i"]);
    expect(read).to.deep.equal(["not granted", "not granted", "not granted", 3, 4, 5]);
    await source.close();
    const stranger = await openBookReader(folder, { recipient: "nobody", privateKey: await exportJWK(privateKey) });
    expect((await all(stranger)).every(({ missing }) => missing === "not granted")).to.equal(true);
    await stranger.close();
  });

  it("reads while another process writes and erases", async function () {
    this.timeout(60_000);
    const folder = folders();
    await Book.prepare(folder, bookConfig);
    const child = fork(join(import.meta.dirname, "eraser.ts"), [folder], {
      execArgv: ["--import", import.meta.resolve("tsx")],
    });
    const erased = new Map<bigint, number>();
    let reads = 0;
    child.on("message", (index: string) => erased.set(BigInt(index), reads));
    await once(child, "message");
    const ended = once(child, "exit");
    await reading(folder, async (source) => {
      while (child.exitCode === null || reads < 3) {
        for (const { index, record } of await all(source)) {
          const when = erased.get(index);
          if (record !== undefined && when !== undefined && when < reads) expect.fail(`entry ${index} was erased`);
        }
        reads++;
      }
    });
    await ended;
    expect(erased.size).to.equal(40);
  });

  it("is stopped by a signal, and says how far it is", async () => {
    const folder = folders();
    await withBook(folder, (book) => book.append(numbered(600)));
    await reading(folder, async (source) => {
      const stop = new AbortController();
      const told: bigint[] = [];
      const progress = (done: bigint): void => {
        told.push(done);
        if (done === 512n) stop.abort(new Error("enough"));
      };
      const reading = Array.fromAsync(source.records(0n, 600n, { signal: stop.signal, progress }));
      expect(await reading.catch(String)).to.contain("enough");
      expect(told).to.deep.equal([256n, 512n]);
    });
  });

  it("refuses a folder without a book, and entries that are not there", async () => {
    expect(await openBookReader(folders()).catch(String)).to.contain("there is no log in this folder");
    const folder = folders();
    await withBook(folder, (book) => book.append(numbered(2)));
    await reading(folder, async (source) => {
      expect(await source.openRecord(2n).catch(String)).to.contain("there is no entry 2; the log has 2");
      expect(await Array.fromAsync(source.records(1n, 3n)).catch(String)).to.contain("the log has 2 entries");
      expect((await source.openRecord(1n)).entry).to.satisfy((entry: Uint8Array) => headerHash(entry).length === 32);
    });
  });
});
