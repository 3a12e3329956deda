import { expect } from "chai";

import { connect } from "../../../sdk/chain/connection.js";
import type { SenderEvent } from "../../../sdk/chain/intent.js";
import { Sender } from "../../../sdk/chain/sender.js";
import type { SenderOptions } from "../../../sdk/chain/sender-options.js";
import { startAnvil, testProfile, type Node } from "../../support/anvil.js";
import { minedBy, temporaryFolder } from "../../support/chain.js";
import { startProxy, type Proxy } from "../../support/proxy.js";
import { refusal } from "../../support/refusal.js";

const act = { to: "0x00000000000000000000000000000000000000aa", data: "0x01", label: "the act", key: "act" };

describe("Sender's finality, fees and bad nodes", function () {
  this.timeout(60_000);
  let node: Node;
  let proxy: Proxy;
  let folder: string;
  let remove: () => Promise<void>;
  let events: SenderEvent[];
  const open: Sender[] = [];

  beforeEach(async function () {
    ({ folder, remove } = await temporaryFolder());
    events = [];
  });

  afterEach(async function () {
    for (const sender of open.splice(0)) await sender.close();
    await proxy.stop();
    await node.stop();
    await remove();
  });

  async function start(
    options: Parameters<typeof startAnvil>[0],
    change: Partial<SenderOptions> = {},
  ): Promise<Sender> {
    node = await startAnvil(options);
    proxy = await startProxy(node.url);
    return reopen(change);
  }

  async function reopen(change: Partial<SenderOptions> = {}): Promise<Sender> {
    const { name: _, ...profile } = node.profile;
    const connection = await connect(testProfile([proxy.url], { ...profile, endpoints: [proxy.url] }));
    const onEvent = (event: SenderEvent) => void events.push(event);
    const sender = await Sender.open({ connection, signer: node.account(0), folder, onEvent, ...change });
    open.push(sender);
    return sender;
  }

  async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
  }

  const kinds = () => events.map(({ kind }) => kind);
  const happened = (kind: SenderEvent["kind"]) => until(() => kinds().includes(kind));

  it("waits for the profile's confirmations", async function () {
    const sender = await start({ profile: { finality: { kind: "confirmations", blocks: 3 } } });
    const end = sender.send(act);
    await happened("mined");
    expect(sender.pending()).to.have.length(1);
    await node.rpc("anvil_mine", 3);
    expect((await end).receipt.blockNumber).to.equal(1);
    expect(kinds()).to.deep.equal(["signed", "sent", "mined", "final"]);
  });

  it("sends the same bytes again where a reorganisation took the block back", async function () {
    const sender = await start({ profile: { finality: { kind: "confirmations", blocks: 3 } } });
    await node.rpc("anvil_mine", 1);
    const snapshot = await node.rpc("evm_snapshot");
    const end = sender.send(act);
    await happened("mined");
    await node.rpc("evm_revert", snapshot);
    await happened("reorganised");
    await until(async () => (await node.rpc("eth_getTransactionCount", sender.account, "latest")) === "0x1");
    await node.rpc("anvil_mine", 4);
    const { hash } = await end;
    const hashes = new Set(events.flatMap((event) => (event.hash === undefined ? [] : [event.hash])));
    expect([...hashes]).to.deep.equal([hash]);
    expect(await minedBy(node, sender.account)).to.have.length(1);
  });

  it("sends the same bytes again, and never others, where a zero-fee node dropped them", async function () {
    const sender = await start({ args: ["--no-mining"] }, { resendAfter: 0.05 });
    const end = sender.send(act);
    await happened("sent");
    const [hash] = sender.pending()[0]!.hashes;
    await node.rpc("anvil_dropTransaction", hash);
    await happened("resent");
    await node.rpc("evm_mine");
    expect((await end).hash).to.equal(hash);
    expect(kinds()).not.to.include("replaced");
  });

  it("offers more for a transaction that waits in dynamic fee mode, and only one of the two is mined", async function () {
    const replacement = { afterPolls: 5, percent: 20, most: 3 };
    const sender = await start({ feeMode: "dynamic", args: ["--no-mining"] }, { replacement });
    const end = sender.send(act);
    await until(() => kinds().filter((kind) => kind === "replaced").length >= 2);
    const { hashes } = sender.pending()[0]!;
    await node.rpc("evm_mine");
    expect(hashes).to.include((await end).hash);
    expect(await minedBy(node, sender.account)).to.have.length(1);
  });

  it("reports what the node refuses, holds later intents back, and goes on once the cause is mended", async function () {
    const sender = await start({}, { resendAfter: 0.01 });
    let full = true;
    const connection = await connect(node.profile, {
      transport: {
        request: ({ method, params = [] }) =>
          full && method === "eth_sendRawTransaction"
            ? Promise.reject(Object.assign(new Error("this node takes none of these"), { code: -32000 }))
            : node.rpc(method, ...params),
      },
    });
    await sender.close();
    const picky = await reopen({ connection });
    await refusal(picky.send(act), /the node refuses transaction 0x[0-9a-f]{64} \(the act, nonce 0\)/);
    await refusal(picky.send({ ...act, key: "later", data: "0x02" }), "nothing can be sent after it");
    full = false;
    await Promise.all([picky.send(act), picky.send({ ...act, key: "later", data: "0x02" })]);
    expect((await minedBy(node, sender.account)).map(({ input }) => input)).to.deep.equal(["0x01", "0x02"]);
  });

  it("cancels what the node refuses for good, and the same key may be tried again", async function () {
    const sender = await start({});
    const refused = new Set<string>();
    const connection = await connect(node.profile, {
      transport: {
        request: ({ method, params = [] }) => {
          const first = method === "eth_sendRawTransaction" && (refused.size === 0 || refused.has(String(params[0])));
          if (!first) return node.rpc(method, ...params);
          refused.add(String(params[0]));
          return Promise.reject(Object.assign(new Error("never this one"), { code: -32000 }));
        },
      },
    });
    await sender.close();
    const picky = await reopen({ connection });
    await refusal(picky.send(act), "never this one");
    expect(await picky.cancel("act")).to.equal(true);
    const again = await picky.send(act);
    expect(again.receipt.status).to.equal(1);
    expect((await minedBy(node, picky.account)).map(({ input }) => input)).to.deep.equal(["0x", "0x01"]);
    await refusal(picky.cancel("act"), 'nothing is pending under the key "act"');
  });

  it("gives up waiting in time, and the next process finds how it ended", async function () {
    const sender = await start({ args: ["--no-mining"] }, { patience: 0.05 });
    const error = await refusal(sender.send(act), "the act (transaction 0x");
    expect(error.message).to.include("is not final after 0.05 seconds; it stays stored and is followed up");
    await sender.close();
    await node.rpc("evm_mine");
    const next = await reopen();
    await next.idle();
    expect((await next.send(act)).receipt.blockNumber).to.equal(1);
    expect(await minedBy(node, sender.account)).to.have.length(1);
  });

  it("stops waiting when told to, and still follows what it sent", async function () {
    const sender = await start({ args: ["--no-mining"] });
    const stop = new AbortController();
    const end = sender.send(act, { signal: stop.signal });
    await happened("sent");
    stop.abort(new Error("enough"));
    await refusal(end, "enough");
    await node.rpc("evm_mine");
    await sender.idle();
    expect((await sender.send(act)).receipt.blockNumber).to.equal(1);
  });

  it("refuses a journal of a chain that was thrown away", async function () {
    const sender = await start({});
    const snapshot = await node.rpc("evm_snapshot");
    await sender.send(act);
    await sender.close();
    await node.rpc("evm_revert", snapshot);
    await refusal(reopen(), /counts on block 1 \(0x[0-9a-f]{64}\), but the node does not have it yet/);
    await node.rpc("anvil_mine", 1);
    await refusal(reopen(), "move the file away if the chain was thrown away");
  });

  it("refuses before signing what the account cannot pay for", async function () {
    const sender = await start({ feeMode: "dynamic" });
    await node.rpc("anvil_setBalance", sender.account, "0x1");
    await refusal(sender.send({ ...act, gasLimit: 21_100n }), /holds 1 wei, and the act may cost \d+; fund it first/);
    expect(sender.pending()).to.deep.equal([]);
  });
});
