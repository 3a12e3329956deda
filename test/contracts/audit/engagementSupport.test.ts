import { expect } from "chai";
import { id, ZeroHash } from "ethers";
import { network } from "hardhat";

import { supports } from "../../../sdk/audit/engagements.js";
import type { LogRegistry } from "../../../typechain-types/index.js";
import { type AuditSuite, day, deployAudit, type OpenedLog } from "../../support/audit.js";
import { signCheckpoint, TestTree } from "../../support/logs.js";

const { provider, networkHelpers } = await network.create();
const { time } = networkHelpers;
const DAY = BigInt(day);
const tree = new TestTree();

async function opened() {
  const suite = await deployAudit(provider);
  const lineages = [suite.logs.agency.lineage, suite.logs.otherAgency.lineage].sort();
  const engagement = await suite.openEngagement({ lineages });
  const engagements = suite.suite.contract("Engagements");
  /** What the engagement says of one log. */
  const supportOf = async (log: OpenedLog, of = engagement): Promise<string | undefined> => {
    const places = await engagements.lineagesOf(of);
    const [supported, support] = await engagements.supportOf(of);
    const words = support.map((one) => supports[Number(one)]);
    expect(supported).to.equal(words.every((word) => word === "sound"));
    return words[places.indexOf(log.lineage)];
  };
  return { ...suite, engagement, engagements, supportOf };
}

const heartbeat = ({ as }: AuditSuite, log: OpenedLog) => as(log.owner, "LogRegistry").heartbeat(log.logId, []);
const mark = ({ as }: AuditSuite, log: OpenedLog) => as("outsider", "LogRegistry").markOverdue(log.logId);

async function freeze({ as, suite }: AuditSuite, log: OpenedLog, size = 10n): Promise<void> {
  const lie = new TestTree("lie", 0n, 1n).root(size);
  const statement = { logId: log.logId, keyEpoch: 0n, size, root: lie };
  const registry = suite.contract("LogRegistry") as unknown as LogRegistry;
  const signature = await signCheckpoint(registry, log.key, statement);
  await as("outsider", "LogRegistry").proveSplitView(log.logId, 0, size, lie, signature, tree.root(size), []);
}

