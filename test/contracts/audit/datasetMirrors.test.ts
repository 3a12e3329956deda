import { expect } from "chai";
import { id, Wallet } from "ethers";
import { network } from "hardhat";

import { signPossession } from "../../../sdk/audit/possession.js";
import { capabilities } from "../../../sdk/chain/capabilities.js";
import { DatasetWorld, DAY, MINUTE, plain, testDataset } from "../../support/datasetWorld.js";

const { provider, networkHelpers } = await network.create();
const dataset = testDataset(5_000);
const FOREVER = 2n ** 40n - 1n;

async function world() {
  const it = await DatasetWorld.deploy(provider, networkHelpers);
  return { it, datasetId: await it.registered(dataset), other: await it.registered(testDataset(600, 9)) };
}

const load = () => networkHelpers.loadFixture(world);

describe("Datasets: mirrors", () => {
  it("D4: counts the mirrors that vouch at registration", async () => {
    const { it } = await load();
    const more = testDataset(3_000, 3);
    const datasetId = await it.idOf(more);
    const one = await it.possession("mirrorOne", datasetId);
    const two = await it.possession("mirrorTwo", datasetId);
    await expect(it.register(more, { possessions: [two, one] }))
      .to.emit(it.datasets, "PossessionConfirmed")
      .withArgs(datasetId, it.member("mirrorTwo"), two.time)
      .and.to.emit(it.datasets, "PossessionConfirmed")
      .withArgs(datasetId, it.member("mirrorOne"), one.time);
    expect((await it.datasets.datasetOf(datasetId)).mirrors).to.equal(2n);
    expect(await it.datasets.mirrorsOf(datasetId)).to.deep.equal([it.member("mirrorTwo"), it.member("mirrorOne")]);
    const standing = await it.datasets.standingOf(datasetId, it.member("mirrorOne"));
    expect(plain(standing)).to.deep.equal({
      vouchedAt: one.time,
      withdrawnAt: 0n,
      answeredAt: 0n,
      missedAt: 0n,
      answered: 0n,
      missed: 0n,
    });
  });

  it("D3: files a mirror's statement for anybody who brings it", async () => {
    const { it, datasetId } = await load();
    const word = await it.possession("mirrorOne", datasetId);
    await expect(it.as("outsider").confirm(datasetId, [word]))
      .to.emit(it.datasets, "PossessionConfirmed")
      .withArgs(datasetId, it.member("mirrorOne"), word.time);
    await expect(it.as("outsider").confirm(datasetId, []))
      .to.be.revertedWithCustomError(it.datasets, "DatasetsInvalid")
      .withArgs("possessions");
  });

  it("D3: no statement counts twice, in one call or two", async () => {
    const { it, datasetId } = await load();
    const word = await it.possession("mirrorOne", datasetId);
    await expect(it.as("outsider").confirm(datasetId, [word, word]))
      .to.be.revertedWithCustomError(it.datasets, "DatasetsPossessionTime")
      .withArgs(word.signer, word.time);
    await it.as("outsider").confirm(datasetId, [word]);
    await expect(it.as("outsider").confirm(datasetId, [word]))
      .to.be.revertedWithCustomError(it.datasets, "DatasetsPossessionTime")
      .withArgs(word.signer, word.time);
  });

  it("D3: the same signature in another form is none", async () => {
    const { it, datasetId } = await load();
    const word = await it.possession("mirrorOne", datasetId);
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const s = order - BigInt(`0x${word.signature.slice(66, 130)}`);
    const v = word.signature.endsWith("1b") ? "1c" : "1b";
    const malleated = `${word.signature.slice(0, 66)}${s.toString(16).padStart(64, "0")}${v}`;
    for (const signature of [malleated, "0x", word.signature.slice(0, 130), `${word.signature}00`]) {
      await expect(it.as("outsider").confirm(datasetId, [{ ...word, signature }]))
        .to.be.revertedWithCustomError(it.datasets, "DatasetsInvalidPossession")
        .withArgs(word.signer);
    }
  });

  it("D3: a signature serves one dataset, time, contract and chain", async () => {
    const { it, datasetId, other } = await load();
    const { wallet } = it.audit.actor("mirrorOne");
    const time = (await it.audit.now()) - MINUTE;
    const here = { chainId: it.chainId, address: it.address };
    const signed = [
      await signPossession(wallet, here, { datasetId: other, time }),
      { ...(await signPossession(wallet, here, { datasetId, time: time - 1n })), time },
      await signPossession(wallet, { ...here, chainId: 1n }, { datasetId, time }),
      await signPossession(wallet, { ...here, address: it.audit.suite.address("Engagements") }, { datasetId, time }),
    ];
    for (const word of signed) {
      await expect(it.as("outsider").confirm(datasetId, [word]))
        .to.be.revertedWithCustomError(it.datasets, "DatasetsInvalidPossession")
        .withArgs(wallet.address);
    }
  });

  it("D3: a time is at most 10 minutes ahead and 7 days ago, to the second", async () => {
    const { it, datasetId } = await load();
    const at = (await it.audit.now()) + 100n;
    await networkHelpers.time.setNextBlockTimestamp(at);
    for (const time of [at + 10n * MINUTE + 1n, at - 7n * DAY - 1n, 0n, FOREVER]) {
      const word = await it.possession("mirrorOne", datasetId, time);
      await expect(it.as("outsider").confirm(datasetId, [word]), `${time}`)
        .to.be.revertedWithCustomError(it.datasets, "DatasetsPossessionTime")
        .withArgs(word.signer, time);
    }
    const oldest = await it.possession("mirrorOne", datasetId, at - 7n * DAY);
    await it.as("outsider").confirm(datasetId, [oldest]);
    const newest = await it.possession("mirrorOne", datasetId, at + 1n + 10n * MINUTE);
    await networkHelpers.time.setNextBlockTimestamp(at + 1n);
    await it.as("outsider").confirm(datasetId, [newest]);
  });

  it("D3: a later statement renews, an earlier one does not count any more", async () => {
    const { it, datasetId } = await load();
    const now = await it.audit.now();
    const [early, late] = [
      await it.possession("mirrorOne", datasetId, now - 100n),
      await it.possession("mirrorOne", datasetId, now - 50n),
    ];
    await it.as("outsider").confirm(datasetId, [late]);
    await expect(it.as("outsider").confirm(datasetId, [early])).to.be.revertedWithCustomError(
      it.datasets,
      "DatasetsPossessionTime",
    );
    await it.as("outsider").confirm(datasetId, [await it.possession("mirrorOne", datasetId, now - 49n)]);
    expect((await it.datasets.datasetOf(datasetId)).mirrors).to.equal(1n);
    expect((await it.datasets.standingOf(datasetId, it.member("mirrorOne"))).vouchedAt).to.equal(now - 49n);
  });

  it("D4: two accounts of one member are one mirror", async () => {
    const { it, datasetId } = await load();
    const clerk = await it.delegate("mirrorOne", "clerk of the mirror", capabilities.MIRROR);
    const now = await it.audit.now();
    await it
      .as("outsider")
      .confirm(datasetId, [
        await it.possession("mirrorOne", datasetId, now - 9n),
        await it.possession(clerk, datasetId, now - 8n),
      ]);
    expect((await it.datasets.datasetOf(datasetId)).mirrors).to.equal(1n);
    expect(await it.datasets.mirrorsOf(datasetId)).to.deep.equal([it.member("mirrorOne")]);
  });

  it("D3: the holder is never its own mirror, by no account", async () => {
    const { it, datasetId } = await load();
    await it.setCapabilities("agency", capabilities.DATASET_HOLDER | capabilities.MIRROR);
    const clerk = await it.delegate("agency", "clerk of the agency", capabilities.MIRROR);
    for (const signer of [it.audit.actor("agency").wallet, clerk]) {
      await expect(it.as("outsider").confirm(datasetId, [await it.possession(signer, datasetId)]))
        .to.be.revertedWithCustomError(it.datasets, "DatasetsIneligible")
        .withArgs(signer.address, it.member("agency"));
    }
  });

  it("D3: a member vouches only while it may mirror: not suspended, with the capability, by an account that has it", async () => {
    const { it, datasetId } = await load();
    const clerk = await it.delegate("mirrorOne", "clerk without it", 0n);
    await it.setCapabilities("mirrorTwo", 0n);
    await it.suspend("mirrorOne");
    for (const signer of ["agency", "mirrorTwo", "mirrorOne", clerk, "outsider"] as const) {
      await expect(
        it.as("outsider").confirm(datasetId, [await it.possession(signer, datasetId)]),
      ).to.be.revertedWithCustomError(it.members, "MembersMissingCapability");
    }
  });

  it("D11: what a mirror vouched for stands though it is suspended since, and it can still withdraw", async () => {
    const { it, datasetId } = await load();
    await it.confirmed(datasetId, "mirrorOne", "mirrorTwo");
    await it.setCapabilities("mirrorOne", 0n);
    await it.suspend("mirrorOne");
    await it.halt();
    expect((await it.datasets.datasetOf(datasetId)).mirrors).to.equal(2n);
    await expect(it.as("mirrorOne").withdraw(datasetId))
      .to.emit(it.datasets, "PossessionWithdrawn")
      .withArgs(datasetId, it.member("mirrorOne"));
    expect((await it.datasets.datasetOf(datasetId)).mirrors).to.equal(1n);
    const { vouchedAt, withdrawnAt } = await it.datasets.standingOf(datasetId, it.member("mirrorOne"));
    expect([vouchedAt, withdrawnAt]).to.deep.equal([0n, await it.audit.now()]);
    expect(await it.datasets.mirrorsOf(datasetId)).to.deep.equal([it.member("mirrorOne"), it.member("mirrorTwo")]);
    await expect(it.as("mirrorTwo").confirm(datasetId, [])).to.be.revertedWithCustomError(
      it.datasets,
      "HaltableHalted",
    );
  });

  it("withdraws only for a member that vouches", async () => {
    const { it, datasetId } = await load();
    const refused = () =>
      expect(it.as("mirrorOne").withdraw(datasetId))
        .to.be.revertedWithCustomError(it.datasets, "DatasetsNotMirror")
        .withArgs(datasetId, it.member("mirrorOne"));
    await refused();
    await it.confirmed(datasetId, "mirrorOne");
    await it.as("mirrorOne").withdraw(datasetId);
    await refused();
    await expect(it.as("outsider").withdraw(datasetId)).to.be.revertedWithCustomError(
      it.members,
      "MembersMissingCapability",
    );
  });

  it("D3: nothing that was signed before a withdrawal counts after it, filed or not, by a clock ahead or not", async () => {
    const { it, datasetId } = await load();
    const now = await it.audit.now();
    const filed = await it.possession("mirrorOne", datasetId, now + 9n * MINUTE);
    const kept = await it.possession("mirrorOne", datasetId, now + 10n * MINUTE);
    await it.as("outsider").confirm(datasetId, [filed]);
    await it.as("mirrorOne").withdraw(datasetId);
    const withdrawn = await it.audit.now();
    for (const wait of [0n, MINUTE, 11n * MINUTE, DAY]) {
      if (wait > 0n) await it.until(withdrawn, wait);
      for (const word of [filed, kept]) {
        await expect(it.as("outsider").confirm(datasetId, [word])).to.be.revertedWithCustomError(
          it.datasets,
          "DatasetsPossessionTime",
        );
      }
    }
    const edge = await it.possession("mirrorOne", datasetId, withdrawn + 10n * MINUTE);
    await expect(it.as("outsider").confirm(datasetId, [edge])).to.be.revertedWithCustomError(
      it.datasets,
      "DatasetsPossessionTime",
    );
    const again = await it.possession("mirrorOne", datasetId, withdrawn + 10n * MINUTE + 1n);
    await it.as("outsider").confirm(datasetId, [again]);
    expect(await it.datasets.mirrorsOf(datasetId)).to.deep.equal([it.member("mirrorOne")]);
    expect((await it.datasets.datasetOf(datasetId)).mirrors).to.equal(1n);
  });

  it("a mirror may still vouch for what its holder gives up", async () => {
    const { it, datasetId } = await load();
    await it.as("agency").retire(datasetId);
    await it.confirmed(datasetId, "mirrorTwo");
    expect((await it.datasets.datasetOf(datasetId)).mirrors).to.equal(1n);
  });

  it("keeps at most 32 mirrors of a dataset, whether they vouch or not", async function () {
    this.timeout(120_000);
    const { it, datasetId } = await load();
    const { registrar, deployer } = it.audit.deployed;
    const wallets = Array.from({ length: 33 }, (_, i) => new Wallet(id(`mirror ${i}`), it.audit.deployed.provider));
    for (const wallet of wallets) {
      await deployer.sendTransaction({ to: wallet.address, value: 10n ** 18n });
      await it.members.connect(registrar).enrol("a mirror", wallet.address, capabilities.MIRROR, 0n, FOREVER);
      await it.members.connect(wallet).acceptAdministration(await it.members.memberCount());
    }
    const words = await Promise.all(wallets.map((wallet) => it.possession(wallet, datasetId)));
    for (let i = 0; i < 32; i += 8) await it.as("outsider").confirm(datasetId, words.slice(i, i + 8));
    await it.datasets.connect(wallets[0]!).withdraw(datasetId);
    await expect(it.as("outsider").confirm(datasetId, words.slice(32)))
      .to.be.revertedWithCustomError(it.datasets, "DatasetsInvalid")
      .withArgs("mirrors");
    expect((await it.datasets.mirrorsOf(datasetId)).length).to.equal(32);
    expect((await it.datasets.datasetOf(datasetId)).mirrors).to.equal(31n);
    await it.as("outsider").confirm(datasetId, [await it.possession(wallets[5]!, datasetId, await it.audit.now())]);
  });
});
