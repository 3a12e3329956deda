import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { expect } from "chai";
import fc from "fast-check";

import { utf8 } from "../../../sdk/common/bytes.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { openLog, type Log } from "../../../sdk/log/log.js";
import { ed25519Signer } from "../../../sdk/proof/ed25519.js";
import { leafHash } from "../../../sdk/proof/merkle.js";
import { numbered, refusal } from "../../support/entries.js";
import { temporaryFolders } from "../../support/folders.js";
import { digestOfServed, flipByte } from "../../support/tampering.js";

const origin = "example.org/log";
const signer = ed25519Signer(origin, new Uint8Array(32).fill(9));

describe("a store that was tampered with", () => {
  const folder = temporaryFolders();

  /** Two published checkpoints' worth of entries, then some that are not published yet. */
  async function prepare(home: string): Promise<void> {
    const log = await openLog(home, { origin });
    await log.append(numbered(600, 60), [utf8("beside the first")]);
    await log.publish([signer]);
    await log.append(numbered(700, 60, 600), [utf8("beside another")]);
    await log.close();
  }

  async function publishOnce(home: string): Promise<{ log: Log; note: string }> {
    const log = await openLog(home, { origin });
    try {
      return { log, note: await log.publish([signer]) };
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  /** Changes the store through the database, as someone who knows its layout would. */
  async function tamper(sql: string, ...values: (number | Uint8Array)[]): Promise<string> {
    const home = folder();
    await prepare(home);
    const db = new DatabaseSync(join(home, "log.db"));
    expect(db.prepare(sql).run(...values).changes, sql).to.be.greaterThan(0);
    db.close();
    return home;
  }

  it("[L4] does not publish: an entry, a tile, a piece, the head, a checkpoint or an attachment was changed", async () => {
    const changed: [sql: string, says: string][] = [
      ["UPDATE pieces SET data = cast(replace(hex(data), 'E5', 'E6') AS BLOB) WHERE first = 768", "entry bundle"],
      ["UPDATE pieces SET data = unhex(replace(hex(data), 'E5E5', 'E5E6')) WHERE first = 768", "does not follow"],
      ["UPDATE pieces SET data = unhex(replace(hex(data), 'E5E5', 'E5E6')) WHERE first = 1280", "the root"],
      ["DELETE FROM pieces WHERE first = 768", "missing"],
      ["UPDATE tiles SET data = unhex(replace(hex(data), '1', '2')) WHERE n = 3", "the root"],
      ["UPDATE tiles SET data = unhex(substr(hex(data), 3) || '00') WHERE n = 0", "the root"],
      ["DELETE FROM tiles WHERE n = 2", "holds no tile"],
      ["UPDATE log SET size = 1299", "1300 entries were acknowledged, and it holds 1299"],
      ["UPDATE log SET size = 1301", "entry bundle"],
      ["UPDATE log SET root = zeroblob(32)", "the root"],
      ["UPDATE checkpoints SET note = replace(note, 'o', 'p')", "was changed"],
      ["UPDATE attachments SET data = unhex(hex(data) || '78') WHERE entry = 600", "attachment"],
      ["UPDATE attachments SET leaf = zeroblob(32) WHERE entry = 600", "belongs to another"],
      ["UPDATE log SET format = 2", "format"],
    ];
    for (const [sql, says] of changed) {
      const home = await tamper(sql);
      await refusal(publishOnce(home), "corrupt", says);
    }
  });

  it("[L4] does not open another history, consistent in itself, under a checkpoint that it published", async () => {
    const home = folder();
    await prepare(home);
    const other = folder();
    const log = await openLog(other, { origin });
    await log.append(numbered(1300, 60, 1));
    await log.close();
    const db = new DatabaseSync(join(other, "log.db"));
    db.exec(`ATTACH '${join(home, "log.db")}' AS old; INSERT INTO checkpoints SELECT * FROM old.checkpoints`);
    db.close();
    await refusal(openLog(other, { origin }), "corrupt", "does not have the root that it published at 600");
  });

  it("[L4] finds a change of what was published long ago when it verifies everything", async () => {
    const home = await tamper("UPDATE pieces SET data = unhex(replace(hex(data), 'E5E5', 'E5E6')) WHERE first = 0");
    const log = await openLog(home, { origin });
    await refusal(log.verify(), "corrupt", "tile 0 of level 0 does not follow from the entries");
    await log.close();
    const other = await tamper("UPDATE attachments SET data = unhex(hex(data) || '78') WHERE entry = 0");
    const second = await openLog(other, { origin });
    await refusal(second.verify(), "corrupt", "attachment");
    await refusal(second.attachment(leafHash(numbered(1, 60)[0]!)), "corrupt", "was changed");
    await second.close();
  });

  it("[L4] found open and unaware, looks at the disk before it publishes", async () => {
    const home = folder();
    const log = await openLog(home, { origin });
    await log.append(numbered(600, 60));
    const db = new DatabaseSync(join(home, "log.db"));
    db.exec("UPDATE pieces SET data = unhex(replace(hex(data), 'E5E5', 'E5E6')) WHERE first = 256");
    db.close();
    await refusal(log.publish([signer]), "corrupt", "does not follow from the entries");
    await log.close();
  });

  it("[L4] publishes, after any byte of its file was flipped, what it would have published, or nothing", async () => {
    const home = folder();
    await prepare(home);
    const path = join(home, "log.db");
    const { log, note } = await publishOnce(home);
    const served = await digestOfServed(log.reader, 1300);
    await log.close();
    const db = new DatabaseSync(path);
    db.exec("DELETE FROM checkpoints WHERE size = 1300; PRAGMA wal_checkpoint(TRUNCATE)");
    db.close();
    const clean = readFileSync(path);
    const count = { found: 0, foundByVerify: 0, harmless: 0 };
    const flips = fc.record({ at: fc.nat(clean.length - 1), mask: fc.integer({ min: 1, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(flips, async ({ at, mask }) => {
        writeFileSync(path, clean);
        flipByte(path, at, mask);
        try {
          const result = await publishOnce(home);
          expect(result.note).to.equal(note);
          const now = await digestOfServed(result.log.reader, 1300).catch(() => "unreadable");
          // What lies before the last checkpoint is found by `verify`, which need not have run.
          if (now !== served) await refusal(result.log.verify());
          count[now === served ? "harmless" : "foundByVerify"]++;
          await result.log.close();
        } catch (error) {
          if (!(error instanceof SteleError)) throw error;
          count.found++;
        }
      }),
      { numRuns: 200 },
    );
    expect(count.found).to.be.greaterThan(50);
    console.log(
      `      of 200 flipped bytes ${count.found} stopped the publishing, ${count.foundByVerify} lay in what was`,
    );
    console.log(`      published before and were found by verify, ${count.harmless} changed nothing that is served`);
  });

  it("[L4] misses no acknowledged entry where a byte of the write-ahead log was flipped", async () => {
    const [home, copy] = [folder(), folder()];
    const log = await openLog(home, { origin });
    for (let at = 0; at < 600; at += 60) await log.append(numbered(60, 60, at));
    cpSync(home, copy, { recursive: true });
    const { root } = log.head();
    await log.close();
    const tail = readFileSync(join(copy, "log.db-wal"));
    let refused = 0;
    const flips = fc.record({ at: fc.nat(tail.length - 1), mask: fc.integer({ min: 1, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(flips, async ({ at, mask }) => {
        const damaged = folder();
        cpSync(copy, damaged, { recursive: true });
        flipByte(join(damaged, "log.db-wal"), at, mask);
        const opened = await openLog(damaged, { origin }).catch((error: unknown) => error);
        if (opened instanceof SteleError) return void refused++;
        expect((opened as Log).head()).to.deep.equal({ size: 600n, root });
        await (opened as Log).close();
      }),
      { numRuns: 60 },
    );
    expect(refused).to.be.greaterThan(30);
  });
});
