import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { guardFolder, withLatest } from "../../../scripts/hardhat/deployment.js";
import { deploysRuntime } from "../../../sdk/chain/deployment/bytecode.js";
import { suiteContracts } from "../../../sdk/chain/deployment/contracts.js";
import { Deployment } from "../../../sdk/chain/deployment/deployment.js";
import type { Executor } from "../../../sdk/chain/deployment/executor.js";
import { fileStore, setTornRecordsAside, statePath } from "../../../sdk/chain/deployment/files.js";
import { memoryStore } from "../../../sdk/chain/deployment/state.js";
import { codeAt, nonceOf } from "../../../sdk/chain/deployment/transact.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { AccessManager__factory, Members__factory } from "../../../typechain-types/index.js";
import { changed, contractsCreated, freshChain, quick, run } from "./support.js";

async function refusal(attempt: Promise<unknown>): Promise<SteleError> {
  const error = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(SteleError);
  return error as SteleError;
}

describe("guards of deployment", () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "stele-deploy-"))));
  afterEach(async () => rm(folder, { recursive: true, force: true }));

  for (const name of ["AccessManager", "LogRegistry"]) {
    it(`D3: notices that ${name} is another version, down to its last byte, and sends nothing`, async () => {
      const { executor, accounts } = await freshChain();
      const store = memoryStore();
      await run(executor, accounts, { store, handOver: false });
      const nonce = await nonceOf(executor);
      const error = await refusal(run(executor, accounts, { store, contracts: changed(name) }));
      expect(error.code).to.equal("refused");
      expect(error.message).to.match(new RegExp(`^${name} at 0x.* deploy a successor`));
      expect(await nonceOf(executor)).to.equal(nonce);
    });
  }

  it("D3: deploys a successor where it is asked for, and names it in the directory", async () => {
    const { executor, accounts } = await freshChain();
    const store = memoryStore();
    const before = (await run(executor, accounts, { store, handOver: false })).address("MeritPoints");
    const options = { store, contracts: changed("MeritPoints"), successors: ["MeritPoints"], handOver: false };
    const plan = await run(executor, accounts, options);
    const after = plan.address("MeritPoints");
    expect(after).not.to.equal(before);
    expect(plan.deployment.state.replaced.map(({ address }) => address)).to.deep.equal([before]);
    const nonce = await nonceOf(executor);
    await run(executor, accounts, options);
    expect(await nonceOf(executor)).to.equal(nonce);
  });

  it("compares deployed code with creation code but for immutables", async () => {
    const { executor, accounts } = await freshChain();
    const plan = await run(executor, accounts, { handOver: false });
    for (const { name, source } of suiteContracts) {
      const code = await codeAt(executor, plan.address(name));
      expect(deploysRuntime(source.bytecode, code), name).to.equal(true);
      const flipped = `${code.slice(0, 100)}${code[100] === "0" ? "1" : "0"}${code.slice(101)}`;
      expect(deploysRuntime(source.bytecode, flipped), name).to.equal(false);
      expect(deploysRuntime(source.bytecode, `${code}00`), name).to.equal(false);
    }
    expect(deploysRuntime(Members__factory.bytecode, "0x")).to.equal(false);
  });

  it("D4: refuses a chain with another genesis and names both hashes", async () => {
    const first = await freshChain();
    const store = fileStore(folder);
    await run(first.executor, first.accounts, { store });
    const kept = JSON.parse(await readFile(statePath(folder), "utf8")) as { genesis: string };
    const genesis = `0x${"ab".repeat(32)}`;
    const other: Executor = {
      ...first.executor,
      request: (method, params) =>
        method === "eth_getBlockByNumber" ? Promise.resolve({ hash: genesis }) : first.executor.request(method, params),
    };
    const error = await refusal(run(other, first.accounts, { store }));
    expect(error.code).to.equal("network");
    expect(error.message).to.include(kept.genesis).and.include(genesis);
    const provider = {
      request: (call: { method: string; params?: unknown[] }) => other.request(call.method, call.params ?? []),
    };
    const early = await refusal(guardFolder(".", provider, folder));
    expect(early.message).to.include(kept.genesis).and.include(genesis);
    expect(await readdir(folder)).to.include.members([".chain", ".stele.json"]);
  });

  it("D5: names a torn file and says how to rebuild it", async () => {
    const { executor, accounts, provider } = await freshChain();
    const store = fileStore(folder);
    await run(executor, accounts, { store });
    const whole = await readFile(statePath(folder), "utf8");
    for (const text of ["", whole.slice(0, 300), "{}", whole.replace('"format": 1', '"format": 2')]) {
      await writeFile(statePath(folder), text);
      const error = await refusal(run(executor, accounts, { store }));
      expect(error.code).to.equal("corrupt");
      expect(error.message).to.include(".stele.json").and.include("rebuild it from the chain");
    }
    await writeFile(statePath(folder), whole);
    await writeFile(join(folder, ".chain"), "");
    const error = await refusal(guardFolder(".", provider, folder));
    expect(error.message).to.include(".chain").and.include("run the deployment again");
  });

  it("D2: sets torn records of hardhat-deploy aside, and nothing else", async () => {
    await writeFile(join(folder, "Members.json"), '{ "address": "0x');
    await writeFile(join(folder, ".migrations.json"), "");
    await writeFile(join(folder, "Directory.json"), "{}");
    expect(await setTornRecordsAside(folder)).to.deep.equal([".migrations.json", "Members.json"]);
    expect(await readFile(join(folder, "Members.json.torn"), "utf8")).to.equal('{ "address": "0x');
    expect(await setTornRecordsAside(folder)).to.deep.equal([]);
    expect(await readdir(folder)).to.have.members([".migrations.json.torn", "Members.json.torn", "Directory.json"]);
    for (const name of ["manifest.json", ".stele.json", ".chain", ".pending_transactions.json"]) {
      await writeFile(join(folder, name), "{");
      expect((await refusal(setTornRecordsAside(folder))).message, name).to.include(`${name}: is torn or not JSON`);
      await rm(join(folder, name));
    }
  });

  it("D6: does not record a creation that reverted on chain", async () => {
    const { executor } = await freshChain();
    const store = memoryStore();
    // Gas that is not estimated: the transaction is mined and fails.
    const careless: Executor = {
      ...executor,
      async broadcast({ data, nonce }) {
        const fields = { from: executor.account, data, nonce: `0x${nonce.toString(16)}`, gas: "0x7a120" };
        return executor.request("eth_sendTransaction", [fields]).catch((error: unknown) => {
          const hash = (error as { data?: { txHash?: string; transactionHash?: string } }).data;
          return hash?.transactionHash ?? hash?.txHash ?? Promise.reject(error as Error);
        }) as Promise<string>;
      },
    };
    const deployment = await Deployment.open({ executor: careless, store, patience: quick });
    const args = [executor.account];
    const error = await refusal(deployment.ensureContract("AccessManager", AccessManager__factory, args));
    expect(error.message).to.match(/AccessManager/);
    expect(await contractsCreated(executor)).to.equal(0);
    const again = await Deployment.open({ executor, store, patience: quick });
    await again.ensureContract("AccessManager", AccessManager__factory, args);
    expect(await contractsCreated(executor)).to.equal(1);
  });

  it("D7: broadcasts again, under the same nonce, what a node dropped", async () => {
    const { executor } = await freshChain();
    let dropped = 0;
    const forgetful: Executor = {
      ...executor,
      broadcast: async (transaction) =>
        dropped++ < 2 ? `0x${"00".repeat(31)}0${dropped}` : executor.broadcast(transaction),
    };
    const patience = { ...quick, resend: 10 };
    const deployment = await Deployment.open({ executor: forgetful, store: memoryStore(), patience });
    await deployment.ensureContract("AccessManager", AccessManager__factory, [executor.account]);
    expect(dropped).to.equal(3);
    expect(await nonceOf(executor)).to.equal(1);
  });

  it("D7: gives up in time where nothing is ever mined, and says that the run can be repeated", async () => {
    const { executor } = await freshChain();
    const mute: Executor = { ...executor, broadcast: async () => `0x${"11".repeat(32)}` };
    const patience = { poll: 2, resend: 10, giveUp: 50 };
    const deployment = await Deployment.open({ executor: mute, store: memoryStore(), patience });
    const attempt = deployment.ensureContract("AccessManager", AccessManager__factory, [executor.account]);
    expect((await refusal(attempt)).message).to.include("run again");
  });

  it("D8: takes another nonce where a foreign transaction of the account came first", async () => {
    const { executor, accounts } = await freshChain();
    let interfered = false;
    const busy: Executor = {
      ...executor,
      async broadcast(transaction) {
        if (!interfered) {
          interfered = true;
          await executor.request("eth_sendTransaction", [{ from: executor.account, to: accounts[5] }]);
        }
        return executor.broadcast(transaction);
      },
    };
    const deployment = await Deployment.open({ executor: busy, store: memoryStore(), patience: quick });
    const address = await deployment.ensureContract("AccessManager", AccessManager__factory, [executor.account]);
    expect(await codeAt(executor, address)).not.to.equal("0x");
    expect(await contractsCreated(executor)).to.equal(1);
  });

  it("adds the block tag that some engines insist on, and leaves whole calls alone", () => {
    expect(withLatest("eth_call", [{}])).to.deep.equal([{}, "latest"]);
    expect(withLatest("eth_call", [{}, "0x1"])).to.deep.equal([{}, "0x1"]);
    expect(withLatest("eth_getBalance", ["0x"])).to.deep.equal(["0x", "latest"]);
    expect(withLatest("eth_chainId", [])).to.deep.equal([]);
    expect(withLatest("eth_chainId", undefined)).to.equal(undefined);
  });
});
