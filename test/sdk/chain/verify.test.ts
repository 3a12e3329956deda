import { expect } from "chai";
import { network } from "hardhat";
import { join } from "node:path";

import { anchor } from "../../../sdk/chain/anchor.js";
import { connect } from "../../../sdk/chain/connection.js";
import { Sender } from "../../../sdk/chain/sender.js";
import { connectSuite, type Suite } from "../../../sdk/chain/suite.js";
import { verifyBundleOnChain } from "../../../sdk/chain/verify.js";
import { fromHex, toHex, utf8, type Hex } from "../../../sdk/common/bytes.js";
import { openLog, type Log } from "../../../sdk/log/log.js";
import type { ProofBundle } from "../../../sdk/proof/bundle.js";
import { signCheckpointNote, suiteOrigin } from "../../../sdk/proof/checkpoint.js";
import { eip712NoteSigner } from "../../../sdk/proof/eip712.js";
import type { NoteSigner } from "../../../sdk/proof/note.js";
import { encodeHeader } from "../../../sdk/records/header.js";
import type { RecordDesk } from "../../../typechain-types/index.js";
import { testProfile } from "../../support/anvil.js";
import { temporaryFolder, testManifest } from "../../support/chain.js";
import { deployLogs, type LogSuite, type TestLog } from "../../support/logs.js";
import { refusal } from "../../support/refusal.js";

const chain = await network.create();

async function deskFixture(): Promise<LogSuite & { readonly desk: RecordDesk }> {
  const logs = await deployLogs(chain.ethers);
  const { members, subjects, clock, policies, registry } = logs;
  const desk = await chain.ethers.deployContract("RecordDesk", [members, subjects, clock, policies, registry]);
  return { ...logs, desk };
}