describe("Engagements: what its logs are for it (E5)", () => {
  it("is sound while each log speaks in time, also one that was never anchored", async () => {
    const world = await networkHelpers.loadFixture(opened);
    const { logs, supportOf, as } = world;
    expect(await supportOf(logs.agency)).to.equal("sound");
    await time.increase(DAY - 10n);
    await heartbeat(world, logs.agency);
    await as("otherAgency", "LogRegistry").advance(logs.otherAgency.logId, 0, 10, tree.root(10n), [], [], []);
    await time.increase(DAY - 10n);
    expect([await supportOf(logs.agency), await supportOf(logs.otherAgency)]).to.deep.equal(["sound", "sound"]);
  });

  it("is overdue from the first second that the policy does not allow until the log speaks again", async () => {
    const world = await networkHelpers.loadFixture(opened);
    const { logs, supportOf, suite } = world;
    const { lastAdvance } = (await suite.contract("LogRegistry").headOf(logs.agency.logId))[0];
    await heartbeat(world, logs.otherAgency);
    await time.increaseTo(lastAdvance + DAY);
    expect(await supportOf(logs.agency)).to.equal("sound");
    await time.increaseTo(lastAdvance + DAY + 1n);
    expect([await supportOf(logs.agency), await supportOf(logs.otherAgency)]).to.deep.equal(["overdue", "sound"]);
    await heartbeat(world, logs.agency);
    expect(await supportOf(logs.agency)).to.equal("sound");
  });

  it("is in default for good once a mark was made after the opening, whatever follows", async () => {
    const world = await networkHelpers.loadFixture(opened);
    const { logs, supportOf, as } = world;
    await time.increase(DAY + 10n);
    await mark(world, logs.agency);
    expect(await supportOf(logs.agency)).to.equal("defaulted");
    await as("agency", "LogRegistry").advance(logs.agency.logId, 0, 10, tree.root(10n), [], [], []);
    expect(await supportOf(logs.agency)).to.equal("defaulted");
    await freeze(world, logs.agency);
    expect(await supportOf(logs.agency)).to.equal("defaulted");
    expect(await supportOf(logs.otherAgency)).to.equal("overdue");
  });

  it("is in default by a demand that was not met, also where the log speaks daily", async () => {
    const world = await networkHelpers.loadFixture(opened);
    const { logs, supportOf, as, suite } = world;
    const { logId, key } = logs.agency;
    const statement = { logId, keyEpoch: 0n, size: 7n, root: tree.root(7n) };
    const signature = await signCheckpoint(suite.contract("LogRegistry") as unknown as LogRegistry, key, statement);
    await as("outsider", "LogRegistry").demandAnchoring(logId, 0, 7, tree.root(7n), signature);
    await time.increase(DAY - 10n);
    await heartbeat(world, logs.agency);
    await time.increase(20n);
    expect(await supportOf(logs.agency)).to.equal("sound");
    await as("outsider", "LogRegistry").markUnanchored(logId, 0, 7);
    expect(await supportOf(logs.agency)).to.equal("defaulted");
  });

  it("does not hold an old mark against a log, but a later lapse of it", async () => {
    const world = await networkHelpers.loadFixture(opened);
    const { logs, supportOf, openEngagement } = world;
    await time.increase(DAY + 10n);
    await mark(world, logs.agency);
    const later = await openEngagement({ lineages: [logs.agency.lineage] });
    expect(await supportOf(logs.agency, later)).to.equal("overdue");
    await heartbeat(world, logs.agency);
    expect(await supportOf(logs.agency, later)).to.equal("sound");
    await time.increase(DAY + 10n);
    await mark(world, logs.agency);
    expect(await supportOf(logs.agency, later)).to.equal("defaulted");
  });

  it("holds a mark of the opening's own second against the log", async () => {
    const world = await networkHelpers.loadFixture(opened);
    const { logs, supportOf, openEngagement, now } = world;
    await time.increase(DAY + 10n);
    await provider.request({ method: "evm_setAutomine", params: [false] });
    const sent = mark(world, logs.agency);
    const opening = openEngagement({ lineages: [logs.agency.lineage], from: await now() });
    await Promise.all([sent, opening]);
    await provider.request({ method: "evm_mine" });
    await provider.request({ method: "evm_setAutomine", params: [true] });
    expect(await supportOf(logs.agency, await opening)).to.equal("defaulted");
  });

  it("is frozen while the latest epoch is, and sound again with a successor that speaks in time", async () => {
    const world = await networkHelpers.loadFixture(opened);
    const { logs, supportOf, as, suite } = world;
    await as("agency", "LogRegistry").advance(logs.agency.logId, 0, 10, tree.root(10n), [], [], []);
    await freeze(world, logs.agency);
    expect(await supportOf(logs.agency)).to.equal("frozen");
    await time.increase(DAY + 10n);
    expect(await supportOf(logs.agency), "worse than its silence").to.equal("frozen");
    await as("supervisor", "LogRegistry").succeed(logs.agency.logId, "0x00000000000000000000000000000000000000aa");
    expect(await supportOf(logs.agency), "the clock of silence runs on").to.equal("overdue");
    const logId = (await suite.contract("LogRegistry").currentOf(logs.agency.lineage)) as typeof logs.agency.logId;
    await heartbeat(world, { ...logs.agency, logId });
    expect(await supportOf(logs.agency)).to.equal("sound");
  });

  it("counts neither outages nor a halt of the registry as silence", async () => {
    const world = await networkHelpers.loadFixture(opened);
    const { logs, supportOf, suite, deployed } = world;
    await time.increase(DAY - 100n);
    await suite.contract("OpenClock").connect(deployed.guardian).declareOutage(DAY, ZeroHash);
    await time.increase(DAY - 100n);
    expect(await supportOf(logs.agency)).to.equal("sound");
    await time.increase(1_000n);
    expect(await supportOf(logs.agency)).to.equal("overdue");
  });

  it("takes a log that is frozen or silent already, and says so", async () => {
    const world = await networkHelpers.loadFixture(opened);
    const { logs, supportOf, openEngagement, as } = world;
    await as("agency", "LogRegistry").advance(logs.agency.logId, 0, 10, tree.root(10n), [], [], []);
    await freeze(world, logs.agency);
    await time.increase(DAY + 10n);
    const later = await openEngagement({ ref: id("later"), lineages: [logs.agency.lineage] });
    expect(await supportOf(logs.agency, later)).to.equal("frozen");
    const other = await openEngagement({ lineages: [logs.otherAgency.lineage] });
    expect(await supportOf(logs.otherAgency, other)).to.equal("overdue");
  });

  it("is supported where it depends on no log", async () => {
    const { openEngagement, engagements } = await networkHelpers.loadFixture(opened);
    expect([...(await engagements.supportOf(await openEngagement()))]).to.deep.equal([true, []]);
  });
});
