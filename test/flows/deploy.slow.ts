import { watch, type FSWatcher } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { connect } from "../../sdk/chain/connection.js";
import { suiteContracts } from "../../sdk/chain/deployment/contracts.js";
import { readJson } from "../../sdk/chain/deployment/files.js";
import { readManifest, requireSameCode } from "../../sdk/chain/manifest.js";
import { createdAddress } from "../../sdk/chain/deployment/bytecode.js";
import { startAnvil, type Node } from "../support/anvil.js";
import { hardhatDeploy } from "../support/hardhatDeploy.js";

/** Runs `hardhat deploy` until it ends by itself; every run before is killed soon after it announces its first act. */
async function killUntilDone(node: Node, deployments: string, delay: (run: number) => number): Promise<number> {
  for (let run = 0; ; run++) {
    expect(run, "runs").to.be.lessThan(120);
    let doomed = false;
    const { code, output } = await hardhatDeploy({ url: node.url, deployments }, (line, child) => {
      if (doomed || !line.startsWith("  - ")) return;
      doomed = true;
      setTimeout(() => child.kill("SIGKILL"), delay(run));
    });
    if (code === 0) return run;
    expect(code, output).to.equal(null);
  }
}

async function created(node: Node): Promise<{ contracts: number; transactions: number }> {
  const { address } = node.account(0);
  const transactions = Number(await node.rpc("eth_getTransactionCount", address, "latest"));
  let contracts = 0;
  for (let nonce = 0; nonce < transactions; nonce++) {
    if ((await node.rpc("eth_getCode", createdAddress(address, nonce), "latest")) !== "0x") contracts++;
  }
  return { contracts, transactions };
}

describe("hardhat deploy under SIGKILL", () => {
  const engines = [
    { name: "a chain that mines at once", args: [] },
    { name: "a chain with a block a second, so that kills leave transactions pending", args: ["--block-time", "1"] },
  ];
  for (const { name, args } of engines) {
    it(`D2: killed at every step and run again, it completes without an orphan, on ${name}`, async function () {
      this.timeout(900_000);
      const node = await startAnvil({ feeMode: "dynamic", args });
      const deployments = await mkdtemp(join(tmpdir(), "stele-deployments-"));
      try {
        const kills = await killUntilDone(node, deployments, (run) => (run * 37) % 101);
        const { contracts, transactions } = await created(node);
        expect(contracts).to.equal(suiteContracts.length);
        const file = join(deployments, "local", "manifest.json");
        const connection = await connect(node.profile);
        await requireSameCode(connection, await readManifest(file), file);
        connection.close();
        console.log(`        ${kills} kills, ${transactions} transactions, ${contracts} contracts`);
        expect(kills).to.be.greaterThan(10);
      } finally {
        await node.stop();
        await rm(deployments, { recursive: true, force: true });
      }
    });
  }
});

describe("hardhat deploy killed while it writes", () => {
  it("D2: goes on where a kill tore hardhat-deploy's records, and writes them anew", async function () {
    this.timeout(600_000);
    const node = await startAnvil({ feeMode: "dynamic" });
    const deployments = await mkdtemp(join(tmpdir(), "stele-deployments-"));
    const folder = join(deployments, "local");
    await mkdir(folder);
    try {
      const killedAt = new Set<string>();
      let torn = 0;
      for (let code: number | null = null; code !== 0;) {
        expect(killedAt.size, "kills").to.be.at.most(suiteContracts.length);
        let watcher: FSWatcher | undefined;
        const run = await hardhatDeploy({ url: node.url, deployments }, (line, child) => {
          if (line.includes("was torn by a run that was killed")) torn++;
          watcher ??= watch(folder, (_, name) => {
            // The first that is heard of a record is that it was opened, and is empty: most are torn by a kill now.
            if (name === null || !/^[A-Z]\w*\.json$/.test(name) || killedAt.has(name) || child.killed) return;
            killedAt.add(name);
            child.kill("SIGKILL");
          });
        });
        watcher?.close();
        ({ code } = run);
        if (code !== 0) expect(code, run.output).to.equal(null);
      }
      console.log(`        ${killedAt.size} kills, ${torn} records torn`);
      await writeFile(join(folder, "Members.json"), "");
      const { code, output } = await hardhatDeploy({ url: node.url, deployments });
      expect(code, output).to.equal(0);
      expect(output).to.include("Members.json was torn by a run that was killed; it is kept as Members.json.torn");
      for (const { name } of suiteContracts)
        expect(await readJson(join(folder, `${name}.json`)), name).to.have.property("address");
      expect((await created(node)).contracts).to.equal(suiteContracts.length);
    } finally {
      await node.stop();
      await rm(deployments, { recursive: true, force: true });
    }
  });
});

describe("hardhat deploy on a folder that is not its own", () => {
  it("hardhat deploy refuses another chain and torn files, and deletes nothing", async function () {
    this.timeout(120_000);
    const node = await startAnvil({ feeMode: "dynamic" });
    const deployments = await mkdtemp(join(tmpdir(), "stele-deployments-"));
    const first = await hardhatDeploy({ url: node.url, deployments, tags: "authority" });
    expect(first.code, first.output).to.equal(0);
    const before = await readdir(join(deployments, "local"));
    const other = await startAnvil({ feeMode: "dynamic", args: ["--timestamp", "1700000000"] });
    const refused = await hardhatDeploy({ url: other.url, deployments });
    await other.stop();
    expect(refused.code).not.to.equal(0);
    expect(refused.output).to.match(/began with block 0x[0-9a-f]{64}, the node's begins with 0x[0-9a-f]{64}/);
    expect(await readdir(join(deployments, "local"))).to.deep.equal(before);
    await writeFile(join(deployments, "local", "manifest.json"), "{");
    const torn = await hardhatDeploy({ url: node.url, deployments });
    expect(torn.code).not.to.equal(0);
    expect(torn.output).to.include("manifest.json: is torn or not JSON; move it away");
    await node.stop();
    await rm(deployments, { recursive: true, force: true });
  });
});
