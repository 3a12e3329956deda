import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";
import fc from "fast-check";

import type { NewRecord } from "../../../sdk/book/writer.js";
import { fromHex } from "../../../sdk/common/bytes.js";
import { uriHash } from "../../../sdk/records/commitments.js";
import { SequenceChecker } from "../../../sdk/records/sequence.js";
import { bookConfig, headersOf, ndjson, withBook } from "../../support/books.js";
import { temporaryFolders } from "../../support/folders.js";

const sources = ["urn:stele:a", "urn:stele:b", "urn:stele:c"];
const newRecord = (source: string): NewRecord => ({ source, time: 1_772_366_400n, payload: { source } });

describe("the next numbers of a book's sources", () => {
  const folders = temporaryFolders();

  const append = (folder: string, ...of: string[]): Promise<unknown> =>
    withBook(folder, (book) => book.append(of.map(newRecord)));
  const next = (folder: string): Promise<bigint[]> =>
    withBook(folder, async (book) => sources.map((source) => book.nextSequence(source)));

  it("B8: are read from the log where the snapshot is missing, damaged, old, or of another log", async () => {
    const folder = folders();
    const file = join(folder, "sequences.json");
    await append(folder, sources[0]!, sources[1]!, sources[0]!);
    const old = await readFile(file, "utf8");
    await append(folder, sources[0]!, sources[2]!);
    const known = await readFile(file, "utf8");
    const spoilt = [
      undefined,
      "",
      "not JSON",
      "[]",
      "null",
      old,
      known.replace('"3"', '"4"'),
      known.replace(/"root":"0x../, '"root":"0x00'),
      known.slice(0, -10),
    ];
    for (const text of spoilt) {
      if (text === undefined) await rm(file);
      else await writeFile(file, text);
      expect(await next(folder), String(text)).to.deep.equal([3n, 1n, 1n]);
    }
    const other = folders();
    await append(other, sources[1]!, sources[1]!, sources[1]!, sources[1]!, sources[1]!);
    await writeFile(file, await readFile(join(other, "sequences.json")));
    expect(await next(folder), "of another log of the same size").to.deep.equal([3n, 1n, 1n]);
  });

  it("B8: are read from the log where the snapshot is newer than a log that was restored", async () => {
    const folder = folders();
    await append(folder, sources[0]!, sources[0]!, sources[0]!);
    const newer = await readFile(join(folder, "sequences.json"));
    const restored = folders();
    await append(restored, sources[0]!);
    await writeFile(join(restored, "sequences.json"), newer);
    expect(await next(restored)).to.deep.equal([1n, 0n, 0n]);
  });

  it("are what SequenceChecker says, over random calls, refusals, imports and openings", async function () {
    this.timeout(120_000);
    const call = fc.array(fc.nat(3), { maxLength: 4 });
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.array(call, { minLength: 1, maxLength: 6 }) },
      { weight: 1, arbitrary: fc.constantFrom("reopen", "forget", "import") },
    );
    // One book for all runs: a folder each would cost more than what is tried in it.
    const folder = folders();
    let imported = 0;
    const walk = fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), async (steps) => {
      const rounds: (number[][] | "import")[][] = [[]];
      for (const one of steps) {
        if (one === "reopen" || one === "forget") rounds.push([]);
        else rounds.at(-1)!.push(one as number[][] | "import");
      }
      for (const round of rounds) {
        if (steps.includes("forget")) await rm(join(folder, "sequences.json"), { force: true });
        await withBook(folder, async (book) => {
          for (const one of round) {
            const appending = one === "import" ? [] : one.map((of) => book.append(of.map(recordOf)));
            if (one === "import") appending.push(book.import(ndjson(`{"data":{"n":${imported++}}}`)) as never);
            await Promise.allSettled(appending);
          }
          await agrees(book);
        });
      }
    });
    await fc.assert(walk, { numRuns: 200 });
  });
});

/** The fourth is no source, so its call is refused. */
function recordOf(source: number): NewRecord {
  return newRecord(sources[source] ?? "nobody");
}

async function agrees(book: Parameters<typeof headersOf>[0]): Promise<void> {
  const checker = new SequenceChecker();
  for await (const header of headersOf(book)) expect(checker.check(header)).to.equal(undefined);
  for (const source of [...sources, bookConfig.source]) {
    expect(book.nextSequence(source)).to.equal(checker.next(fromHex(bookConfig.logId), uriHash(source)));
  }
}
