import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { expect } from "chai";
import { exportJWK, generateKeyPair, type JWK } from "jose";

import type { Book } from "../../../sdk/book/book.js";
import { openRemoteBook, type RemoteBookOptions } from "../../../sdk/book/remote.js";
import { serveBook } from "../../../sdk/book/serve.js";
import type { ReadRecord, RecordSource } from "../../../sdk/book/source.js";
import { proveEntry } from "../../../sdk/book/prove.js";
import { verifyBundle } from "../../../sdk/proof/bundle.js";
import { ed25519Verifier } from "../../../sdk/proof/ed25519.js";
import { bookConfig, withBook } from "../../support/books.js";
import { refusal } from "../../support/entries.js";
import { temporaryFolders } from "../../support/folders.js";

const time = 1_772_366_400n;

describe("reading a book that is served elsewhere", () => {
  const folders = temporaryFolders();
  let office: { readonly publicKey: JWK; readonly privateKey: JWK };
  let as: Pick<RemoteBookOptions, "recipient" | "privateKey">;

  before(async () => {
    const pair = await generateKeyPair("ECDH-ES+A256KW", { crv: "X25519", extractable: true });
    office = { publicKey: await exportJWK(pair.publicKey), privateKey: await exportJWK(pair.privateKey) };
    as = { recipient: "office", privateKey: office.privateKey };
  });

  const numbered = (count: number, from = 0) =>
    Array.from({ length: count }, (_, i) => ({ time, payload: { i: from + i } }));
  const all = async (source: RecordSource): Promise<ReadRecord[]> =>
    Array.fromAsync(source.records(0n, (await source.log.storedHead()).size));
  const numbersOf = (read: readonly ReadRecord[]): unknown[] =>
    read.map(({ record, missing }) => missing ?? record?.payload["i"]);

  /** A served book of `count` records, all published. */
  async function served(count: number, work: (url: string, book: Book) => Promise<void>): Promise<void> {
    const folder = folders();
    const recipients = [{ id: "office", publicKey: office.publicKey }];
    await withBook(
      folder,
      async (book) => {
        await book.append(numbered(count));
        await book.publish();
        const server = await serveBook(folder);
        try {
          await work(server.url, book);
        } finally {
          await server.close();
        }
      },
      { ...bookConfig, recipients },
    );
  }

  it("gives a recipient every published record, verified and opened, and what is published later", async () => {
    await served(700, async (url, book) => {
      const trust = [ed25519Verifier(book.verifierKey)];
      const source = await openRemoteBook(url, { ...as, trust, logId: bookConfig.logId });
      await book.append(numbered(100, 700));
      expect(numbersOf(await all(source))).to.deep.equal(Array.from({ length: 700 }, (_, i) => i));
      await book.publish();
      expect((await source.log.storedHead()).size).to.equal(800n);
      const late = await Array.fromAsync(source.records(690n, 800n));
      expect(numbersOf(late)).to.deep.equal(Array.from({ length: 110 }, (_, i) => 690 + i));
      expect((await source.openRecord(799n)).record?.payload).to.deep.equal({ i: 799 });
      const bundle = await proveEntry(source.log, source.config, 300n);
      expect(verifyBundle(bundle, { verifierKey: book.verifierKey }).index).to.equal(300n);
      await source.close();
    });
  });

  it("has no grant of a record that was erased, and none for strangers", async () => {
    await served(300, async (url, book) => {
      const [erased] = (await book.append(numbered(1, 300))).map(({ leafHash }) => leafHash);
      await book.publish();
      book.keys.erase(erased!, "asked for");
      const source = await openRemoteBook(url, as);
      expect(numbersOf(await all(source)).slice(298)).to.deep.equal([298, 299, "erased"]);
      const stranger = await openRemoteBook(url, { ...as, recipient: "nobody/../office" });
      const read = numbersOf(await all(stranger));
      expect(new Set(read.slice(0, 300))).to.deep.equal(new Set(["not granted"]));
    });
  });

  it("finds every byte that a server changes in checkpoint, tiles, entries, payloads and grants", async () => {
    await served(600, async (url, book) => {
      const trust = [ed25519Verifier(book.verifierKey)];
      for (const changed of [
        "checkpoint",
        "tile/1/",
        "tile/0/",
        "tile/entries/000",
        "tile/entries/002",
        "attachments/",
      ]) {
        const server = await between(url, (path, body) => {
          if (path.includes(changed)) body[Math.floor(body.length / 2)]! ^= 1;
        });
        const error = await refusal(openRemoteBook(server.url, { ...as, trust }).then(all));
        expect(error.code, changed).to.be.oneOf(["unproven", "input", "corrupt"]);
        server.close();
      }
      const server = await between(url, (path, body) => {
        const at = path.startsWith("/grants/") ? body.lastIndexOf('"]') : 0;
        if (at > 0) body[at - 1] = body[at - 1] === 0x61 ? 0x62 : 0x61;
      });
      const error = await refusal(openRemoteBook(server.url, { ...as, trust }).then(all));
      expect(error.code).to.equal("unproven");
      server.close();
    });
  });

  it("refuses another log, a head that was taken back, a stranger's key, and what does not extend what it saw", async () => {
    await served(40, async (url, book) => {
      await served(50, async (other, stranger) => {
        const logId = `0x${"33".repeat(32)}` as const;
        expect((await refusal(openRemoteBook(url, { ...as, logId }))).code).to.equal("refused");
        const trust = [ed25519Verifier(stranger.verifierKey)];
        expect((await refusal(openRemoteBook(url, { ...as, trust }))).code).to.equal("unproven");
        const seen = { size: 40n, root: book.log.head().root };
        await refusal(openRemoteBook(other, { ...as, seen }), "unproven", "does not extend the one seen at 40");
        const longer = { size: 50n, root: stranger.log.head().root };
        await refusal(openRemoteBook(url, { ...as, seen: longer }), "unproven", "does not extend the one seen at 50");
        expect((await (await openRemoteBook(url, { ...as, seen })).log.storedHead()).size).to.equal(40n);
        // One address, first one log and then a fork of it.
        let at = url;
        const turncoat = await between(() => at);
        const source = await openRemoteBook(turncoat.url, as);
        at = other;
        await refusal(source.log.storedHead(), "unproven", "does not extend the one seen at 40");
        turncoat.close();
      });
    });
  });

  it("says what is missing: no server, no book, nothing published", async () => {
    expect((await refusal(openRemoteBook("nowhere", as))).code).to.equal("usage");
    expect((await refusal(openRemoteBook("http://127.0.0.1:1/", as))).code).to.equal("network");
    const folder = folders();
    await withBook(folder, async () => {
      const server = await serveBook(folder);
      await refusal(openRemoteBook(server.url, as), "missing", "has published no checkpoint yet");
      await refusal(openRemoteBook(`${server.url}elsewhere/`, as), "missing", "no book is served");
      await server.close();
    });
  });
});

/** A server that hands on what another one says, changed as wanted. */
async function between(
  to: string | (() => string),
  change: (path: string, body: Buffer) => void = () => undefined,
): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    void (async () => {
      const answer = await fetch(new URL((request.url ?? "/").slice(1), typeof to === "string" ? to : to()));
      const body = Buffer.from(await answer.arrayBuffer());
      if (answer.ok) change(request.url ?? "", body);
      response.writeHead(answer.status).end(body);
      // The server behind it may close while something is fetched ahead: the reader sees a broken connection then.
    })().catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => void server.close() };
}
