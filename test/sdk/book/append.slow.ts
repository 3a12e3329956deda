import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

import { expect } from "chai";

import { Book } from "../../../sdk/book/book.js";
import { openBookReader } from "../../../sdk/book/reader.js";
import { uriHash } from "../../../sdk/records/commitments.js";
import { equal } from "../../../sdk/common/bytes.js";
import { bookConfig, faultsOf, withBook } from "../../support/books.js";
import { temporaryFolders } from "../../support/folders.js";
import { oneFile } from "../../support/oneFile.js";

const kills = 60;

describe("appending from several sources, killed at random moments", function () {
  this.timeout(300_000);
  const folders = temporaryFolders();
  let appender: string;

  before(() => {
    appender = oneFile(join(import.meta.dirname, "appender.ts"), folders());
  });

  /** Runs the appender, and ends it at a random moment; notes the last number that each source was told of. */
  async function run(folder: string, kill: boolean, told: Map<string, bigint>): Promise<void> {
    const child = spawn(process.execPath, [appender, folder, "5"], { stdio: ["pipe", "pipe", "pipe"] });
    let errors = "";
    child.stderr.on("data", (piece: Buffer) => (errors += piece.toString()));
    const ended = once(child, "close");
    for await (const line of createInterface({ input: child.stdout })) {
      // A random moment is what is wanted here; nothing depends on how long it is.
      const end = () => (kill ? void child.kill("SIGKILL") : void child.stdin.write("stop\n"));
      if (line === "open") void setTimeout(Math.random() * 120).then(end);
      const [source = "", number] = line.split(" ");
      if (number !== undefined && /^\d+$/.test(number)) told.set(source, BigInt(number));
    }
    const [code, signal] = (await ended) as [number | null, string | null];
    if (signal === null && code !== 0) throw new Error(errors);
  }

  it("B4, B6: loses nothing that was acknowledged, repeats nothing, and leaves no gap", async () => {
    const folder = folders();
    await Book.prepare(folder, bookConfig);
    const told = new Map<string, bigint>();
    let killed = 0;
    for (let i = 0; killed < kills; i++) {
      // A closing now and then leaves a snapshot for the kills after it to outrun.
      const kill = i % 8 !== 7;
      await run(folder, kill, told);
      if (kill) killed++;
      if (i % 10 === 0) await agrees(folder, told);
    }
    await agrees(folder, told);
    const size = await withBook(folder, async (book) => book.log.size());
    console.log(`      ${killed} kills; ${told.size} sources, ${size} records`);
    await everyRecordOpens(folder);
  });

  async function agrees(folder: string, told: ReadonlyMap<string, bigint>): Promise<void> {
    await withBook(folder, async (book) => {
      expect(await faultsOf(book)).to.deep.equal([]);
      for (const [source, number] of told) {
        expect(book.nextSequence(source) > number, `${source} lost what it was told of`).to.equal(true);
      }
    });
  }

  async function everyRecordOpens(folder: string): Promise<void> {
    const source = await openBookReader(folder);
    const { size } = await source.log.storedHead();
    for await (const { index, header, record } of source.records(0n, size)) {
      const { payload } = record!;
      const same =
        payload["sequence"] === header.sequence.toString() &&
        payload["index"] === index.toString() &&
        equal(uriHash(String(payload["source"])), header.source);
      if (!same) expect.fail(`entry ${index} holds ${JSON.stringify(payload)}`);
    }
    await source.close();
  }
});
