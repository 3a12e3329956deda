import { expect } from "chai";
import { network } from "hardhat";

import { presentTime } from "../../../sdk/chain/moment.js";

const { ethers, networkHelpers } = await network.create();

describe("the present", () => {
  it("is this machine's where the chain rests, and the chain's where that is ahead", async () => {
    const latest = BigInt(await networkHelpers.time.latest());
    expect(await presentTime(ethers.provider, () => latest + 3600n)).to.equal(latest + 3600n);
    expect(await presentTime(ethers.provider, () => latest - 3600n)).to.equal(latest);
    expect(await presentTime(undefined, () => 17n)).to.equal(17n);
  });

  it("is not guessed where the node does not answer", async () => {
    const silent = new ethers.JsonRpcProvider("http://127.0.0.1:1", 1, { staticNetwork: true });
    const asked = presentTime(silent).then(
      () => "answered",
      (error: unknown) => String(error),
    );
    expect(await asked).to.match(/latest block/);
    silent.destroy();
  });
});
