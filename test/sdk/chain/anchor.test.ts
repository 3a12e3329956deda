import { expect } from "chai";
import { network } from "hardhat";
import { join } from "node:path";

import { anchorEvery, heartbeat, needsHeartbeat, type Round } from "../../../sdk/chain/anchor-loop.js";
import { anchor, type AnchorOptions } from "../../../sdk/chain/anchor.js";
import { connect, type Connection } from "../../../sdk/chain/connection.js";
import { Sender } from "../../../sdk/chain/sender.js";
import { connectSuite, type Suite } from "../../../sdk/chain/suite.js";
import { toHex, utf8, type Hex } from "../../../sdk/common/bytes.js";
import { openLog, openLogView, type Log } from "../../../sdk/log/log.js";
import { LocalMirror } from "../../../sdk/log/mirror.js";
import { LocalWitness } from "../../../sdk/log/witness.js";
import { suiteOrigin } from "../../../sdk/proof/checkpoint.js";
import { eip712NoteSigner, eip712NoteVerifier } from "../../../sdk/proof/eip712.js";
import { testProfile } from "../../support/anvil.js";
import { temporaryFolder, testManifest } from "../../support/chain.js";
import { Capability, deployLogs, type LogSuite, type PolicyChanges, type TestLog } from "../../support/logs.js";
import { refusal } from "../../support/refusal.js";

const chain = await network.create();

async function logsFixture(): Promise<LogSuite> {
  return deployLogs(chain.ethers);
}

