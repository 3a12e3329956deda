import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";

import { expect } from "chai";

import type { Book } from "../../../sdk/book/book.js";
import type { NewRecord } from "../../../sdk/book/writer.js";
import { equal } from "../../../sdk/common/bytes.js";
import { uriHash } from "../../../sdk/records/commitments.js";
import { decodeHeader, headerHash } from "../../../sdk/records/header.js";
import { bookConfig, faultsOf, ndjson, withBook } from "../../support/books.js";
import { temporaryFolders } from "../../support/folders.js";

const time = 1_772_366_400n;
const sources = ["urn:stele:desk:1", "urn:stele:desk:2", "urn:stele:desk:3"];

function record(source: string | undefined, i: number): NewRecord {
  return { ...(source === undefined ? {} : { source }), time, payload: { i } };
}

describe("appending to a book from several sources", () => {
  const folders = temporaryFolders();

  it("B4: gives every source its numbers from 0 without a gap, however calls interleave", async () => {
    await withBook(folders(), async (book) => {
      const calls = Array.from({ length: 60 }, (_, i) =>
        book.append(Array.from({ length: 1 + (i % 4) }, (_, j) => record(sources[(i + j) % 3], i))),
      );
      const appended = (await Promise.all(calls)).flat();
      expect(await faultsOf(book)).to.deep.equal([]);
      for (const source of sources) {
        const own = appended.filter((one) => one.source === source).map(({ sequence }) => sequence);
        expect(own).to.deep.equal(own.map((_, i) => BigInt(i)));
        expect(book.nextSequence(source)).to.equal(BigInt(own.length));
      }
    });
  });

  it("says of each record where it is, and it is there", async () => {
    await withBook(folders(), async (book) => {
      const appended = await book.append([record(sources[0], 7), record(undefined, 8), record(sources[0], 9)]);
      expect(appended.map(({ source }) => source)).to.deep.equal([sources[0], bookConfig.source, sources[0]]);
      for (const [i, { index, leafHash, source, sequence }] of appended.entries()) {
        const { entry, payload } = await book.openRecord(index);
        expect(payload).to.deep.equal({ i: 7 + i });
        expect(equal(headerHash(entry), leafHash)).to.equal(true);
        expect(decodeHeader(entry)).to.include({ sequence });
        expect(decodeHeader(entry).source).to.deep.equal(uriHash(source));
      }
    });
  });

  it("makes a payload that needs its place once the place is known", async () => {
    await withBook(folders(), async (book) => {
      await book.append([record(sources[1], 0)]);
      const payload = ({ source, sequence, index }: { source: string; sequence: bigint; index: bigint }) => ({
        at: `${source} ${sequence} ${index}`,
      });
      await Promise.all([
        book.append([record(sources[0], 0), { source: sources[1]!, time, payload }]),
        book.append([{ source: sources[1]!, time, payload }]),
      ]);
      expect((await book.openRecord(2n)).payload).to.deep.equal({ at: `${sources[1]} 1 2` });
      expect((await book.openRecord(3n)).payload).to.deep.equal({ at: `${sources[1]} 2 3` });
    });
  });

  it("B6: makes calls that wait at the same time durable with one write", async () => {
    const folder = folders();
    await withBook(folder, async (book) => {
      await Promise.all(Array.from({ length: 100 }, (_, i) => book.append([record(sources[i % 3], i)])));
    });
    const db = new DatabaseSync(join(folder, "log", "log.db"), { readOnly: true });
    expect(db.prepare("SELECT count(*) AS writes FROM pieces").get()).to.deep.include({ writes: 1 });
    db.close();
  });

  it("B7: refuses the call that holds a bad record, in whole, and no other", async () => {
    await withBook(folders(), async (book) => {
      const results = await Promise.allSettled([
        book.append([record(sources[0], 0)]),
        book.append([record(sources[0], 1), { source: sources[0]!, time, payload: { bad: undefined } }]),
        book.append([record("no uri", 2)]),
        book.append([
          record(sources[1], 3),
          { ...record(sources[1], 4), payload: () => expect.fail("an unhappy maker") },
        ]),
        book.append([record(sources[0], 5), record(sources[1], 6)]),
      ]);
      expect(results.map(({ status }) => status)).to.deep.equal([
        "fulfilled",
        "rejected",
        "rejected",
        "rejected",
        "fulfilled",
      ]);
      expect(await payloads(book)).to.deep.equal([0, 5, 6]);
      expect(await faultsOf(book)).to.deep.equal([]);
    });
  });

  it("appends nothing for an empty call, and nothing once it is closed", async () => {
    const book = await withBook(folders(), async (book) => {
      expect(await book.append([])).to.deep.equal([]);
      expect(book.log.size()).to.equal(0n);
      return book;
    });
    expect(await book.append([record(undefined, 0)]).catch(String)).to.contain("the book is closed");
  });

  it("finishes what waits before it closes", async () => {
    const folder = folders();
    const waiting = await withBook(folder, async (book) => [book.append([record(sources[0], 0)])]);
    expect((await waiting[0])![0]).to.include({ index: 0n, sequence: 0n });
  });

  it("imports into its own source beside other sources, and goes on where it was interrupted", async () => {
    const folder = folders();
    const text = Array.from({ length: 4_000 }, (_, i) => `{"data":{"i":${i}}}`).join("\n");
    await withBook(folder, async (book) => {
      await book.append([record(sources[0], -1), record(undefined, -2)]);
      const interrupt = new AbortController();
      const others: Promise<unknown>[] = [];
      const onProgress = ({ phase, done }: { phase: string; done: number }): void => {
        if (phase === "appending") others.push(book.append([record(sources[0], -1)]));
        if (phase === "appending" && done >= 2_000) interrupt.abort();
      };
      await book.import(ndjson(text), { signal: interrupt.signal, onProgress }).catch(() => undefined);
      await Promise.all(others);
      expect(others.length).to.be.greaterThan(1);
    });
    await withBook(folder, async (book) => {
      await book.append([record(sources[0], -1), record(sources[2], -1)]);
      expect(await book.import(ndjson(text))).to.deep.include({ count: 0 });
      expect((await payloads(book)).filter((i) => i >= 0)).to.deep.equal(Array.from({ length: 4_000 }, (_, i) => i));
      expect(await faultsOf(book)).to.deep.equal([]);
    });
  });

  it("completes a killed import before anything else is appended to its source", async () => {
    const folder = folders();
    const text = Array.from({ length: 3_000 }, (_, i) => `{"data":{"i":${i}}}`).join("\n");
    await withBook(folder, async (book) => {
      const onProgress = ({ phase }: { phase: string }): void => {
        if (phase === "appending") throw new Error("stopped");
      };
      expect(await book.import(ndjson(text), { onProgress }).catch(String)).to.contain("stopped");
    });
    await withBook(folder, async (book) => {
      const own = book.append([record(undefined, 3_000)]);
      await book.append([record(sources[0], -1)]);
      expect(book.log.size() < 3_000n, "another source waits for nobody").to.equal(true);
      expect((await own)[0]).to.include({ sequence: 3_000n });
      expect((await payloads(book)).filter((i) => i >= 0)).to.deep.equal(Array.from({ length: 3_001 }, (_, i) => i));
    });
  });
});

async function payloads(book: Book): Promise<number[]> {
  const found: number[] = [];
  for (let index = 0n; index < book.log.size(); index++)
    found.push(Number((await book.openRecord(index)).payload["i"]));
  return found;
}
