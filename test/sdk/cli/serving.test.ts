import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { encryptDataset } from "../../../sdk/audit/datasets/encrypt.js";
import { restoreDataset } from "../../../sdk/audit/datasets/restore.js";
import { openSource } from "../../../sdk/audit/datasets/source.js";
import { DatasetStore } from "../../../sdk/audit/datasets/store.js";
import { Book } from "../../../sdk/book/book.js";
import { commands } from "../../../sdk/cli/commands/index.js";
import type { World } from "../../../sdk/cli/context.js";
import { runProgram } from "../../../sdk/cli/run.js";
import { readNdjson } from "../../../sdk/records/intake/ndjson.js";
import { bookConfig as config } from "../../support/books.js";

describe("stele log serve", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "stele-serve-"));
    await Book.prepare(folder, config);
    const book = await Book.open(folder);
    await book.import(readNdjson(pieces('{"data":{"a":1}}\n{"data":{"a":2}}\n'), "in.ndjson"));
    await book.publish();
    await book.close();
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("serves the checkpoint, the entries and what recipients need, until it is interrupted", async () => {
    const { url, interrupt, ended } = await serving(folder, "log");
    expect(await (await fetch(new URL("checkpoint", url))).text()).to.contain("\n2\n");
    const bundle = await (await fetch(new URL("tile/entries/000.p/2", url))).arrayBuffer();
    expect(bundle.byteLength).to.equal(2 * (2 + 195));
    expect((await (await fetch(new URL("attachments/000.p/2", url))).arrayBuffer()).byteLength).to.be.greaterThan(400);
    const grants = (await (await fetch(new URL("grants/owner/000.p/2", url))).json()) as { keys: unknown[] };
    expect(grants.keys.length).to.equal(2);
    expect((await fetch(new URL("grants/owner/000.p/3", url))).status).to.equal(404);
    interrupt.abort();
    expect(await ended).to.equal(0);
    expect(await fetch(url).catch(() => "closed")).to.equal("closed");
  });
});

describe("stele dataset serve", () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), "stele-serve-"))));
  after(() => rm(folder, { recursive: true, force: true }));

  it("serves what a mirror needs and no key, until it is interrupted", async () => {
    const store = await DatasetStore.open(join(folder, "datasets"));
    const staged = store.stage("one");
    const { description } = await encryptDataset(pieces("what an agency keeps"), staged, { mediaType: "text/plain" });
    await store.adopt(staged);
    const { url, interrupt, ended } = await serving(join(folder, "datasets"), "dataset");
    const mirror = await DatasetStore.open(join(folder, "mirror"));
    const { root } = description;
    const { dataset } = await restoreDataset({ root, sources: [await openSource(url)], store: mirror });
    await dataset.verify();
    expect(dataset.description.root).to.equal(root);
    for (const path of ["secrets", "..%2fmirror"]) {
      expect((await fetch(new URL(path, url))).status, path).to.equal(404);
    }
    interrupt.abort();
    expect(await ended).to.equal(0);
    expect(await fetch(url).catch(() => "closed")).to.equal("closed");
  });
});

/** Runs `stele NOUN serve .` in a folder until it says where it serves. */
async function serving(folder: string, noun: string) {
  const interrupt = new AbortController();
  const { promise: said, resolve } = Promise.withResolvers<string>();
  const world: World = {
    stdout: { write: (text) => resolve(text) },
    stderr: { write: () => undefined },
    stdin: pieces(""),
    cwd: folder,
    env: {},
    signal: interrupt.signal,
    openSession: () => Promise.reject(new Error("no network in this test")),
  };
  const ended = runProgram(commands, [noun, "serve", ".", "--json"], world, "test");
  const { url } = JSON.parse(await said) as { url: string };
  expect(new URL(url).hostname).to.equal("127.0.0.1");
  return { url, interrupt, ended };
}

async function* pieces(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
