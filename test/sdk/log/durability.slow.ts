import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

import { expect } from "chai";

import { openLog } from "../../../sdk/log/log.js";
import { ed25519Signer } from "../../../sdk/proof/ed25519.js";
import { numbered, numberOf, refusal } from "../../support/entries.js";
import { temporaryFolders } from "../../support/folders.js";
import { oneFile } from "../../support/oneFile.js";

const origin = "example.org/log";
const signer = ed25519Signer(origin, new Uint8Array(32).fill(9));

/** Node warns of each process that opens SQLite. */
const quiet = "--disable-warning=ExperimentalWarning";

/** Every entry that was acknowledged is there, in order, once; whatever else is there was being appended. */
async function checkAll(home: string, acknowledged: number): Promise<void> {
  const log = await openLog(home, { origin });
  try {
    expect(Number(log.size())).to.be.at.least(acknowledged);
    let next = 0;
    for await (const entry of log.entries(0n, log.size())) expect(numberOf(entry)).to.equal(next++);
    await log.verify();
    await log.publish([signer]);
  } finally {
    await log.close();
  }
}

describe("durability", () => {
  const folder = temporaryFolders();
  let writer: string;

  before(() => {
    writer = oneFile(join(import.meta.dirname, "writer.ts"), folder());
  });

  /** Reads what the writer says, until it ends; resolves to the last acknowledged size. */
  async function listen(child: ChildProcess, opened: (size: number) => void): Promise<number> {
    let acknowledged = 0;
    for await (const line of createInterface({ input: child.stdout! })) {
      if (line.startsWith("open ")) opened(Number(line.slice(5)));
      else if (!line.startsWith("refused")) acknowledged = Number(line);
    }
    return acknowledged;
  }

  it("[L5] of every acknowledged entry, in order, once, over 120 kills at random moments", async function () {
    this.timeout(300_000);
    const home = folder();
    let acknowledged = 0;
    let midway = 0;
    for (let kill = 0; kill < 120; kill++) {
      const child = spawn(process.execPath, [quiet, writer, home, origin, "1000000"], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const ended = once(child, "exit");
      const before = acknowledged;
      const last = await listen(child, (size) => {
        expect(size, `after kill ${kill}`).to.be.at.least(before);
        if (size > before) midway++;
        // A random moment is what is wanted here; nothing depends on how long it is.
        void setTimeout(Math.random() * 25).then(() => child.kill("SIGKILL"));
      });
      acknowledged = Math.max(acknowledged, last);
      await ended;
      if (kill % 20 === 19) await checkAll(home, acknowledged);
    }
    expect(acknowledged).to.be.greaterThan(0);
    console.log(`      ${acknowledged} entries acknowledged; ${midway} kills fell between durable and acknowledged`);
  });

  it("[L6] of everything acknowledged when a file may not grow any more", async function () {
    this.timeout(300_000);
    const home = folder();
    const command = `trap '' XFSZ; ulimit -f 3000; exec "$0" "$@"`;
    const child = spawn("sh", ["-c", command, process.execPath, quiet, writer, home, origin, "1000000"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    const acknowledged = await listen(child, () => undefined);
    expect((await ended)[0]).to.equal(3);
    expect(acknowledged).to.be.greaterThan(0);
    await checkAll(home, acknowledged);
  });

  it("[L6] of everything acknowledged when the disk is full, and goes on once there is space", async function () {
    this.timeout(300_000);
    const home = folder();
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", home], { stdio: "ignore" });
    } catch {
      console.log("      did not run: mounting a small disk is not permitted here");
      this.skip();
    }
    try {
      const log = await openLog(home, { origin });
      const append = () => log.append(numbered(700, 100, Number(log.size())));
      for (let last = -1n; last < log.size();) {
        last = log.size();
        await append().catch(() => undefined);
      }
      const full = log.size();
      await refusal(append(), "storage", "the disk");
      await refusal(append(), "storage");
      expect(log.size()).to.equal(full);
      execFileSync("mount", ["-o", "remount,size=64m", home]);
      expect((await append()).first).to.equal(full);
      await log.close();
      await checkAll(home, Number(full) + 700);
    } finally {
      execFileSync("umount", ["-l", home]);
    }
  });
});