describe("anchor", function () {
  this.timeout(60_000);
  let suite: Suite;
  let logs: LogSuite;
  let connection: Connection;
  let folder: string;
  let remove: () => Promise<void>;
  /** What the witnesses' clocks show. */
  let now: number;
  const closing: { close(): Promise<unknown> }[] = [];

  beforeEach(async function () {
    logs = await chain.networkHelpers.loadFixture(logsFixture);
    const profile = testProfile(["http://127.0.0.1:1"], { feeMode: "dynamic" });
    connection = await connect(profile, { transport: chain.provider });
    suite = connectSuite(connection.provider, await testManifest(connection, logs));
    ({ folder, remove } = await temporaryFolder());
  });

  afterEach(async function () {
    for (const one of closing.splice(0).toReversed()) await one.close();
    await remove();
  });

  function closed<T extends { close(): Promise<void> }>(one: T): T {
    closing.push(one);
    return one;
  }

  const registry = () => ({ chainId: 31337n, address: suite.address("LogRegistry") });

  async function prepare(
    entries: number,
    changes: PolicyChanges = {},
  ): Promise<AnchorOptions & { log: Log; opened: TestLog }> {
    const opened = await logs.openLog("ledger", await logs.publish(changes));
    const logId = opened.id as Hex;
    const log = closed(await openLog(join(folder, "log"), { origin: suiteOrigin(31337n, logId) }));
    await append(log, entries);
    const sender = closed(
      await Sender.open({ connection, signer: opened.owner.administrator, folder: join(folder, "sender") }),
    );
    const signers = [await eip712NoteSigner(opened.key, { registry: registry(), logId }, 0)];
    const keysOf = () =>
      Promise.resolve([eip712NoteVerifier({ registry: registry(), logId, address: opened.key.address })]);
    const clock = () => BigInt(now);
    const witnesses = [];
    for (const { name, administrator: signer } of logs.people.witnesses) {
      const options = { signer, registry: registry(), keysOf, clock };
      witnesses.push(closed(await LocalWitness.open(join(folder, name), options)));
    }
    const options = { signer: logs.people.mirror.administrator, registry: registry(), keysOf, clock };
    const mirrors = [closed(await LocalMirror.open(join(folder, "mirror"), options))];
    now = await chain.networkHelpers.time.latest();
    return { log, logId, suite, sender, signers, witnesses, mirrors, opened };
  }

  async function append(log: Log, count: number, tag = "entry"): Promise<void> {
    const size = Number(log.size());
    await log.append(Array.from({ length: count }, (_, i) => utf8(`${tag} ${size + i}`)));
  }

  async function headOf(logId: string): Promise<{ size: bigint; root: string }> {
    const [{ size }, root] = await logs.registry.headOf(logId);
    return { size, root };
  }

  it("brings the chain's head to the log's, again and again", async function () {
    const options = await prepare(1000);
    const first = await anchor(options);
    expect(first).to.include({ from: 0n, to: 1000n, left: 0n, steps: 1 });
    await append(options.log, 234);
    expect(await anchor(options)).to.include({ from: 1000n, to: 1234n, steps: 1 });
    expect(await headOf(options.logId)).to.deep.equal({ size: 1234n, root: toHex(options.log.head().root) });
    expect(await anchor(options)).to.deep.equal({ from: 1234n, to: 1234n, left: 0n, steps: 0, txs: [] });
  });

  it("collects the signatures that the policy asks for, and no more", async function () {
    const options = await prepare(10, { policy: { witnesses: 2, mirrors: 1 } });
    await anchor(options);
    await append(options.log, 5);
    expect(await anchor(options)).to.include({ from: 10n, to: 15n });
  });

  it("says so where too few sign", async function () {
    const options = await prepare(10, { policy: { witnesses: 2, mirrors: 0 } });
    const one = { ...options, witnesses: options.witnesses!.slice(0, 1) };
    await refusal(anchor(one), "the log's policy asks for 2 witness signatures, with 1 named; name 1 more");
    expect(await headOf(options.logId)).to.include({ size: 0n });
  });

  it("takes one step as far as the allowance goes, and reports what is left", async function () {
    const options = await prepare(250, { policy: { burst: 100n, rate: 1n, witnesses: 2 } });
    expect(await anchor(options)).to.include({ from: 0n, to: 100n, left: 150n, steps: 1 });
    await chain.networkHelpers.time.increase(1000);
    expect(await anchor(options)).to.include({ from: 100n, to: 200n, left: 50n });
  });

  it("waits for the allowance where asked to", async function () {
    const options = await prepare(250, { policy: { burst: 100n, rate: 1n } });
    const passing = setInterval(() => void chain.networkHelpers.mine(1, { interval: 50 }), 20);
    try {
      const steps: bigint[] = [];
      const onProgress = (done: bigint) => void steps.push(done);
      const anchored = await anchor({ ...options, wait: true, pollingInterval: 0.01, onProgress });
      expect(anchored).to.include({ to: 250n, left: 0n, steps: 3 });
      expect(steps).to.deep.equal([100n, 200n, 250n]);
    } finally {
      clearInterval(passing);
    }
  });

  it("CHAIN-8: refuses a log that does not extend the chain's head", async function () {
    const options = await prepare(10);
    await anchor(options);
    const logId = options.logId;
    const other = closed(await openLog(join(folder, "other"), { origin: options.log.origin }));
    await append(other, 20, "another entry");
    const sentence = `the log here has another root at 10 than the chain knows of log ${logId} (a split view)`;
    await refusal(anchor({ ...options, log: other }), sentence);
    const short = closed(await openLog(join(folder, "short"), { origin: options.log.origin }));
    await append(short, 9);
    await refusal(anchor({ ...options, log: short }), `the chain knows 10 entries of log ${logId}`);
    const foreign = closed(
      await openLog(join(folder, "foreign"), { origin: suiteOrigin(31337n, `0x${"00".repeat(32)}`) }),
    );
    await refusal(anchor({ ...options, log: foreign }), "the log here is stele/31337/00");
  });

  it("CHAIN-9: two delegates anchor the same log at once, one wins and the other goes on", async function () {
    const options = await prepare(0, { policy: { witnesses: 2 } });
    const delegate = await logs.nameDelegate(options.opened.owner, "delegate", Capability.LOG_OWNER);
    const sender = closed(await Sender.open({ connection, signer: delegate, folder: join(folder, "sender") }));
    const view = await openLogView(join(folder, "log"));
    closing.push(view.reader);
    for (let round = 0; round < 10; round++) {
      await append(options.log, 7);
      await options.log.publish(options.signers);
      const both = await Promise.all([anchor(options), anchor({ ...options, log: view, sender })]);
      const size = BigInt(7 * (round + 1));
      expect(both.map(({ to }) => to)).to.deep.equal([size, size]);
      expect(both[0].steps + both[1].steps).to.equal(1);
      expect(await headOf(options.logId)).to.include({ size });
    }
  });

  it("goes on after a stop between sending an advance and seeing it, without a second one", async function () {
    const options = await prepare(10, { policy: { witnesses: 2 } });
    await chain.provider.request({ method: "evm_setAutomine", params: [false] });
    try {
      const stopped = anchor(options);
      const { sender } = options;
      while (sender.pending().length === 0) await new Promise((resolve) => setImmediate(resolve));
      await sender.close();
      await refusal(stopped, "the sender was closed");
      const signer = options.opened.owner.administrator;
      const again = closed(await Sender.open({ connection, signer, folder: join(folder, "sender") }));
      expect(again.pending()).to.have.length(1);
      const resumed = anchor({ ...options, sender: again });
      await chain.networkHelpers.mine();
      expect(await resumed).to.include({ from: 10n, to: 10n, steps: 0 });
      expect(await headOf(options.logId)).to.include({ size: 10n });
    } finally {
      await chain.provider.request({ method: "evm_setAutomine", params: [true] });
    }
  });

  it("keeps an idle log alive with a cosigned heartbeat", async function () {
    const options = await prepare(10, { policy: { witnesses: 2 } });
    await anchor(options);
    expect(await needsHeartbeat(options)).to.equal(false);
    await chain.networkHelpers.time.increase(50_000);
    expect(await needsHeartbeat(options)).to.equal(true);
    now = await chain.networkHelpers.time.latest();
    await heartbeat(options);
    expect(await needsHeartbeat(options)).to.equal(false);
  });

  it("anchors at every interval until told to stop, and outlives a network that is down", async function () {
    const options = await prepare(5);
    const rounds: Round["kind"][] = [];
    const stop = new AbortController();
    let down = false;
    const profile = testProfile(["http://127.0.0.1:1"], { feeMode: "dynamic" });
    const shaky = await connect(profile, {
      transport: {
        request: (call) => (down ? Promise.reject(new Error("no answer")) : chain.provider.request(call as never)),
      },
    });
    const over = connectSuite(shaky.provider, suite.manifest);
    await anchorEvery(0.001, { ...options, suite: over, signal: stop.signal }, (round) => {
      rounds.push(round.kind);
      if (rounds.length === 2) down = true;
      if (rounds.length === 3) down = false;
      if (rounds.length === 4) stop.abort();
    });
    expect(rounds).to.deep.equal(["anchored", "idle", "failed", "idle"]);
  });
});
