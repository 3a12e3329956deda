import { expect } from "chai";
import fc from "fast-check";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import type { Dataset } from "../../../sdk/audit/datasets/dataset.js";
import { HttpSource } from "../../../sdk/audit/datasets/http-source.js";
import { restoreDataset, type Refusal } from "../../../sdk/audit/datasets/restore.js";
import { serveDatasets } from "../../../sdk/audit/datasets/serve.js";
import { openSource, type DatasetSource } from "../../../sdk/audit/datasets/source.js";
import { DatasetStore } from "../../../sdk/audit/datasets/store.js";
import { flip, made, plainOf } from "../../support/datasets.js";
import { temporaryFolders } from "../../support/folders.js";
import { refusal } from "../../support/refusal.js";

describe("datasets: restoring from mirrors", () => {
  const folder = temporaryFolders();
  const servers: { close(): unknown }[] = [];
  after(async () => void (await Promise.all(servers.map((server) => server.close()))));

  let dataset: Dataset;
  let mirror: DatasetStore;
  before(async () => {
    mirror = await DatasetStore.open(folder());
    ({ dataset } = await made(mirror, plainOf(3_000_000)));
  });

  /** Another store with a copy of the dataset. */
  const copy = async (): Promise<DatasetStore> => {
    const store = await DatasetStore.open(folder());
    cpSync(mirror.pathOf(dataset.description.root), store.pathOf(dataset.description.root), { recursive: true });
    return store;
  };
  const fileOf = (store: DatasetStore, name: string) => join(store.pathOf(dataset.description.root), name);
  const serve = async (store: DatasetStore): Promise<string> => {
    const served = await serveDatasets(store);
    servers.push(served);
    return served.url;
  };
  const hostile = async (answer: RequestListener): Promise<HttpSource> => {
    const server: Server = createServer(answer);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    servers.push({ close: () => (server.closeAllConnections(), server.close()) });
    return new HttpSource(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { patience: 0.2 });
  };
  const restore = async (sources: DatasetSource[], store?: DatasetStore) => {
    const into = store ?? (await DatasetStore.open(folder()));
    const refused: Refusal[] = [];
    const { root } = dataset.description;
    const restored = await restoreDataset({ root, sources, store: into, refused: (one) => refused.push(one) });
    expect(readFileSync(restored.dataset.file)).to.deep.equal(readFileSync(dataset.file));
    expect(restored.dataset.description).to.deep.equal(dataset.description);
    await restored.dataset.verify();
    return { ...restored, refused, store: into };
  };

  it("restores from a folder, and over HTTP", async () => {
    const { chunks } = dataset.description;
    for (const where of [mirror.folder, await serve(mirror)]) {
      const { kept, fetched, refused } = await restore([await openSource(where)]);
      expect({ kept, fetched, refused }).to.deep.equal({ kept: 0n, fetched: chunks, refused: [] });
    }
  });

  it("DS3: refuses a wrong chunk by its number and asks the next source for it", async () => {
    const liar = await copy();
    flip(fileOf(liar, "ciphertext"), 1024 * 1500 + 7);
    const [first, second] = [await openSource(await serve(liar)), await openSource(mirror.folder)];
    const { refused } = await restore([first, second]);
    expect(refused.map(({ source, chunk }) => ({ source, chunk }))).to.deep.equal([
      { source: first.name, chunk: 1500n },
    ]);
    const alone = restore([first]);
    await refusal(
      alone,
      /no source gave chunk 1500 of dataset 0x[0-9a-f]{64}: chunk 1500 from http.* is not the dataset's/,
    );
  });

  it("DS3: restores from two sources that each lie about other chunks", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 2900 }), { minLength: 1, maxLength: 12 }), async (places) => {
        const liars = [await copy(), await copy()];
        places.forEach((place, i) => flip(fileOf(liars[i % 2]!, "ciphertext"), place * 1024 + i));
        const both = new Set(places.filter((_, i) => i % 2 === 0));
        fc.pre(!places.some((place, i) => i % 2 === 1 && both.has(place)));
        await restore(await Promise.all(liars.map((liar) => openSource(liar.folder))));
        liars.forEach(({ folder }) => rmSync(folder, { recursive: true }));
      }),
      { numRuns: 8 },
    );
  });

  it("DS4: goes on where it was broken off, and believes nothing that lies on the disk", async () => {
    const store = await DatasetStore.open(folder());
    const { root, chunks } = dataset.description;
    const staged = store.stage(`restore-${root.slice(2)}`);
    mkdirSync(staged, { recursive: true });
    copyFileSync(dataset.file, join(staged, "ciphertext"));
    truncateSync(join(staged, "ciphertext"), 2_000_000);
    flip(join(staged, "ciphertext"), 5000);
    writeFileSync(join(staged, "chunks"), "not hashes");
    writeFileSync(join(staged, "chunks.1.tmp"), "left by a kill");
    const { kept, fetched } = await restore([await openSource(mirror.folder)], store);
    expect(kept).to.equal(BigInt(Math.floor(2_000_000 / 1024)) - 1n);
    expect(fetched).to.equal(chunks - kept);
    expect(existsSync(fileOf(store, "chunks.1.tmp"))).to.equal(false);
  });

  it("mends a damaged dataset by fetching only what differs, and leaves a whole one alone", async () => {
    const damaged = await copy();
    flip(fileOf(damaged, "ciphertext"), 100);
    flip(fileOf(damaged, "ciphertext"), 1_000_000);
    expect((await restore([await openSource(mirror.folder)], damaged)).fetched).to.equal(2n);
    expect((await restore([], damaged)).fetched).to.equal(0n);
    flip(fileOf(damaged, "chunks"), 100);
    expect((await restore([await openSource(mirror.folder)], damaged)).fetched).to.equal(0n);
    truncateSync(fileOf(damaged, "ciphertext"), 999_999);
    rmSync(fileOf(damaged, "dataset.json"));
    expect((await restore([await openSource(mirror.folder)], damaged)).kept).to.equal(976n);
  });

  it("leaves a damaged dataset where it is while no source can mend it", async () => {
    const damaged = await copy();
    flip(fileOf(damaged, "ciphertext"), 100);
    const { root } = dataset.description;
    await refusal(restoreDataset({ root, sources: [], store: damaged }), "no source was named");
    expect(await (await damaged.get(root)).chunk(7n)).to.deep.equal(await dataset.chunk(7n));
    expect((await restore([await openSource(mirror.folder)], damaged)).fetched).to.equal(1n);
  });

  it("passes over sources whose size, leaf hashes or answers are wrong", async () => {
    const lies = [await copy(), await copy(), await copy()];
    const description = JSON.parse(readFileSync(fileOf(lies[0]!, "dataset.json"), "utf8")) as object;
    writeFileSync(fileOf(lies[0]!, "dataset.json"), JSON.stringify({ ...description, size: "1024", chunks: "1" }));
    flip(fileOf(lies[1]!, "chunks"), 32 * 77);
    writeFileSync(fileOf(lies[2]!, "dataset.json"), "x".repeat(5000));
    const empty = await DatasetStore.open(folder());
    const sources = await Promise.all([...lies, empty].map(async (store) => openSource(await serve(store))));
    const { refused } = await restore([
      ...sources,
      new HttpSource("http://127.0.0.1:1/"),
      await openSource(mirror.folder),
    ]);
    const said = refused.map(({ why }) => why).join("\n");
    expect(said).to.match(/the leaf hashes of http\S+ do not give the root/);
    expect(said)
      .to.match(/chunks is not there/)
      .and.match(/127\.0\.0\.1:1\/\S+ does not answer/);
    const known = { size: 1024n, mediaType: "text/csv" };
    const wrong = { root: dataset.description.root, sources, known, store: empty };
    await refusal(restoreDataset(wrong), /no source gave dataset/);
  });

  it("reads no more than it asked for, and waits no longer than its patience", async () => {
    const endless: RequestListener = (request, response) => {
      const from = Number(/bytes=(\d+)/.exec(request.headers.range ?? "")?.[1] ?? 0);
      const status = request.headers.range === undefined ? 200 : 206;
      response.writeHead(status, { "content-range": `bytes ${from}-${2 ** 40}/*` });
      const more = (): void =>
        void (response.write(Buffer.alloc(65_536, 0x20)) ? setImmediate(more) : response.once("drain", more));
      more();
    };
    const silent: RequestListener = () => undefined;
    const dripping: RequestListener = (_request, response) => void (response.writeHead(200), response.write("{"));
    const short: RequestListener = (_request, response) => void response.end("{}");
    const { root, chunks } = dataset.description;
    const known = dataset.description;
    const store = await DatasetStore.open(folder());
    for (const [answer, why] of [
      [endless, /is longer than 4096 bytes/],
      [silent, /sent less than 64 KiB in 0.2 s/],
      [dripping, /sent less than 64 KiB in 0.2 s/],
      [short, /field "format"/],
    ] as const) {
      await refusal((await hostile(answer)).describe(root), why);
    }
    const source = await hostile(endless);
    let length = 0;
    for await (const bytes of source.leafHashes(root, chunks)) length += bytes.length;
    expect(length).to.equal(Number(chunks) * 32);
    await refusal(
      restoreDataset({ root, known, store, sources: [source] }),
      /leaf hashes of http\S+ do not give the root/,
    );
    await refusal(restoreDataset({ root, known, store, sources: [await hostile(short)] }), /ended \d+ bytes before/);
    const mixed = [source, await hostile(silent), await hostile(short), await openSource(mirror.folder)];
    await restore(mixed, store);
  });

  it("tries a source again whose connections break off, as long as each brings some chunks", async () => {
    const breaking: RequestListener = (request, response) => {
      const name = request.url!.split("/").at(-1)!;
      const [from, to] = (/bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? ["", "0", "9999"])
        .slice(1)
        .map(Number);
      const bytes = readFileSync(fileOf(mirror, name)).subarray(from, to! + 1);
      const length = name === "ciphertext" ? Math.min(700_000, bytes.length) : bytes.length;
      const status = request.headers.range === undefined ? 200 : 206;
      response.writeHead(status, { "content-range": `bytes ${from}-${to}/*`, "content-length": bytes.length });
      response.write(bytes.subarray(0, length), () => (length < bytes.length ? response.destroy() : response.end()));
    };
    const { refused } = await restore([await hostile(breaking)]);
    expect(refused.length).to.be.greaterThan(3);
    expect(refused.every(({ why }) => /does not answer/.test(why))).to.equal(true);
  });

  it("serves nothing but the three files of a dataset", async () => {
    const store = await copy();
    writeFileSync(join(store.folder, "secret"), "key");
    writeFileSync(join(store.folder, ".staged", "secret"), "key");
    writeFileSync(fileOf(store, "secret"), "key");
    const url = await serve(store);
    const name = dataset.description.root.slice(2);
    for (const path of [
      "secret",
      ".staged/secret",
      `${name}/secret`,
      `${name}/..%2fsecret`,
      `${name}/`,
      `${name.toUpperCase()}/chunks`,
    ]) {
      expect((await fetch(url + path)).status, path).to.equal(404);
    }
    expect(await (await fetch(url)).json()).to.deep.equal({ datasets: [dataset.description.root] });
    const part = await fetch(`${url}${name}/ciphertext`, { headers: { range: "bytes=1024-2047" } });
    expect(part.status).to.equal(206);
    expect(new Uint8Array(await part.arrayBuffer())).to.deep.equal(new Uint8Array(await dataset.chunk(1n)));
  });
});
