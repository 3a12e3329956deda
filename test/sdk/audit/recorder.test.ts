import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { FolderSource } from "../../../sdk/audit/datasets/source.js";
import { DatasetStore } from "../../../sdk/audit/datasets/store.js";
import { listingDigest } from "../../../sdk/audit/recorder/archive.js";
import { byCommand } from "../../../sdk/audit/recorder/derive.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { flip, gather } from "../../support/datasets.js";
import { temporaryFolders } from "../../support/folders.js";
import { auditor, engagement, eventsOf, openRecording, writeFiles, type Recording } from "../../support/recording.js";
import { refusal } from "../../support/refusal.js";

describe("the recorder", () => {
  const folders = temporaryFolders();
  let recording: Recording;
  let source: string;

  beforeEach(async () => {
    recording = await openRecording(folders());
    source = writeFiles(join(folders(), "export"), {
      "b/ledger.csv": "a,b\n1,2\n",
      "a.txt": "hello",
      empty: "",
      [`${"long/".repeat(40)}name.txt`]: "deep",
    });
  });
  afterEach(() => recording.close());

  it("collects a folder: the record tells its root, listing and label, and the dataset opens with the kept key", async () => {
    const { recorder, book } = recording;
    const { result, index } = await recorder.collect(source, { label: "ledger of 2025" });
    const { root, size, mediaType } = result.dataset.description;
    const [event] = await eventsOf(book);
    expect(index).to.equal(0n);
    expect(event).to.deep.include({
      type: "stele.audit.collect",
      subject: root,
      auditor: auditor.address.toLowerCase(),
    });
    expect(event).to.include({ engagement, sequence: "0".repeat(20) });
    // A collection that takes over a second also says when it began.
    const { started: _, ...told } = (event?.data ?? {}) as Record<string, unknown>;
    expect(told).to.deep.equal({
      outcome: "done",
      mediaType,
      size: Number(size),
      label: "ledger of 2025",
      files: { count: 4, bytes: 8 + 5 + 4, listing: listingDigest(result.listing) },
    });
    expect(result.listing.map(({ path }) => path).slice(0, 3)).to.deep.equal(["a.txt", "b/ledger.csv", "empty"]);
    const { result: content } = await recorder.read(root, { file: "b/ledger.csv" });
    expect(Buffer.from(await gather(content.content)).toString()).to.equal("a,b\n1,2\n");
    const { result: deep } = await recorder.read(root, { file: `${"long/".repeat(40)}name.txt` });
    expect(Buffer.from(await gather(deep.content)).toString()).to.equal("deep");
  });

  it("makes the same archive of the same folder", async () => {
    const { recorder } = recording;
    const archives = [];
    for (const out of ["one.tar", "two.tar"]) {
      const { result } = await recorder.collect(source);
      const path = join(recording.folder, out);
      await recorder.readInto(result.dataset.description.root, path);
      archives.push(readFileSync(path));
    }
    expect(archives[0]).to.deep.equal(archives[1]);
  });

  it("records a read before the content is there, and an unknown file in it as failed", async () => {
    const { recorder, book } = recording;
    const { result } = await recorder.collect(join(source, "a.txt"));
    const { root } = result.dataset.description;
    const out = join(recording.folder, "out.txt");
    const read = await recorder.readInto(root, out);
    expect(readFileSync(out, "utf8")).to.equal("hello");
    expect(read.result.bytes).to.equal(5);
    await refusal(recorder.readInto(root, out), "is there already");
    await refusal(recorder.read(root, { file: "../../etc/passwd" }), "not the archive");
    const events = await eventsOf(book);
    expect(events.map(({ type, data }) => [type, data.outcome])).to.deep.equal([
      ["stele.audit.collect", "done"],
      ["stele.audit.read", "done"],
      ["stele.audit.read", "failed"],
    ]);
    expect(events[2]?.data.error?.code).to.equal("corrupt");
    expect(readdirSync(recording.folder).filter((name) => name.includes("partial"))).to.deep.equal([]);
  });

  it("derives a new dataset that names its inputs, by a function or by a program", async () => {
    const { recorder, book, datasets } = recording;
    const one = (await recorder.collect(join(source, "a.txt"))).result.dataset.description.root;
    const two = (await recorder.collect(join(source, "b/ledger.csv"))).result.dataset.description.root;
    const both = await recorder.derive([one, two], byCommand(["tr", "a-z", "A-Z"]), { mediaType: "text/plain" });
    const { root } = both.result.description;
    expect(Buffer.from(await gather((await recorder.read(root)).result.content)).toString()).to.equal(
      "HELLOA,B\n1,2\n",
    );
    const failing = recorder.derive([one], byCommand(["false"]), { mediaType: "text/plain" });
    await refusal(failing, "ended with exit code 1");
    await refusal(
      recorder.derive([one], byCommand(["/no/such/program"]), { mediaType: "text/plain" }),
      "cannot be run",
    );
    const early = await recorder.derive([one], byCommand(["true"]), { mediaType: "text/plain" });
    expect(await gather((await recorder.read(early.result.description.root)).result.content)).to.have.length(0);
    const events = (await eventsOf(book)).filter(({ type }) => type === "stele.audit.derive");
    expect(events.map(({ data }) => data.outcome)).to.deep.equal(["done", "failed", "failed", "done"]);
    expect(events[0]?.data["inputs"]).to.deep.equal([one, two]);
    expect(events[1]?.subject).to.equal(undefined);
    expect(await datasets.list()).to.have.length(4);
    expect(readdirSync(join(recording.folder, "datasets", ".staged"))).to.deep.equal([]);
  });

  it("transfers a dataset to a mirror and restores a lost or damaged one from there", async () => {
    const { recorder, book, datasets } = recording;
    const { root, size, chunks } = (await recorder.collect(source)).result.dataset.description;
    const mirror = await DatasetStore.open(join(folders(), "mirror"));
    const copied = await recorder.transfer(root, mirror, { label: "mirror 4" });
    expect(copied.result.fetched).to.equal(chunks);
    await (await mirror.get(root)).verify();
    await datasets.remove(root);
    const sources = [await FolderSource.open(mirror.folder)];
    await recorder.restore(root, sources);
    flip((await datasets.get(root)).file, 5);
    expect((await recorder.restore(root, sources)).result).to.include({ fetched: 1n, kept: chunks - 1n });
    expect((await recorder.restore(root, sources)).result).to.include({ fetched: 0n });
    await refusal(recorder.restore(`0x${"77".repeat(32)}`, sources), "no source gave dataset");
    const events = (await eventsOf(book)).slice(1);
    expect(events.map(({ type, subject, data }) => [type.slice(12), subject === root, data.outcome])).to.deep.equal([
      ["transfer", true, "done"],
      ["restore", true, "done"],
      ["restore", true, "done"],
      ["restore", true, "done"],
      ["restore", false, "failed"],
    ]);
    expect(events[0]?.data).to.include({ size: Number(size), fetched: Number(chunks), label: "mirror 4" });
    await (await datasets.get(root)).verify();
  });

  it("erases the key of a dataset once, with the head of the journal in the record, and its copy where asked", async () => {
    const { recorder, book, datasets } = recording;
    const { root } = (await recorder.collect(source)).result.dataset.description;
    await recorder.erase({ dataset: root, removeCopy: true }, "retention is over");
    expect(await datasets.has(root)).to.equal(false);
    await refusal(recorder.read(root), "was erased at");
    await refusal(recorder.erase({ dataset: root }, "again"), "was erased at");
    const events = await eventsOf(book);
    expect(events.map(({ data }) => data.outcome)).to.deep.equal(["done", "done", "failed", "failed"]);
    expect(events[1]?.data["erasure"]).to.deep.include({ record: root, reason: "retention is over" });
    expect(events[1]?.data["erasure"]).to.have.nested.property("journal.count", 1);
  });

  it("erases the keys of earlier records", async () => {
    const { recorder, book } = recording;
    const first = await recorder.identity({ change: "added", account: auditor.address, role: "auditor" });
    const second = await recorder.identity({ change: "removed", account: auditor.address });
    await recorder.erase({ records: [first.leafHash, second.leafHash] }, "art. 17");
    const [event, ...more] = await eventsOf(book);
    expect(more).to.deep.equal([]);
    expect(event?.data["records"]).to.have.length(2);
    await refusal(book.openRecord(first.index), "was erased");
  });

  it("records what it wraps, and the failure of what it wraps with a code and no path", async () => {
    const { recorder, book } = recording;
    const subject = "urn:example:table:7";
    const done = await recorder.perform({ operation: "read", subject }, async () => ({
      data: { rows: 12 },
      handOut: () => "rows",
    }));
    expect(done.result).to.equal("rows");
    const failure = new SteleError("storage", "the disk is full", { place: { file: "/home/li.wei/secret" } });
    await refusal(
      recorder.perform({ operation: "read", subject }, () => Promise.reject(failure)),
      "the disk is full",
    );
    await recorder
      .perform({ operation: "read", subject }, () => Promise.reject(new TypeError("li.wei is undefined")))
      .catch(() => undefined);
    await refusal(recorder.collect(join(source, "none")), "no such file");
    const events = await eventsOf(book);
    expect(events[0]?.data).to.deep.equal({ outcome: "done", rows: 12 });
    expect(events[1]?.data.error).to.deep.equal({ code: "storage", message: "the disk is full" });
    expect(events[2]?.data.error).to.deep.equal({ code: "failed", message: "an unexpected failure" });
    expect(events[3]?.data.error).to.deep.equal({ code: "missing", message: "there is no such file or folder" });
  });

  it("is the one recorder of its book", async () => {
    const { book, datasets, recorder } = recording;
    expect(recorder.recovered).to.deep.equal({ completed: [], failed: [], waiting: [] });
    const { Recorder } = await import("../../../sdk/audit/recorder.js");
    await refusal(Recorder.open(book, datasets, { auditor: auditor.address }), "has a recorder already");
    await recorder.close();
    await refusal(recorder.collect(source), "is closed");
    const again = await Recorder.open(book, datasets, { auditor: auditor.address });
    await recorder.close();
    await refusal(Recorder.open(book, datasets, { auditor: auditor.address }), "has a recorder already");
    await again.close();
    expect(existsSync(join(book.folder, "operations", "journal.ndjson"))).to.equal(true);
  });
});
