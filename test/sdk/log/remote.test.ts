import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { expect } from "chai";
import fc from "fast-check";

import { toHex } from "../../../sdk/common/bytes.js";
import { openLog, type Log } from "../../../sdk/log/log.js";
import { TreeReader } from "../../../sdk/log/proofs.js";
import { fetchFrom } from "../../../sdk/log/fetch.js";
import { RemoteLog } from "../../../sdk/log/remote.js";
import { serveLog } from "../../../sdk/log/serve.js";
import { StoreTiles } from "../../../sdk/log/store-tiles.js";
import { nodesAt, tileWidth, widthAt } from "../../../sdk/log/tiles.js";
import { VerifiedTiles } from "../../../sdk/log/verified-tiles.js";
import { ed25519Signer, ed25519Verifier } from "../../../sdk/proof/ed25519.js";
import { numbered, refusal } from "../../support/entries.js";
import { temporaryFolders } from "../../support/folders.js";

const origin = "example.org/log";
const signer = ed25519Signer(origin, new Uint8Array(32).fill(9));
const most = 66_100;

describe("a log that is read from elsewhere", () => {
  const folders = temporaryFolders();
  let log: Log;
  before(async () => {
    log = await openLog(folders(), { origin });
    await log.append(numbered(most));
  });
  after(() => log.close());

  const edges = [0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 65_792, most];
  const size = fc.oneof(fc.constantFrom(...edges), fc.nat(most));
  const tiles = () => new StoreTiles(log.reader);
  const headAt = async (at: number) => ({ size: BigInt(at), root: await log.rootAt(BigInt(at)) });

  it("gives the roots and proofs of the log itself, at any size", async () => {
    const property = fc.asyncProperty(size, fc.nat(most), async (at, i) => {
      const reader = new TreeReader(await VerifiedTiles.open(tiles(), await headAt(at)));
      expect(toHex(await reader.root(BigInt(at)))).to.equal(toHex(await log.rootAt(BigInt(at))));
      if (i >= at) return;
      expect(await reader.inclusionProof(BigInt(i), BigInt(at))).to.deep.equal(
        await log.inclusionProof(BigInt(i), BigInt(at)),
      );
      expect(await reader.consistencyProof(BigInt(i), BigInt(at))).to.deep.equal(
        await log.consistencyProof(BigInt(i), BigInt(at)),
      );
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it("refuses a changed hash in any tile", async () => {
    const property = fc.asyncProperty(size, fc.nat(), fc.nat(), async (at, pick, bit) => {
      fc.pre(at > 0);
      const level = pick % (Math.floor(Math.log(at) / Math.log(tileWidth)) + 1);
      const index = pick % (Math.floor((nodesAt(level, at) - 1) / tileWidth) + 1);
      const source = {
        tile: async (one: number, n: number, width: number) => {
          const tile = (await tiles().tile(one, n, width)).slice();
          if (one === level && n === index) tile[(bit >> 3) % tile.length]! ^= 1 << (bit & 7);
          return tile;
        },
      };
      const reading = async () => {
        const opened = await VerifiedTiles.open(source, await headAt(at));
        await opened.tile(level, index, widthAt(level, index, at));
      };
      expect((await refusal(reading())).code).to.equal("unproven");
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it("is read entry by entry under a checkpoint of a known key", async () => {
    await log.publish([signer]);
    const server = await serveLog(log.reader);
    const trust = [ed25519Verifier(signer.verifierKey)];
    const remote = await RemoteLog.open(fetchFrom(server.url), origin, { trust });
    const given = await Array.fromAsync(remote.entries(65_000n, BigInt(most)));
    expect(Buffer.concat(given).equals(Buffer.concat(numbered(most).slice(65_000)))).to.equal(true);
    expect(await remote.published()).to.equal(await log.published());
    expect((await refusal(remote.attachment(new Uint8Array(32)))).code).to.equal("usage");
    await server.close();
  });

  it("is not read on where a server's answer never ends", async () => {
    const server = createServer((_request, response) => {
      const write = () => void (response.writable && response.write(Buffer.alloc(65_536)) && setImmediate(write));
      response.on("drain", write);
      write();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const { code, message } = await refusal(fetchFrom(`http://127.0.0.1:${port}`)("checkpoint", 1_000_000));
    expect(code).to.equal("network");
    expect(message).to.contain("gives more than 1000000 bytes at once");
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
