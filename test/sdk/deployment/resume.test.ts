import { expect } from "chai";

import { memoryStore } from "../../../sdk/chain/deployment/state.js";
import { nonceOf } from "../../../sdk/chain/deployment/transact.js";
import { killAndResume } from "./mortal.js";
import { freshChain, run } from "./support.js";

describe("deployment that is run again", () => {
  it("D1: sends nothing the second time", async () => {
    const { executor, accounts } = await freshChain();
    const store = memoryStore();
    await run(executor, accounts, { store });
    const nonce = await nonceOf(executor);
    await run(executor, accounts, { store });
    expect(await nonceOf(executor)).to.equal(nonce);
  });

  it("D2: killed around a broadcast or a write, it completes without an orphan (a sample; all in resume.slow.ts)", async function () {
    this.timeout(60_000);
    expect(await killAndResume(11)).to.be.greaterThan(5);
  });
});
