import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { pack } from "tar-stream";

import { archiveType, fileIn } from "../../../sdk/audit/recorder/archive.js";
import type { ExportReader } from "../../../sdk/audit/recorder/collect.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { gather } from "../../support/datasets.js";
import { temporaryFolders } from "../../support/folders.js";
import { eventsOf, openRecording, writeFiles, type Recording } from "../../support/recording.js";
import { refusal } from "../../support/refusal.js";

describe("the recorder given hostile input", () => {
  const folders = temporaryFolders();
  let recording: Recording;
  let source: string;

  beforeEach(async () => {
    recording = await openRecording(folders());
    source = writeFiles(join(folders(), "export"), { "a.csv": "a,b\n1,2\n".repeat(1_000), "z.txt": "end" });
  });
  afterEach(() => recording.close());

  /** Collecting fails with the sentence, is recorded as failed, and leaves nothing. */
  async function refused(sentence: string | RegExp, options = {}): Promise<void> {
    const { recorder, book, datasets } = recording;
    const before = (await eventsOf(book)).length;
    await refusal(recorder.collect(source, options), sentence);
    const events = (await eventsOf(book)).slice(before);
    expect(events.map(({ type, data }) => [type, data.outcome])).to.deep.equal([["stele.audit.collect", "failed"]]);
    const told = JSON.stringify(events[0]?.data);
    expect(told, "A6: no path in the record").to.not.contain(source);
    expect(await datasets.list()).to.deep.equal([]);
    expect(readdirSync(join(datasets.folder, ".staged"))).to.deep.equal([]);
  }

  it("A3, A6: refuses links, pipes and devices in a folder, wherever they point", async () => {
    symlinkSync("/etc/passwd", join(source, "link"));
    await refused("is a symbolic link");
    execFileSync("rm", [join(source, "link")]);
    symlinkSync("..", join(source, "up"));
    await refused("is a symbolic link");
    execFileSync("rm", [join(source, "up")]);
    execFileSync("mkfifo", [join(source, "pipe")]);
    await refused("is a device, socket or pipe");
  });

  it("A3: refuses a name that is not UTF-8", async function () {
    try {
      writeFileSync(Buffer.concat([Buffer.from(`${source}/`), Buffer.from([0xff, 0xfe])]), "x");
    } catch {
      return didNotRun(this, "this file system takes no such name");
    }
    await refused("has a name that is not UTF-8");
  });

  it("A3: refuses an empty folder, one of empty folders, and what is not there", async () => {
    source = join(folders(), "empty");
    mkdirSync(join(source, "sub", "sub"), { recursive: true });
    await refused("there is no file in this folder");
    source = join(source, "none");
    await refused("there is no such file or folder");
    source = "/dev/null";
    await refused("is neither a file nor a folder");
  });

  it("collects names at the limit of the file system, and refuses paths beyond its own", async () => {
    const long = "n".repeat(255);
    writeFiles(source, { [`${long}/${long}/${"文".repeat(85)}`]: "deep", "new\nline": "x" });
    const { result } = await recording.recorder.collect(source);
    const { root } = result.dataset.description;
    for (const [path, content] of [
      [`${long}/${long}/${"文".repeat(85)}`, "deep"],
      ["new\nline", "x"],
    ]) {
      const read = await recording.recorder.read(root, { file: path! });
      expect(Buffer.from(await gather(read.result.content)).toString()).to.equal(content);
    }
    // Step by step, because no call takes such a path as a whole.
    const script = `cd "$0"; for i in $(seq 1 17); do mkdir ${"d".repeat(250)}; cd ${"d".repeat(250)}; done; touch x`;
    execFileSync("bash", ["-c", script, source], { stdio: "ignore" });
    await refusal(recording.recorder.collect(source), /4096 are the most|cannot be read/);
    execFileSync("rm", ["-r", source]);
  });

  it("A3: refuses a file that changes while it is being read, and one that changes after it was validated", async () => {
    const grows = (path: string): ExportReader => ({
      format: "test",
      async validate(files) {
        for (const file of files) await gather(file.read());
        appendFileSync(join(source, path), "more");
        return {};
      },
    });
    await refused("changed while it was being collected", { reader: grows("z.txt") });
    const rewrites: ExportReader = {
      format: "test",
      async validate(files) {
        for (const file of files) await gather(file.read());
        writeFileSync(join(source, "z.txt"), "END4more");
        return {};
      },
    };
    await refused("changed while it was being collected", { reader: rewrites });
  });

  it("A3: records the refusal of an export without its path", async () => {
    const reader: ExportReader = {
      format: "test",
      validate: () =>
        Promise.reject(
          new SteleError("input", "debits do not equal credits", { place: { file: `${source}/a.csv`, line: 3 } }),
        ),
    };
    await refused("a.csv:3: debits do not equal credits", { reader });
    const [event] = await eventsOf(recording.book);
    expect(event?.data.error).to.deep.equal({ code: "input", message: "debits do not equal credits" });
  });

  it("A3: records an unreadable file as failed", async function () {
    if (process.getuid?.() === 0) return didNotRun(this, "nothing is unreadable to root");
    chmodSync(join(source, "z.txt"), 0);
    await refused("permission denied");
  });

  it("A3: records as cancelled what its caller gave up", async () => {
    const { recorder, book } = recording;
    const abort = new AbortController();
    const options = { signal: abort.signal, progress: () => abort.abort() };
    await refusal(recorder.collect(source, options));
    await refusal(recorder.collect(source, { signal: AbortSignal.abort() }));
    const events = await eventsOf(book);
    expect(events.map(({ data }) => data.error?.code)).to.deep.equal(["cancelled", "cancelled"]);
    expect(readdirSync(join(recording.folder, "datasets", ".staged"))).to.deep.equal([]);
  });

  it("takes names in an archive for names only: nothing is written by them", async () => {
    const { recorder } = recording;
    const archive = pack();
    archive.entry({ name: "../../evil" }, "evil");
    archive.entry({ name: "/etc/evil" }, "absolute");
    archive.entry({ name: "link", type: "symlink", linkname: "/etc/passwd" });
    archive.finalize();
    const path = join(folders(), "hostile.tar");
    writeFileSync(path, await gather(archive as AsyncIterable<Uint8Array>));
    const { result } = await recorder.collect(path);
    const { root, mediaType } = result.dataset.description;
    expect(mediaType).to.equal(archiveType);
    const out = join(recording.folder, "out");
    await recorder.readInto(root, out, { file: "../../evil" });
    expect(readFileSync(out, "utf8")).to.equal("evil");
    await refusal(recorder.readInto(root, `${out}2`, { file: "link" }), "has no file of that name");
    expect(readdirSync(recording.folder).toSorted()).to.deep.equal(["book", "datasets", "out"]);
  });

  it("refuses what is no archive, or one that ends in the middle", async () => {
    const cut = (bytes: Uint8Array) =>
      (async function* () {
        yield bytes;
      })();
    const archive = pack();
    archive.entry({ name: "a" }, "x".repeat(3_000));
    archive.finalize();
    const whole = await gather(archive as AsyncIterable<Uint8Array>);
    await refusal(gather(fileIn(cut(whole.subarray(0, 1_500)), "a")), "not the archive");
    await refusal(gather(fileIn(cut(new Uint8Array(2_048).fill(7)), "a")), "not the archive");
    await refusal(gather(fileIn(cut(whole), "b")), "no file of that name");
  });
});

function didNotRun(test: Mocha.Context, why: string): never {
  console.log(`      did not run: ${why}`);
  return test.skip();
}
