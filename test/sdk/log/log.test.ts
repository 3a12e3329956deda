import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { expect } from "chai";
import fc from "fast-check";

import { toHex, utf8 } from "../../../sdk/common/bytes.js";
import { openLog, openLogView, type Log } from "../../../sdk/log/log.js";
import { openCheckpoint } from "../../../sdk/proof/checkpoint.js";
import { ed25519Signer, ed25519Verifier } from "../../../sdk/proof/ed25519.js";
import { leafHash, verifyConsistency, verifyInclusion } from "../../../sdk/proof/merkle.js";
import { numbered, numberOf, random, refusal } from "../../support/entries.js";
import { temporaryFolders } from "../../support/folders.js";
import { ReferenceTree } from "../../support/referenceTree.js";

const origin = "example.org/log";
const signer = ed25519Signer(origin, new Uint8Array(32).fill(9));
const verifier = ed25519Verifier(signer.verifierKey);

async function all(log: Log): Promise<number[]> {
  const numbers: number[] = [];
  for await (const entry of log.entries(0n, log.size())) numbers.push(numberOf(entry));
  return numbers;
}

describe("a log", () => {
  const folder = temporaryFolders();

  it("[L1] has every entry in order, and the root of RFC 9162, however it was cut into batches and reopened", async () => {
    const shape = fc.array(fc.record({ count: fc.integer({ min: 0, max: 700 }), reopen: fc.boolean() }), {
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(shape, async (batches) => {
        const home = folder();
        let log = await openLog(home, { origin });
        const entries: Buffer[] = [];
        for (const { count, reopen } of batches) {
          const batch = numbered(count, 20, entries.length);
          const appended = await log.append(batch);
          expect(appended.first).to.equal(BigInt(entries.length));
          entries.push(...batch);
          expect(appended.size).to.equal(BigInt(entries.length));
          if (reopen) {
            await log.close();
            log = await openLog(home, { origin });
          }
        }
        expect(await all(log)).to.deep.equal(entries.map(numberOf));
        expect(toHex(log.head().root)).to.equal(toHex(new ReferenceTree(entries.map(leafHash)).root()));
        await log.verify();
        await log.close();
      }),
      { numRuns: 40 },
    );
  });

  it("gives appends that wait at the same time their own places, in the order of the calls", async () => {
    const log = await openLog(folder(), { origin });
    const calls = Array.from({ length: 50 }, (_, i) => log.append(numbered(i, 20, (i * (i - 1)) / 2)));
    const appended = await Promise.all(calls);
    appended.forEach(({ first }, i) => expect(first).to.equal(BigInt((i * (i - 1)) / 2)));
    expect(await all(log)).to.deep.equal(Array.from({ length: 1225 }, (_, i) => i));
    await log.close();
  });

  it("publishes checkpoints that open, prove every entry, and lead from one to the next", async () => {
    const log = await openLog(folder(), { origin });
    const published = [];
    for (const count of [1, 255, 1, 300, 1000]) {
      await log.append(random(count));
      published.push(openCheckpoint(await log.publish([signer]), origin, [verifier]));
    }
    const last = published.at(-1)!;
    expect(last.size).to.equal(log.size());
    for (const { size, root } of published) {
      const proof = await log.consistencyProof(size, last.size);
      expect(verifyConsistency(size, last.size, root, last.root, proof)).to.equal(true);
      const inclusion = await log.inclusionProof(size - 1n, last.size);
      const leaf = leafHash(await log.entry(size - 1n));
      expect(verifyInclusion(leaf, size - 1n, last.size, last.root, inclusion)).to.equal(true);
      expect(await log.rootAt(size)).to.deep.equal(root);
    }
    await log.close();
  });

  it("belongs to one origin and refuses another", async () => {
    const home = folder();
    await (await openLog(home, { origin })).close();
    await refusal(openLog(home, { origin: "example.org/other" }), "refused", "is of the log example.org/log");
    await (await openLog(home, { origin })).close();
  });

  it("[L2] has one writer: a second one, in this process or another, is refused until the first is gone", async () => {
    const home = folder();
    const log = await openLog(home, { origin });
    await refusal(openLog(home, { origin }), "busy", "another process is working on it");
    await log.close();
    const child = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "writer.ts"), home, origin], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    await refusal(openLog(home, { origin }), "busy", "another process is working on it");
    child.kill("SIGKILL");
    await once(child, "exit");
    await (await openLog(home, { origin })).close();
  });

  it("is read beside its writer", async () => {
    const home = folder();
    const log = await openLog(home, { origin });
    const view = await openLogView(home);
    expect(view.origin).to.equal(origin);
    await log.append(numbered(300));
    expect((await view.storedHead()).size).to.equal(300n);
    expect(numberOf(await view.entry(299n))).to.equal(299);
    await view.verify();
    await view.reader.close();
    await log.close();
    await refusal(openLogView(folder()), "missing", "holds no log");
  });

  it("refuses an entry that is too long, and takes nothing of its batch", async () => {
    const log = await openLog(folder(), { origin });
    const entries = [utf8("fits"), new Uint8Array(65_536)];
    await refusal(log.append(entries), "input", "entry 1 has 65536 bytes; an entry has at most 65535");
    expect(log.size()).to.equal(0n);
    await log.append([new Uint8Array(65_535), new Uint8Array(0)]);
    expect((await log.entry(0n)).length).to.equal(65_535);
    expect((await log.entry(1n)).length).to.equal(0);
    await log.verify();
    await log.close();
  });

  it("refuses to read, prove or append where there is nothing to", async () => {
    const log = await openLog(folder(), { origin });
    await log.append(numbered(3));
    await refusal(log.entry(3n), "usage");
    await refusal(log.entry(-1n), "usage");
    await refusal(log.rootAt(4n), "usage");
    await refusal(log.inclusionProof(0n, 4n), "usage");
    await refusal(log.consistencyProof(1n, 4n), "usage");
    await refusal(log.publish([]), "usage", "needs a signer");
    await log.close();
    await refusal(log.append(numbered(1)), "usage", "is closed");
  });

  it("stops a long audit when it is told to, and says how far it is", async () => {
    const log = await openLog(folder(), { origin });
    await log.append(numbered(70_000, 8));
    const seen: bigint[] = [];
    await log.verify({ progress: (done) => seen.push(done) });
    expect(seen.at(-1)).to.equal(70_000n);
    expect(seen).to.deep.equal([...seen].sort((a, b) => Number(a - b)));
    const stopped = await log.verify({ signal: AbortSignal.abort() }).catch((error: unknown) => error);
    expect((stopped as Error).name).to.equal("AbortError");
    await log.close();
  });
});

