import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { id } from "ethers";

import { openStage, type Stage } from "../../scripts/chapters/stage.js";
import { developmentWallet } from "../../sdk/chain/development.js";
import { sessionOn } from "../../sdk/cli/session.js";
import type { Served } from "../../sdk/log/serve.js";
import { serveWitness } from "../../sdk/log/witness-http.js";
import { openWitness } from "../../scripts/chapters/books.js";
import { steleIn, type Ended } from "../support/program.js";

const person = developmentWallet(12);

describe("a record's way by command, from a log's opening to a dispute", function () {
  this.timeout(120_000);
  let folder: string;
  let stage: Stage;
  let subject: string;
  const served: Served[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "stele-flow-"));
    stage = await openStage(folder);
    for (const actor of ["north", "south"] as const) {
      served.push(await serveWitness(await openWitness(stage, actor, join(folder, "witnesses"))));
    }
    subject = await enrolPerson();
  });
  after(async () => {
    for (const server of served) await server.close();
    await stage.close();
    await rm(folder, { recursive: true, force: true });
  });

  function stele(who: number | undefined, ...argv: string[]): Promise<Ended> {
    const account = who === undefined ? [] : ["--account", String(who)];
    return steleIn(folder, [...argv, ...account], {
      async openSession(common, world) {
        const connection = { ...stage.connection, close: () => undefined };
        return sessionOn(connection, stage.suite.manifest, common, world);
      },
    });
  }

  async function well(who: number | undefined, ...argv: string[]): Promise<string> {
    const ended = await stele(who, ...argv);
    expect(ended.code, `${argv.join(" ")}: ${ended.err}`).to.equal(0);
    return ended.out;
  }

  async function enrolPerson(): Promise<string> {
    const subjects = stage.suite.contract("Subjects");
    const [domain, commitment, deadline] = [id("staff"), id("only the person can open this"), 2n ** 40n - 1n];
    const known = await subjects.subjectId(stage.memberOf("finance"), domain, commitment);
    const verifyingContract = stage.suite.address("Subjects");
    const typed = { name: "Stele Subjects", version: "1", chainId: stage.suite.manifest.chainId, verifyingContract };
    const types = {
      Bind: [
        { name: "subject", type: "bytes32" },
        { name: "account", type: "address" },
        { name: "deadline", type: "uint40" },
      ],
    };
    const consent = await person.signTypedData(typed, types, { subject: known, account: person.address, deadline });
    const values = [domain, commitment, person.address, deadline, consent] as const;
    const data = subjects.interface.encodeFunctionData("enrol", [...values]);
    const sender = await stage.sender("finance");
    await sender.send({ to: verifyingContract, data, label: "enrol a person" });
    return known;
  }

  const witnesses = (): string[] => served.flatMap(({ url }) => ["--witness", url]);

  it("previews the opening without sending or making anything", async () => {
    await (await stage.sender("finance")).close(); // the commands open their own
    const out = await well(
      5,
      "log",
      "open",
      "book",
      "--kind",
      "audit.events",
      "--name",
      "staff",
      "--policy",
      "1",
      "--dry-run",
    );
    expect(out).to.contain("Nothing was sent");
    expect((await stele(undefined, "log", "status", "book", "--offline")).code).to.equal(1);
  });

  it("opens a log, once however often it is asked", async () => {
    const argv = ["log", "open", "book", "--kind", "audit.events", "--name", "staff", "--policy", "1"];
    expect(await well(5, ...argv)).to.contain("Log staff is open.");
    expect(await well(5, ...argv)).to.contain("was open already");
  });

  it("appends records, anchors them with two witnesses and shows where the log stands", async () => {
    const lines = [
      { time: "2026-01-31T08:00:00Z", subject, data: { course: "first aid", hours: 16, passed: true } },
      { data: { inventory: "chairs", count: 12 } },
    ];
    await writeFile(join(folder, "in.ndjson"), lines.map((line) => JSON.stringify(line)).join("\n"));
    expect(await well(undefined, "log", "append", "book", "in.ndjson")).to.contain(
      "Appended 2 records as entries 0 to 1",
    );
    expect((await stele(5, "log", "anchor", "book")).err).to.match(/witness|cosign/i);
    expect(await well(5, "log", "anchor", "book", "--dry-run", ...witnesses())).to.contain("from 0 to 2 entries");
    expect(await well(5, "log", "anchor", "book", ...witnesses())).to.contain("moved from 0 to 2 entries");
    expect(await well(5, "log", "anchor", "book", ...witnesses())).to.contain("holds all 2 entries already");
    expect(await well(undefined, "log", "status", "book")).to.match(/on chain\s+│ 2 \(open\)/);
  });

  it("verifies a proof against the chain and offline, and refuses a changed one", async () => {
    await well(undefined, "log", "prove", "book", "1", "--out", "proof.json");
    expect(await well(undefined, "proof", "verify", "proof.json")).to.contain("Everything holds.");
    const { checkpointKey } = JSON.parse(await well(5, "log", "open", "book", ...opening, "--json"));
    const offline = ["proof", "verify", "proof.json", "--offline", "--checkpoint-key", checkpointKey];
    expect(await well(undefined, ...offline)).to.contain("Everything holds.");
    const text = await readFile(join(folder, "proof.json"), "utf8");
    const bundle = JSON.parse(text) as { entry: string };
    await writeFile(
      join(folder, "forged.json"),
      JSON.stringify({ ...bundle, entry: bundle.entry.replace(/.$/, (digit) => (digit === "f" ? "e" : "f")) }),
    );
    const forged = await stele(undefined, "proof", "verify", "forged.json");
    expect(forged.code).to.equal(1);
    expect(forged.err).to.contain('forged.json field "inclusion"');
  });

  it("presents some fields of a record to others, and its opening to the person", async () => {
    await well(undefined, "record", "show", "book", "0", "--field", "/course", "--out", "shown.json");
    expect(await well(undefined, "proof", "verify", "shown.json"))
      .to.contain('/course  "first aid"')
      .and.not.contain("hours");
    await well(undefined, "record", "show", "book", "0", "--to-subject", "--out", "mine.json");
    const refused = await stele(12, "record", "dispute", "shown.json", "--reason", "wrong-course");
    expect(refused.err).to.contain('shown.json field "opening"');
    const nobody = await stele(undefined, "record", "show", "book", "1", "--to-subject", "--out", "x.json");
    expect(nobody.err).to.contain("about nobody");
  });

  it("lets the person dispute, says so wherever the record is shown, and lets the owner answer", async () => {
    const stranger = await stele(11, "record", "dispute", "mine.json", "--reason", "wrong-course");
    expect(stranger.code).to.equal(1);
    expect(stranger.err).to.contain("NotSubject");
    expect(await well(12, "record", "dispute", "mine.json", "--reason", "wrong-course")).to.contain("is disputed");
    expect(await well(undefined, "record", "show", "book", "0")).to.contain("DISPUTED");
    expect((await stele(6, "record", "answer", "book", "0")).err).to.contain("NotOwner");
    expect((await stele(5, "record", "answer", "book", "0", "--round", "2")).err).to.contain("WrongRound");
    expect(await well(5, "record", "answer", "book", "0", "--outcome", "withdraw")).to.contain("Answered dispute 1;");
    expect(await well(undefined, "record", "show", "book", "0")).to.contain("withdrawn, NOT VALID");
    const verdict = await stele(undefined, "proof", "verify", "mine.json");
    expect(verdict.code).to.equal(1);
  });

  it("lets a person complain about a record that is kept closed, and the owner answer that", async () => {
    const { logId } = JSON.parse(await well(5, "log", "open", "book", ...opening, "--json")) as { logId: string };
    expect(await well(12, "record", "complain", logId, "1", "--reason", "opening-withheld")).to.contain("complaint");
    expect(await well(undefined, "record", "show", "book", "1")).to.contain("DISPUTED");
    expect(await well(5, "record", "answer", "book", "1", "--complaint", subject)).to.contain("Answered the complaint");
  });

  it("writes a proposal for a multisig instead of sending", async () => {
    const { logId } = JSON.parse(await well(5, "log", "open", "book", ...opening, "--json")) as { logId: string };
    await well(12, "record", "complain", logId, "0", "--reason", "again", "--propose", "batch.json");
    const batch = JSON.parse(await readFile(join(folder, "batch.json"), "utf8")) as { transactions: { to: string }[] };
    expect(batch.transactions[0]?.to).to.equal(stage.suite.address("RecordDesk"));
  });
});

const opening = ["--kind", "audit.events", "--name", "staff", "--policy", "1"];
