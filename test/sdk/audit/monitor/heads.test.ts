import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import type { Book } from "../../../../sdk/book/book.js";
import { LocalMirror } from "../../../../sdk/log/mirror.js";
import { serveLog } from "../../../../sdk/log/serve.js";
import { LocalWitness } from "../../../../sdk/log/witness.js";
import { serveWitness } from "../../../../sdk/log/witness-http.js";
import { toHex } from "../../../../sdk/common/bytes.js";
import { eip712NoteVerifier } from "../../../../sdk/proof/eip712.js";
import { type AuditSuite, day, deployAudit, type OpenedLog } from "../../../support/audit.js";
import { temporaryFolders } from "../../../support/folders.js";
import { actorOf, anchorBook, look, monitorOf, openBookOf } from "../../../support/monitoring.js";
import { refusal } from "../../../support/refusal.js";
import { connection } from "../../../support/suite.js";
import { IHaltable__factory } from "../../../../typechain-types/index.js";

const { time } = connection.networkHelpers;

async function auditFixture(): Promise<AuditSuite> {
  return deployAudit(connection.provider);
}

describe("the monitor's checks of a log's heads", function () {
  this.timeout(60_000);
  const folders = temporaryFolders();
  const closing: { close(): Promise<unknown> }[] = [];
  let audit: AuditSuite;
  let log: OpenedLog;
  let home: string;

  beforeEach(async () => {
    audit = await connection.networkHelpers.loadFixture(auditFixture);
    log = audit.logs.agency;
    home = folders();
  });
  afterEach(async () => {
    for (const one of closing.splice(0).toReversed()) await one.close();
  });

  /** A book of the log in a folder of its own; several of them are forks, as they share the checkpoint key. */
  async function fork(name: string, ...contents: number[]): Promise<Book> {
    const book = await openBookOf(audit, log, join(home, name));
    closing.push(book);
    await append(book, ...contents);
    return book;
  }
  async function append(book: Book, ...contents: number[]): Promise<void> {
    const now = await audit.now();
    await book.append(contents.map((content) => ({ time: now, payload: { content } })));
  }
  const statusOf = async () => (await audit.suite.contract("LogRegistry").headOf(log.logId))[0].status;
  const configOf = (...sources: object[]) => ({ logs: [{ log: log.logId, holds: "records", sources }] });
  const run = (...sources: object[]) => monitorOf(audit, join(home, "state"), configOf(...sources));
  const acting = (...sources: object[]) => ({ ...run(...sources), actor: actorOf(audit) });
  const at = (name: string) => ({ book: join(home, name) });

  it("finds nothing wrong with a log that is anchored, nor with one that was never written", async () => {
    expect((await look(run())).findings).to.deep.equal([]);
    const book = await fork("true", 1, 2, 3);
    await anchorBook(audit, log, book);
    expect((await look(acting(at("true")))).findings).to.deep.equal([]);
    await append(book, 4, 5);
    await anchorBook(audit, log, book);
    expect((await look(acting(at("true")))).findings).to.deep.equal([]);
  });

  it("[MON-3] submits a forked checkpoint as evidence, from a server, and the log freezes", async () => {
    const honest = await fork("true", 1, 2, 3, 4, 5);
    const forked = await fork("forked", 1, 2, 99);
    await forked.publish();
    await anchorBook(audit, log, honest);
    const served = await serveLog(forked.log.reader);
    closing.push(served);
    const found = await look(acting(at("true"), { url: served.url }));
    const [proof] = found.of("split-view");
    expect(proof?.severity).to.equal("alarm");
    expect(proof?.action).to.include({ kind: "proveSplitView", state: "sent" });
    expect(proof?.evidence).to.include({
      size: 3n,
      signedRoot: toHex(forked.log.head().root),
      provenBy: at("true").book,
    });
    expect(await statusOf()).to.equal(2n);
    const again = await look(acting(at("true")));
    expect(again.said).to.deep.equal(["alarm split-view", "alarm standing"]);
    expect(again.findings.every(({ action }) => action === undefined)).to.equal(true);
  });

  it("proves a split view at the chain's own size without any source of the true entries", async () => {
    const honest = await fork("true", 1, 2, 3);
    const forked = await fork("forked", 1, 2, 99);
    await forked.publish();
    await anchorBook(audit, log, honest);
    const found = await look(acting(at("forked")));
    expect(found.of("split-view")[0]?.action).to.include({ state: "sent" });
    expect(await statusOf()).to.equal(2n);
  });

  it("says that it takes a source with the true history, where none is at hand", async () => {
    const honest = await fork("true", 1, 2, 3, 4, 5);
    const forked = await fork("forked", 1, 2, 99);
    await forked.publish();
    await anchorBook(audit, log, honest);
    const found = await look(acting(at("forked")));
    expect(found.said).to.deep.equal(["warning checkpoint", "warning history", "warning source"]);
    expect(found.of("checkpoint")[0]?.sentence).to.contain("it takes a source with the log's true history");
    expect(await statusOf()).to.equal(1n);
    // Evidence is remembered, and used as soon as an honest source answers.
    const later = await look(acting(at("true")));
    expect(later.of("split-view")[0]?.action).to.include({ state: "sent" });
    expect(await statusOf()).to.equal(2n);
  });

  it("keeps a forked checkpoint that is ahead of the chain until the chain has reached it", async () => {
    const honest = await fork("true", 1, 2);
    await anchorBook(audit, log, honest);
    const forked = await fork("forked", 1, 99, 98, 97);
    await forked.publish();
    const early = await look(acting(at("true"), at("forked")));
    expect(early.of("split-view")[0]?.sentence).to.contain("does not extend the chain's head at 2");
    expect(early.of("ahead")[0]?.action).to.include({ kind: "demandAnchoring", state: "sent" });
    await append(honest, 3, 4);
    await anchorBook(audit, log, honest);
    const late = await look(acting(at("true")));
    expect(late.of("split-view")[0]?.action).to.include({ kind: "proveSplitView", state: "sent" });
    expect(await statusOf()).to.equal(2n);
  });

  it("compares what two sources signed ahead of the chain with each other", async () => {
    const [one, two] = [await fork("one", 1, 2, 3), await fork("two", 1, 2, 4)];
    await one.publish();
    await two.publish();
    const found = await look(run(at("one"), at("two")));
    expect(found.of("split-view")[0]?.sentence).to.contain("signed two histories: at 3");
    const fresh = monitorOf(audit, join(home, "fresh"), configOf(at("one")));
    expect((await look(fresh)).of("split-view")).to.deep.equal([]);
    await append(one, 5, 6);
    await one.publish();
    expect((await look(fresh)).of("split-view")).to.deep.equal([]); // 5 entries extend 3
    expect((await look(run(at("one")))).of("split-view")).to.have.length(2); // "two" is remembered
  });

  it("demands anchoring of a checkpoint that stays ahead, and marks a demand that is not met in time", async () => {
    const book = await fork("true", 1, 2);
    await anchorBook(audit, log, book);
    await append(book, 3);
    await book.publish();
    const patient = { ...acting(at("true")), config: { ...run(at("true")).config, patience: 600n } };
    expect((await look(patient)).said).to.deep.equal([]);
    await time.increase(601);
    const demanded = await look(patient);
    expect(demanded.of("ahead")[0]?.action).to.include({ kind: "demandAnchoring", state: "sent" });
    await time.increase(day / 2);
    const waiting = await look(patient);
    expect(waiting.of("ahead")[0]?.action).to.equal(undefined);
    expect(waiting.of("unanchored")).to.deep.equal([]);
    const registry = audit.as("agency", "LogRegistry");
    await registry.heartbeat(log.logId, []);
    await time.increase(day / 2);
    const marked = await look(patient);
    expect(marked.of("unanchored")[0]?.action).to.include({ kind: "markUnanchored", state: "sent" });
    expect((await look(patient)).of("standing")[0]?.sentence).to.contain("the mark is permanent");
  });

  it("forgets a demand that is met", async () => {
    const book = await fork("true", 1, 2);
    await book.publish();
    expect((await look(acting(at("true")))).of("ahead")[0]?.action).to.include({ state: "sent" });
    await anchorBook(audit, log, book);
    expect((await look(acting(at("true")))).findings).to.deep.equal([]);
  });

  it("marks silence past the policy once, and neither in time, nor in an outage, nor while halted", async () => {
    const { deployed, suite } = audit;
    await time.increase(day - 60);
    expect((await look(acting())).findings).to.deep.equal([]);
    await suite
      .contract("OpenClock")
      .connect(deployed.guardian)
      .declareOutage(2 * day, `0x${"01".repeat(32)}`);
    await time.increase(2 * day);
    expect((await look(acting())).findings).to.deep.equal([]);
    const brake = IHaltable__factory.connect(suite.address("LogRegistry"));
    await brake.connect(deployed.guardian).halt();
    await time.increase(3 * day);
    expect((await look(acting())).findings).to.deep.equal([]);
    await brake.connect(deployed.governor).resume();
    await time.increase(day + 60);
    const found = await look(acting());
    expect(found.of("silence")[0]?.action).to.include({ kind: "markOverdue", state: "sent" });
    const again = await look(acting());
    expect(again.said).to.deep.equal(["alarm silence", "alarm standing"]);
    expect(again.of("silence")[0]?.action).to.equal(undefined);
    await audit.as("agency", "LogRegistry").heartbeat(log.logId, []);
    expect((await look(acting())).said).to.deep.equal(["alarm standing"]);
  });

  it("takes a note by a retired key for what it says, and leaves contradictions by it to the arbiter", async () => {
    const book = await fork("true", 1, 2, 3);
    await anchorBook(audit, log, book);
    const forked = await fork("forked", 1, 2, 99);
    await forked.publish();
    await audit.as("agency", "LogRegistry").rotateCheckpointKey(log.logId, audit.actor("outsider").address);
    expect((await look(acting(at("true")))).findings).to.deep.equal([]);
    const found = await look(acting(at("true"), at("forked")));
    expect(found.of("split-view")[0]?.sentence).to.contain("take the evidence to the policy's arbiter");
    expect(found.of("split-view")[0]?.action).to.equal(undefined);
    expect(await statusOf()).to.equal(1n);
  });

  it("goes on with a successor epoch, and says of the frozen one where it goes on", async () => {
    const honest = await fork("true", 1, 2, 3);
    const forked = await fork("forked", 1, 2, 99);
    await forked.publish();
    await anchorBook(audit, log, honest);
    await look(acting(at("true"), at("forked")));
    const registry = audit.as("supervisor", "LogRegistry");
    await registry.succeed(log.logId, log.key.address);
    const successor = await registry.successorOf(log.logId);
    const found = await look(
      monitorOf(audit, join(home, "after"), {
        logs: [{ ...configOf(at("true")).logs[0], log: log.logId }, { log: successor }],
      }),
    );
    expect(found.said).to.deep.equal([]);
    expect(found.findings.map(({ sentence }) => sentence)[0]).to.contain(`goes on as ${successor}`);
  });

  it("takes a server that is down, and one that lies, for findings and not for failures", async () => {
    const book = await fork("true", 1, 2, 3);
    await anchorBook(audit, log, book);
    const away = await look(acting({ url: "http://127.0.0.1:9" }, at("true"), at("nowhere")));
    expect(away.said).to.deep.equal(["warning source", "warning source"]);
    const stranger = await openBookOf(audit, { ...log, key: audit.actor("outsider").wallet }, join(home, "liar"));
    closing.push(stranger);
    await append(stranger, 7, 8, 9);
    await stranger.publish();
    const fresh = monitorOf(audit, join(home, "fresh"), configOf(at("liar"), at("true")));
    const lies = await look({ ...fresh, actor: actorOf(audit) });
    expect(lies.said).to.deep.equal(["warning checkpoint", "warning source"]);
    expect(lies.of("checkpoint")[0]?.sentence).to.contain("signed by no registered key");
    expect(await statusOf()).to.equal(1n);
  });

  it("hears witnesses and mirrors of another history, and takes nothing of it to the chain", async () => {
    const honest = await fork("true", 1, 2, 3);
    const forked = await fork("forked", 1, 2, 99);
    const checkpoint = await forked.publish();
    await anchorBook(audit, log, honest);
    const registry = { chainId: audit.suite.manifest.chainId, address: audit.suite.address("LogRegistry") };
    const options = {
      signer: audit.actor("mirrorOne").wallet,
      registry,
      keysOf: async () => [eip712NoteVerifier({ registry, logId: log.logId, address: log.key.address })],
    };
    const { size: newSize, root } = forked.log.head();
    const request = { logId: log.logId, oldSize: 0n, newSize, root, proof: [], checkpoint };
    const witness = await LocalWitness.open(join(home, "witness"), options);
    await witness.cosign(request);
    const mirror = await LocalMirror.open(join(home, "mirror"), options);
    await mirror.hold(request, forked.log);
    await mirror.close();
    const served = await serveWitness(witness);
    closing.push(witness, served);
    const sources = [at("true"), { mirror: join(home, "mirror") }];
    const config = { logs: [{ log: log.logId, holds: "records", sources, witnesses: [served.url] }] };
    const found = await look({ ...monitorOf(audit, join(home, "state"), config), actor: actorOf(audit) });
    expect(found.said).to.deep.equal(["alarm split-view", "alarm split-view"]);
    expect(found.findings.map(({ sentence }) => sentence).join()).to.match(
      /remembers another head.*holds other entries|holds other entries.*remembers another head/,
    );
    expect(await statusOf()).to.equal(1n);
  });

  it("reads all anew when its state is lost, and says so of a state that it cannot read", async () => {
    const book = await fork("true", 1, 2, 3);
    await anchorBook(audit, log, book);
    await look(run(at("true")));
    rmSync(join(home, "state"), { recursive: true });
    expect((await look(run(at("true")))).findings).to.deep.equal([]);
    const file = join(home, "state", "logs", `${log.logId.slice(2)}.json`);
    writeFileSync(file, readFileSync(file, "utf8").replace('"format":1', '"format":2'));
    await refusal(look(run(at("true"))), "move it away, and the monitor reads anew");
  });
});
