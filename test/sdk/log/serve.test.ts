import { expect } from "chai";

import { toHex } from "../../../sdk/common/bytes.js";
import { openLog } from "../../../sdk/log/log.js";
import { TreeReader } from "../../../sdk/log/proofs.js";
import { serveLog, type Served } from "../../../sdk/log/serve.js";
import { decodeBundle, tilePath, tilesOf } from "../../../sdk/log/tiles.js";
import { openCheckpoint } from "../../../sdk/proof/checkpoint.js";
import { ed25519Signer, ed25519Verifier } from "../../../sdk/proof/ed25519.js";
import { leafHash } from "../../../sdk/proof/merkle.js";
import { random, refusal } from "../../support/entries.js";
import { temporaryFolders } from "../../support/folders.js";

const origin = "example.org/log";
const signer = ed25519Signer(origin, new Uint8Array(32).fill(9));
const known = [ed25519Verifier(signer.verifierKey)];

describe("a served log", () => {
  const folder = temporaryFolders();

  async function served(count: number, work: (served: Served, entries: Buffer[]) => Promise<void>): Promise<void> {
    const log = await openLog(folder(), { origin });
    const entries = random(count);
    await log.append(entries);
    const server = await serveLog(log.reader);
    try {
      await log.publish([signer]);
      await log.append(random(600));
      await work(server, entries);
    } finally {
      await server.close();
      await log.close();
    }
  }

  async function fetchBytes(url: string): Promise<Buffer> {
    const response = await fetch(url);
    expect(response.status, url).to.equal(200);
    return Buffer.from(await response.arrayBuffer());
  }

  it("is copied and checked from outside with nothing but its URL and key", async () => {
    await served(70_000, async ({ url }, entries) => {
      const { size, root } = openCheckpoint(await (await fetch(`${url}checkpoint`)).text(), origin, known);
      expect(size).to.equal(70_000n);
      const tile = (level: number, index: number, width: number) => fetchBytes(url + tilePath({ level, index, width }));
      expect(toHex(await new TreeReader({ tile }).root(size))).to.equal(toHex(root));
      for (const name of tilesOf(Number(size))) {
        const data = await fetchBytes(url + tilePath(name));
        if (name.level !== "entries") expect(data.length).to.equal(32 * name.width);
        else {
          const leaves = decodeBundle(data, name.width).map(leafHash);
          expect(Buffer.concat(leaves).equals(await tile(0, name.index, name.width))).to.equal(true);
          expect(leaves[0]).to.deep.equal(leafHash(entries[name.index * 256]!));
        }
      }
    });
  });

  it("is cached for ever but for its checkpoint", async () => {
    await served(300, async ({ url }) => {
      const header = async (path: string, name: string) => (await fetch(url + path)).headers.get(name);
      expect(await header("checkpoint", "cache-control")).to.equal("no-cache");
      expect(await header("checkpoint", "content-type")).to.equal("text/plain; charset=utf-8");
      for (const path of ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000"]) {
        expect(await header(path, "cache-control")).to.equal("public, max-age=31536000, immutable");
        expect(await header(path, "content-type")).to.equal("application/octet-stream");
      }
      expect(await header("tile/0/002", "cache-control")).to.equal("no-store");
    });
  });

  it("gives out nothing beyond its published checkpoint, and nothing that is no tile", async () => {
    await served(300, async ({ url }) => {
      const absent = [
        "tile/0/001",
        "tile/0/001.p/45",
        "tile/1/000.p/2",
        "tile/1/000",
        "tile/2/000.p/1",
        "tile/0/002.p/1",
      ];
      absent.push("tile/entries/001", "tile/entries/001.p/45", "tile/0/0", "tile/0/000.p/256", "tile/9/..%2f000", "");
      for (const path of [...absent, "log.db", "tile/entries/..%2f..%2flog.db"]) {
        expect((await fetch(url + path)).status, path).to.equal(404);
      }
      for (const path of ["tile/0/001.p/44", "tile/0/000.p/7", "tile/entries/001.p/44", "tile/entries/001.p/1"]) {
        expect((await fetch(url + path)).status, path).to.equal(200);
      }
      expect((await fetch(`${url}checkpoint`, { method: "POST" })).status).to.equal(404);
    });
  });

  it("has no checkpoint before it published one", async () => {
    const log = await openLog(folder(), { origin });
    const server = await serveLog(log.reader);
    expect((await fetch(`${server.url}checkpoint`)).status).to.equal(404);
    expect((await fetch(`${server.url}tile/0/000.p/1`)).status).to.equal(404);
    await server.close();
    await log.close();
  });

  it("listens on loopback only, says when the port is taken, and leaves it when it is closed", async () => {
    const log = await openLog(folder(), { origin });
    const server = await serveLog(log.reader);
    const { hostname, port } = new URL(server.url);
    expect(hostname).to.equal("127.0.0.1");
    await refusal(serveLog(log.reader, { port: Number(port) }), "busy", `port ${port} of 127.0.0.1 is taken`);
    await server.close();
    const again = await serveLog(log.reader, { port: Number(port) });
    await again.close();
    await refusal(serveLog(log.reader, { host: "192.0.2.1" }), "usage", "cannot listen");
    await log.close();
  });
});
