import { expect } from "chai";
import { type Contract, TypedDataEncoder } from "ethers";
import { network } from "hardhat";

import { datasetsDomain, possessionTypes } from "../../../sdk/audit/possession.js";
import { capabilities } from "../../../sdk/chain/capabilities.js";
import type { Hex } from "../../../sdk/common/bytes.js";
import { testContract } from "../../support/compile.js";
import { DatasetWorld, MINUTE, testDataset } from "../../support/datasetWorld.js";

const { provider, networkHelpers } = await network.create();
const FOREVER = 2n ** 40n - 1n;
const MANNER = { Refusing: 1, Reverting: 2, Burning: 3, Bombing: 4, Short: 5 } as const;

describe("Datasets: mirrors that are contracts", () => {
  async function withPuppet() {
    const it = await DatasetWorld.deploy(provider, networkHelpers);
    const datasetId = await it.registered(testDataset(5_000));
    const puppet = (await (await testContract("Puppet", it.audit.deployed.deployer)).deploy()) as Contract;
    const signer = (await puppet.getAddress()) as Hex;
    await it.audit.as("mirrorOne", "Members").nameDelegate(signer, capabilities.MIRROR, FOREVER);
    const accept = it.members.interface.encodeFunctionData("acceptDelegation", [it.member("mirrorOne")]);
    await puppet.getFunction("act")(await it.members.getAddress(), accept);
    const time = (await it.audit.now()) - MINUTE;
    const domain = datasetsDomain({ chainId: it.chainId, address: it.address });
    const digest = TypedDataEncoder.hash(domain, possessionTypes, { datasetId, time });
    return { it, datasetId, puppet, digest, word: { signer, time, signature: "0x1234" } };
  }

  it("D3: asks the contract itself, by ERC-1271", async () => {
    const { it, datasetId, puppet, digest, word } = await networkHelpers.loadFixture(withPuppet);
    await expect(it.as("outsider").confirm(datasetId, [word])).to.be.revertedWithCustomError(
      it.datasets,
      "DatasetsInvalidPossession",
    );
    await puppet.getFunction("approve")(digest);
    await it.as("outsider").confirm(datasetId, [word]);
    expect((await it.datasets.datasetOf(datasetId)).mirrors).to.equal(1n);
  });

  it("D3: takes no odd answer for a yes, and a contract can only spoil the call that brings it", async () => {
    const { it, datasetId, puppet, digest, word } = await networkHelpers.loadFixture(withPuppet);
    await puppet.getFunction("approve")(digest);
    for (const manner of ["Refusing", "Reverting", "Burning", "Short"] as const) {
      await puppet.getFunction("setManner")(MANNER[manner]);
      await expect(
        it.as("outsider").confirm(datasetId, [word], { gasLimit: 5_000_000n }),
        manner,
      ).to.be.revertedWithCustomError(it.datasets, "DatasetsInvalidPossession");
    }
    await puppet.getFunction("setManner")(MANNER.Bombing);
    const tx = await it.as("outsider").confirm(datasetId, [word]);
    expect((await tx.wait())!.gasUsed < 300_000n).to.equal(true);
  });

  it("D3: what a contract does while it is asked has no effect", async () => {
    const { it, datasetId, puppet, word } = await networkHelpers.loadFixture(withPuppet);
    await it.confirmed(datasetId, "mirrorTwo");
    const acts = [
      it.datasets.interface.encodeFunctionData("withdraw", [datasetId]),
      it.datasets.interface.encodeFunctionData("confirm", [datasetId, [word]]),
    ];
    for (const act of acts) {
      await puppet.getFunction("reenterWith")(it.address, act);
      await expect(
        it.as("outsider").confirm(datasetId, [word], { gasLimit: 5_000_000n }),
      ).to.be.revertedWithCustomError(it.datasets, "DatasetsInvalidPossession");
    }
    expect((await it.datasets.datasetOf(datasetId)).mirrors).to.equal(1n);
  });
});
