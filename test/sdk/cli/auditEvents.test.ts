import { open, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";
import { exportJWK, generateKeyPair } from "jose";

import type { EventLine } from "../../../sdk/audit/line.js";
import { sameLine, verifyLine } from "../../../sdk/audit/questions/verify.js";
import { auditEvents } from "../../../sdk/cli/commands/audit/events.js";
import { serveBook } from "../../../sdk/book/serve.js";
import { runCommand } from "../../../sdk/cli/run.js";
import { parsePresentation } from "../../../sdk/records/presentation.js";
import { account, eventBook, hash, type EventBook } from "../../support/events.js";
import { temporaryFolders } from "../../support/folders.js";

const [alice, bob] = [account(1), account(2)];
const day = 86_400n;
const march = 1_772_323_200n; // 2026-03-01

describe("audit events", () => {
  // Before the folders go.
  after(() => book.close());
  const newFolder = temporaryFolders();
  let folder: string;
  let book: EventBook;

  before(async () => {
    folder = newFolder();
    const pair = await generateKeyPair("ECDH-ES+A256KW", { crv: "X25519", extractable: true });
    await writeFile(join(folder, "office.jwk"), JSON.stringify(await exportJWK(pair.privateKey)));
    book = await eventBook(join(folder, "book"), 1, [{ id: "office", publicKey: await exportJWK(pair.publicKey) }]);
    await book.write(
      Array.from({ length: 40 }, (_, i) => ({
        source: "urn:example:=desk",
        time: march + BigInt(i) * day,
        auditor: i % 4 === 0 ? bob : alice,
        engagement: hash(0xe1),
        subject: hash(i % 3),
        ...(i % 10 === 5 ? { data: { outcome: "failed" as const } } : {}),
      })),
    );
    await book.book.publish();
  });

  async function run(raw: Record<string, unknown>): Promise<{ out: string; err: string }> {
    let [out, err] = ["", ""];
    await runCommand(
      auditEvents,
      { book: [join(folder, "book")], offline: true, index: "audit.index", ...raw },
      {
        stdout: { write: (text) => void (out += text) },
        stderr: { write: (text) => void (err += text) },
        stdin: (async function* () {})(),
        cwd: folder,
        env: {},
        signal: new AbortController().signal,
        openSession: () => Promise.reject(new Error("no network was to be asked")),
      },
    );
    return { out, err };
  }

  it("prints a table, says how many lines there are more, and how far the answer is complete", async () => {
    const { out } = await run({ auditor: alice, limit: "5" });
    expect(out.split("\n").filter((line) => line.includes("read"))).to.have.length(5);
    expect(out).to.include("5 lines, 25 more (--limit, or --format csv).");
    expect(out).to.include(
      "audit.events/agency 1: 40 entries, not compared with the chain; all of them could be looked at.",
    );
  });

  it("takes days whole, and answers as JSON", async () => {
    const { out } = await run({ engagement: hash(0xe1), from: "2026-03-02", to: "2026-03-03", json: true });
    const { lines, count } = JSON.parse(out) as { lines: { time: string }[]; count: number };
    expect(lines.map(({ time }) => BigInt(time))).to.deep.equal([march + day, march + 2n * day]);
    expect(count).to.equal(2);
    const failed = await run({ dataset: hash(0), failed: true, json: true });
    expect((JSON.parse(failed.out) as { count: number }).count).to.equal(1);
  });

  it("writes CSV that a spreadsheet takes as text, and an SVG", async () => {
    await run({ auditor: bob, format: "csv", out: "bob.csv" });
    expect((await readFile(join(folder, "bob.csv"), "utf8")).trim().split("\r\n")).to.have.length(11);
    const { out } = await run({ auditor: bob, format: "svg" });
    expect(out).to.match(/^<svg/);
    expect(out).to.contain(`Data events by ${bob}`);
  });

  it("proves each line, so that it is verified offline from its file alone", async () => {
    const { out } = await run({ auditor: bob, prove: "all", proofs: "proofs", json: true });
    const { lines } = JSON.parse(out) as { lines: Record<keyof EventLine, string>[] };
    const files = await readdir(join(folder, "proofs"));
    expect(files).to.have.length(10);
    for (const file of files) {
      const presentation = parsePresentation(await readFile(join(folder, "proofs", file), "utf8"));
      const proved = verifyLine(presentation, { verifierKey: book.book.verifierKey });
      const shown = lines.find(({ index }) => index === proved.index.toString())!;
      const { index, time, sequence, ...rest } = shown;
      const line = { ...rest, index: BigInt(index), time: BigInt(time), sequence: BigInt(sequence) };
      expect(sameLine(proved, line as unknown as EventLine)).to.equal(true);
    }
  });

  it("refuses what it cannot answer, in one sentence", async () => {
    const refusals: [Record<string, unknown>, string][] = [
      [{}, "ask for --auditor, --dataset or --engagement"],
      [{ auditor: alice, book: [] }, "name a log with --book FOLDER"],
      [{ auditor: alice, prove: "3" }, "--prove and --proofs FOLDER go together"],
      [{ auditor: alice, book: ["http://127.0.0.1:1"] }, "give --recipient and --recipient-key"],
      [{ auditor: alice, recipient: "office" }, "--recipient and --recipient-key go together"],
      [{ auditor: alice, from: "March" }, "is no day"],
      [{ auditor: alice, json: true, format: "csv" }, "give --out FILE"],
      [{ auditor: alice, book: [join(folder, "nowhere")] }, "there is no log in this folder"],
    ];
    for (const [raw, sentence] of refusals) {
      const error = await run(raw).then(
        () => undefined,
        (refused: Error) => refused,
      );
      expect(error?.message).to.include(sentence);
    }
  });

  it("answers a recipient over HTTP as it answers the owner, proofs included", async () => {
    const served = await serveBook(join(folder, "book"));
    try {
      const office = { book: [served.url], recipient: "office", recipientKey: "office.jwk", index: "office.index" };
      const question = { dataset: hash(2), json: true, prove: "2" };
      const far = JSON.parse((await run({ ...question, ...office, proofs: "far" })).out) as object;
      const near = JSON.parse((await run({ ...question, proofs: "near" })).out) as object;
      expect({ ...far, proofs: 0 }).to.deep.equal({ ...near, proofs: 0 });
      expect(await readdir(join(folder, "far"))).to.deep.equal(await readdir(join(folder, "near")));
    } finally {
      await served.close();
    }
  });

  it("answers the same from an index that was damaged and rebuilt", async () => {
    const before = await run({ auditor: alice, json: true });
    const file = await open(join(folder, "audit.index"), "r+");
    await file.write(Buffer.alloc(30_000, 0xee), 0, 30_000, 100);
    await file.close();
    const error = await run({ auditor: alice }).catch((refused: Error) => refused);
    expect((error as Error).message).to.include("throw it away and follow the logs again");
    expect(await run({ auditor: alice, json: true, rebuild: true })).to.deep.equal(before);
  });

  it("leaves a file alone that is no index, even where it is to be rebuilt", async () => {
    await writeFile(join(folder, "notes.txt"), "minutes of a meeting");
    const log = "book/log/log.db";
    for (const [index, rebuild] of [
      ["notes.txt", true],
      ["notes.txt", false],
      [log, true],
      [log, false],
    ] as const) {
      const error = await run({ auditor: alice, index, rebuild }).catch((refused: Error) => refused);
      expect((error as Error).message).to.match(/is no index|not an index/);
    }
    expect(await readFile(join(folder, "notes.txt"), "utf8")).to.equal("minutes of a meeting");
    expect((await book.book.openRecord(0n)).payload["auditor"]).to.equal(bob);
  });
});
