import { expect } from "chai";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { connect } from "../../../sdk/chain/connection.js";
import { parseProfile } from "../../../sdk/chain/profile.js";
import { loadProfile } from "../../../sdk/chain/profile-file.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { startAnvil, testProfile, type Node } from "../../support/anvil.js";
import { temporaryFolder } from "../../support/chain.js";
import { startProxy } from "../../support/proxy.js";
import { refusal } from "../../support/refusal.js";

const good = {
  name: "bft",
  chainId: "4242",
  endpoints: ["http://127.0.0.1:8545"],
  feeMode: "zero",
  finality: { kind: "instant" },
  pollingInterval: 0.25,
  evm: "cancun",
};

describe("network profiles", function () {
  it("reads a chain id as text, number or bigint, and fills in the log range", function () {
    for (const chainId of ["4242", 4242, 4242n]) {
      expect(parseProfile({ ...good, chainId })).to.include({ chainId: 4242n, logRange: 2000 });
    }
  });

  for (const [what, change, sentence] of [
    ["a name with capitals", { name: "BFT" }, 'field "name": is not a name of lower-case letters'],
    ["a chain id below 1", { chainId: 0 }, 'field "chainId": must be at least 1'],
    ["a chain id that is no number", { chainId: "0x10" }, 'field "chainId": is not a whole number'],
    ["no endpoint", { endpoints: [] }, 'field "endpoints": needs at least one URL'],
    ["an endpoint that is no http URL", { endpoints: ["ws://a"] }, 'field "endpoints.0": is not an http or https URL'],
    ["a password in a URL", { endpoints: ["http://a:b@c"] }, "must not hold a user name or password"],
    ["an unknown fee mode", { feeMode: "free" }, 'field "feeMode": is none of'],
    ["confirmations without a number", { finality: { kind: "confirmations" } }, 'field "finality.blocks": is missing'],
    ["another EVM level", { evm: "osaka" }, 'field "evm": must be "cancun"'],
    ["an unknown field", { gas: 1 }, 'has an unknown field "gas"'],
  ] as const) {
    it(`refuses ${what}`, function () {
      expect(() => parseProfile({ ...good, ...change }, { file: "p.json" })).to.throw(SteleError, sentence);
    });
  }

  it("finds a profile by name or by file, and says which it did not find", async function () {
    expect(await loadProfile("local")).to.include({ name: "local", chainId: 31337n });
    const { folder, remove } = await temporaryFolder();
    try {
      await writeFile(join(folder, "mine.json"), JSON.stringify(good));
      expect(await loadProfile("mine.json", folder)).to.include({ name: "bft" });
      await writeFile(join(folder, "torn.json"), '{"name":');
      await refusal(loadProfile("torn.json", folder), /torn\.json:1: is not JSON/);
      await refusal(loadProfile("other.json", folder), "there is no network profile other.json");
      await refusal(loadProfile("other", folder), "there is no network profile networks/other.ts");
      await refusal(loadProfile("../local", folder), "is neither the name of a network nor a .json file");
    } finally {
      await remove();
    }
  });
});

describe("connect", function () {
  this.timeout(30_000);
  let node: Node;

  before(async function () {
    node = await startAnvil();
  });

  after(() => node.stop());

  it("gives the genesis hash and an ethers provider", async function () {
    const connection = await connect(node.profile);
    const block = await connection.provider.getBlock(0);
    expect(connection.genesis).to.equal(block?.hash);
    connection.close();
  });

  it("CHAIN-6: refuses a network that is down in one sentence that names profile and endpoint", async function () {
    const error = await refusal(connect(testProfile(["http://127.0.0.1:61013/secret-key"])));
    expect(error.message).to.equal(
      'network "test" cannot be reached at http://127.0.0.1:61013 (connection refused); is its node running?',
    );
    expect((error as SteleError).code).to.equal("network");
  });

  it("CHAIN-6: refuses a network of another chain id", async function () {
    const error = await refusal(connect(testProfile([node.url], { chainId: 4242 })));
    expect(error.message).to.equal(`network "test" at ${node.url} is chain 31337, not chain 4242 of its profile`);
  });

  it("asks the next endpoint while one is down, cut off or failing, and comes back", async function () {
    const proxy = await startProxy(node.url);
    const connection = await connect(testProfile(["http://127.0.0.1:61013", proxy.url, node.url]));
    for (const fault of ["cut", "error", "cut-after", "error-after", "twice", "delay"] as const) {
      proxy.choose = () => fault;
      expect(await connection.provider.getBlockNumber()).to.equal(0);
    }
    connection.close();
    await proxy.stop();
  });

  it("sends every eth_call with a block tag", async function () {
    const calls: unknown[][] = [];
    const transport = {
      request: ({ method, params = [] }: { method: string; params?: readonly unknown[] }) => {
        if (method === "eth_call") calls.push([...params]);
        return node.rpc(method, ...params);
      },
    };
    const connection = await connect(node.profile, { transport });
    await connection.provider.call({ to: "0x00000000000000000000000000000000000000aa" });
    expect(calls.map(([, tag]) => tag)).to.deep.equal(["latest"]);
    connection.close();
  });

  it("stops when told to", async function () {
    const stop = AbortSignal.abort(new Error("enough"));
    await refusal(connect(node.profile, { signal: stop }), "enough");
  });
});
