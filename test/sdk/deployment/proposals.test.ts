import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { defaultSettings, modules } from "../../../sdk/chain/deployment/contracts.js";
import type { Eip1193, Executor } from "../../../sdk/chain/deployment/executor.js";
import { SuiteRun } from "../../../sdk/chain/deployment/run.js";
import { nonceOf } from "../../../sdk/chain/deployment/transact.js";
import type { SafeBatch } from "../../../sdk/chain/governance/proposal.js";
import { Directory__factory } from "../../../typechain-types/index.js";
import { freshChain, governanceFor, quick } from "./support.js";

const settings = { ...defaultSettings, recoveryDelay: defaultSettings.recoveryDelay + 86_400 };
/** Subjects, and whatever was told its address or that of such a contract. */
const successors = ["Subjects", "RecordDesk", "Campaigns", "AwardPicture", "Awards", "MeritPoints"];

describe("a deployment after the hand-over", () => {
  let deployments: string;
  beforeEach(async () => void (deployments = await mkdtemp(join(tmpdir(), "stele-proposals-"))));
  afterEach(() => rm(deployments, { recursive: true, force: true }));

  async function run(executor: Executor, accounts: readonly string[], change = {}): Promise<SuiteRun> {
    const options = { executor, network: "test", deployments, governance: governanceFor(accounts), patience: quick };
    const suite = await SuiteRun.open({ ...options, ...change });
    for (const module of modules) await suite.deployModule(module);
    return suite;
  }

  const batch = async (name: string): Promise<SafeBatch> =>
    JSON.parse(await readFile(join(deployments, "test", "proposals", name), "utf8")) as SafeBatch;

  it("D11: writes proposals for the multisig, and is done once they are scheduled, due and executed", async () => {
    const { provider, accounts, executor } = await freshChain();
    const first = await run(executor, accounts);
    await first.handOver();
    const directory = Directory__factory.connect(first.plan.address("Directory"), first.plan.provider);
    const before = await directory.lookup("Subjects");
    const second = await run(executor, accounts, { settings, successors });
    const subjects = second.plan.address("Subjects");
    expect(subjects).not.to.equal(before);
    expect(await directory.lookup("Subjects"), "only governance names a successor").to.equal(before);
    // Nothing of the audit depends on the changed settings.
    const changed = ["authority", "log", "rewards"];
    for (const module of changed) await sendAll(provider, accounts[1], await batch(`${module}-schedule.json`));
    await provider.request({ method: "evm_increaseTime", params: [3 * 86_400] });
    await provider.request({ method: "evm_mine" });
    for (const module of changed) await sendAll(provider, accounts[1], await batch(`${module}-execute.json`));
    expect(await directory.lookup("Subjects")).to.equal(subjects);
    const nonce = await nonceOf(executor);
    const third = await run(executor, accounts, { settings });
    expect(third.plan.unsent).to.deep.equal([]);
    expect(await nonceOf(executor)).to.equal(nonce);
  });
});

async function sendAll(provider: Eip1193, from: string | undefined, { transactions }: SafeBatch): Promise<void> {
  expect(transactions).not.to.deep.equal([]);
  for (const { to, value, data } of transactions) {
    const transaction = { from, to, value: `0x${BigInt(value).toString(16)}`, data };
    const hash = await provider.request({ method: "eth_sendTransaction", params: [transaction] });
    const receipt = await provider.request({ method: "eth_getTransactionReceipt", params: [hash] });
    expect((receipt as { status: string }).status).to.equal("0x1");
  }
}
