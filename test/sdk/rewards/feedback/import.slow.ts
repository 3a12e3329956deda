import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

import { expect } from "chai";

import { Book } from "../../../../sdk/book/book.js";
import type { SteleError } from "../../../../sdk/common/errors.js";
import { planFeedback } from "../../../../sdk/rewards/feedback/import.js";
import { faultsOf, withBook } from "../../../support/books.js";
import { entriesFor, jobFor, recordsOf, unitConfig, upTo } from "../../../support/feedback.js";
import { temporaryFolders } from "../../../support/folders.js";
import { oneFile } from "../../../support/oneFile.js";

const periods = ["2024-Q1", "2024-Q2"];

describe("the import of feedback, killed at random moments", function () {
  this.timeout(600_000);
  const folders = temporaryFolders();
  let importer: string;

  before(() => {
    importer = oneFile(join(import.meta.dirname, "importer.ts"), folders(), ["vega", "vega-lite"]);
  });

  /** Runs an import and kills it some time after it begins. @returns whether it was quicker */
  async function run(folder: string, period: string): Promise<boolean> {
    const child = spawn(process.execPath, [importer, folder, period], { stdio: ["ignore", "pipe", "pipe"] });
    let errors = "";
    child.stderr.on("data", (piece: Buffer) => (errors += piece.toString()));
    const ended = once(child, "close");
    let done = false;
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === "done") done = true;
      // A random moment is what is wanted here; nothing depends on how long it is.
      if (line === "begins") void setTimeout(Math.random() * 120).then(() => child.kill("SIGKILL"));
    }
    const [code, signal] = (await ended) as [number | null, string | null];
    // Killed between the last record and its end, an import is found to be finished.
    if (signal === null && code !== 0 && !errors.includes("is recorded already, in 800 records"))
      throw new Error(errors);
    return done || signal === null;
  }

  it("FB1: records everybody once, in each period, however often it is killed", async () => {
    const folder = folders();
    await Book.prepare(folder, unitConfig);
    let kills = 0;
    for (const period of periods) {
      for (let tries = 0; !(await run(folder, period)); tries++) {
        kills++;
        expect(tries, "imports that got nowhere").to.be.below(200);
      }
    }
    await withBook(
      folder,
      async (book) => {
        const records = await recordsOf(book);
        expect(records).to.have.length(800 * periods.length);
        expect(await faultsOf(book)).to.deep.equal([]);
        for (const [i, period] of periods.entries()) {
          const of = records.filter(({ content }) => content?.payload.period === period);
          expect(new Set(of.map(({ content }) => content!.subject)).size).to.equal(800);
          const before = i === 0 ? null : { period: periods[i - 1], revision: 1 };
          for (const { content } of of) expect(content!.payload.previous).to.deep.equal(before);
          const again = await planFeedback(book, jobFor(period, entriesFor(upTo(800)))).catch(
            (error: unknown) => error,
          );
          expect((again as SteleError).code).to.equal("refused");
        }
      },
      unitConfig,
    );
    console.log(`      ${kills} kills, ${800 * periods.length} records`);
  });
});