describe("verifyBundleOnChain", function () {
  this.timeout(60_000);
  let logs: LogSuite & { readonly desk: RecordDesk };
  let suite: Suite;
  let opened: TestLog;
  let log: Log;
  let sender: Sender;
  let signers: readonly NoteSigner[];
  let remove: () => Promise<void>;

  beforeEach(async function () {
    logs = await chain.networkHelpers.loadFixture(deskFixture);
    const profile = testProfile(["http://127.0.0.1:61013"], { feeMode: "dynamic" });
    const connection = await connect(profile, { transport: chain.provider });
    suite = connectSuite(connection.provider, await testManifest(connection, logs));
    const temporary = await temporaryFolder();
    remove = temporary.remove;
    opened = await logs.openLog("ledger", await logs.publish());
    const logId = opened.id as Hex;
    log = await openLog(join(temporary.folder, "log"), { origin: suiteOrigin(31337n, logId) });
    const signer = opened.owner.administrator;
    sender = await Sender.open({ connection, signer, folder: join(temporary.folder, "sender") });
    const registry = { chainId: 31337n, address: suite.address("LogRegistry") };
    signers = [await eip712NoteSigner(opened.key, { registry, logId }, 0)];
  });

  afterEach(async function () {
    await sender.close();
    await log.close();
    await remove();
  });

  async function grow(count: number): Promise<string> {
    await log.append(Array.from({ length: count }, (_, i) => utf8(`entry ${Number(log.size()) + i}`)));
    return log.publish(signers);
  }

  const anchored = () => anchor({ log, logId: opened.id as Hex, suite, sender, signers });

  async function bundleOf(index: bigint, size: bigint, checkpoint: string): Promise<ProofBundle> {
    const registry = suite.address("LogRegistry");
    return {
      format: "stele-proof/1",
      log: { origin: log.origin, suite: { chainId: 31337n, registry, logId: opened.id as Hex } },
      index,
      entry: toHex(await log.entry(index)),
      inclusion: (await log.inclusionProof(index, size)).map(toHex),
      checkpoint,
    };
  }

  it("finds an entry anchored under the chain's present head, signed by the registered key", async function () {
    const checkpoint = await grow(20);
    await anchored();
    const verdict = await verifyBundleOnChain(await bundleOf(7n, 20n, checkpoint), suite);
    expect(verdict).to.include({ good: true, anchored: true });
    expect(verdict.problems).to.deep.equal([]);
    expect(verdict.checkpointKey).to.deep.equal({ address: opened.key.address, keyEpoch: 0, retired: false });
    expect(verdict.shown.entry).to.deep.equal(utf8("entry 7"));
  });

  it("follows the log to a newer head, from the bundle itself or with proofs of the log", async function () {
    const old = await grow(20);
    await anchored();
    await grow(13);
    await anchored();
    const bundle = await bundleOf(7n, 20n, old);
    const alone = await verifyBundleOnChain(bundle, suite);
    expect(alone).to.include({ good: false, anchored: false });
    expect(alone.problems).to.deep.equal([
      "Nothing leads from the checkpoint at 20 to the chain's head at 33; ask the log.",
    ]);
    expect(await verifyBundleOnChain(bundle, suite, { source: log })).to.include({ good: true, anchored: true });
    const consistency = (await log.consistencyProof(20n, 33n)).map(toHex);
    const complete = { ...bundle, head: { size: 33n, root: toHex(log.head().root), consistency } };
    expect(await verifyBundleOnChain(complete, suite)).to.include({ good: true, anchored: true });
  });

  it("says so where a checkpoint is ahead of the chain", async function () {
    await grow(20);
    await anchored();
    const ahead = await grow(5);
    const verdict = await verifyBundleOnChain(await bundleOf(22n, 25n, ahead), suite);
    expect(verdict).to.include({ good: false, anchored: false });
    expect(verdict.problems).to.deep.equal(["The checkpoint at 25 is not anchored yet: the chain's head is at 20."]);
  });

  it("refuses another entry, another root, another chain and a checkpoint of nobody", async function () {
    const checkpoint = await grow(20);
    await anchored();
    const bundle = await bundleOf(7n, 20n, checkpoint);
    await refusal(verifyBundleOnChain({ ...bundle, entry: "0x00" }, suite), 'field "inclusion"');
    const root = new Uint8Array(32);
    const forged = await signCheckpointNote({ origin: log.origin, size: 20n, root, extensions: [] }, signers);
    await refusal(verifyBundleOnChain({ ...bundle, checkpoint: forged }, suite), 'field "inclusion"');
    const origin = suiteOrigin(1n, opened.id as Hex);
    await refusal(verifyBundleOnChain({ ...bundle, log: { origin } }, suite), "is a log on chain 1");
    const suited = { chainId: 31337n, registry: opened.key.address as Hex, logId: opened.id as Hex };
    const elsewhere = { ...bundle, log: { ...bundle.log, suite: suited } };
    await refusal(verifyBundleOnChain(elsewhere, suite), 'field "log.suite.registry"');
    await grow(1);
    const key = { registry: { chainId: 31337n, address: suite.address("LogRegistry") }, logId: opened.id as Hex };
    const stranger = [await eip712NoteSigner(logs.people.other.administrator, key, 0)];
    const note = await signCheckpointNote({ origin: log.origin, ...log.head(), extensions: [] }, stranger);
    await refusal(verifyBundleOnChain(await bundleOf(7n, 21n, note), suite), "vouches for it");
  });

  it("asks the desk about a record", async function () {
    const zero = new Uint8Array(32);
    const header = encodeHeader({
      logId: fromHex(opened.id),
      source: fromHex(`0x${"11".repeat(32)}`),
      sequence: 0n,
      time: BigInt(await chain.networkHelpers.time.latest()),
      schema: fromHex(`0x${"22".repeat(32)}`),
      retentionClass: 0n,
      subjectCommitment: zero,
      disputeAddress: new Uint8Array(20),
      payloadCommitment: fromHex(`0x${"33".repeat(32)}`),
    });
    await log.append([header]);
    const checkpoint = await grow(20);
    await anchored();
    const bundle = await bundleOf(0n, 21n, checkpoint);
    const verdict = await verifyBundleOnChain(bundle, suite);
    expect(verdict).to.include({ good: true, anchored: true });
    expect(verdict.record).to.include({ state: "recorded", valid: true, disputed: false });
    const desk = logs.desk.connect(opened.owner.administrator);
    await desk.withdraw(opened.id, 0n, `0x${"44".repeat(32)}`);
    const withdrawn = await verifyBundleOnChain(bundle, suite);
    expect(withdrawn).to.include({ good: false, anchored: true });
    expect(withdrawn.record).to.include({ state: "withdrawn", valid: false });
  });

  it("keeps saying that a log was overdue or used a key that is retired", async function () {
    const checkpoint = await grow(20);
    await anchored();
    await logs.registry
      .connect(opened.owner.administrator)
      .rotateCheckpointKey(opened.id, (await logs.account("k")).address);
    await chain.networkHelpers.time.increase(200_000);
    await logs.registry.markOverdue(opened.id);
    const verdict = await verifyBundleOnChain(await bundleOf(7n, 20n, checkpoint), suite);
    expect(verdict).to.include({ good: true, anchored: true });
    expect(verdict.checkpointKey?.retired).to.equal(true);
    expect(verdict.problems.join(" ")).to.match(/The log was overdue at .* The checkpoint is signed by a retired key/);
  });
});
