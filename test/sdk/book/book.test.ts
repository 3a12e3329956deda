import { createReadStream } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { Book } from "../../../sdk/book/book.js";
import { openBookView } from "../../../sdk/book/prove.js";
import { verifyBundle } from "../../../sdk/proof/bundle.js";
import { readCsv } from "../../../sdk/records/intake/csv.js";
import type { Draft } from "../../../sdk/records/intake/draft.js";
import { readNdjson } from "../../../sdk/records/intake/ndjson.js";
import { decodeHeader } from "../../../sdk/records/header.js";
import { bookConfig as config } from "../../support/books.js";

describe("a book", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "stele-book-"));
    await Book.prepare(folder, config);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function withBook<T>(work: (book: Book) => Promise<T>): Promise<T> {
    const book = await Book.open(folder);
    try {
      return await work(book);
    } finally {
      await book.close();
    }
  }

  it("records a month of the sample books, proves and opens a line of it", async () => {
    const file = new URL("../../../samples/audit/vouchers-2025-03.csv", import.meta.url);
    await withBook(async (book) => {
      const added = await book.import(readCsv(createReadStream(file), "vouchers-2025-03.csv"));
      expect(added).to.deep.equal({ first: 0n, count: 4167, resumed: 0 });
      await book.publish();
      const bundle = await book.prove(1234n);
      const shown = verifyBundle(bundle, { verifierKey: book.verifierKey });
      expect(decodeHeader(shown.entry).sequence).to.equal(1234n);
      const registry = { chainId: config.chainId, address: config.registry };
      verifyBundle(bundle, { checkpointKey: { registry, logId: config.logId, address: book.checkpointAddress } });
      expect((await book.openRecord(1234n)).payload["会计年度"]).to.equal("2025");
    });
  });

  it("appends nothing when the last line is bad, and says where", async () => {
    const lines = Array.from({ length: 2_500 }, (_, i) => `{"data":{"i":${i}}}`);
    const refusal = await withBook((book) => book.import(ndjson([...lines, '{"data":3}'].join("\n"))).catch(String));
    expect(refusal).to.contain('in.ndjson:2501 field "data": is not a JSON object');
    expect(await withBook((book) => Promise.resolve(book.log.size()))).to.equal(0n);
    expect(await readdir(join(folder, "imports"))).to.deep.equal([]);
  });

  it("completes an interrupted import with the next one: every record once, in order", async () => {
    const text = Array.from({ length: 5_000 }, (_, i) => `{"data":{"i":${i}}}`).join("\n");
    const interrupt = new AbortController();
    const onProgress = ({ phase, done }: { phase: string; done: number }): void => {
      if (phase === "appending" && done >= 2_000) interrupt.abort();
    };
    await withBook((book) =>
      book.import(ndjson(text), { signal: interrupt.signal, onProgress }).catch(() => undefined),
    );
    await withBook(async (book) => {
      expect(book.log.size() < 5_000n).to.equal(true);
      const added = await book.import(ndjson('{"data":{"i":5000}}'));
      expect(added).to.include({ first: 5_000n, count: 1 });
      expect(added.resumed).to.be.greaterThan(0);
      for (const i of [0n, 1_999n, 2_000n, 4_999n, 5_000n]) {
        expect((await book.openRecord(i)).payload["i"], `entry ${i}`).to.equal(Number(i));
      }
    });
  });

  it("refuses content that it has already, unless told to repeat it", async () => {
    await withBook(async (book) => {
      await book.import(ndjson('{"data":{"a":1}}'));
      expect(await book.import(ndjson('{"data":{"a":1}}')).catch(String)).to.contain("entries 0 to 0; say --again");
      expect(await book.import(ndjson('{"data":{"a":1}}'), { again: true })).to.include({ first: 1n });
    });
  });

  it("lets one process write and others read", async () => {
    await withBook(async (book) => {
      await book.import(ndjson('{"data":{"a":1}}'));
      expect(await Book.open(folder).catch(String)).to.match(/another process|in use|busy/i);
      const view = await openBookView(folder);
      expect((await view.log.storedHead()).size).to.equal(1n);
      await view.log.reader.close();
    });
  });

  it("refuses a folder that holds another log", async () => {
    const other = { ...config, logId: `0x${"33".repeat(32)}` } as const;
    expect(await Book.prepare(folder, other).catch(String)).to.contain('this folder holds the log "ledger" already');
  });
});

function ndjson(text: string): AsyncIterable<Draft> {
  return readNdjson(
    (async function* () {
      yield Buffer.from(text);
    })(),
    "in.ndjson",
  );
}