describe("what lies beside an entry", () => {
  const folder = temporaryFolders();

  it("[L3] is durable together with the entry, under its leaf hash", async () => {
    const home = folder();
    let log = await openLog(home, { origin });
    const entries = random(5);
    await log.append(entries, [utf8("a"), undefined, utf8("c")]);
    await log.close();
    log = await openLog(home, { origin });
    expect(await log.attachment(leafHash(entries[0]!))).to.deep.equal(utf8("a"));
    expect(await log.attachment(leafHash(entries[1]!))).to.equal(undefined);
    expect(await log.attachment(leafHash(entries[2]!))).to.deep.equal(utf8("c"));
    await log.publish([signer]);
    await log.close();
  });

  it("is never exchanged: such an append takes nothing, and its neighbours are taken all the same", async () => {
    const log = await openLog(folder(), { origin });
    const [entry, other] = random(2) as [Buffer, Buffer];
    await log.append([entry], [utf8("a")]);
    await log.append([entry], [utf8("a")]);
    const [exchanged, neighbour] = [log.append([entry], [utf8("b")]), log.append([other])];
    await refusal(exchanged, "refused", "has another attachment already");
    expect((await neighbour).first).to.equal(2n);
    await refusal(log.append([other], [utf8("a"), utf8("b")]), "usage", "more attachments than entries");
    expect(log.size()).to.equal(3n);
    expect(await log.attachment(leafHash(entry))).to.deep.equal(utf8("a"));
    await log.verify();
    await log.close();
  });
});
