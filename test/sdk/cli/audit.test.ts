import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { checkAuthorization } from "../../../sdk/audit/authorization.js";
import { Book } from "../../../sdk/book/book.js";
import { developmentWallet } from "../../../sdk/chain/development.js";
import { temporaryFolders } from "../../support/folders.js";
import { steleIn } from "../../support/program.js";
import { auditor, bookConfig, engagement, eventsOf, writeFiles } from "../../support/recording.js";

const samples = fileURLToPath(new URL("../../../samples/audit/", import.meta.url));

describe("audit collect, read, derive and erase", () => {
  const folders = temporaryFolders();
  let cwd: string;

  beforeEach(async () => {
    cwd = folders();
    await Book.prepare(join(cwd, "book"), bookConfig);
  });

  const stele = (...argv: string[]) => steleIn(cwd, argv);

  const where = ["--book", "book", "--store", "datasets", "--engagement", engagement];
  const who = ["--account", "7"];

  async function collected(path: string, ...more: string[]): Promise<Record<string, unknown>> {
    const { code, out, err } = await stele("audit", "collect", path, ...where, ...who, "--json", ...more);
    expect(code, err).to.equal(0);
    return JSON.parse(out) as Record<string, unknown>;
  }

  it("collects, reads, derives and erases, with each event signed by the account", async () => {
    writeFiles(join(cwd, "export"), { "a.csv": "x,y\n1,2\n", "b.csv": "x,y\n3,4\n" });
    const { root, files } = await collected("export", "--label", "ledger", "--listing", "listing.ndjson");
    expect(files).to.equal(2);
    expect(readFileSync(join(cwd, "listing.ndjson"), "utf8")).to.match(
      /^{"path":"a.csv","sha256":"0x[0-9a-f]+","size":8}\n/,
    );
    const read = await stele("audit", "read", String(root), "--file", "b.csv", "--out", "b.csv", ...where, ...who);
    expect(read.out).to.contain("Wrote 8 bytes to b.csv").and.to.contain("Recorded as entry 1.");
    expect(readFileSync(join(cwd, "b.csv"), "utf8")).to.equal("x,y\n3,4\n");
    const derive = ["audit", "derive", "wc", "--arg=-c", "--input", String(root), "--media-type", "text/plain"];
    const derived = await stele(...derive, ...where, ...who, "--json");
    expect(derived.code, derived.err).to.equal(0);
    const out = JSON.parse(derived.out) as { root: string };
    expect((await stele("audit", "read", out.root, "--out", "count", ...where, ...who)).code).to.equal(0);
    expect(Number(readFileSync(join(cwd, "count"), "utf8")) % 512).to.equal(0);
    const erase = ["audit", "erase", String(root), "--reason", "retention is over", "--remove-copy"];
    expect((await stele(...erase, ...where, ...who)).out).to.contain("Erased for good");
    const gone = await stele("audit", "read", String(root), "--out", "again", ...where, ...who);
    expect([gone.code, gone.err]).to.deep.include(1);
    expect(gone.err).to.contain("was erased at");
    await everyEvent((events) => {
      expect(events.map(({ type, data }) => `${type.slice(12)} ${data.outcome}`)).to.deep.equal([
        "collect done",
        "read done",
        "derive done",
        "read done",
        "erase done",
        "read failed",
      ]);
      const { chainId, registry, logId } = bookConfig;
      for (const event of events) {
        expect(event.auditor).to.equal(developmentWallet(7).address.toLowerCase());
        expect(checkAuthorization({ chainId, address: registry, logId }, event)).to.equal("authorized");
      }
    });
  });

  async function everyEvent(check: (events: Awaited<ReturnType<typeof eventsOf>>) => void): Promise<void> {
    const book = await Book.open(join(cwd, "book"));
    try {
      check(await eventsOf(book));
    } finally {
      await book.close();
    }
  }

  it("validates the sample books on collection and records what they add up to, or the refusal", async () => {
    const folder = writeFiles(join(cwd, "books"), {
      "accounts.csv": readFileSync(join(samples, "accounts.csv")),
      "vouchers-2025-01.csv": readFileSync(join(samples, "vouchers-2025-01.csv")),
    });
    const { facts } = await collected(folder, "--format", "gb-t-24589");
    expect(facts).to.have.property("debit");
    expect((facts as { debit: string; credit: string }).debit).to.equal((facts as { credit: string }).credit);
    const path = join(folder, "vouchers-2025-01.csv");
    writeFiles(folder, {
      "vouchers-2025-01.csv": readFileSync(path, "utf8").replace(/2025-?01-?02|20250102/, "2025-13-02"),
    });
    const refused = await stele("audit", "collect", folder, ...where, ...who, "--format", "gb-t-24589");
    expect(refused.code).to.equal(1);
    expect(refused.err).to.match(/vouchers-2025-01\.csv:\d+ field/);
    await everyEvent((events) => {
      expect(events.map(({ data }) => data.outcome)).to.deep.equal(["done", "failed"]);
      expect(events[0]?.data["format"]).to.equal("gb-t-24589");
      expect(events[1]?.data.error?.code).to.equal("input");
    });
  });

  it("erases the record of an entry, and takes an account without its key", async () => {
    writeFiles(cwd, { "a.txt": "hello" });
    const own = ["--auditor", auditor.address];
    expect((await stele("audit", "collect", "a.txt", ...where, ...own)).code).to.equal(0);
    const erased = await stele("audit", "erase", "--record", "0", "--reason", "asked for", ...where, ...own, "--json");
    expect(JSON.parse(erased.out)).to.include({ erasures: 1 });
    await everyEvent((events) => {
      expect(events).to.have.length(1);
      expect(events[0]?.data.authorization).to.equal(undefined);
    });
  });

  it("says what is wrong with a command line, and records nothing", async () => {
    writeFiles(cwd, { "a.txt": "hello" });
    const root = `0x${"77".repeat(32)}`;
    const own = ["--auditor", auditor.address];
    const wrong: readonly [string[], string][] = [
      [["collect", "a.txt", ...where], "say who does it"],
      [["collect", "a.txt", ...where, ...who, ...own], "--auditor is for an event without"],
      [["collect", "a.txt", ...where, ...who, "--format", "xbrl"], '--format "xbrl"'],
      [["collect", "a.txt", ...where, ...who, "--source", "no uri"], "is not an absolute URI"],
      [["read", "0x12", "--out", "x", ...where, ...who], 'ROOT "0x12"'],
      [["read", root, "--out", "a.txt", ...where, ...who], "is there already"],
      [["derive", "cat", "--media-type", "text/plain", ...where, ...who], "--input is missing"],
      [["erase", "--reason", "x", ...where, ...who], "name a dataset by ROOT, or records"],
      [["erase", "--reason", "x", "--record", "9", ...where, ...who], "there is no entry 9"],
    ];
    for (const [argv, sentence] of wrong) {
      const { code, err } = await stele("audit", ...argv);
      expect(code, sentence).to.be.greaterThan(0);
      expect(err).to.contain(sentence);
    }
    await everyEvent((events) => expect(events).to.deep.equal([]));
  });
});
