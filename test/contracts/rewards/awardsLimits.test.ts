import { expect } from "chai";
import { toBeHex, ZeroHash } from "ethers";
import { network } from "hardhat";

import { deployAwards, tokenIn } from "../../support/awards.js";

const { provider, networkHelpers } = await network.create();
const { loadFixture } = networkHelpers;
const deployed = async () => deployAwards(provider);

/** The slot of the contract that holds a number now, where only one of the first holds it. */
async function slotWith(address: string, value: bigint): Promise<string> {
  const slots = Array.from({ length: 12 }, (_, i) => toBeHex(i));
  const words = await Promise.all(
    slots.map(async (slot) =>
      provider.request({ method: "eth_getStorageAt", params: [address, toBeHex(BigInt(slot), 32), "latest"] }),
    ),
  );
  const found = slots.filter((_, i) => BigInt(words[i] as string) === value);
  if (found.length !== 1) throw new Error(`${found.length} slots hold ${value}`);
  return toBeHex(BigInt(found[0]!), 32);
}

describe("Awards at their limits", () => {
  it("never use a batch's number twice: after the last one nothing is granted any more", async () => {
    const { awards, as, grant, grantOf } = await loadFixture(deployed);
    for (let i = 0; i < 3; i++) await grant(["ada"]);
    const address = await awards.getAddress();
    const slot = await slotWith(address, 3n);
    const set = async (count: bigint) =>
      provider.request({ method: "hardhat_setStorageAt", params: [address, slot, toBeHex(count, 32)] });
    await set(2n ** 40n - 2n);
    const last = await grant(["ada", "ben"]);
    expect(last).to.equal(2n ** 40n - 1n);
    expect(await awards.isValid(tokenIn(last, 1))).to.equal(true);
    await expect(as("department", "Awards").grant(grantOf(["ada"]))).to.be.revertedWithPanic(0x11);
    expect(await awards.batchCount()).to.equal(last);
  });

  it("take an index of a record as large as there can be, and none that is larger", async () => {
    const { awards, as, grant, grantOf, openLog } = await loadFixture(deployed);
    const log = await openLog("department", "unit-1");
    const largest = 2n ** 64n - 1n;
    const wish = { evidenceLog: log.logId, evidence: [0n, largest] };
    const batch = await grant(["ada", "ben"], wish);
    expect(await awards.evidenceOf(tokenIn(batch, 1))).to.deep.equal([log.logId, largest]);
    expect(await awards.awardOf(tokenIn(batch, 0))).to.deep.include(true);
    const data = awards.interface.encodeFunctionData("grant", [grantOf(["ada", "ben"], wish)]);
    const word = largest.toString(16).padStart(64, "0");
    for (const dirty of [`${"0".repeat(47)}1${"0".repeat(16)}`, "f".repeat(64)]) {
      const sent = as("department", "Awards").runner!.sendTransaction!({
        to: await awards.getAddress(),
        data: data.replace(word, dirty),
      });
      await expect(sent).to.be.revertedWithCustomError(awards, "AwardsInvalidGrant").withArgs("evidence");
    }
  });

  it("tell the record of each award in the batch's event, and none where there is none", async () => {
    const { awards, as, grantOf, openLog, plainType, actor } = await loadFixture(deployed);
    const log = await openLog("department", "unit-1");
    const wish = { evidenceLog: log.logId, evidence: [5n, 2n ** 64n - 1n, 0n] };
    const by = as("department", "Awards");
    const { member } = actor("department");
    await expect(by.grant(grantOf(["ada", "ben", "ada"], wish)))
      .to.emit(awards, "BatchGranted")
      .withArgs(1n, plainType, member, 3n, log.logId, wish.evidence);
    await expect(by.grant(grantOf(["ada"])))
      .to.emit(awards, "BatchGranted")
      .withArgs(2n, plainType, member, 1n, ZeroHash, []);
  });
});
