import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { Wallet } from "ethers";

import { connect } from "../../sdk/chain/connection.js";
import { modules, suiteContracts } from "../../sdk/chain/deployment/contracts.js";
import { signerExecutor } from "../../sdk/chain/deployment/executor.js";
import { SuiteRun } from "../../sdk/chain/deployment/run.js";
import { readManifest, requireSameCode } from "../../sdk/chain/manifest.js";
import { startAnvil, type Node } from "../support/anvil.js";
import { hardhatDeploy } from "../support/hardhatDeploy.js";

describe("deployment on a node over http", () => {
  let node: Node;
  let deployments: string;
  beforeEach(async () => {
    node = await startAnvil({ feeMode: "dynamic" });
    deployments = await mkdtemp(join(tmpdir(), "stele-deployments-"));
  });
  afterEach(async () => {
    await node.stop();
    await rm(deployments, { recursive: true, force: true });
  });

  const nonce = async () => Number(await node.rpc("eth_getTransactionCount", node.account(0).address, "latest"));

  it("hardhat deploy puts the suite up, writes manifest and records, and does nothing the second time", async () => {
    const first = await hardhatDeploy({ url: node.url, deployments });
    expect(first.code, first.output).to.equal(0);
    const file = join(deployments, "local", "manifest.json");
    const manifest = await readManifest(file);
    expect(Object.keys(manifest.contracts)).to.have.members(suiteContracts.map(({ name }) => name));
    const connection = await connect(node.profile);
    await requireSameCode(connection, manifest, file);
    for (const { name } of suiteContracts) {
      const record = JSON.parse(await readFile(join(deployments, "local", `${name}.json`), "utf8")) as {
        address: string;
      };
      expect(record.address).to.equal(manifest.contracts[name]?.address);
    }
    const sent = await nonce();
    const again = await hardhatDeploy({ url: node.url, deployments });
    expect(again.code, again.output).to.equal(0);
    expect(await nonce()).to.equal(sent);
    expect(again.output).not.to.include("create ");
    connection.close();
  });

  it("deploys with plain ethers on a zero-fee chain, from an account that owns nothing", async () => {
    const free = await startAnvil({ feeMode: "zero" });
    try {
      const connection = await connect(free.profile);
      const executor = await signerExecutor(Wallet.createRandom().connect(connection.provider), "zero");
      const [account, guardian, registrar] = [1, 2, 3].map((index) => free.account(index).address);
      const governance = {
        account: account ?? "",
        guardian: guardian ?? "",
        registrar: registrar ?? "",
        delays: { admin: 60, governor: 60, registrar: 0 },
      };
      const patience = { poll: 5, resend: 5_000, giveUp: 20_000 };
      const run = await SuiteRun.open({ executor, network: "free", deployments, governance, patience });
      for (const module of modules) await run.deployModule(module);
      await run.handOver();
      expect(await connection.provider.getBalance(executor.account)).to.equal(0n);
      const manifest = await readManifest(join(deployments, "free", "manifest.json"));
      expect(manifest.governance.delays).to.deep.equal(governance.delays);
      connection.close();
    } finally {
      await free.stop();
    }
  });
});
