import { rmSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { parseMonitorConfig } from "../../../../sdk/audit/monitor/config.js";
import { alertSchema, changesOf } from "../../../../sdk/audit/monitor/alerts.js";
import { actOn } from "../../../../sdk/audit/monitor/act.js";
import { finding, type Finding } from "../../../../sdk/audit/monitor/finding.js";
import { runMonitor, type MonitorRun } from "../../../../sdk/audit/monitor/monitor.js";
import { watch, type WatchRound } from "../../../../sdk/audit/monitor/watch.js";
import { Book } from "../../../../sdk/book/book.js";
import { SteleError } from "../../../../sdk/common/errors.js";
import { uriHash } from "../../../../sdk/records/commitments.js";
import { equal } from "../../../../sdk/common/bytes.js";
import { type AuditSuite, day, deployAudit } from "../../../support/audit.js";
import { temporaryFolders } from "../../../support/folders.js";
import { actorOf, anchorBook, look, monitorOf, openBookOf } from "../../../support/monitoring.js";
import { refusal } from "../../../support/refusal.js";
import { connection } from "../../../support/suite.js";

const { time } = connection.networkHelpers;

async function auditFixture(): Promise<AuditSuite> {
  return deployAudit(connection.provider);
}

const alarm = (id: string): Finding => finding("silence", "alarm", [id], id, { subject: {} });

describe("the monitor's alerts", function () {
  this.timeout(60_000);
  const folders = temporaryFolders();
  let audit: AuditSuite;
  let home: string;

  beforeEach(async () => {
    audit = await connection.networkHelpers.loadFixture(auditFixture);
    home = folders();
    // Any book will do for alerts; here the other agency's log lends its id.
    await (await openBookOf(audit, audit.logs.otherAgency, join(home, "alerts"))).close();
  });

  const run = (config: object = {}): MonitorRun => {
    const full = { logs: [{ log: audit.logs.agency.logId }], alerts: join(home, "alerts"), ...config };
    return { ...monitorOf(audit, join(home, "state"), full), alert: true };
  };

  async function alerts(): Promise<string[]> {
    const book = await Book.open(join(home, "alerts"));
    try {
      const told: string[] = [];
      for (let index = 0n; index < book.log.size(); index++) {
        const { payload, header } = await book.openRecord(index);
        const { specversion, type, subject, dataschema } = payload as Record<string, string>;
        expect([specversion, dataschema]).to.deep.equal(["1.0", alertSchema]);
        expect(equal(header.schema, uriHash(alertSchema))).to.equal(true);
        told.push(`${type!.split(".").at(-1)} ${subject!.split(":")[0]}`);
      }
      return told;
    } finally {
      await book.close();
    }
  }

  it("[MON-7] tells once when a finding appears and once when it clears", async () => {
    await runMonitor(run());
    expect(await alerts()).to.deep.equal([]);
    await time.increase(day + 60);
    for (let i = 0; i < 3; i++) await runMonitor(run());
    expect(await alerts()).to.deep.equal(["raised silence"]);
    await audit.as("agency", "LogRegistry").heartbeat(audit.logs.agency.logId, []);
    for (let i = 0; i < 3; i++) await runMonitor(run());
    expect(await alerts()).to.deep.equal(["raised silence", "cleared silence"]);
  });

  it("[MON-8] neither loses nor repeats an alert where it was stopped between acting, alerting and remembering", async () => {
    await time.increase(day + 60);
    // Stopped after the action: the chain bears the mark, nobody was told.
    const acted = await look({ ...run(), alert: false, actor: actorOf(audit) });
    expect(acted.of("silence")[0]?.action).to.include({ kind: "markOverdue", state: "sent" });
    await runMonitor({ ...run(), actor: actorOf(audit) });
    expect(await alerts()).to.deep.equal(["raised silence", "raised standing"]);
    // Stopped after the alert: how far the book was read was not kept.
    rmSync(join(home, "state", "alerts.json"));
    await runMonitor({ ...run(), actor: actorOf(audit) });
    rmSync(join(home, "state"), { recursive: true });
    await runMonitor({ ...run(), actor: actorOf(audit) });
    expect(await alerts()).to.deep.equal(["raised silence", "raised standing"]);
  });

  it("says with its findings that alerts could not be written, and tells them the next time", async () => {
    await time.increase(day + 60);
    const writer = await Book.open(join(home, "alerts"));
    const found = await look(run());
    expect(found.said).to.deep.equal(["alarm silence", "warning alerts"]);
    await writer.close();
    await runMonitor(run());
    expect(await alerts()).to.deep.equal(["raised silence"]);
  });

  it("takes what the office acknowledged for a notice, and clears its alert", async () => {
    await time.increase(day + 60);
    const [found] = await runMonitor(run());
    expect((await look(run({ acknowledged: [found!.id] }))).said).to.deep.equal([]);
    expect(await alerts()).to.deep.equal(["raised silence", "cleared silence"]);
  });

  it("tells again only of what became worse", () => {
    const open = new Map([["silence:a", "warning"] as const]);
    expect(changesOf([alarm("a")], open).raised).to.have.length(1);
    expect(changesOf([{ ...alarm("a"), severity: "warning" }], open)).to.deep.equal({ raised: [], cleared: [] });
    expect(changesOf([{ ...alarm("a"), severity: "notice" }], open).cleared).to.deep.equal(["silence:a"]);
  });

  it("goes on acting where one action fails", async () => {
    const wanted = (values: unknown[]) =>
      ({ kind: "markOverdue", contract: "LogRegistry", values, label: "mark" }) as const;
    const good = { ...alarm("good"), wanted: wanted([audit.logs.agency.logId]) };
    const bad = { ...alarm("bad"), wanted: wanted([`0x${"00".repeat(32)}`]) };
    await time.increase(day + 60);
    const [first, second] = await actOn([bad, good], actorOf(audit));
    expect(first?.action?.state).to.equal("failed");
    expect(second?.action?.state).to.equal("sent");
  });

  describe("watching", () => {
    it("says only what changes, outlives a network that is down, and stops at once when told to", async () => {
      const rounds: WatchRound[] = [];
      const waits: number[] = [];
      const stop = new AbortController();
      const days = [[], [alarm("a")], "down", [alarm("a")], [alarm("a"), alarm("b")], [alarm("b")]] as const;
      await watch(
        60,
        async () => {
          const today = days[rounds.length]!;
          if (today === "down") throw new SteleError("network", "no answer");
          return today;
        },
        {
          signal: stop.signal,
          onRound: (round) => {
            if (rounds.push(round) === days.length) stop.abort();
          },
          wait: async (milliseconds) => void waits.push(milliseconds),
        },
      );
      const said = rounds.map((round) =>
        round.kind === "failed" ? "failed" : [round.changes.raised.map(({ id }) => id), round.changes.cleared],
      );
      expect(said).to.deep.equal([
        [[], []],
        [["silence:a"], []],
        "failed",
        [[], []],
        [["silence:b"], []],
        [[], ["silence:a"]],
      ]);
      expect(waits).to.deep.equal(days.map(() => 60_000));
    });

    it("interrupts its waiting, ends over what will not pass, and refuses to run without a pause", async () => {
      const stop = new AbortController();
      const watching = watch(3600, async () => [], { signal: stop.signal, onRound: () => stop.abort() });
      await watching;
      const options = { signal: new AbortController().signal, onRound: () => undefined };
      const broken = async (): Promise<Finding[]> => {
        throw new SteleError("corrupt", "the state is broken");
      };
      await refusal(watch(1, broken, options), "the state is broken");
      await refusal(
        watch(0, async () => [], options),
        "once a second at most",
      );
    });

    it("outlives a chain that does not answer", async () => {
      const book = await openBookOf(audit, audit.logs.agency, join(home, "book"));
      await book.append([{ time: await audit.now(), payload: { content: 1 } }]);
      await anchorBook(audit, audit.logs.agency, book);
      await book.close();
      const stop = new AbortController();
      const kinds: string[] = [];
      const { suite, deployed } = audit;
      const silent = new Proxy(deployed.provider, {
        get(target, name) {
          if (name === "getBlockNumber" && kinds.length === 0) return () => Promise.reject(new Error("no answer"));
          const value: unknown = Reflect.get(target, name);
          return typeof value === "function" ? (value.bind(target) as unknown) : value;
        },
      });
      const events = { provider: silent, fromBlock: suite.manifest.deploymentBlock, range: 1000 };
      await watch(1, () => runMonitor({ ...run(), events }), {
        signal: stop.signal,
        onRound: ({ kind }) => {
          if (kinds.push(kind) === 2) stop.abort();
        },
        wait: () => Promise.resolve(),
      });
      expect(kinds).to.deep.equal(["failed", "looked"]);
    });
  });

  it("names file and field of a configuration that is wrong", () => {
    const good = { format: 1, logs: [{ log: `0x${"22".repeat(32)}`, sources: [{ book: "books/ledger" }] }] };
    expect(parseMonitorConfig(good).logs[0]?.holds).to.equal("events");
    const rows: readonly (readonly [object, RegExp])[] = [
      [{ ...good, format: 2 }, /monitor\.json field "format": is not 1/],
      [{ ...good, log: [] }, /unknown field "log"/],
      [{ ...good, logs: [{ log: "0x22" }] }, /field "logs\.0\.log": is not 32 bytes/],
      [{ ...good, logs: [good.logs[0], good.logs[0]] }, /is named twice/],
      [{ ...good, logs: [{ ...good.logs[0], sources: [{ url: "ftp://x" }] }] }, /field "logs\.0\.sources\.0/],
      [{ ...good, patience: -1 }, /field "patience"/],
      [{ ...good, recipient: { id: "office" } }, /field "recipient\.key": is missing/],
    ];
    for (const [config, message] of rows) {
      expect(() => parseMonitorConfig(config, { file: "monitor.json" })).to.throw(message);
    }
  });
});
