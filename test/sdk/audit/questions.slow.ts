import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

import { expect } from "chai";

import type { EventLine } from "../../../sdk/audit/line.js";
import { AuditIndex } from "../../../sdk/audit/questions/audit-index.js";
import { account, eventBook, hash, type EventBook } from "../../support/events.js";
import { temporaryFolders } from "../../support/folders.js";
import { oneFile } from "../../support/oneFile.js";

const kills = 100;
const records = 4_000;

describe("an index whose follower is killed at random moments", function () {
  this.timeout(600_000);
  // Before the folders go.
  after(() => book.close());
  const newFolder = temporaryFolders();
  let follower: string;
  let book: EventBook;
  let folder: string;

  before(async () => {
    folder = newFolder();
    follower = oneFile(join(import.meta.dirname, "indexFollower.ts"), folder);
    book = await eventBook(join(folder, "book"));
    const written = Array.from({ length: records }, (_, i) => ({
      source: `urn:example:desk:${i % 3}`,
      time: BigInt(1_000 + ((i * 7) % 900)),
      auditor: account(i % 5),
      subject: hash(i % 11),
    }));
    await book.write(written);
  });

  /** Follows; kills the follower some milliseconds after it opened the index, if asked to. */
  async function run(file: string, after?: number): Promise<{ opened: number; ended: boolean }> {
    const child = spawn(process.execPath, [follower, join(folder, "book"), file], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [opened, ended, errors] = [-1, false, ""];
    child.stderr.on("data", (piece: Buffer) => (errors += piece.toString()));
    const closed = once(child, "close");
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith("open ")) {
        opened = Number(line.slice(5));
        if (after !== undefined) void setTimeout(after).then(() => child.kill("SIGKILL"));
      }
      ended ||= line.startsWith("done ");
    }
    await closed;
    expect(opened, errors).to.be.at.least(0);
    return { opened, ended };
  }

  it(`I3: goes on where it was, over ${kills} kills, and answers as an index that was never killed`, async () => {
    const expected = await linesOf(join(folder, "whole.index"), true);
    let [killed, resumed, round] = [0, 0, 0];
    while (killed < kills) {
      const file = join(folder, `killed-${round++}.index`);
      for (let last = 0; ;) {
        const { opened, ended } = await run(file, 1 + Math.random() * 150);
        expect(opened).to.be.at.least(last);
        expect(opened % 64 === 0 || opened === records).to.equal(true);
        if (opened > last) resumed++;
        last = opened;
        if (ended) break;
        killed++;
      }
      expect(await linesOf(file, false)).to.deep.equal(expected);
    }
    expect(resumed).to.be.greaterThan(10);
  });

  async function linesOf(file: string, follow: boolean): Promise<EventLine[]> {
    const index = AuditIndex.open(file);
    try {
      if (follow) await index.follow(book);
      expect(index.reach().logs[0]).to.include({ size: BigInt(records), events: records });
      const answers = [0, 1, 2, 3, 4].map((n) => Array.fromAsync(index.touchedBy({ auditor: account(n) })));
      return (await Promise.all(answers)).flat();
    } finally {
      index.close();
    }
  }
});
