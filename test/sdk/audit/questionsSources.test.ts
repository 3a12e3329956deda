import { join } from "node:path";

import { expect } from "chai";
import { exportJWK, generateKeyPair } from "jose";

import { DatasetStore } from "../../../sdk/audit/datasets/store.js";
import type { EventLine } from "../../../sdk/audit/line.js";
import { AuditIndex } from "../../../sdk/audit/questions/audit-index.js";
import { readInThreads } from "../../../sdk/audit/questions/threads.js";
import { Recorder } from "../../../sdk/audit/recorder.js";
import { openBookReader } from "../../../sdk/book/reader.js";
import { account, eventBook, hash, type EventBook } from "../../support/events.js";
import { temporaryFolders } from "../../support/folders.js";

const alice = account(1);

describe("audit index, over real books", function () {
  this.timeout(60_000);
  const newFolder = temporaryFolders();
  const open: { close(): unknown }[] = [];
  let folder: string;
  let book: EventBook;
  let index: AuditIndex;

  beforeEach(async () => {
    folder = newFolder();
    book = await eventBook(join(folder, "book"));
    index = AuditIndex.open(join(folder, "events.index"));
    open.push(index, book);
  });

  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  const write = (count: number) =>
    book.write(
      Array.from({ length: count }, (_, i) => ({
        source: `urn:example:desk:${i % 2}`,
        time: BigInt(100 + i),
        auditor: account(i % 3),
        subject: hash(i % 5),
      })),
    );

  it("follows beside the book's writer, in threads as in one, through an erasure", async () => {
    await write(5_000);
    await book.erase(17n);
    const source = await openBookReader(join(folder, "book"));
    open.push(source);
    const threads = readInThreads(join(folder, "book"), 2);
    await index.follow(source, { digests: threads.digests, batch: 3_000 });
    await threads.close();
    const other = AuditIndex.open(join(folder, "other.index"));
    open.push(other);
    await other.follow(source);
    expect(index.reach()).to.deep.equal(other.reach());
    expect(index.reach().logs[0]!.closed.erased).to.equal(1);
    for (const auditor of [0, 1, 2].map(account)) {
      expect(await lines(index.touchedBy({ auditor }))).to.deep.equal(await lines(other.touchedBy({ auditor })));
    }
  });

  it("says why threads could not read", async () => {
    await write(10);
    const source = await openBookReader(join(folder, "book"));
    open.push(source);
    const threads = readInThreads(join(folder, "nowhere"), 2);
    const error = await index.follow(source, { digests: threads.digests }).catch((refused: Error) => refused);
    await threads.close();
    expect((error as Error).message).to.include("there is no log in this folder");
    expect(index.reach().logs[0]!.size).to.equal(0n);
  });

  it("I8: counts the records that were not granted to the reader, in the question's window", async () => {
    await write(30);
    const { privateKey } = await generateKeyPair("ECDH-ES+A256KW", { crv: "X25519", extractable: true });
    const stranger = { recipient: "somebody", privateKey: await exportJWK(privateKey) };
    const source = await openBookReader(join(folder, "book"), stranger);
    open.push(source);
    await index.follow(source);
    const answer = index.touchedBy({ auditor: alice, from: 110n, to: 120n });
    expect(await lines(answer)).to.deep.equal([]);
    expect(answer.reach.closed).to.equal(10);
    expect(answer.reach.logs[0]).to.deep.include({ size: 30n, events: 0 });
    expect(answer.reach.logs[0]!.closed["not granted"]).to.equal(10);
  });

  it("I6: follows what a recorder erases, one record or several", async () => {
    await write(8);
    const store = await DatasetStore.open(join(folder, "datasets"));
    const recorder = await Recorder.open(book.book, store, { auditor: alice });
    open.unshift(recorder);
    await index.follow(book);
    const leaves = await Promise.all([1n, 4n, 7n].map(async (n) => (await book.book.openRecord(n)).leafHash));
    await recorder.erase({ records: leaves.slice(0, 1) }, "asked for by its subject");
    await recorder.erase({ records: leaves.slice(1) }, "retention is over");
    expect((await index.follow(book)).erased).to.equal(3);
    const left = await lines(index.touchedBy({ auditor: alice }));
    expect(left.map(({ index: n, operation }) => [n, operation])).to.deep.equal([
      [8n, "erase"],
      [9n, "erase"],
    ]);
    expect(index.reach().logs[0]!.claimed).to.equal(0);
  });
});

function lines(answer: AsyncIterable<EventLine>): Promise<EventLine[]> {
  return Array.fromAsync(answer);
}
