import { expect } from "chai";
import { ZeroHash } from "ethers";
import { network } from "hardhat";

import { datasetIdFor } from "../../../sdk/audit/challenges.js";
import { DatasetWorld, DAY, MINUTE, plain, testDataset } from "../../support/datasetWorld.js";

const { provider, networkHelpers } = await network.create();
const dataset = testDataset(10_000);

async function world() {
  return DatasetWorld.deploy(provider, networkHelpers);
}

const load = () => networkHelpers.loadFixture(world);

describe("Datasets: registering and retiring", () => {
  it("keeps what the holder registered and tells everybody, the media type in the event only", async () => {
    const it = await load();
    const datasetId = await it.idOf(dataset);
    await expect(it.register(dataset, { mediaType: "text/csv", promised: 8 }))
      .to.emit(it.datasets, "DatasetRegistered")
      .withArgs(datasetId, it.member("agency"), dataset.root, 10_000n, 8n, "text/csv");
    const kept = await it.datasets.datasetOf(datasetId);
    expect(plain(kept)).to.deep.equal({
      root: dataset.root,
      size: 10_000n,
      holder: it.member("agency"),
      registeredAt: await it.audit.now(),
      retiredAt: 0n,
      mirrorsPromised: 8n,
      mirrors: 0n,
    });
    expect(await it.datasets.mirrorsOf(datasetId)).to.deep.equal([]);
  });

  it("D1: takes a dataset once for a holder, and for each holder and size by itself", async () => {
    const it = await load();
    const datasetId = await it.registered(dataset);
    await expect(it.register(dataset, { promised: 0 }))
      .to.be.revertedWithCustomError(it.datasets, "DatasetsExists")
      .withArgs(datasetId);
    const other = await it.registered(dataset, { by: "otherAgency" });
    const longer = { ...dataset, size: dataset.size + 1n };
    const third = await it.registered(longer);
    expect(new Set([datasetId, other, third]).size).to.equal(3);
    const directory = it.audit.suite.contract("Directory");
    const suiteId = (await directory.suiteId()) as `0x${string}`;
    expect(datasetId).to.equal(datasetIdFor(suiteId, it.member("agency"), dataset.root, dataset.size));
  });

  it("D1: takes a dataset only from a member that may hold one, and not while halted", async () => {
    const it = await load();
    for (const by of ["mirrorOne", "office", "outsider"] as const) {
      await expect(it.register(dataset, { by })).to.be.revertedWithCustomError(it.members, "MembersMissingCapability");
    }
    await it.halt();
    await expect(it.register(dataset)).to.be.revertedWithCustomError(it.datasets, "HaltableHalted");
  });

  it("D1: says which field of a dataset is wrong", async () => {
    const it = await load();
    const word = await it.possession("mirrorOne", await it.idOf(dataset));
    const wrong = {
      root: it.register({ ...dataset, root: ZeroHash as never }),
      size: it.register({ ...dataset, size: 0n }),
      mirrorsPromised: it.register(dataset, { promised: 9 }),
      possessions: it.register(dataset, { possessions: Array(9).fill(word) as (typeof word)[] }),
    };
    for (const [field, sent] of Object.entries(wrong)) {
      await expect(sent, field).to.be.revertedWithCustomError(it.datasets, "DatasetsInvalid").withArgs(field);
    }
  });

  it("takes a media type of 3 to 127 visible ASCII bytes and no other", async () => {
    const it = await load();
    for (const mediaType of ["", "ab", "a".repeat(128), "a/ b", "a/b\n", "a/é", "a/b\x7f", "a/b\x00"]) {
      await expect(it.register(dataset, { mediaType }), JSON.stringify(mediaType))
        .to.be.revertedWithCustomError(it.datasets, "DatasetsInvalid")
        .withArgs("mediaType");
    }
    for (const [i, mediaType] of ["a/b", "!~!", `a/${"b".repeat(125)}`].entries()) {
      await it.register({ ...dataset, size: BigInt(i + 1) }, { mediaType });
    }
  });

  it("takes any size up to the largest number of 64 bits", async () => {
    const it = await load();
    const huge = { ...dataset, size: 2n ** 64n - 1n };
    const datasetId = await it.registered(huge);
    expect((await it.datasets.datasetOf(datasetId)).size).to.equal(2n ** 64n - 1n);
  });

  it("answers about no dataset that was never registered", async () => {
    const it = await load();
    const datasetId = await it.idOf(dataset);
    const asked = [
      it.datasets.datasetOf(datasetId),
      it.datasets.standingOf(datasetId, 1),
      it.datasets.mirrorsOf(datasetId),
      it.as("outsider").confirm(datasetId, []),
      it.as("mirrorOne").withdraw(datasetId),
      it.as("agency").retire(datasetId),
    ];
    for (const call of asked) {
      await expect(call).to.be.revertedWithCustomError(it.datasets, "DatasetsUnknown").withArgs(datasetId);
    }
  });

  it("D2: takes the notice of the holder alone, once, halted or suspended as it may be", async () => {
    const it = await load();
    const datasetId = await it.registered(dataset);
    await expect(it.as("otherAgency").retire(datasetId))
      .to.be.revertedWithCustomError(it.datasets, "DatasetsNotHolder")
      .withArgs(datasetId, it.member("otherAgency"));
    await expect(it.as("outsider").retire(datasetId)).to.be.revertedWithCustomError(
      it.members,
      "MembersMissingCapability",
    );
    await it.halt();
    await it.suspend("agency");
    await expect(it.as("agency").retire(datasetId)).to.emit(it.datasets, "DatasetRetired").withArgs(datasetId);
    expect((await it.datasets.datasetOf(datasetId)).retiredAt).to.equal(await it.audit.now());
    await it.helpers.time.increase(40n * DAY + MINUTE);
    await expect(it.as("agency").retire(datasetId))
      .to.be.revertedWithCustomError(it.datasets, "DatasetsRetiredAlready")
      .withArgs(datasetId);
  });
});
