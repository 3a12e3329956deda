import { join } from "node:path";

import { expect } from "chai";
import { id } from "ethers";

import {
  checkChallenge,
  checkDataset,
  type DatasetFacts,
  type StandingFacts,
} from "../../../../sdk/audit/monitor/datasets.js";
import { possessionTypes } from "../../../../sdk/audit/possession.js";
import { Tree } from "../../../../sdk/log/tree.js";
import { toHex, utf8, type Hex } from "../../../../sdk/common/bytes.js";
import { type AuditSuite, day, deployAudit, type MemberLabel } from "../../../support/audit.js";
import { temporaryFolders } from "../../../support/folders.js";
import { actorOf, anchorBook, look, monitorOf, officeKey, openBookOf, record } from "../../../support/monitoring.js";
import { connection } from "../../../support/suite.js";

const { time, mine } = connection.networkHelpers;

async function auditFixture(): Promise<AuditSuite> {
  return deployAudit(connection.provider);
}

const chunk = utf8("the only chunk of a ciphertext");
const root = (() => {
  const tree = new Tree();
  tree.add(chunk);
  return toHex(tree.root());
})();

describe("the monitor's checks of datasets and engagements", function () {
  this.timeout(60_000);
  const folders = temporaryFolders();
  let audit: AuditSuite;
  let home: string;

  beforeEach(async () => {
    audit = await connection.networkHelpers.loadFixture(auditFixture);
    home = folders();
  });

  async function possession(label: MemberLabel, dataset: string) {
    const { wallet, address } = audit.actor(label);
    const verifyingContract = audit.suite.address("Datasets");
    const { chainId } = audit.suite.manifest;
    const domain = { name: "Stele Datasets", version: "1", chainId, verifyingContract };
    const at = await audit.now();
    const signature = await wallet.signTypedData(domain, possessionTypes, { datasetId: dataset, time: at });
    return { signer: address, time: at, signature };
  }

  async function register(promised: number, mirrors: readonly MemberLabel[]): Promise<Hex> {
    const datasets = audit.as("agency", "Datasets");
    const dataset = (await datasets.datasetFor(audit.actor("agency").member, root, chunk.length)) as Hex;
    const possessions = await Promise.all(mirrors.map((label) => possession(label, dataset)));
    await datasets.register(root, chunk.length, "application/x-tar", promised, possessions);
    return dataset;
  }

  const run = (change: object = {}) => {
    const holders = [Number(audit.actor("agency").member)];
    const offices = [Number(audit.actor("office").member)];
    const config = { datasets: { holders, ...change }, engagements: { offices } };
    return { ...monitorOf(audit, join(home, "state"), config), actor: actorOf(audit) };
  };

  it("counts mirrors that vouch and still may, against what was promised and what the office wants", async () => {
    await register(2, ["mirrorOne", "mirrorTwo"]);
    expect((await look(run())).findings).to.deep.equal([]);
    expect((await look(run({ minimum: 3 }))).said).to.deep.equal([]); // within the day of grace
    await time.increase(day + 1);
    expect((await look(run({ minimum: 3 }))).of("mirrors")[0]?.sentence).to.contain("this monitor asks for 3");
    await audit.suite
      .contract("Members")
      .connect(audit.deployed.registrar)
      .suspend(audit.actor("mirrorTwo").member, id("x"));
    const found = await look(run());
    expect(found.said).to.deep.equal(["warning mirrors", "warning mirrors"]);
    expect(
      found
        .of("mirrors")
        .map(({ sentence }) => sentence)
        .join(),
    )
      .to.contain("1 mirrors vouch")
      .and.contain("may not act");
  });

  it("says who withdrew, and of a retired dataset no more than that", async () => {
    const dataset = await register(1, ["mirrorOne"]);
    await audit.as("mirrorOne", "Datasets").withdraw(dataset);
    await time.increase(day + 1);
    const found = await look(run());
    expect(found.said).to.deep.equal(["alarm mirrors"]);
    expect(found.findings[1]?.sentence).to.contain("withdrew from dataset");
    await audit.as("agency", "Datasets").retire(dataset);
    const retired = await look(run());
    expect(retired.said).to.deep.equal([]);
    expect(retired.findings.map(({ sentence }) => sentence).join()).to.contain("its holder gave notice");
  });

  it("[MON-6] draws what nobody drew, and marks a challenge that was missed, not one that has time", async () => {
    const dataset = await register(0, []);
    const engagement = await audit.openEngagement();
    const { member } = audit.actor("agency");
    await audit.as("officeAuditor", "Datasets").challenge(dataset, member, engagement);
    await mine(5);
    const drawn = await look(run());
    expect(drawn.of("challenge")[0]?.action).to.include({ kind: "draw", state: "sent" });
    await time.increase(day / 2);
    expect((await look(run())).findings).to.deep.equal([]);
    await time.increase(day);
    const missed = await look(run());
    expect(missed.of("challenge")[0]?.action).to.include({ kind: "markMissed", state: "sent" });
    const marked = await look(run());
    expect(marked.said).to.deep.equal(["alarm challenge"]);
    await audit.as("officeAuditor", "Datasets").challenge(dataset, member, engagement);
    await mine(5);
    await look(run());
    await audit.as("agency", "Datasets").answer(2n, chunk, []);
    expect((await look(run())).said).to.deep.equal([]); // it has the data again; the miss stays, as a notice
  });

  it("says of a challenge that lapsed that nobody has to answer it", async () => {
    const dataset = await register(0, []);
    const engagement = await audit.openEngagement();
    await audit.as("officeAuditor", "Datasets").challenge(dataset, audit.actor("agency").member, engagement);
    await time.increase(day + 60);
    const found = await look(run());
    expect(found.findings.map(({ sentence }) => sentence).join()).to.contain("was never drawn");
    expect(found.said).to.deep.equal([]);
  });

  it("finds datasets that were collected and never registered, after a day", async () => {
    const key = await officeKey();
    const log = audit.logs.agency;
    const book = await openBookOf(audit, log, join(home, "book"), [key]);
    try {
      const engagement = await audit.openEngagement();
      const by = audit.actor("officeAuditor").wallet;
      await record(audit, book, [{ operation: "collect", time: await audit.now(), by, engagement, subject: root }]);
      await anchorBook(audit, log, book);
      await time.increase(1300);
      const logs = [{ log: log.logId, sources: [{ book: join(home, "book") }] }];
      const watched = monitorOf(audit, join(home, "state"), { logs }, { recipient: key });
      expect((await look(watched)).said).to.deep.equal([]);
      await time.increase(day - 1400);
      await audit.as("agency", "LogRegistry").heartbeat(log.logId, []);
      await time.increase(1400);
      expect((await look(watched)).of("dataset")[0]?.sentence).to.contain("never registered it");
      await register(0, []);
      expect((await look(watched)).said).to.deep.equal([]);
    } finally {
      await book.close();
    }
  });

  it("finds engagements whose logs do not hold, until they are closed", async () => {
    const engagement = await audit.openEngagement({ lineages: [audit.logs.agency.lineage] });
    expect((await look(run())).findings).to.deep.equal([]);
    await time.increase(day + 60);
    expect((await look(run())).of("support")[0]?.sentence).to.contain("is silent for longer");
    await audit.as("outsider", "LogRegistry").markOverdue(audit.logs.agency.logId);
    const found = await look(run());
    expect(found.said).to.deep.equal(["alarm support"]);
    expect(found.of("support")[0]?.sentence).to.contain("marked overdue since the engagement was opened");
    await audit.as("office", "Engagements").close(engagement);
    expect((await look(run())).findings).to.deep.equal([]);
  });

  it("weighs a dataset by pure rules, without a chain", () => {
    const standing: StandingFacts = {
      member: 5n,
      vouchedAt: 10n,
      withdrawnAt: 0n,
      answeredAt: 0n,
      missedAt: 0n,
      missed: 0n,
      capable: true,
    };
    const dataset: DatasetFacts = {
      id: root,
      root,
      holder: 3n,
      registeredAt: 0n,
      retiredAt: 0n,
      mirrorsPromised: 1n,
      holderStanding: { ...standing, member: 3n, vouchedAt: 0n },
      mirrors: [standing],
    };
    const rules = { now: 100n, minimum: 0n, grace: 0n };
    expect(checkDataset(dataset, rules)).to.deep.equal([]);
    const missed = { ...dataset, mirrors: [{ ...standing, missedAt: 50n, missed: 1n }] };
    expect(checkDataset(missed, rules).map(({ severity }) => severity)).to.deep.equal(["alarm"]);
    const answered = { ...dataset, mirrors: [{ ...standing, missedAt: 50n, missed: 1n, answeredAt: 60n }] };
    expect(checkDataset(answered, rules).map(({ severity }) => severity)).to.deep.equal(["notice"]);
    const challenge = {
      id: 1n,
      dataset: root,
      respondent: 3n,
      openedAt: 0n,
      drawable: false,
      missable: false,
    } as const;
    expect(checkChallenge({ ...challenge, state: "drawn", lapsed: false })).to.deep.equal([]);
    expect(checkChallenge({ ...challenge, state: "pending", lapsed: false })).to.deep.equal([]);
  });
});
