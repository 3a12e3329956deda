import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { exitCodes } from "../../sdk/cli/run.js";
import type { Finding } from "../../sdk/audit/monitor/finding.js";
import { Book } from "../../sdk/book/book.js";
import { serveLog, type Served } from "../../sdk/log/serve.js";
import { type AuditSuite, deployAudit } from "../support/audit.js";
import { temporaryFolders } from "../support/folders.js";
import { anchorBook, officeKey, type OfficeKey, openBookOf, record } from "../support/monitoring.js";
import { sessionsOn, steleIn, type Surroundings } from "../support/program.js";
import { connection } from "../support/suite.js";

const { time } = connection.networkHelpers;

interface Report {
  readonly well: boolean;
  readonly findings: readonly Finding[];
}

describe("the office watches an agency's log by command", function () {
  this.timeout(120_000);
  let audit: AuditSuite;
  let folder: string;
  let key: OfficeKey;
  let book: Book;
  let served: Served | undefined;
  // Before the folders' own, which removes them.
  after(async () => {
    await served?.close();
    await book.close();
  });
  const folders = temporaryFolders();

  before(async () => {
    audit = await deployAudit(connection.provider);
    folder = folders();
    key = await officeKey();
    book = await openBookOf(audit, audit.logs.agency, join(folder, "agency"), [key]);
    await (await openBookOf(audit, await audit.openLog("otherAgency", "alerts"), join(folder, "alerts"))).close();
    writeFileSync(join(folder, "office.jwk"), JSON.stringify(key.privateKey));
    writeConfig();
  });

  function writeConfig(...more: object[]): void {
    const sources = [{ book: "agency" }, ...more];
    const config = {
      format: 1,
      alerts: "alerts",
      recipient: { id: "office", key: "office.jwk" },
      logs: [{ log: audit.logs.agency.logId, name: "agency", sources }],
    };
    writeFileSync(join(folder, "monitor.json"), JSON.stringify(config));
  }

  const stele = (argv: readonly string[], given: Surroundings = {}) =>
    steleIn(folder, argv, { ...given, openSession: sessionsOn(connection.provider, audit.suite) });
  const monitor = (...argv: string[]) => stele(["monitor", "run", "monitor.json", ...argv]);

  async function report(...argv: string[]): Promise<Report & { code: number }> {
    const { code, out, err } = await monitor("--json", ...argv);
    expect([0, 3], err).to.include(code);
    expect(err).to.equal("");
    return { code, ...(JSON.parse(out) as Report) };
  }

  const alertCount = async (): Promise<bigint> => {
    const alerts = await Book.open(join(folder, "alerts"));
    await alerts.close();
    return alerts.log.size();
  };

  it("ends with 0 where all is well", async () => {
    const engagement = await audit.openEngagement();
    const by = audit.actor("officeAuditor").wallet;
    await record(audit, book, [{ time: await audit.now(), by, engagement }]);
    await anchorBook(audit, audit.logs.agency, book);
    await time.increase(1300);
    const { code, out } = await monitor();
    expect([code, out]).to.deep.equal([exitCodes.well, "All is well: nothing was found.\n"]);
    expect(await report()).to.deep.include({ code: 0, well: true, findings: [] });
  });

  it("ends with 3 over an outsider's read, says who it was, and alerts once", async () => {
    const by = audit.actor("outsider").wallet;
    await record(audit, book, [{ time: await audit.now(), by }]);
    await anchorBook(audit, audit.logs.agency, book);
    await time.increase(1300);
    const looked = await report("--look");
    expect(looked).to.include({ code: 3, well: false });
    expect(looked.findings[0]).to.include({ check: "conduct", severity: "alarm" });
    expect(looked.findings[0]?.subject.account).to.equal(by.address.toLowerCase());
    expect(await alertCount()).to.equal(0n);
    const { code, out } = await monitor();
    expect(code).to.equal(exitCodes.findings);
    expect(out).to.contain("names no engagement").and.contain("Not all is well: 1 alarms, 0 warnings");
    await monitor();
    expect(await alertCount()).to.equal(1n);
  });

  it("simulates and proposes what it would do, and then does it: the forked log is frozen", async () => {
    const fork = await openBookOf(audit, audit.logs.agency, join(folder, "fork"));
    await fork.append([{ time: await audit.now(), payload: { content: "another history" } }]);
    await fork.publish();
    served = await serveLog(fork.log.reader);
    writeConfig({ url: served.url });
    const dry = await report("--dry-run", "--account", "19");
    const split = (one: Report) => one.findings.find(({ check }) => check === "split-view");
    expect(split(dry)?.action).to.deep.equal({ kind: "proveSplitView", state: "simulated" });
    await report("--propose", "batch.json", "--account", "19");
    const registry = audit.suite.contract("LogRegistry");
    expect((await registry.headOf(audit.logs.agency.logId))[0].status).to.equal(1n);
    const sent = await report("--account", "19");
    expect(split(sent)?.action).to.include({ kind: "proveSplitView", state: "sent" });
    expect((await registry.headOf(audit.logs.agency.logId))[0].status).to.equal(2n);
    expect((await report("--account", "19")).findings.map(({ check }) => check)).to.include("standing");
    await fork.close();
  });

  it("watches until it is interrupted, and says what it found at once", async () => {
    const stop = new AbortController();
    const argv = ["monitor", "run", "monitor.json", "--json", "--watch", "3600", "--look"];
    const { code, out } = await stele(argv, { signal: stop.signal, onOutput: () => stop.abort() });
    expect(code).to.equal(exitCodes.well);
    expect((JSON.parse(out) as { raised: Finding[] }).raised.map(({ check }) => check)).to.include("split-view");
  });

  it("names file and field of a wrong configuration, and ends with 1", async () => {
    writeFileSync(join(folder, "wrong.json"), JSON.stringify({ format: 1, logs: [{ log: "0x1" }] }));
    const { code, err } = await stele(["monitor", "run", "wrong.json"]);
    expect(code).to.equal(exitCodes.failed);
    expect(err).to.contain('wrong.json field "logs.0.log"');
    writeFileSync(join(folder, "office.jwk"), "not a key");
    const spoiled = await monitor();
    expect(spoiled.err).to.contain("holds no private key").and.not.contain("not a key");
    const both = await monitor("--watch", "5", "--propose", "x.json", "--account", "19");
    expect(both.code).to.equal(exitCodes.failed + 1);
  });
});
