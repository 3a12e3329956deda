import { expect } from "chai";
import { Interface } from "ethers";

import { connect } from "../../../sdk/chain/connection.js";
import { isRevert } from "../../../sdk/chain/errors.js";
import type { Intent, SenderEvent } from "../../../sdk/chain/intent.js";
import { Sender } from "../../../sdk/chain/sender.js";
import type { SenderOptions } from "../../../sdk/chain/sender-options.js";
import { ILogRegistry__factory } from "../../../typechain-types/index.js";
import { startAnvil, type Node } from "../../support/anvil.js";
import { refusal } from "../../support/refusal.js";
import { creationCode, echoCode, minedBy, onceCode, temporaryFolder } from "../../support/chain.js";

describe("Sender", function () {
  this.timeout(60_000);
  let node: Node;
  let folder: string;
  let remove: () => Promise<void>;
  const open: Sender[] = [];

  beforeEach(async function () {
    node = await startAnvil();
    ({ folder, remove } = await temporaryFolder());
  });

  afterEach(async function () {
    for (const sender of open.splice(0)) await sender.close();
    await node.stop();
    await remove();
  });

  async function openSender(change: Partial<SenderOptions> = {}): Promise<Sender> {
    const connection = await connect(node.profile);
    const sender = await Sender.open({ connection, signer: node.account(0), folder, ...change });
    open.push(sender);
    return sender;
  }

  const intent = (tag: number, change: Partial<Intent> = {}): Intent => ({
    to: "0x00000000000000000000000000000000000000aa",
    data: `0x${tag.toString(16).padStart(8, "0")}`,
    label: `act ${tag}`,
    key: `act-${tag}`,
    ...change,
  });

  /** A process ends and leaves act 1 behind, which the node refuses: it needs more gas than a block has. */
  async function leaveRefused(): Promise<void> {
    await node.stop();
    node = await startAnvil({ args: ["--gas-limit", "100000"] });
    const first = await openSender();
    await refusal(first.send(intent(1, { gasLimit: 200_000n })), "the node refuses transaction");
    await first.close();
  }

  it("CHAIN-3: 50 concurrent sends use 50 nonces without a gap, each act once", async function () {
    const sender = await openSender();
    const acts = Array.from({ length: 50 }, (_, i) => intent(i));
    const outcomes = await Promise.all(acts.map((act) => sender.send(act)));
    expect(new Set(outcomes.map(({ hash }) => hash)).size).to.equal(50);
    const mined = await minedBy(node, sender.account);
    expect(mined.map(({ nonce }) => nonce)).to.deep.equal(Array.from({ length: 50 }, (_, i) => i));
    expect(mined.map(({ input }) => input).toSorted()).to.deep.equal(acts.map(({ data }) => data).toSorted());
  });

  it("CHAIN-2: acts once for one key, whoever asks and however often", async function () {
    const sender = await openSender();
    const [first, second] = await Promise.all([sender.send(intent(1)), sender.send(intent(1))]);
    const third = await sender.send(intent(1));
    await sender.close();
    const again = await openSender();
    const fourth = await again.send(intent(1));
    expect(new Set([first, second, third, fourth].map(({ hash }) => hash)).size).to.equal(1);
    expect(fourth.receipt).to.deep.equal(first.receipt);
    expect(await minedBy(node, sender.account)).to.have.length(1);
  });

  it("acts twice for two equal intents without a key", async function () {
    const sender = await openSender();
    const { key: _, ...unnamed } = intent(1);
    await Promise.all([sender.send(unnamed), sender.send(unnamed)]);
    expect(await minedBy(node, sender.account)).to.have.length(2);
  });

  it("refuses one key for two different calls", async function () {
    const sender = await openSender();
    await sender.send(intent(1));
    const other = sender.send(intent(2, { key: "act-1" }));
    await refusal(other, 'the key "act-1" already stands for another call: act 1');
    expect(await minedBy(node, sender.account)).to.have.length(1);
  });

  it("rejects what the contract refuses with its decoded error and uses no nonce", async function () {
    const sender = await openSender();
    const { receipt } = await sender.send({ to: null, data: creationCode(echoCode), label: "create" });
    const data = ILogRegistry__factory.createInterface().encodeErrorResult("LogRegistryStaleHead", [
      `0x${"ab".repeat(32)}`,
      5n,
      7n,
    ]);
    const error: unknown = await sender
      .send({ to: receipt.contractAddress, data, label: "advance of the ledger" })
      .catch((error: unknown) => error);
    expect(isRevert(error, "LogRegistryStaleHead")).to.equal(true);
    expect((error as Error).message).to.equal(
      `the chain refused advance of the ledger: LogRegistryStaleHead (logId 0x${"ab".repeat(32)}, given 5, actual 7)`,
    );
    await sender.send(intent(1));
    expect((await minedBy(node, sender.account)).map(({ nonce }) => nonce)).to.deep.equal([0, 1]);
  });

  it("says so where a transaction reverts only in its block, and lets the same key try again", async function () {
    const sender = await openSender();
    const { receipt } = await sender.send({ to: null, data: creationCode(onceCode), label: "create" });
    const to = receipt.contractAddress;
    await node.rpc("evm_setAutomine", false);
    const both = [1, 2].map((i) => sender.send({ to, data: "0x", label: `claim ${i}`, key: `claim-${i}` }));
    const settled = Promise.allSettled(both);
    while (sender.pending().length < 2) await new Promise((resolve) => setImmediate(resolve));
    await node.rpc("evm_mine");
    const ends = await settled;
    expect(ends.map(({ status }) => status).toSorted()).to.deep.equal(["fulfilled", "rejected"]);
    const failed = ends.findIndex(({ status }) => status === "rejected") + 1;
    const again = sender.send({ to, data: "0x", label: `claim ${failed}`, key: `claim-${failed}` });
    await refusal(again, /the chain refused claim/);
    expect(await node.rpc("eth_getTransactionCount", sender.account, "latest")).to.equal("0x3");
  });

  it("sends none of several intents where one would be refused", async function () {
    const sender = await openSender();
    const { receipt } = await sender.send({ to: null, data: creationCode(echoCode), label: "create" });
    const data = new Interface(["error Error(string)"]).encodeErrorResult("Error", ["not today"]);
    const refused = { to: receipt.contractAddress, data, label: "third" };
    await refusal(sender.sendAll([intent(1), intent(2), refused]), "the chain refused third: not today");
    const outcomes = await sender.sendAll([intent(1), intent(2), intent(3)]);
    expect(outcomes.map(({ key }) => key)).to.deep.equal(["act-1", "act-2", "act-3"]);
    const inputs = (await minedBy(node, sender.account)).slice(1).map(({ input }) => input);
    expect(inputs).to.deep.equal([1, 2, 3].map((tag) => intent(tag).data));
  });

  it("CHAIN-4: lets one sender alone use an account, and says who is in the way", async function () {
    const sender = await openSender();
    await refusal(openSender(), `another process is sending from account ${sender.account}`);
    await openSender({ signer: node.account(1) });
    await sender.close();
    await openSender();
  });

  it("CHAIN-5: reports a nonce that somebody else used, and acts again only when asked", async function () {
    const events: SenderEvent[] = [];
    const sender = await openSender({ lostAfter: 0, onEvent: (event) => events.push(event) });
    await node.rpc("evm_setAutomine", false);
    const lost = sender.send(intent(1));
    lost.catch(() => undefined);
    while (!events.some(({ kind }) => kind === "sent")) await new Promise((resolve) => setImmediate(resolve));
    await node.rpc("anvil_dropTransaction", sender.pending()[0]!.hashes[0]);
    const elsewhere = { chainId: 31337, nonce: 0, gasLimit: 21000, gasPrice: 0, type: 0, to: sender.account };
    await node.rpc("eth_sendRawTransaction", await node.account(0).signTransaction(elsewhere));
    await node.rpc("evm_mine");
    await refusal(lost, /nonce 0 of account .* was used by somebody else, so act 1 did not happen/);
    await node.rpc("evm_setAutomine", true);
    await sender.send(intent(1));
    expect(events.map(({ kind }) => kind)).to.include("lost");
    expect((await minedBy(node, sender.account)).map(({ input }) => input)).to.deep.equal(["0x", intent(1).data]);
  });

  it("asks for no more gas than a block has, where the usual margin would", async function () {
    await node.stop();
    node = await startAnvil({ args: ["--gas-limit", "100000"] });
    const sender = await openSender();
    // 4,000 bytes cost 21,000 and 16 a byte: 85,000, and with 25 % more than the block has.
    const { receipt } = await sender.send({ ...intent(1), data: `0x${"01".repeat(4_000)}` });
    expect(receipt.gasUsed * 5n > 400_000n && receipt.gasUsed < 100_000n, `${receipt.gasUsed}`).to.equal(true);
  });

  it("sends nothing after what the node refuses, and says so at once, also in the next process", async function () {
    await leaveRefused();
    const second = await openSender();
    await refusal(second.send(intent(2)), /act 1, nonce 0\).*nothing can be sent after it/);
    expect(second.pending().map(({ label }) => label)).to.deep.equal(["act 1"]);
    expect(await second.cancel("act-1")).to.equal(true);
    await second.send(intent(2));
  });

  it("waits for the node's answer to what a former process left, before it sends anything after it", async function () {
    await leaveRefused();
    const { transport, ...connection } = await connect(node.profile);
    const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const held: typeof transport = {
      async request(call, signal) {
        if (call.method === "eth_sendRawTransaction") {
          asked.resolve();
          await answered.promise;
        }
        return transport.request(call, signal);
      },
    };
    const second = await openSender({ connection: { ...connection, transport: held }, patience: 5 });
    await asked.promise; // the follower hands act 1 to the node again
    const sent = second.send(intent(2, { gasLimit: 50_000n }));
    setTimeout(() => answered.resolve(), 50);
    await refusal(sent, /act 1, nonce 0\).*nothing can be sent after it/);
    expect(second.pending().map(({ label }) => label)).to.deep.equal(["act 1"]);
  });

  it("goes on from the chain's nonce where the account was used elsewhere meanwhile", async function () {
    const events: SenderEvent[] = [];
    const sender = await openSender({ onEvent: (event) => events.push(event) });
    await sender.send(intent(1));
    const elsewhere = { chainId: 31337, nonce: 1, gasLimit: 21000, gasPrice: 0, type: 0, to: sender.account };
    await node.rpc("eth_sendRawTransaction", await node.account(0).signTransaction(elsewhere));
    await sender.send(intent(2));
    expect((await minedBy(node, sender.account)).map(({ nonce }) => nonce)).to.deep.equal([0, 1, 2]);
    expect(events.map(({ kind }) => kind)).to.include("foreign");
  });
});
