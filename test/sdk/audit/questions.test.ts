import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import type { EventLine } from "../../../sdk/audit/line.js";
import { AuditIndex } from "../../../sdk/audit/questions/audit-index.js";
import { auditEventSchema } from "../../../sdk/audit/event.js";
import { fromHex } from "../../../sdk/common/bytes.js";
import { sha256 } from "../../../sdk/common/sha256.js";
import { erasureSchema } from "../../../sdk/records/erasure.js";
import { account, eventBook, hash, type EventBook, type Written } from "../../support/events.js";
import { temporaryFolders } from "../../support/folders.js";

const [alice, bob] = [account(1), account(2)];
const [ledger, payroll] = [hash(0xdada), hash(0xdadb)];
const engagement = hash(0xe1);
const source = "urn:example:desk";

const at = (time: number, changes: Partial<Extract<Written, { auditor: string }>> = {}): Written => ({
  source,
  time: BigInt(time),
  auditor: alice,
  engagement,
  subject: ledger,
  ...changes,
});

describe("audit index", () => {
  const newFolder = temporaryFolders();
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const thing of open.splice(0)) await thing.close();
  });

  async function setUp(
    records: readonly Written[],
    n = 1,
  ): Promise<{ book: EventBook; index: AuditIndex; file: string }> {
    const folder = newFolder();
    const book = await eventBook(join(folder, "book"), n);
    const file = join(folder, "events.index");
    const index = AuditIndex.open(file);
    open.push(book, index);
    await book.write(records);
    await index.follow(book);
    return { book, index, file };
  }

  it("answers who touched what, what happened to a dataset, and what happened in an engagement between two dates", async () => {
    const { index } = await setUp([
      at(100, { operation: "collect" }),
      at(200, { auditor: bob }),
      at(300, { subject: payroll, data: { outcome: "failed" } }),
      at(400, { engagement: undefined, operation: "transfer" }),
    ]);
    expect(await times(index.touchedBy({ auditor: alice }))).to.deep.equal([100, 300, 400]);
    expect(await times(index.history(ledger))).to.deep.equal([100, 200, 400]);
    expect(await times(index.during({ engagement, from: 200n, to: 300n }))).to.deep.equal([200]);
    expect(await times(index.during({ engagement, failed: true }))).to.deep.equal([300]);
    expect(await times(index.touchedBy({ auditor: alice, operations: ["collect", "transfer"] }))).to.deep.equal([
      100, 400,
    ]);
    expect(await times(index.touchedBy({ auditor: account(3) }))).to.deep.equal([]);
    expect(() => index.ask({ from: 1n })).to.throw("ask for an auditor");
    const [line] = await Array.fromAsync(index.history(ledger, { operations: ["collect"] }));
    expect(line).to.deep.equal({
      logId: hash(0x1001),
      index: 0n,
      time: 100n,
      source,
      sequence: 0n,
      operation: "collect",
      outcome: "done",
      auditor: alice,
      engagement,
      subject: ledger,
    });
  });

  it("counts the lines of an answer without reading them", async () => {
    const records = Array.from({ length: 700 }, (_, i) => at(100 + (i % 3), { auditor: i % 7 === 0 ? bob : alice }));
    const { index } = await setUp(records);
    for (const question of [
      { auditor: bob },
      { subject: ledger, auditor: alice },
      { engagement, from: 101n, to: 102n },
    ]) {
      const answer = index.ask(question);
      expect(answer.count()).to.equal((await Array.fromAsync(answer)).length);
    }
    expect(index.ask({ engagement }).count()).to.equal(700);
  });

  it("I1: indexes only what opens and is what its schema says; everything else is counted and named", async () => {
    const { index } = await setUp([
      at(100),
      { source, time: 110n, schema: auditEventSchema, payload: { secret: "of a person" } },
      { source, time: 120n, schema: "urn:example:schema:other:1", payload: { auditor: alice } },
      at(130, { subject: "not hex" }),
      at(140, { engagement: "0x1234" }),
      { source, time: 150n, schema: auditEventSchema, payload: { ...lie(alice), sequence: "00000000000000000099" } },
      { source, time: 160n, schema: auditEventSchema, payload: { ...lie(alice), source: "urn:example:somebody-else" } },
    ]);
    expect(await times(index.touchedBy({ auditor: alice }))).to.deep.equal([100]);
    const [log] = index.reach().logs;
    expect(log).to.deep.include({ size: 7n, events: 1, other: 1 });
    expect(log!.closed).to.deep.equal({ erased: 0, "not granted": 0, unproven: 0, malformed: 5 });
    expect(index.reach({ from: 140n, to: 160n }).closed).to.equal(2);
    const findings = await Array.fromAsync(index.findings());
    expect(findings.map((finding) => Number(finding.index))).to.deep.equal([1, 3, 4, 5, 6]);
    expect(JSON.stringify(findings.map(({ sentence }) => sentence))).not.to.include("secret");
  });

  it("I2: a record that contradicts its header is named, and the rest is followed", async () => {
    const { book, index } = await setUp([at(100)]);
    await book.write([at(200), at(300), at(400)]);
    const records = book.records.bind(book);
    const opened = book.openRecord.bind(book);
    book.records = async function* (from, to) {
      for await (const record of records(from, to)) yield record.index === 2n ? await book.openRecord(2n) : record;
    };
    book.openRecord = async (n) => {
      const { SteleError } = await import("../../../sdk/common/errors.js");
      if (n === 2n) throw new SteleError("unproven", "the payload is not the one that the header commits to");
      return opened(n);
    };
    await index.follow(book);
    expect(await times(index.touchedBy({ auditor: alice }))).to.deep.equal([100, 200, 400]);
    const findings = await Array.fromAsync(index.findings());
    expect(findings.map(({ kind, index: n }) => [kind, n])).to.deep.equal([["unproven", 2n]]);
  });

  it("I3: an index that is thrown away and rebuilt gives the same answers", async () => {
    const records = Array.from({ length: 300 }, (_, i) =>
      at(1000 - i, { auditor: account(i % 5), subject: hash(i % 9) }),
    );
    const { book, index, file } = await setUp(records.slice(0, 100));
    await book.write(records.slice(100));
    await index.follow(book);
    await book.erase(7n);
    await index.forget({ logId: hash(0x1001), index: 7n }, book);
    const all = async (of: AuditIndex) => {
      const answers = [0, 1, 2, 3, 4].map((n) => Array.fromAsync(of.touchedBy({ auditor: account(n) })));
      return { lines: await Promise.all(answers), reach: of.reach() };
    };
    const before = await all(index);
    index.close();
    AuditIndex.remove(file);
    const rebuilt = AuditIndex.open(file);
    open.push(rebuilt);
    expect(rebuilt.reach().logs).to.deep.equal([]);
    await rebuilt.follow(book);
    expect(await all(rebuilt)).to.deep.equal(before);
  });

  it("answers over several logs in one order", async () => {
    const { index } = await setUp([at(100), at(300)]);
    const other = await eventBook(join(newFolder(), "book"), 2);
    open.push(other);
    await other.write([at(200), at(50)]);
    await index.follow(other);
    expect(await times(index.during({ engagement }))).to.deep.equal([50, 100, 200, 300]);
    expect(index.reach().logs.map(({ label, size }) => [label, size])).to.deep.equal([
      ["audit.events/agency 1", 2n],
      ["audit.events/agency 2", 2n],
    ]);
  });

  it("I4: refuses a log that was set back, forked, or is not the one on chain", async () => {
    const { book, index } = await setUp([at(100), at(200)]);
    const root = await book.log.rootAt(1n);
    await index.follow(book, { anchored: { size: 1n, root } });
    expect(index.reach().logs[0]!.anchored).to.equal(1n);
    await refuses(index.follow(book, { anchored: { size: 2n, root } }), "is not the one whose head is on chain at 2");
    await refuses(index.follow(book, { anchored: { size: 3n, root } }), "a head of 3 is on chain");

    const fork = await eventBook(join(newFolder(), "fork"), 1);
    open.push(fork);
    await fork.write([at(100)]);
    await refuses(index.follow(fork), "it was set back");
    await fork.write([at(200), at(300)]);
    await refuses(index.follow(fork), "there are two versions of it");
  });

  it("I4: keeps nothing of headers that do not have the root that the log gives", async () => {
    const { book, index } = await setUp([at(100)]);
    const liar = await eventBook(join(newFolder(), "liar"), 1);
    open.push(liar);
    await liar.write([at(100), at(200)]);
    await book.write([at(250)]);
    const mixed = {
      config: book.config,
      log: book.log,
      records: liar.records.bind(liar),
      openRecord: liar.openRecord.bind(liar),
    };
    await refuses(index.follow(mixed), "gave headers that do not have the root");
    expect(index.reach().logs[0]!.size).to.equal(1n);
  });

  it("I5: finds an event by its header's time and by its own, wherever the clocks went", async () => {
    const { index } = await setUp([
      at(500),
      at(100, { source: "urn:example:late" }),
      at(300, { eventTime: 900n }),
      at(900, { eventTime: 300n }),
      at(400),
    ]);
    expect(await times(index.during({ engagement, from: 300n, to: 501n }))).to.deep.equal([300, 400, 500, 900]);
    expect(await times(index.during({ engagement, from: 900n, to: 901n }))).to.deep.equal([900, 300]);
    expect(index.ask({ engagement, from: 300n, to: 501n }).count()).to.equal(4);
    const clocks = await Array.fromAsync(index.findings());
    expect(clocks.map(({ kind, sentence }) => [kind, sentence])).to.deep.equal([
      ["clock", "the event's own time is 600 s from its header's"],
      ["clock", "the event's own time is 600 s from its header's"],
    ]);
  });

  it("I6: takes the row of an erased record away when the log tells of it and the reader confirms", async () => {
    const odd = hash(0x0ddba11);
    const { book, index, file } = await setUp([at(100), at(200, { subject: odd }), at(300)]);
    const leaf = await book.erase(1n);
    await book.write([
      { source, time: 400n, schema: erasureSchema, payload: { record: `0x${Buffer.from(leaf).toString("hex")}` } },
    ]);
    const { erased } = await index.follow(book);
    expect(erased).to.equal(1);
    expect(await times(index.touchedBy({ auditor: alice }))).to.deep.equal([100, 300]);
    const [log] = index.ask({ auditor: alice, from: 200n, to: 201n }).reach.logs;
    expect(log!.closed.erased).to.equal(1);
    expect(traces(file, fromHex(odd))).to.equal(0);
  });

  it("I6: leaves no trace of what only erased records named, however full the index is", async () => {
    const named = (i: number) => `0x${Buffer.from(sha256(Buffer.from(`dataset ${i}`))).toString("hex")}` as const;
    const { book, index, file } = await setUp(Array.from({ length: 4_000 }, (_, i) => at(i, { subject: named(i) })));
    const gone = Array.from({ length: 30 }, (_, i) => 131 * i + 5);
    for (const n of gone) await book.erase(BigInt(n));
    for (const n of gone) await index.forget({ logId: hash(0x1001), index: BigInt(n) }, book);
    const bytes = Buffer.concat([file, `${file}-journal`].map((path) => readFileSync(path)));
    expect(gone.filter((n) => bytes.includes(Buffer.from(fromHex(named(n)))))).to.deep.equal([]);
    expect(bytes.includes(Buffer.from(fromHex(named(6))))).to.equal(true);
  });

  it("I6: does not hide an event because the log says that it was erased", async () => {
    const { book, index } = await setUp([at(100)]);
    const { leafHash } = await book.book.openRecord(0n);
    const record = `0x${Buffer.from(leafHash).toString("hex")}` as const;
    await book.write([at(200, { operation: "erase", subject: record })]);
    await index.follow(book);
    expect(await times(index.touchedBy({ auditor: alice }))).to.deep.equal([100, 200]);
    expect(index.reach().logs[0]!.claimed).to.equal(1);
    expect((await Array.fromAsync(index.findings())).map(({ kind }) => kind)).to.deep.equal(["claimed"]);
    // The key goes later: the next follow asks again.
    await book.erase(0n);
    await index.follow(book);
    expect(await times(index.touchedBy({ auditor: alice }))).to.deep.equal([200]);
    expect(index.reach().logs[0]!.claimed).to.equal(0);
  });

  it("I7: an erasure under a running query: nothing erased is shown after it, and the query goes on", async () => {
    const { book, index } = await setUp(Array.from({ length: 600 }, (_, i) => at(100 + i)));
    const seen: number[] = [];
    for await (const line of index.touchedBy({ auditor: alice })) {
      seen.push(Number(line.index));
      if (line.index !== 10n) continue;
      for (const gone of [5n, 11n, 40n, 300n, 599n]) {
        await book.erase(gone);
        await index.forget({ logId: hash(0x1001), index: gone }, book);
      }
      await book.write([at(9_999)]);
      await index.follow(book);
    }
    const expected = Array.from({ length: 600 }, (_, i) => i).filter((i) => ![11, 40, 300, 599].includes(i));
    expect(seen).to.deep.equal(expected);
  });

  it("takes no more than one process at a time, and says so", async () => {
    const { file } = await setUp([at(100)]);
    expect(() => AuditIndex.open(file)).to.throw("another process is working on it");
  });
});

/** An event that is well made, but for its place. */
function lie(auditor: string): object {
  return {
    specversion: "1.0",
    id: "0".repeat(32),
    source,
    type: "stele.audit.read",
    time: "1970-01-01T00:02:30Z",
    datacontenttype: "application/json",
    dataschema: auditEventSchema,
    sequence: "00000000000000000006",
    auditor,
    data: { outcome: "done" },
  };
}

async function times(lines: AsyncIterable<EventLine>): Promise<number[]> {
  return (await Array.fromAsync(lines)).map(({ time }) => Number(time));
}

async function refuses(work: Promise<unknown>, sentence: string): Promise<void> {
  await work.then(
    () => expect.fail("was not refused"),
    (error: Error) => expect(error.message).to.include(sentence),
  );
}

/** How often bytes occur in an index's files. */
function traces(file: string, bytes: Uint8Array): number {
  return [file, `${file}-journal`].filter((path) => readFileSync(path).includes(Buffer.from(bytes))).length;
}
