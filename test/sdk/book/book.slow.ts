import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { Book } from "../../../sdk/book/book.js";
import { decodeHeader } from "../../../sdk/records/header.js";
import { temporaryFolders } from "../../support/folders.js";
import { oneFile } from "../../support/oneFile.js";
import { bookConfig as config } from "../../support/books.js";

const kills = 40;
const records = 60_000;
const chunk = 20_000;

describe("an import that is killed at random moments", function () {
  this.timeout(300_000);
  const folders = temporaryFolders();
  let importer: string;

  before(() => {
    importer = oneFile(join(import.meta.dirname, "importer.ts"), folders());
  });

  /** Runs the importer; kills it at a random moment after it said `at`, if asked to. */
  async function run(folder: string, file: string, at = "never"): Promise<{ killed: boolean; size: number }> {
    const child = spawn(process.execPath, [importer, folder, file], { stdio: ["ignore", "pipe", "pipe"] });
    let [size, errors] = [0, ""];
    child.stderr.on("data", (piece: Buffer) => (errors += piece.toString()));
    const ended = once(child, "close");
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith("open ")) size = Number(line.slice(5));
      // A random moment is what is wanted here; nothing depends on how long it is.
      if (line.startsWith(at)) void setTimeout(Math.random() * 400).then(() => child.kill("SIGKILL"));
    }
    const [code, signal] = (await ended) as [number | null, string | null];
    const again = errors.includes("the same content is in the log already");
    if (signal === null && code !== 0 && !again) throw new Error(errors);
    return { killed: signal === "SIGKILL", size };
  }

  it("is completed by running it again: every record once, in order, with its index for a sequence", async () => {
    const folder = folders();
    await Book.prepare(folder, config);
    const sizes = new Set<number>();
    let [killed, written] = [0, 0];
    // However quick the machine is: another file for as long as there were too few kills.
    while (killed < kills) {
      const file = join(folder, `in-${written}.ndjson`);
      await writeFile(file, numbered(written, chunk));
      written += chunk;
      for (let size = 0; size < written && killed < kills;) {
        const ended = await run(folder, file, killed % 4 === 0 ? "open" : "appending");
        expect(ended.size, "a record was lost").to.be.at.least(Math.max(0, ...sizes));
        sizes.add((size = ended.size));
        if (ended.killed) killed++;
        else break;
      }
      await run(folder, file);
    }
    console.log(`      ${killed} kills; the log was found at ${sizes.size} sizes, and holds ${written} records`);
    await everyRecordOnce(folder, written);
  });

  it("is completed by the same command", async () => {
    const folder = folders();
    await Book.prepare(folder, config);
    const file = join(folder, "in.ndjson");
    await writeFile(file, numbered(0, records));
    expect((await run(folder, file, "appending")).killed).to.equal(true);
    const { code, out } = await command("log", "append", folder, file, "--json");
    const said = JSON.parse(out) as { count: number; resumed: number; size: string };
    expect([code, said.count, said.size]).to.deep.equal([0, 0, String(records)]);
    expect(said.resumed).to.be.greaterThan(0);
    await everyRecordOnce(folder, records);
  });

  async function command(...argv: string[]): Promise<{ code: number | null; out: string }> {
    const main = fileURLToPath(new URL("../../../sdk/cli/main.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), main, ...argv], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    child.stdout.on("data", (piece: Buffer) => (out += piece.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, out };
  }

  async function everyRecordOnce(folder: string, records: number): Promise<void> {
    const book = await Book.open(folder);
    try {
      expect(await book.resume()).to.equal(0);
      expect(book.log.size()).to.equal(BigInt(records));
      for (let index = 0n; index < BigInt(records); index++) {
        const { payload, entry } = await book.openRecord(index);
        const { sequence } = decodeHeader(entry);
        if (payload["i"] !== Number(index) || sequence !== index) {
          expect.fail(`entry ${index} has sequence ${sequence} and is line ${String(payload["i"])}`);
        }
      }
      await book.log.verify();
    } finally {
      await book.close();
    }
  }
});

/** NDJSON of records that carry their number. */
function numbered(from: number, count: number): string {
  return Array.from({ length: count }, (_, i) => `{"data":{"i":${from + i}}}`).join("\n");
}
