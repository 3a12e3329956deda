import { join } from "node:path";

import { expect } from "chai";
import type { Wallet } from "ethers";

import type { Book } from "../../../../sdk/book/book.js";
import type { RecordPlace } from "../../../../sdk/book/writer.js";
import type { Check } from "../../../../sdk/audit/monitor/finding.js";
import { auditEventSchema } from "../../../../sdk/audit/event.js";
import { capabilities } from "../../../../sdk/chain/capabilities.js";
import { serveBook } from "../../../../sdk/book/serve.js";
import type { Hex } from "../../../../sdk/common/bytes.js";
import { type AuditSuite, day, deployAudit, type OpenedLog } from "../../../support/audit.js";
import { temporaryFolders } from "../../../support/folders.js";
import {
  anchorBook,
  look,
  monitorOf,
  officeKey,
  type OfficeKey,
  openBookOf,
  record,
  type TestEvent,
} from "../../../support/monitoring.js";
import { connection } from "../../../support/suite.js";

const { time } = connection.networkHelpers;

async function auditFixture(): Promise<AuditSuite> {
  return deployAudit(connection.provider);
}

describe("the monitor's checks of records", function () {
  this.timeout(60_000);
  const folders = temporaryFolders();
  let audit: AuditSuite;
  let log: OpenedLog;
  let home: string;
  let book: Book;
  let key: OfficeKey;
  let auditor: Wallet;
  let outsider: Wallet;

  before(async () => {
    key = await officeKey();
  });
  beforeEach(async () => {
    audit = await connection.networkHelpers.loadFixture(auditFixture);
    log = audit.logs.agency;
    home = folders();
    book = await openBookOf(audit, log, join(home, "book"), [key]);
    auditor = audit.actor("officeAuditor").wallet;
    outsider = audit.actor("outsider").wallet;
  });
  afterEach(async () => {
    await book.close();
  });

  const run = (state = "state") => {
    const sources = [{ book: join(home, "book") }];
    return monitorOf(audit, join(home, state), { logs: [{ log: log.logId, sources }] }, { recipient: key });
  };

  /** Records events, anchors them, lets the skew pass and looks. */
  async function told(...events: readonly TestEvent[]) {
    await record(audit, book, events);
    await anchorBook(audit, log, book);
    await time.increase(1300);
    return look(run());
  }

  /** Sentences of the findings of a check that are no notices. */
  async function sentences(check: Check, ...events: readonly TestEvent[]): Promise<string> {
    const found = await told(...events);
    expect(found.said.map((one) => one.split(" ")[1])).to.include(check);
    return found
      .of(check)
      .map(({ sentence }) => sentence)
      .join("; ");
  }

  it("finds nothing wrong with events of a team inside of its engagement, and of the agency itself", async () => {
    const engagement = await audit.openEngagement();
    const now = await audit.now();
    const own = audit.actor("agency").wallet;
    const found = await told(
      { time: now, by: auditor, engagement },
      { time: now + 5n, by: auditor, engagement, operation: "derive", source: "urn:stele:test:desk" },
      { time: now - 500n, by: auditor, engagement, outcome: "failed" },
      { time: now, by: own, operation: "erase", signer: null },
      { time: now, by: own, operation: "transfer", signer: null },
    );
    expect(found.findings).to.deep.equal([]);
  });

  it("[MON-4] finds an auditor who reads outside of an engagement", async () => {
    const engagement = await audit.openEngagement();
    const now = await audit.now();
    expect(await sentences("conduct", { time: now, by: outsider, engagement })).to.contain(
      `read by ${outsider.address.toLowerCase()} under ${engagement}`,
    );
    expect(await sentences("accreditation", { time: now + 1n, by: outsider, engagement })).to.contain("not accredited");
    expect(await sentences("conduct", { time: now + 2n, by: auditor })).to.contain("names no engagement");
    const nowhere = `0x${"77".repeat(32)}` as Hex;
    expect(await sentences("conduct", { time: now + 3n, by: auditor, engagement: nowhere })).to.contain(
      "not on the chain",
    );
  });

  it("finds an engagement with another auditee, and events before, after and past the closing", async () => {
    const now = await audit.now();
    const other = await audit.openEngagement({ auditee: audit.actor("otherAgency").member });
    const past = await audit.openEngagement({ from: now - 80_000n, until: now + 5_000n });
    const closed = await audit.openEngagement();
    const later = await audit.openEngagement({ from: now + 20_000n });
    await audit.as("office", "Engagements").close(closed);
    await time.increase(10_000);
    const late = await audit.now();
    const said = await sentences(
      "conduct",
      { time: late, by: auditor, engagement: other },
      { time: late, by: auditor, engagement: past },
      { time: late, by: auditor, engagement: closed },
      { time: late, by: auditor, engagement: later },
    );
    expect(said).to.contain("another auditee").and.contain("after its engagement's window");
    expect(said).to.contain("after its engagement was closed").and.contain("before its engagement's window");
  });

  it("judges by what was so at the time: a released auditor's and a suspended member's earlier reads are in order", async () => {
    const engagement = await audit.openEngagement();
    const early = await audit.now();
    await time.increase(2_000);
    const firm = audit.actor("firmAuditor");
    await audit.as("office", "Engagements").release(engagement, [auditor.address]);
    const members = audit.suite.contract("Members").connect(audit.deployed.registrar);
    await members.suspend(firm.member, `0x${"01".repeat(32)}`);
    await time.increase(2_000);
    const late = await audit.now();
    const fine = await told({ time: early, by: auditor, engagement }, { time: early, by: firm.wallet, engagement });
    expect(fine.findings).to.deep.equal([]);
    const found = await told({ time: late, by: auditor, engagement }, { time: late, by: firm.wallet, engagement });
    expect(found.said).to.deep.equal(["alarm accreditation", "alarm conduct"]);
    expect(found.of("conduct")[0]?.subject.account).to.equal(auditor.address.toLowerCase());
    expect(found.of("accreditation")[0]?.subject.account).to.equal(firm.address.toLowerCase());
  });

  it("finds who lost the accreditation and kept the delegation", async () => {
    const engagement = await audit.openEngagement();
    const members = audit.suite.contract("Members").connect(audit.deployed.governor);
    await members.setCapabilities(audit.actor("firm").member, capabilities.WITNESS);
    await time.increase(1_000);
    const by = audit.actor("firmAuditor").wallet;
    expect(await sentences("accreditation", { time: await audit.now(), by, engagement })).to.contain("not accredited");
  });

  it("finds forged and missing signatures of auditors", async () => {
    const engagement = await audit.openEngagement();
    const now = await audit.now();
    const forged = await told({ time: now, by: auditor, engagement, signer: outsider });
    expect(forged.said).to.deep.equal(["alarm authorization"]);
    const missing = await told({ time: now, by: auditor, engagement, signer: null });
    expect(missing.said).to.deep.equal(["alarm authorization", "warning authorization"]);
    expect(missing.of("authorization")[1]?.sentence).to.contain("is not signed by");
  });

  it("finds an event that its auditor signed once and its log has twice, in whatever source", async () => {
    const engagement = await audit.openEngagement();
    await record(audit, book, [{ time: await audit.now(), by: auditor, engagement }]);
    const first = await book.openRecord(0n);
    const again = ({ source, sequence }: RecordPlace) => {
      return { ...first.payload, source, sequence: sequence.toString().padStart(20, "0") };
    };
    const { time: when } = first.header;
    await book.append([{ time: when, schema: auditEventSchema, source: "urn:stele:test:desk", payload: again }]);
    const found = await told();
    expect(found.said).to.deep.equal(["alarm authorization"]);
    expect(found.of("authorization")[0]?.sentence).to.contain("repeats an event");
  });

  it("finds payloads that are no events, and that say otherwise than their header", async () => {
    const now = await audit.now();
    await book.append([{ time: now, payload: { course: "first aid" } }]);
    await book.append([{ time: now, schema: auditEventSchema, payload: { course: "first aid" } }]);
    const found = await told();
    expect(found.said).to.deep.equal(["alarm record", "warning record"]);
    expect(found.of("record")[0]?.sentence).to.contain("no data event; the first:");
    expect(found.of("record")[1]?.sentence).to.contain("no data event, by its schema");
    const engagement = await audit.openEngagement();
    const event = await import("../../../../sdk/audit/event.js");
    const draft = { id: "ab".repeat(16), operation: "erase", time: now, auditor: auditor.address, engagement } as const;
    const place = { source: "urn:stele:test:somewhere", sequence: 7n };
    const payload = event.auditEvent({ ...draft, data: { outcome: "done" } }, place);
    await book.append([{ time: now, schema: auditEventSchema, payload }]);
    expect(
      (await told())
        .of("record")
        .map(({ sentence }) => sentence)
        .join(),
    ).to.contain("source is not its header's");
  });

  it("finds gaps, repetitions, times that run back and entries that are no records", async () => {
    const engagement = await audit.openEngagement();
    const now = await audit.now();
    await record(audit, book, [{ time: now, by: auditor, engagement }]);
    const other = await openBookOf(audit, log, join(home, "other"), [key]);
    const times = [now, now, now, now - 700n];
    await record(
      audit,
      other,
      times.map((at) => ({ time: at, by: auditor, engagement })),
    );
    const take = async (index: bigint): Promise<void> => {
      const { entry } = await other.openRecord(index);
      await book.log.append([entry]);
    };
    await take(2n); // a jump over 1
    await take(0n); // a repetition
    await take(3n);
    await book.log.append([new Uint8Array(10)]);
    await other.close();
    const found = await told();
    const all = found.findings.map(({ sentence }) => sentence).join("; ");
    expect(all).to.contain("number 1 is missing in source").and.contain("repeats a number");
    expect(all).to.contain("goes back by more than").and.contain("no record header");
    expect(all).to.contain("the office was not granted"); // no payload lies beside them
  });

  it("finds times beyond the anchoring, and lets what lies within the skew pass", async () => {
    const engagement = await audit.openEngagement();
    const now = await audit.now();
    expect((await told({ time: now + 590n, by: auditor, engagement })).findings).to.deep.equal([]);
    const found = await told({ time: now + BigInt(day), by: auditor, engagement });
    expect(found.said).to.deep.equal(["alarm clock"]);
  });

  it("says what the office may not open, and counts an erased payload as none", async () => {
    const engagement = await audit.openEngagement();
    const now = await audit.now();
    await record(audit, book, [{ time: now, by: outsider, engagement }]);
    const { leafHash } = await book.openRecord(0n);
    await book.keys.erase(leafHash, "test");
    expect((await told()).findings).to.deep.equal([]);
    const stranger = { ...run("elsewhere"), recipient: { ...(await officeKey()), id: "nobody" } };
    await record(audit, book, [{ time: now, by: auditor, engagement }]);
    await anchorBook(audit, log, book);
    expect((await look(stranger)).said).to.deep.equal(["warning closed"]);
  });

  it("[MON-5] finds day by day what a single run over everything finds", async () => {
    const engagement = await audit.openEngagement();
    for (let round = 0; round < 5; round++) {
      const now = await audit.now();
      const by = round % 2 === 0 ? auditor : outsider;
      await told(
        { time: now, by, engagement },
        { time: now, by, operation: "collect", subject: `0x${"0a".repeat(32)}` },
      );
    }
    const daily = await look(run());
    const full = await look(run("fresh"));
    expect(daily.findings).to.deep.equal(full.findings);
    expect(daily.said.length).to.be.greaterThan(3);
  });

  it("reads payloads of a book that is served as it reads those of a folder", async () => {
    const engagement = await audit.openEngagement();
    const now = await audit.now();
    await record(audit, book, [
      { time: now, by: auditor, engagement },
      { time: now, by: outsider, engagement },
    ]);
    await anchorBook(audit, log, book);
    await time.increase(1300);
    const served = await serveBook(join(home, "book"));
    try {
      const sources = [{ url: served.url }];
      const config = { logs: [{ log: log.logId, sources }] };
      const found = await look(monitorOf(audit, join(home, "remote"), config, { recipient: key }));
      expect(found.findings).to.deep.equal((await look(run())).findings);
      expect(found.said).to.deep.equal(["alarm accreditation", "alarm conduct"]);
    } finally {
      await served.close();
    }
  });

  it("waits with its verdict on an event that the chain could still put in order", async () => {
    const engagement = await audit.openEngagement({ team: [] });
    await record(audit, book, [{ time: await audit.now(), by: auditor, engagement }]);
    await anchorBook(audit, log, book);
    expect((await look(run())).findings).to.deep.equal([]);
    await audit.as("office", "Engagements").staff(engagement, [auditor.address]); // within the skew
    await time.increase(2_000);
    expect((await look(run())).findings).to.deep.equal([]);
    expect((await look(run("fresh"))).findings).to.deep.equal([]);
  });
});
