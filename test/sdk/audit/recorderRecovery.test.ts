import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { checkAuthorization } from "../../../sdk/audit/authorization.js";
import { encryptDataset } from "../../../sdk/audit/datasets/encrypt.js";
import { DatasetStore } from "../../../sdk/audit/datasets/store.js";
import { auditEvent, auditEventSchema, type EventData, type Operation } from "../../../sdk/audit/event.js";
import type { Intent } from "../../../sdk/audit/recorder/intent.js";
import { OperationJournal } from "../../../sdk/audit/recorder/journal.js";
import type { RecordedBook } from "../../../sdk/audit/recorder/operations.js";
import { Recorder } from "../../../sdk/audit/recorder.js";
import { Book } from "../../../sdk/book/book.js";
import { fromHex, type Hex } from "../../../sdk/common/bytes.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { temporaryFolders } from "../../support/folders.js";
import { auditor, bookConfig, engagement, eventsOf, openRecording } from "../../support/recording.js";
import { refusal } from "../../support/refusal.js";

const id = "5a".repeat(16);
const account = auditor.address.toLowerCase() as Hex;

describe("opening a recorder after a kill", () => {
  const folders = temporaryFolders();
  let folder: string;
  let journal: string;

  beforeEach(async () => {
    folder = folders();
    journal = join(folder, "book", "operations", "journal.ndjson");
    await Book.prepare(join(folder, "book"), bookConfig);
  });

  /** Leaves the folder as a kill in the middle of an operation does. */
  async function left(operation: Operation, rest: Partial<Intent>, before?: (book: Book) => Promise<void>) {
    const book = await Book.open(join(folder, "book"));
    await before?.(book);
    await book.close();
    const open = await OperationJournal.open(join(folder, "book", "operations"));
    const { source } = bookConfig;
    await open.begin({ id, operation, source, auditor: account, engagement, started: 1n, size: 0n, ...rest });
    await open.close();
  }

  async function append(book: Book, operation: Operation, subject: string | undefined, data: EventData) {
    const draft = { id, operation, subject, time: 2n, auditor: account, engagement, data };
    const payload = (place: { source: string; sequence: bigint }) => auditEvent(draft, place);
    await book.append([{ time: 2n, schema: auditEventSchema, payload }]);
  }

  async function staged(store: DatasetStore): Promise<Hex> {
    const plain = (async function* () {
      yield Buffer.from("content");
    })();
    return (await encryptDataset(plain, store.stage(id), { mediaType: "text/plain" })).description.root;
  }

  it("A1, A2: completes an operation whose record is in the log, and adds no second one", async () => {
    const store = await DatasetStore.open(join(folder, "datasets"));
    const root = await staged(store);
    await left("collect", { store: store.folder }, (book) => append(book, "collect", root, { outcome: "done" }));
    for (const completed of [[id], []]) {
      const { recorder, book, close } = await openRecording(folder);
      expect(recorder.recovered).to.deep.equal({ completed, failed: [], waiting: [] });
      expect(await store.list()).to.deep.equal([root]);
      expect(await eventsOf(book)).to.have.length(1);
      await close();
    }
  });

  it("A3: takes back an operation that has no record, and records its failure, signed where the key is at hand", async () => {
    const store = await DatasetStore.open(join(folder, "datasets"));
    const root = await staged(store);
    const partial = join(folder, "out.partial");
    writeFileSync(partial, "plaintext");
    await left("collect", { store: store.folder, partial }, (book) => book.keepKey(fromHex(root), new Uint8Array(32)));
    writeFileSync(journal, `${readFileSync(journal, "utf8")}{"keyed":"${id}","root":"${root}"}\n`);
    const { recorder, book, close } = await openRecording(folder, { auditor });
    const [event, ...more] = await eventsOf(book);
    expect(more).to.deep.equal([]);
    expect(event).to.deep.include({ id, subject: root, auditor: account, engagement });
    expect(event?.data.error?.code).to.equal("interrupted");
    expect(event?.data["erasure"]).to.have.property("record", root);
    const log = { chainId: bookConfig.chainId, address: bookConfig.registry, logId: bookConfig.logId };
    expect(checkAuthorization(log, event!)).to.equal("authorized");
    expect(recorder.recovered.failed).to.deep.equal([id]);
    expect([existsSync(partial), existsSync(store.stage(id))]).to.deep.equal([false, false]);
    await refusal(book.openKey(fromHex(root)), "was erased");
    await close();
  });

  it("A5: carries an erasure through that had taken effect, and takes none for its own that was there before", async () => {
    const [first, second] = [`0x${"01".repeat(32)}`, `0x${"02".repeat(32)}`] as const;
    const erasure = { records: [second], reason: "asked for", after: 1, remove: false };
    await left("erase", { erasure, subject: second }, async (book) => {
      for (const name of [first, second]) await book.keepKey(fromHex(name), new Uint8Array(32));
      book.keys.erase(fromHex(first), "before");
      book.keys.erase(fromHex(second), "asked for");
    });
    const opened = await openRecording(folder);
    expect(opened.recorder.recovered.completed).to.deep.equal([id]);
    expect((await eventsOf(opened.book))[0]?.data).to.have.nested.property("erasure.record", second);
    await opened.close();
    folder = folders();
    await Book.prepare(join(folder, "book"), bookConfig);
    await left("erase", { erasure: { ...erasure, records: [first] }, subject: first }, async (book) => {
      await book.keepKey(fromHex(first), new Uint8Array(32));
      book.keys.erase(fromHex(first), "before");
    });
    const other = await openRecording(folder);
    expect(other.recorder.recovered.failed).to.deep.equal([id]);
    await other.close();
  });

  it("A1: leaves an operation open whose store is not there, and completes it when it is", async () => {
    const store = await DatasetStore.open(join(folder, "disk"));
    const root = await staged(store);
    await left("transfer", { store: store.folder }, (book) => append(book, "transfer", root, { outcome: "done" }));
    renameSync(store.folder, `${store.folder}-away`);
    mkdirSync(store.folder); // where the disk was mounted
    const without = await openRecording(folder);
    expect(without.recorder.recovered.waiting).to.deep.equal([id]);
    await without.recorder.identity({ change: "removed", account });
    await without.close();
    renameSync(`${store.folder}-away`, store.folder);
    const opened = await openRecording(folder);
    expect(opened.recorder.recovered.completed).to.deep.equal([id]);
    expect(await store.list()).to.deep.equal([root]);
    await opened.close();
  });

  it("A1, A2: after the disk failed while recording, hands nothing out until the next opening has asked the log", async () => {
    const store = await DatasetStore.open(join(folder, "datasets"));
    for (const reached of [true, false]) {
      const book = await Book.open(join(folder, "book"));
      const { config, log, keys } = book;
      let failures = 1;
      const append: Book["append"] = async (records) => {
        const appended = failures > 0 && !reached ? [] : await book.append(records);
        if (failures-- > 0) throw new SteleError("storage", "the disk failed");
        return appended;
      };
      const failing: RecordedBook = {
        folder: book.folder,
        config,
        log,
        keys,
        append,
        openRecord: (index) => book.openRecord(index),
        keepKey: (name, key) => book.keepKey(name, key),
        openKey: (name) => book.openKey(name),
      };
      const before = await store.list();
      const recorder = await Recorder.open(failing, store, { auditor: account });
      const file = join(folder, "file.txt");
      writeFileSync(file, "content");
      await refusal(recorder.collect(file), "the disk failed");
      await refusal(recorder.collect(file), "has to be opened again");
      expect(await store.list(), "nothing was handed out").to.deep.equal(before);
      await recorder.close();
      await book.close();
      const opened = await openRecording(folder);
      const { completed, failed } = opened.recorder.recovered;
      expect([completed.length, failed.length]).to.deep.equal(reached ? [1, 0] : [0, 1]);
      const [own] = [...completed, ...failed];
      const events = (await eventsOf(opened.book)).filter((event) => event.id === own);
      expect(events.map(({ data }) => data.outcome)).to.deep.equal([reached ? "done" : "failed"]);
      expect(await store.list()).to.have.length(before.length + (reached ? 1 : 0));
      await opened.close();
    }
  });

  it("reads a journal whose last lines are torn, and refuses one that is damaged in the middle", async () => {
    await left("read", {});
    const text = readFileSync(journal, "utf8");
    writeFileSync(journal, `${text}\u0000\u0000\u0000\n{"end":"${id}`);
    const opened = await openRecording(folder);
    expect(opened.recorder.recovered.failed).to.deep.equal([id]);
    await opened.close();
    writeFileSync(journal, `{"begin":1}\n${text}`);
    await refusal(openRecording(folder), "journal.ndjson:1: this line of the journal of operations is damaged");
  });
});
